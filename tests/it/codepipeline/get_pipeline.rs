//! GetPipeline (contract codepipeline §3.1).

use super::sample::{created, pipeline, tell};
use super::worker::later;
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use expect_test::expect;
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::engine::pipeline::Seed;
use slipway::engine::pipeline::event::{Event, Seen, SourceLook};

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

/// Somebody has looked at the source of `p` and found this version.
async fn look(caller: &Caller, revision: &str) {
    let account = Account::parse("000000000000").unwrap();
    let key = (
        Scope::new(account, Region::parse("us-east-1").unwrap()),
        "p".to_owned(),
    );
    let tables = &caller.server.app.codepipeline.tables;
    let look = SourceLook {
        plan: tables.pipelines.get(&key).unwrap().plan.clone(),
        action: "Zip".to_owned(),
        seed: Seed::new(uuid::Uuid::new_v4()),
        seen: Ok(Seen {
            revision: revision.to_owned(),
            modified: caller.server.app.now(),
        }),
    };
    tell(caller, "p", Event::SourceSeen(Box::new(look))).await;
}

async fn executions(caller: &Caller) -> usize {
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    listed["pipelineExecutionSummaries"]
        .as_array()
        .unwrap()
        .len()
}

#[tokio::test]
async fn a_pipeline_that_has_not_run_for_thirty_days_does_not_poll_until_it_is_updated() {
    // contract codepipeline §5.4 inactivity, §3.1 pollingDisabledAt; that an update ends it is our reading
    let caller = Caller::new(CODEPIPELINE).await;
    let polling = json!({"S3Bucket": "incoming", "S3ObjectKey": "src.zip"});
    let pointer = "/stages/0/actions/0/configuration";
    let body = json!({"pipeline": with(pipeline("p"), pointer, polling)});
    caller.ok("CreatePipeline", body.clone()).await;
    let disabled = async || {
        let got = caller.ok("GetPipeline", json!({"name": "p"})).await;
        got["metadata"]["pollingDisabledAt"].clone()
    };
    let day = 24 * 3600;
    later(&caller, 29 * day).await;
    assert_eq!(disabled().await, Value::Null);
    look(&caller, "v1").await;
    assert_eq!(executions(&caller).await, 1);
    later(&caller, 31 * day).await;
    let since = disabled().await;
    assert!(since.is_number(), "{since}");
    look(&caller, "v2").await;
    assert_eq!(executions(&caller).await, 1);
    assert_eq!(disabled().await, since);
    caller
        .ok("StartPipelineExecution", json!({"name": "p"}))
        .await;
    assert_eq!(disabled().await, since, "a start by hand changes nothing");

    caller.ok("UpdatePipeline", body).await;
    assert_eq!(disabled().await, Value::Null);
    look(&caller, "v2").await;
    assert_eq!(executions(&caller).await, 3);
}
