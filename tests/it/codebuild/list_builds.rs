//! ListBuilds (contract codebuild §3, §3.2).

use super::sample::{created, start, stopped};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use serde_json::{Value, json};

#[tokio::test]
async fn ids_of_all_projects_are_listed_by_id() {
    // contract codebuild §3.2
    let shown = both(CODEBUILD, async |caller| {
        assert_eq!(caller.ok("ListBuilds", json!({})).await, json!({"ids": []}));
        for name in ["bb", "aa"] {
            created(&caller, name).await;
            stopped(&caller, name).await;
        }
        let down = caller
            .ok("ListBuilds", json!({"sortOrder": "DESCENDING"}))
            .await;
        let up = caller
            .ok("ListBuilds", json!({"sortOrder": "ASCENDING"}))
            .await;
        let mut turned = down["ids"].as_array().unwrap().clone();
        turned.reverse();
        assert_eq!(up["ids"], json!(turned));
        assert_eq!(caller.ok("ListBuilds", json!({})).await, up);
        up
    });
    let expected = json!({"ids": ["aa:<id:1>", "bb:<id:2>"]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_page_has_a_hundred_ids_and_its_token_is_bound_to_the_order() {
    // contract codebuild §3; both lists of builds
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    created(&caller.in_region("eu-west-1"), "hello").await;
    let mut started = Vec::new();
    for _ in 0..101 {
        started.push(json!(start(&caller, "hello").await));
    }
    start(&caller.in_region("eu-west-1"), "hello").await;
    let by_number = json!({"projectName": "hello"});
    for (operation, body) in [
        ("ListBuilds", json!({})),
        ("ListBuildsForProject", by_number.clone()),
    ] {
        let listed = pages(&caller, operation, body, "ids").await;
        assert_eq!(
            [listed[0].len(), listed[1].len(), listed.len()],
            [100, 1, 2]
        );
        let mut all: Vec<Value> = listed.concat();
        match operation {
            "ListBuilds" => assert!(all.is_sorted_by_key(Value::to_string)),
            _ => {
                all.reverse();
                assert_eq!(all, started);
            }
        }
    }
    let token = caller.ok("ListBuilds", json!({})).await["nextToken"].clone();
    let own = caller.ok("ListBuildsForProject", by_number).await["nextToken"].clone();
    let cases = [
        ("ListBuilds", json!({"nextToken": "garbage"})),
        (
            "ListBuilds",
            json!({"nextToken": token, "sortOrder": "DESCENDING"}),
        ),
        ("ListBuilds", json!({"nextToken": own})),
        ("ListProjects", json!({"nextToken": token})),
        (
            "ListBuildsForProject",
            json!({"projectName": "hello", "nextToken": token}),
        ),
        (
            "ListBuildsForProject",
            json!({"projectName": "hello", "nextToken": own, "sortOrder": "ASCENDING"}),
        ),
    ];
    for (operation, body) in cases {
        let said = format!(
            "Invalid next token provided: {}",
            body["nextToken"].as_str().unwrap()
        );
        caller
            .expect_refusal(operation, body, "InvalidInputException", &said)
            .await;
    }
}
