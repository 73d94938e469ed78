//! ListBuildsForProject (contract codebuild §3, §3.2). Pages: `list_builds`.

use super::sample::{created, project_arn, stopped};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;

#[tokio::test]
async fn the_newest_build_comes_first_unless_asked_otherwise() {
    // contract codebuild §3.2
    let shown = both(CODEBUILD, async |caller| {
        for name in ["hello", "hello-2"] {
            created(&caller, name).await;
        }
        let asked = json!({"projectName": project_arn("hello")});
        assert_eq!(
            caller.ok("ListBuildsForProject", asked.clone()).await,
            json!({"ids": []})
        );
        let first = stopped(&caller, "hello").await;
        stopped(&caller, "hello-2").await;
        let second = stopped(&caller, "hello").await;
        let newest = caller.ok("ListBuildsForProject", asked).await;
        assert_eq!(newest["ids"], json!([second, first]));
        for (order, ids) in [
            ("ASCENDING", [&first, &second]),
            ("DESCENDING", [&second, &first]),
        ] {
            let body = json!({"projectName": "hello", "sortOrder": order});
            assert_eq!(
                caller.ok("ListBuildsForProject", body).await["ids"],
                json!(ids)
            );
        }
        newest
    });
    let expected = json!({"ids": ["hello:<id:1>", "hello:<id:2>"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_project_that_is_not_there_is_not_found() {
    // contract codebuild §1.2, §3.2, §14 15: also when builds of a deleted project are left
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    stopped(&caller, "hello").await;
    caller.ok("DeleteProject", json!({"name": "hello"})).await;
    let said = format!(
        "The provided project {} does not exist",
        project_arn("hello")
    );
    for name in ["hello".to_owned(), project_arn("hello")] {
        let body = json!({"projectName": name});
        caller
            .expect_refusal(
                "ListBuildsForProject",
                body,
                "ResourceNotFoundException",
                &said,
            )
            .await;
    }
}
