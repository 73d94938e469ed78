//! StartSandboxConnection (contract codebuild §3.8).

use super::sample::{NOBODY, created};
use super::sandboxed::running;
use crate::support::caller::{CODEBUILD, both};
use serde_json::json;

#[tokio::test]
async fn a_connection_is_refused_because_nothing_offers_it() {
    // contract codebuild §3.8: no Session Manager → InvalidInput is acceptable; the words are ours
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = running(&caller, "hello").await;
        let said = format!(
            "Sandbox {id} has no session to connect to: slipway has no Session Manager; run commands with StartCommandExecution"
        );
        let input = json!({"sandboxId": id});
        caller
            .expect_refusal(
                "StartSandboxConnection",
                input,
                "InvalidInputException",
                &said,
            )
            .await;
        let said = format!("Sandbox cannot be found: {NOBODY}");
        let input = json!({"sandboxId": NOBODY});
        let code = "ResourceNotFoundException";
        caller
            .expect_refusal("StartSandboxConnection", input, code, &said)
            .await;
        json!(null)
    });
    assert_eq!(shown.await, "null\n");
}
