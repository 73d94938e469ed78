//! DeleteGitHubAccountToken (contract codedeploy §3.7).

use super::sample::refusals;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn every_token_is_unknown() {
    // contract codedeploy §3.7
    let shown = both(CODEDEPLOY, async |caller| {
        json!(
            refusals(
                &caller,
                "DeleteGitHubAccountToken",
                [
                    json!({}),
                    json!({"tokenName": ""}),
                    json!({"tokenName": "t"})
                ]
            )
            .await
        )
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "GitHubAccountTokenNameRequiredException",
            "GitHubAccountTokenNameRequiredException",
            "GitHubAccountTokenDoesNotExistException"
        ]))
    );
}
