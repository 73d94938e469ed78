//! DeleteSourceCredentials (contract codebuild §3.6).

use super::hooked::connected;
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

const DELETE: &str = "DeleteSourceCredentials";
const ARN: &str = "arn:aws:codebuild:us-east-1:000000000000:token/github";

#[tokio::test]
async fn the_arn_of_what_is_gone_is_shown() {
    // contract codebuild §3.6
    let shown = both(CODEBUILD, async |caller| {
        for server in ["GITHUB", "GITHUB_ENTERPRISE"] {
            connected(&caller, server).await;
        }
        let answer = caller.ok(DELETE, json!({"arn": ARN})).await;
        let left = caller.ok("ListSourceCredentials", json!({})).await;
        let left = &left["sourceCredentialsInfos"];
        assert_eq!(left.as_array().unwrap().len(), 1);
        assert_eq!(left[0]["serverType"], "GITHUB_ENTERPRISE");
        answer
    });
    let expected = json!({"arn": ARN});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    // contract codebuild §3.6
    let caller = Caller::new(CODEBUILD).await;
    connected(&caller.in_region("eu-west-1"), "GITHUB").await;
    let foreign = "arn:aws:codebuild:eu-west-1:000000000000:token/github";
    for arn in [ARN, foreign] {
        let said = format!("Source credentials cannot be found: {arn}");
        let body = json!({"arn": arn});
        caller
            .expect_refusal(DELETE, body, "ResourceNotFoundException", &said)
            .await;
    }
    let said = "Invalid ARN provided: 'github' is not the ARN of a source credential";
    let body = json!({"arn": "github"});
    caller
        .expect_refusal(DELETE, body, "InvalidInputException", said)
        .await;
}
