//! What customers made is there after a restart, in every list.

use super::put_resource_policy::shared;
use super::reported::{case, file, group_arn, keep_with, tests};
use super::sample::project_arn;
use super::{flock, hooked, reported};
use crate::support::caller::{CODEBUILD, Caller};
use camino::Utf8Path;
use serde_json::{Value, json};

/// What is read, before and after.
async fn read(caller: &Caller, report: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (operation, body) in [
        ("BatchGetProjects", json!({"names": ["hello"]})),
        ("ListProjects", json!({"sortBy": "CREATED_TIME"})),
        ("ListSourceCredentials", json!({})),
        (
            "GetResourcePolicy",
            json!({"resourceArn": project_arn("hello")}),
        ),
        ("BatchGetFleets", json!({"names": ["fleet"]})),
        ("ListFleets", json!({"sortBy": "LAST_MODIFIED_TIME"})),
        (
            "BatchGetReportGroups",
            json!({"reportGroupArns": [group_arn("group")]}),
        ),
        ("ListReportGroups", json!({"sortBy": "CREATED_TIME"})),
        ("BatchGetReports", json!({"reportArns": [report]})),
        ("ListReports", json!({"filter": {"status": "SUCCEEDED"}})),
        (
            "ListReportsForReportGroup",
            json!({"reportGroupArn": group_arn("group")}),
        ),
        ("DescribeTestCases", json!({"reportArn": report})),
        ("DescribeCodeCoverages", json!({"reportArn": report})),
    ] {
        // The payload URL is on whatever port the server got.
        let answer = caller.ok(operation, body).await.to_string();
        let answer = answer.replace(&caller.server.address.to_string(), "<address>");
        all.push(serde_json::from_str(&answer).unwrap());
    }
    all
}

/// Whether the answer's first list, if it is one, has something in it.
fn shows_something(answer: &Value) -> bool {
    let mut members = answer.as_object().unwrap().values();
    members.next().is_some_and(|first| *first != json!([]))
}

#[tokio::test]
async fn everything_that_was_answered_is_there_after_a_restart() {
    // ours: nothing acknowledged is lost
    let temporary = tempfile::tempdir().unwrap();
    let folder = Utf8Path::from_path(temporary.path()).unwrap().join("data");
    let caller = Caller::keeping(&folder, CODEBUILD).await;
    hooked::created(&caller, "hello", "GITHUB").await;
    let groups = json!([[hooked::filter("EVENT", "PUSH")]]);
    hooked::webhook(
        &caller,
        json!({"projectName": "hello", "filterGroups": groups}),
    )
    .await;
    let policy = shared(&project_arn("hello"), json!("111111111111"));
    caller.ok("PutResourcePolicy", policy).await;
    flock::created(&caller, "fleet").await;
    reported::created(&caller, "group", "TEST").await;
    let (cases, files) = (vec![case("one", "SUCCEEDED")], vec![file("a.rs", 83.33)]);
    let report = keep_with(&caller, tests(&caller, "group", 1), cases, files).await;
    let before = read(&caller, &report).await;
    assert!(before.iter().all(shows_something), "{before:?}");
    caller.server.app.close().await.unwrap();
    drop(caller);

    let caller = Caller::keeping(&folder, CODEBUILD).await;
    assert_eq!(read(&caller, &report).await, before);
}
