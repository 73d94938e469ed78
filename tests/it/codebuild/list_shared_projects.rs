//! ListSharedProjects (contract codebuild §3.1, §3.4, §12.6).

use super::put_resource_policy::shared;
use crate::support::caller::{ACCOUNT, CODEBUILD, Caller, both, pages, with};
use crate::support::wait_for;
use serde_json::{Value, json};

const FRIEND: &str = "111111111111";

fn arn(name: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:project/{name}")
}

/// Makes them and shares each with the friend.
async fn shared_with_friend(caller: &Caller, names: &[&str]) {
    for name in names {
        make(caller, name).await;
        share(caller, name).await;
    }
}

async fn share(caller: &Caller, name: &str) {
    caller
        .ok("PutResourcePolicy", shared(&arn(name), json!(FRIEND)))
        .await;
    let app = &caller.server.app;
    let then = app.now();
    wait_for("the next millisecond", async || {
        (app.now() > then).then_some(())
    })
    .await;
}

#[tokio::test]
async fn arns_of_what_other_accounts_share_are_listed() {
    // contract codebuild §12.6: resources of *other* accounts whose policy names the caller
    let shown = both(CODEBUILD, async |caller| {
        let friend = caller.of_account(FRIEND).await;
        shared_with_friend(&caller, &["bb", "aa"]).await;
        make(&caller, "mine").await;
        make_in(&friend, FRIEND, "own").await;
        let stranger = caller.of_account("222222222222").await;
        for nobody in [&caller, &stranger, &friend.in_region("eu-west-1")] {
            let none = nobody.ok("ListSharedProjects", json!({})).await;
            assert_eq!(none, json!({"projects": []}));
        }
        friend.ok("ListSharedProjects", json!({})).await
    });
    let expected = json!({"projects": [arn("aa"), arn("bb")]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn they_are_sorted_by_arn_or_time_on_pages_of_the_size_asked() {
    // contract codebuild §3.1, §3.4
    let caller = Caller::new(CODEBUILD).await;
    let friend = caller.of_account(FRIEND).await;
    shared_with_friend(&caller, &["bb", "cc", "aa"]).await;
    share(&caller, "bb").await;
    for (by, ascending) in [
        (Value::Null, ["aa", "bb", "cc"]),
        (json!("ARN"), ["aa", "bb", "cc"]),
        (json!("MODIFIED_TIME"), ["cc", "aa", "bb"]),
    ] {
        let mut descending = ascending;
        descending.reverse();
        for (order, expected) in [("ASCENDING", ascending), ("DESCENDING", descending)] {
            let body = json!({"sortBy": by, "sortOrder": order, "maxResults": 2});
            let listed = pages(&friend, "ListSharedProjects", body, "projects").await;
            assert_eq!([listed[0].len(), listed[1].len()], [2, 1]);
            let expected = json!(expected.map(arn));
            assert_eq!(json!(listed.concat()), expected, "{by} {order}");
        }
    }
    let said = "Invalid next token provided: garbage";
    let body = json!({"nextToken": "garbage"});
    friend
        .expect_refusal("ListSharedProjects", body, "InvalidInputException", said)
        .await;
}

#[tokio::test]
async fn what_is_not_shared_any_more_is_not_listed() {
    // contract codebuild §3.6
    let caller = Caller::new(CODEBUILD).await;
    let friend = caller.of_account(FRIEND).await;
    shared_with_friend(&caller, &["aa", "bb", "cc"]).await;
    let body = json!({"resourceArn": arn("aa")});
    caller.ok("DeleteResourcePolicy", body).await;
    unmake(&caller, "bb").await;
    let listed = friend.ok("ListSharedProjects", json!({})).await;
    assert_eq!(listed, json!({"projects": [arn("cc")]}));
    // What is made again under the name is not shared.
    make(&caller, "bb").await;
    let listed = friend.ok("ListSharedProjects", json!({})).await;
    assert_eq!(listed, json!({"projects": [arn("cc")]}));
}

async fn make(caller: &Caller, name: &str) {
    make_in(caller, ACCOUNT, name).await;
}

async fn make_in(caller: &Caller, account: &str, name: &str) {
    let role = json!(format!("arn:aws:iam::{account}:role/delivery"));
    let body = with(super::sample::project(name), "/serviceRole", role);
    caller.ok("CreateProject", body).await;
}

async fn unmake(caller: &Caller, name: &str) {
    caller.ok("DeleteProject", json!({"name": name})).await;
}
