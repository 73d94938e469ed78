//! GetPipeline (contract codepipeline §3.1).

use super::sample::{created, pipeline};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::json;

const ABSENT: &str = "Account '000000000000' does not have a pipeline with name 'p'";

#[tokio::test]
async fn the_declaration_comes_with_arn_and_times() {
    // contract codepipeline §3.1
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        let mut got = caller.ok("GetPipeline", json!({"name": "p"})).await;
        let made = caller
            .ok("GetPipeline", json!({"name": "p", "version": 1}))
            .await;
        assert_eq!(got, made, "the current version by its number");
        got["pipeline"] = json!(got["pipeline"]["version"]);
        got
    });
    expect![[r#"
        {
          "metadata": {
            "created": "<time>",
            "pipelineArn": "arn:aws:codepipeline:us-east-1:000000000000:p",
            "updated": "<time>"
          },
          "pipeline": 1
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn every_version_stays_and_the_newest_is_the_default() {
    // contract codepipeline §3.1, F5
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    for bucket in ["second", "third"] {
        let next = with(pipeline("p"), "/artifactStore/location", json!(bucket));
        caller.ok("UpdatePipeline", json!({"pipeline": next})).await;
    }
    for (asked, version, bucket) in [
        (json!(1), 1, "store"),
        (json!(2), 2, "second"),
        (json!(3), 3, "third"),
        (json!(null), 3, "third"),
    ] {
        let got = caller
            .ok("GetPipeline", json!({"name": "p", "version": asked}))
            .await;
        assert_eq!(got["pipeline"]["version"], version);
        assert_eq!(got["pipeline"]["artifactStore"]["location"], bucket);
    }
}

#[tokio::test]
async fn a_version_that_never_was_is_not_found() {
    // contract codepipeline §3.1, T4; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let body = json!({"name": "p", "version": 2});
    let said = "Pipeline 'p' does not have a version '2'";
    caller
        .expect_refusal(
            "GetPipeline",
            body,
            "PipelineVersionNotFoundException",
            said,
        )
        .await;
    let said = "1 validation error detected: Value at 'version' failed to satisfy constraint: Member must have value greater than or equal to 1";
    let body = json!({"name": "p", "version": 0});
    caller
        .expect_refusal("GetPipeline", body, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found_whatever_the_version() {
    // contract codepipeline §3.1
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller.in_region("eu-west-1"), "p").await;
    for body in [json!({"name": "p"}), json!({"name": "p", "version": 7})] {
        caller
            .expect_refusal("GetPipeline", body, "PipelineNotFoundException", ABSENT)
            .await;
    }
}
