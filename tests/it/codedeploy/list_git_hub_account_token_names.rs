//! ListGitHubAccountTokenNames (contract codedeploy §3.7).

use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn there_are_no_tokens() {
    // contract codedeploy §3.7
    let shown = both(CODEDEPLOY, async |caller| {
        caller.ok("ListGitHubAccountTokenNames", json!({})).await
    });
    assert_eq!(shown.await, normalised(json!({"tokenNameList": []})));
}
