//! ListBuildBatchesForProject (contract codebuild §3.3).

use super::batched::{created, failed, start};
use super::sample::project_arn;
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::{Value, json};

#[tokio::test]
async fn a_projects_batches_are_listed_newest_first() {
    // contract codebuild §3.3; §2: a name or an ARN
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        created(&caller, "other").await;
        let first = failed(&caller, "hello").await;
        let second = start(&caller, "hello").await;
        let third = start(&caller, "other").await;
        let listed =
            async |body: Value| caller.ok("ListBuildBatchesForProject", body).await["ids"].clone();
        let hello = json!({"projectName": "hello"});
        assert_eq!(listed(hello).await, json!([second, first]));
        // The model does not require a project.
        assert_eq!(listed(json!({})).await, json!([third, second, first]));
        listed(json!({
            "projectName": project_arn("hello"),
            "filter": {"status": "FAILED"},
            "sortOrder": "ASCENDING",
        }))
        .await
    });
    let expected = json!(["hello:<id:1>"]);
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found() {
    // contract codebuild §3.3
    let caller = Caller::new(CODEBUILD).await;
    let said = "The provided project arn:aws:codebuild:us-east-1:000000000000:project/nobody does not exist";
    let input = json!({"projectName": "nobody"});
    let code = "ResourceNotFoundException";
    caller
        .expect_refusal("ListBuildBatchesForProject", input, code, said)
        .await;
}
