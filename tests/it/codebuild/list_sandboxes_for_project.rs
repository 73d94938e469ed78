//! ListSandboxesForProject (contract codebuild §3.8).

use super::sample::{created, project_arn};
use super::sandboxed::start;
use crate::support::caller::{CODEBUILD, both};
use serde_json::json;

#[tokio::test]
async fn a_projects_sandboxes_are_listed_newest_first() {
    // contract codebuild §3.8: unknown project → NotFound
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        created(&caller, "other").await;
        let first = start(&caller, "hello").await;
        let second = start(&caller, "hello").await;
        start(&caller, "other").await;
        let input = json!({"projectName": project_arn("hello")});
        let listed = caller.ok("ListSandboxesForProject", input).await;
        assert_eq!(listed["ids"], json!([second, first]));
        let said = "The provided project arn:aws:codebuild:us-east-1:000000000000:project/nobody does not exist";
        let input = json!({"projectName": "nobody"});
        let code = "ResourceNotFoundException";
        caller
            .expect_refusal("ListSandboxesForProject", input, code, said)
            .await;
        listed
    });
    let expected = json!({"ids": ["hello:<id:1>", "hello:<id:2>"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}
