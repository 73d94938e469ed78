//! ListPipelineExecutions (contract codepipeline §3.2, §3.5, §5.11).

use super::sample::{created, finish, pipeline, start};
use crate::support::caller::{CODEPIPELINE, Caller, both, pages, texts};
use expect_test::expect;
use serde_json::{Value, json};

const MEMBER: &str = "pipelineExecutionSummaries";

async fn ids(caller: &Caller, body: Value) -> Vec<Vec<String>> {
    let pages = pages(caller, "ListPipelineExecutions", body, MEMBER).await;
    let ids = |page| texts(&json!(page), "pipelineExecutionId");
    pages.into_iter().map(ids).collect()
}

#[tokio::test]
async fn executions_are_listed_with_times_trigger_and_source_revisions() {
    // contract codepipeline §5.11, T1
    let shown = both(CODEPIPELINE, async |caller| {
        let first = created(&caller, "p").await;
        finish(&caller, "p", &first, "Zip").await;
        start(&caller, "p").await;
        caller
            .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
            .await
    });
    expect![[r#"
        {
          "pipelineExecutionSummaries": [
            {
              "executionMode": "SUPERSEDED",
              "lastUpdateTime": "<time>",
              "pipelineExecutionId": "<id:1>",
              "sourceRevisions": [],
              "startTime": "<time>",
              "status": "InProgress",
              "trigger": {
                "triggerDetail": "arn:aws:iam::000000000000:user/slipway",
                "triggerType": "StartPipelineExecution"
              }
            },
            {
              "executionMode": "SUPERSEDED",
              "lastUpdateTime": "<time>",
              "pipelineExecutionId": "<id:2>",
              "sourceRevisions": [
                {
                  "actionName": "Zip",
                  "revisionId": "v1",
                  "revisionSummary": "Amazon S3 version id: v1"
                }
              ],
              "startTime": "<time>",
              "status": "InProgress",
              "trigger": {
                "triggerDetail": "arn:aws:iam::000000000000:user/slipway",
                "triggerType": "CreatePipeline"
              }
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn the_newest_comes_first_page_by_page() {
    // contract codepipeline §3.2, §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    let mut all = vec![created(&caller, "p").await];
    for _ in 0..4 {
        all.insert(0, start(&caller, "p").await);
    }
    created(&caller, "p2").await;
    for size in 1..=6 {
        let pages = ids(&caller, json!({"pipelineName": "p", "maxResults": size})).await;
        let expected: Vec<_> = all.chunks(size).map(<[String]>::to_vec).collect();
        assert_eq!(pages, expected, "{size} on a page");
    }
}

#[tokio::test]
async fn only_executions_of_the_current_version_that_succeeded_in_the_stage_pass_the_filter() {
    // contract codepipeline §3.2, F27
    let caller = Caller::new(CODEPIPELINE).await;
    let first = created(&caller, "p").await;
    finish(&caller, "p", &first, "Zip").await;
    let second = start(&caller, "p").await;
    let by = |stage: &str, size: usize| json!({"pipelineName": "p", "maxResults": size, "filter": {"succeededInStage": {"stageName": stage}}});
    assert_eq!(ids(&caller, by("Source", 10)).await, [[first.clone()]]);
    finish(&caller, "p", &second, "Zip").await;
    assert_eq!(ids(&caller, by("Source", 1)).await, [[second], [first]]);
    assert_eq!(ids(&caller, by("Build", 10)).await, [Vec::<String>::new()]);
    assert_eq!(ids(&caller, by("Nope", 10)).await, [Vec::<String>::new()]);
    caller
        .ok("UpdatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    assert_eq!(ids(&caller, by("Source", 10)).await, [Vec::<String>::new()]);
}

#[tokio::test]
async fn tokens_are_bound_to_pipeline_and_filter() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    for name in ["p", "q"] {
        created(&caller, name).await;
        start(&caller, name).await;
    }
    let body = json!({"pipelineName": "p", "maxResults": 1});
    let token = caller.ok("ListPipelineExecutions", body).await["nextToken"].clone();
    let token = token.as_str().unwrap();
    let filter = json!({"succeededInStage": {"stageName": "Source"}});
    let cases = [
        (
            json!({"pipelineName": "p", "nextToken": "garbage"}),
            "garbage",
        ),
        (json!({"pipelineName": "q", "nextToken": token}), token),
        (
            json!({"pipelineName": "p", "nextToken": token, "filter": filter}),
            token,
        ),
    ];
    for (body, token) in cases {
        let said = format!(
            "The nextToken value '{token}' is not valid. Specify a valid nextToken value, and then try again."
        );
        caller
            .expect_refusal(
                "ListPipelineExecutions",
                body,
                "InvalidNextTokenException",
                &said,
            )
            .await;
    }
    let said = "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1";
    let body = json!({"pipelineName": "p", "maxResults": 0});
    caller
        .expect_refusal("ListPipelineExecutions", body, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn a_pipeline_that_is_not_there_is_not_found_in_the_words_of_lists() {
    // contract codepipeline §3.1, §3.2
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller.in_region("eu-west-1"), "p").await;
    let said =
        "The account with AWS account ID '000000000000' does not include a pipeline named 'p'";
    for body in [
        json!({"pipelineName": "p"}),
        json!({"pipelineName": "p", "nextToken": "garbage"}),
    ] {
        caller
            .expect_refusal(
                "ListPipelineExecutions",
                body,
                "PipelineNotFoundException",
                said,
            )
            .await;
    }
}
