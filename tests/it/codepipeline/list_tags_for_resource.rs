//! ListTagsForResource (contract codepipeline §2.2).

use super::sample::pipeline;
use super::tag_resource::unusable;
use crate::support::caller::{CODEPIPELINE, Caller, both, tags};
use expect_test::expect;
use serde_json::json;

const ARN: &str = "arn:aws:codepipeline:us-east-1:000000000000:p";

#[tokio::test]
async fn all_tags_come_on_one_page_in_the_order_of_their_keys() {
    // contract codepipeline §2.2: never a nextToken; maxResults and nextToken accepted
    let shown = both(CODEPIPELINE, async |caller| {
        let body =
            json!({"pipeline": pipeline("p"), "tags": tags(&[("b", "2"), ("a", ""), ("C", "3")])});
        caller.ok("CreatePipeline", body).await;
        let body = json!({"resourceArn": ARN, "maxResults": 1, "nextToken": "any"});
        caller.ok("ListTagsForResource", body).await
    });
    expect![[r#"
        {
          "tags": [
            {
              "key": "C",
              "value": "3"
            },
            {
              "key": "a",
              "value": ""
            },
            {
              "key": "b",
              "value": "2"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn a_pipeline_without_tags_has_an_empty_list() {
    // contract codepipeline §3.5
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    let listed = caller
        .ok("ListTagsForResource", json!({"resourceArn": ARN}))
        .await;
    assert_eq!(listed, json!({"tags": []}));
}

#[tokio::test]
async fn arns_that_name_nothing_of_ours_are_refused() {
    // contract codepipeline §2.2
    let caller = Caller::new(CODEPIPELINE).await;
    for (arn, code, said) in unusable() {
        let body = json!({"resourceArn": arn});
        caller
            .expect_refusal("ListTagsForResource", body, code, &said)
            .await;
    }
}
