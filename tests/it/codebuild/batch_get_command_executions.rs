//! BatchGetCommandExecutions (contract codebuild §3.8).

use super::sample::{NOBODY, created};
use super::sandboxed::{running, submit};
use crate::support::caller::{CODEBUILD, both};
use serde_json::json;

#[tokio::test]
async fn commands_of_the_sandbox_are_found_and_others_are_not() {
    // contract codebuild §3.8: commandExecutions, commandExecutionsNotFound; §1.1: an absent sandbox is no error
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = running(&caller, "hello").await;
        let other = running(&caller, "hello").await;
        let one = submit(&caller, &id, "one").await;
        let foreign = submit(&caller, &other, "two").await;
        let input = json!({"sandboxId": id, "commandExecutionIds": [one, foreign, one]});
        let got = caller.ok("BatchGetCommandExecutions", input).await;
        assert_eq!(got["commandExecutions"].as_array().unwrap().len(), 1);
        assert_eq!(got["commandExecutionsNotFound"], json!([foreign]));
        let input = json!({"sandboxId": NOBODY, "commandExecutionIds": ["a"]});
        caller.ok("BatchGetCommandExecutions", input).await
    });
    let expected = json!({"commandExecutions": [], "commandExecutionsNotFound": ["a"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}
