//! ListCommandExecutionsForSandbox (contract codebuild §3.8).

use super::sample::{NOBODY, created};
use super::sandboxed::{running, submit};
use crate::support::caller::{CODEBUILD, both, pages};
use serde_json::{Value, json};

#[tokio::test]
async fn commands_are_listed_in_full_newest_first() {
    // contract codebuild §3.8: full objects, newest first by default; unknown sandbox → NotFound
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let id = running(&caller, "hello").await;
        for command in ["one", "two", "three"] {
            submit(&caller, &id, command).await;
        }
        let commands = async |body: Value| {
            let pages = pages(
                &caller,
                "ListCommandExecutionsForSandbox",
                body,
                "commandExecutions",
            );
            let all = pages.await.concat();
            let all = all.into_iter().map(|run| run["command"].clone());
            all.collect::<Vec<Value>>()
        };
        let up = json!({"sandboxId": id, "sortOrder": "ASCENDING", "maxResults": 2});
        assert_eq!(commands(up).await, ["one", "two", "three"]);
        let said = format!("Sandbox cannot be found: {NOBODY}");
        let input = json!({"sandboxId": NOBODY});
        let code = "ResourceNotFoundException";
        caller
            .expect_refusal("ListCommandExecutionsForSandbox", input, code, &said)
            .await;
        json!(commands(json!({"sandboxId": id})).await)
    });
    let expected = json!(["three", "two", "one"]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}
