//! PutResourcePolicy (contract codebuild §3.6, §12.6).

use super::reported::{self, group_arn};
use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};

const PUT: &str = "PutResourcePolicy";

/// A request that shares the resource with this AWS principal.
pub fn shared(arn: &str, principal: Value) -> Value {
    let statement = json!({"Effect": "Allow", "Principal": {"AWS": principal},
        "Action": ["codebuild:BatchGetProjects"], "Resource": arn});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]});
    json!({"resourceArn": arn, "policy": policy.to_string()})
}

#[tokio::test]
async fn a_policy_is_kept_as_it_was_given_and_replaced() {
    // contract codebuild §3.6: stores verbatim, replaces; project or report group
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        reported::created(&caller, "group", "TEST").await;
        let mut answers = Vec::new();
        for arn in [project_arn("hello"), group_arn("group")] {
            caller.ok(PUT, shared(&arn, json!("*"))).await;
            let mut body = shared(&arn, json!("arn:aws:iam::111111111111:root"));
            body["policy"] = json!(body["policy"].as_str().unwrap().replace(',', " ,\n"));
            answers.push(caller.ok(PUT, body.clone()).await);
            let got = caller
                .ok("GetResourcePolicy", json!({"resourceArn": arn}))
                .await;
            assert_eq!(got, json!({"policy": body["policy"]}));
        }
        json!(answers)
    });
    let expected = json!([
        {"resourceArn": project_arn("hello")},
        {"resourceArn": group_arn("group")},
    ]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_resource_that_is_not_there_is_not_found() {
    // contract codebuild §3.6
    let caller = Caller::new(CODEBUILD).await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:project/hello".to_owned();
    for arn in [project_arn("hello"), group_arn("group"), foreign] {
        let said = format!("Resource cannot be found: {arn}");
        let body = shared(&arn, json!("111111111111"));
        caller
            .expect_refusal(PUT, body, "ResourceNotFoundException", &said)
            .await;
    }
}

#[tokio::test]
async fn what_is_no_policy_or_no_arn_is_refused() {
    // contract codebuild §3.6, §12.6: Resource must be the ARN it is attached to
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let arn = project_arn("hello");
    let other = shared(&project_arn("other"), json!("111111111111"));
    let about = format!("the Resource of each statement should be {arn}");
    for (policy, said) in [
        (
            json!("{"),
            "it is not JSON: EOF while parsing an object at line 1 column 1",
        ),
        (json!("[]"), "it has no Statement"),
        (json!("{\"Statement\": []}"), "it has no Statement"),
        (json!("{\"Statement\": {\"Effect\": \"Allow\"}}"), &*about),
        (other["policy"].clone(), &*about),
    ] {
        let said = format!("Invalid resource policy: {said}");
        let body = json!({"resourceArn": arn, "policy": policy});
        caller
            .expect_refusal(PUT, body, "InvalidInputException", &said)
            .await;
    }
    for arn in [
        "hello",
        "arn:aws:codebuild:us-east-1:000000000000:fleet/f:u",
        "arn:aws:codebuild:us-east-1:000000000000:project/",
    ] {
        let said =
            format!("Invalid ARN provided: '{arn}' is not the ARN of a project or report group");
        let body = shared(arn, json!("111111111111"));
        caller
            .expect_refusal(PUT, body, "InvalidInputException", &said)
            .await;
    }
}
