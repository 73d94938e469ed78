//! ListSandboxes (contract codebuild §3.8).

use super::sample::created;
use super::sandboxed::start;
use crate::support::caller::{CODEBUILD, both, pages};
use serde_json::json;

#[tokio::test]
async fn the_newest_sandbox_comes_first() {
    // contract codebuild §3.8: ids, sortOrder; the usual order is our reading
    let shown = both(CODEBUILD, async |caller| {
        let empty = caller.ok("ListSandboxes", json!({})).await;
        assert_eq!(empty, json!({"ids": []}));
        created(&caller, "bb").await;
        created(&caller, "aa").await;
        let first = start(&caller, "bb").await;
        let second = start(&caller, "aa").await;
        let listed = caller.ok("ListSandboxes", json!({})).await;
        assert_eq!(listed["ids"], json!([second, first]));
        let one = json!({"maxResults": 1, "sortOrder": "ASCENDING"});
        let all = pages(&caller, "ListSandboxes", one, "ids").await;
        assert_eq!(all.len(), 2);
        let said = "Invalid next token provided: garbage";
        let input = json!({"nextToken": "garbage"});
        caller
            .expect_refusal("ListSandboxes", input, "InvalidInputException", said)
            .await;
        json!(all.concat())
    });
    let expected = json!(["bb:<id:1>", "aa:<id:2>"]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}
