//! ListProjects (contract codebuild §3, §3.1).

use super::sample::{created, project};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use crate::support::wait_for;
use serde_json::{Value, json};

#[tokio::test]
async fn names_alone_are_listed() {
    // contract codebuild §3.1
    let shown = both(CODEBUILD, async |caller| {
        let none = caller.ok("ListProjects", json!({})).await;
        assert_eq!(none, json!({"projects": []}));
        for name in ["bb", "aa"] {
            created(&caller, name).await;
        }
        caller.ok("ListProjects", json!({})).await
    });
    let expected = json!({"projects": ["aa", "bb"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn projects_are_sorted_by_name_creation_and_last_change() {
    // contract codebuild §3.1, §14 17
    let caller = Caller::new(CODEBUILD).await;
    let tick = async || {
        let app = &caller.server.app;
        let then = app.now();
        wait_for("the next millisecond", async || {
            (app.now() > then).then_some(())
        })
        .await;
    };
    for name in ["bb", "cc", "aa"] {
        created(&caller, name).await;
        tick().await;
    }
    caller.ok("UpdateProject", json!({"name": "bb"})).await;
    for (by, ascending) in [
        (json!(null), ["aa", "bb", "cc"]),
        (json!("NAME"), ["aa", "bb", "cc"]),
        (json!("CREATED_TIME"), ["bb", "cc", "aa"]),
        (json!("LAST_MODIFIED_TIME"), ["cc", "aa", "bb"]),
    ] {
        let mut descending = ascending;
        descending.reverse();
        for (order, expected) in [("ASCENDING", ascending), ("DESCENDING", descending)] {
            let body = json!({"sortBy": by, "sortOrder": order});
            let listed = caller.ok("ListProjects", body).await;
            assert_eq!(listed["projects"], json!(expected), "{by} {order}");
        }
    }
}

#[tokio::test]
async fn a_page_has_a_hundred_names_and_its_token_is_bound_to_the_order() {
    // contract codebuild §3, §14 17
    let caller = Caller::new(CODEBUILD).await;
    let names: Vec<String> = (0..101).map(|at| format!("p{at:03}")).collect();
    for name in &names {
        caller.ok("CreateProject", project(name)).await;
    }
    created(&caller.in_region("eu-west-1"), "elsewhere").await;
    for by in ["NAME", "CREATED_TIME", "LAST_MODIFIED_TIME"] {
        let listed = pages(&caller, "ListProjects", json!({"sortBy": by}), "projects").await;
        let lengths: Vec<usize> = listed.iter().map(Vec::len).collect();
        assert_eq!(lengths, [100, 1], "{by}");
        let mut all: Vec<Value> = listed.concat();
        all.sort_by_key(Value::to_string);
        assert_eq!(json!(all), json!(names), "{by}");
    }
    let token = caller.ok("ListProjects", json!({})).await["nextToken"]
        .as_str()
        .unwrap()
        .to_owned();
    let cases = [
        json!({"nextToken": "garbage"}),
        json!({"nextToken": token, "sortOrder": "DESCENDING"}),
        json!({"nextToken": token, "sortBy": "CREATED_TIME"}),
    ];
    for body in cases {
        let said = format!(
            "Invalid next token provided: {}",
            body["nextToken"].as_str().unwrap()
        );
        caller
            .expect_refusal("ListProjects", body, "InvalidInputException", &said)
            .await;
    }
}
