//! ListReportGroups (contract codebuild §3, §3.4).

use super::reported::{created, group_arn};
use crate::support::caller::{CODEBUILD, Caller, both, pages};
use crate::support::wait_for;
use serde_json::json;

#[tokio::test]
async fn arns_are_listed_by_name() {
    // contract codebuild §3.4
    let shown = both(CODEBUILD, async |caller| {
        let none = caller.ok("ListReportGroups", json!({})).await;
        assert_eq!(none, json!({"reportGroups": []}));
        for name in ["bb", "aa"] {
            created(&caller, name, "TEST").await;
        }
        caller.ok("ListReportGroups", json!({})).await
    });
    let expected = json!({"reportGroups": [group_arn("aa"), group_arn("bb")]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn groups_are_sorted_by_name_creation_and_last_change_on_pages_of_the_size_asked() {
    // contract codebuild §3, §3.4
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
        created(&caller, name, "TEST").await;
        tick().await;
    }
    created(&caller.in_region("eu-west-1"), "dd", "TEST").await;
    caller
        .ok("UpdateReportGroup", json!({"arn": group_arn("bb")}))
        .await;
    for (by, ascending) in [
        (json!(null), ["aa", "bb", "cc"]),
        (json!("NAME"), ["aa", "bb", "cc"]),
        (json!("CREATED_TIME"), ["bb", "cc", "aa"]),
        (json!("LAST_MODIFIED_TIME"), ["cc", "aa", "bb"]),
    ] {
        let mut descending = ascending;
        descending.reverse();
        for (order, expected) in [("ASCENDING", ascending), ("DESCENDING", descending)] {
            let body = json!({"sortBy": by, "sortOrder": order, "maxResults": 2});
            let listed = pages(&caller, "ListReportGroups", body, "reportGroups").await;
            assert_eq!([listed[0].len(), listed[1].len()], [2, 1]);
            assert_eq!(
                json!(listed.concat()),
                json!(expected.map(group_arn)),
                "{by} {order}"
            );
        }
    }
    let said = "Invalid next token provided: garbage";
    let body = json!({"nextToken": "garbage"});
    caller
        .expect_refusal("ListReportGroups", body, "InvalidInputException", said)
        .await;
}
