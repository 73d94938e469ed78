//! DeleteResourcesByExternalId (contract codedeploy §3.5).

use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn it_always_succeeds() {
    // contract codedeploy §3.5
    let shown = both(CODEDEPLOY, async |caller| {
        caller
            .ok(
                "DeleteResourcesByExternalId",
                json!({"externalId": "stack"}),
            )
            .await
    });
    assert_eq!(shown.await, normalised(json!({})));
}
