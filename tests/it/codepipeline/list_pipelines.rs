//! ListPipelines (contract codepipeline §3.1, §3.5).

use super::sample::created;
use crate::support::caller::{CODEPIPELINE, Caller, both, pages, texts};
use expect_test::expect;
use serde_json::{Value, json};

#[tokio::test]
async fn a_pipeline_is_listed_with_its_type_mode_version_and_times() {
    // contract codepipeline §3.1, M3
    let shown = both(CODEPIPELINE, async |caller| {
        created(&caller, "p").await;
        caller.ok("ListPipelines", json!({})).await
    });
    expect![[r#"
        {
          "pipelines": [
            {
              "created": "<time>",
              "executionMode": "SUPERSEDED",
              "name": "p",
              "pipelineType": "V1",
              "updated": "<time>",
              "version": 1
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn without_pipelines_the_list_is_there_and_empty() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller.in_region("eu-west-1"), "p").await;
    assert_eq!(
        caller.ok("ListPipelines", json!({})).await,
        json!({"pipelines": []})
    );
}

#[tokio::test]
async fn pages_follow_each_other_by_name() {
    // contract codepipeline §3.1, §3.5, M4
    let caller = Caller::new(CODEPIPELINE).await;
    for name in ["c", "a", "e", "b", "d"] {
        created(&caller, name).await;
    }
    created(&caller.in_region("eu-west-1"), "x").await;
    let names = |pages: Vec<Vec<Value>>| -> Vec<Vec<String>> {
        pages
            .into_iter()
            .map(|page| texts(&json!(page), "name"))
            .collect()
    };
    let two = pages(
        &caller,
        "ListPipelines",
        json!({"maxResults": 2}),
        "pipelines",
    )
    .await;
    assert_eq!(names(two), [vec!["a", "b"], vec!["c", "d"], vec!["e"]]);
    let five = pages(
        &caller,
        "ListPipelines",
        json!({"maxResults": 5}),
        "pipelines",
    )
    .await;
    assert_eq!(names(five), [["a", "b", "c", "d", "e"]]);
}

#[tokio::test]
async fn tokens_are_good_only_where_they_were_given() {
    // contract codepipeline §3.5; a size out of range is no token error
    let caller = Caller::new(CODEPIPELINE).await;
    for name in ["a", "b"] {
        created(&caller, name).await;
        created(&caller.in_region("eu-west-1"), name).await;
    }
    let first = caller.ok("ListPipelines", json!({"maxResults": 1})).await;
    let token = first["nextToken"].as_str().unwrap();
    let said = |token: &str| {
        format!(
            "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
        )
    };
    for (caller, token) in [
        (&caller, "garbage"),
        (&caller.in_region("eu-west-1"), token),
    ] {
        let body = json!({"nextToken": token});
        caller
            .expect_refusal(
                "ListPipelines",
                body,
                "InvalidNextTokenException",
                &said(token),
            )
            .await;
    }
    let body = json!({"pipelineName": "a", "nextToken": token});
    caller
        .expect_refusal(
            "ListPipelineExecutions",
            body,
            "InvalidNextTokenException",
            &said(token),
        )
        .await;
    let text = "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000";
    let body = json!({"maxResults": 1001, "nextToken": "garbage"});
    caller
        .expect_refusal("ListPipelines", body, "ValidationException", text)
        .await;
}
