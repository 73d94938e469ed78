//! UntagResource (contract codepipeline §2.2).

use super::sample::pipeline;
use super::tag_resource::unusable;
use crate::support::caller::{CODEPIPELINE, Caller, both, tags};
use serde_json::json;

const ARN: &str = "arn:aws:codepipeline:us-east-1:000000000000:p";

#[tokio::test]
async fn tags_are_taken_away_unknown_keys_are_ignored_and_the_answer_is_an_empty_structure() {
    // contract codepipeline §1.1, §2.2
    let shown = both(CODEPIPELINE, async |caller| {
        let body =
            json!({"pipeline": pipeline("p"), "tags": tags(&[("a", "1"), ("b", "2"), ("A", "3")])});
        caller.ok("CreatePipeline", body).await;
        for keys in [json!(["a", "nope"]), json!(["a"]), json!([])] {
            let body = json!({"resourceArn": ARN, "tagKeys": keys});
            assert_eq!(caller.ok("UntagResource", body).await, json!({}));
        }
        caller
            .ok("ListTagsForResource", json!({"resourceArn": ARN}))
            .await["tags"]
            .clone()
    });
    let expected = crate::support::normal::normalised(tags(&[("A", "3"), ("b", "2")]));
    assert_eq!(shown.await, expected);
}

#[tokio::test]
async fn arns_that_name_nothing_of_ours_are_refused() {
    // contract codepipeline §2.2
    let caller = Caller::new(CODEPIPELINE).await;
    for (arn, code, said) in unusable() {
        let body = json!({"resourceArn": arn, "tagKeys": ["a"]});
        caller
            .expect_refusal("UntagResource", body, code, &said)
            .await;
    }
}
