//! ListFleets (contract codebuild §3, §3.7).

use super::flock::created;
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use crate::support::wait_for;
use serde_json::json;

#[tokio::test]
async fn arns_are_listed_by_name() {
    // contract codebuild §2, §3.7
    let shown = both(CODEBUILD, async |caller| {
        let none = caller.ok("ListFleets", json!({})).await;
        assert_eq!(none, json!({"fleets": []}));
        for name in ["bb", "aa"] {
            created(&caller, name).await;
        }
        caller.ok("ListFleets", json!({})).await
    });
    let arn = |name, id| format!("arn:aws:codebuild:us-east-1:000000000000:fleet/{name}:<id:{id}>");
    let expected = json!({"fleets": [arn("aa", 1), arn("bb", 2)]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn fleets_are_sorted_by_name_creation_and_last_change_on_pages_of_the_size_asked() {
    // contract codebuild §3, §3.7
    let caller = Caller::new(CODEBUILD).await;
    let tick = async || {
        let app = &caller.server.app;
        let then = app.now();
        wait_for("the next millisecond", async || {
            (app.now() > then).then_some(())
        })
        .await;
    };
    let mut arns = Vec::new();
    for name in ["bb", "cc", "aa"] {
        arns.push(created(&caller, name).await);
        tick().await;
    }
    created(&caller.in_region("eu-west-1"), "dd").await;
    let [bb, cc, aa] = &arns[..] else {
        panic!("{arns:?}")
    };
    caller.ok("UpdateFleet", json!({"arn": bb})).await;
    for (by, ascending) in [
        (json!(null), [aa, bb, cc]),
        (json!("NAME"), [aa, bb, cc]),
        (json!("CREATED_TIME"), [bb, cc, aa]),
        (json!("LAST_MODIFIED_TIME"), [cc, aa, bb]),
    ] {
        let mut descending = ascending;
        descending.reverse();
        for (order, expected) in [("ASCENDING", ascending), ("DESCENDING", descending)] {
            let body = json!({"sortBy": by, "sortOrder": order, "maxResults": 2});
            let listed = pages(&caller, "ListFleets", body, "fleets").await;
            assert_eq!([listed[0].len(), listed[1].len()], [2, 1]);
            assert_eq!(json!(listed.concat()), json!(expected), "{by} {order}");
        }
    }
    let said = "Invalid next token provided: garbage";
    let body = json!({"nextToken": "garbage"});
    caller
        .expect_refusal("ListFleets", body, "InvalidInputException", said)
        .await;
}
