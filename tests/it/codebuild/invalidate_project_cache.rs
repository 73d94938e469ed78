//! InvalidateProjectCache (contract codebuild §3.1).

use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

const INVALIDATE: &str = "InvalidateProjectCache";

#[tokio::test]
async fn the_answer_is_an_empty_structure_by_name_and_arn() {
    // contract codebuild §2, §3.1: valid for any cache type
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let body = json!({"projectName": project_arn("hello")});
        assert_eq!(caller.ok(INVALIDATE, body).await, json!({}));
        caller.ok(INVALIDATE, json!({"projectName": "hello"})).await
    });
    assert_eq!(shown.await, "{}\n");
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found() {
    // contract codebuild §1.2, §3.1
    let caller = Caller::new(CODEBUILD).await;
    let said = format!("Project cannot be found: {}", project_arn("hello"));
    for name in ["hello".to_owned(), project_arn("hello")] {
        let body = json!({"projectName": name});
        caller
            .expect_refusal(INVALIDATE, body, "ResourceNotFoundException", &said)
            .await;
    }
}
