//! DeleteReportGroup (contract codebuild §3.4).

use super::reported::{
    DAY, case, created, file, group_arn, keep, keep_with, made, tests, try_keep,
};
use crate::support::caller::{CODEBUILD, Caller, both};
use codebuild_api::model::{ReportGroup, ReportGroupStatusType};
use serde_json::json;
use slipway::codebuild::reports::NoReportGroup;
use slipway::store::Direction::Forward;

/// What is left of reports in the store.
fn left(caller: &Caller) -> [usize; 6] {
    let reports = &caller.server.app.codebuild.tables.reports;
    const ALL: usize = usize::MAX;
    [
        reports.rows.range(.., Forward, ALL).unwrap().len(),
        reports.by_time.range(.., Forward, ALL).unwrap().len(),
        reports.of_group.range(.., Forward, ALL).unwrap().len(),
        reports.cases.range(.., Forward, ALL).unwrap().len(),
        reports
            .coverages
            .by_path
            .range(.., Forward, ALL)
            .unwrap()
            .len(),
        reports
            .coverages
            .by_lines
            .range(.., Forward, ALL)
            .unwrap()
            .len(),
    ]
}

#[tokio::test]
async fn the_answer_is_an_empty_structure_whether_or_not_there_was_a_group() {
    // contract codebuild §3.4, §14 14
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "group", "TEST").await;
        let foreign = "arn:aws:codebuild:eu-west-1:000000000000:report-group/group".to_owned();
        for arn in [group_arn("group"), group_arn("group"), foreign] {
            let body = json!({"arn": arn});
            assert_eq!(caller.ok("DeleteReportGroup", body).await, json!({}));
        }
        let arns = json!({"reportGroupArns": [group_arn("group")]});
        caller.ok("BatchGetReportGroups", arns).await
    });
    let expected = json!({"reportGroups": [], "reportGroupsNotFound": [group_arn("group")]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn a_group_with_reports_goes_only_with_them() {
    // contract codebuild §3.4
    let caller = Caller::new(CODEBUILD).await;
    for name in ["group", "group-2"] {
        created(&caller, name, "TEST").await;
    }
    let other = keep(&caller, tests(&caller, "group-2", 0)).await;
    // More than one write removes.
    for number in 1..=45 {
        let cases = vec![case("one", "SUCCEEDED")];
        let files = vec![file("a.rs", 50.0)];
        keep_with(&caller, tests(&caller, "group", number), cases, files).await;
    }
    let arn = group_arn("group");
    let said = format!("Report group {arn} has reports: delete them first, or set deleteReports");
    for body in [
        json!({"arn": arn}),
        json!({"arn": arn, "deleteReports": false}),
    ] {
        caller
            .expect_refusal("DeleteReportGroup", body, "InvalidInputException", &said)
            .await;
    }
    let body = json!({"arn": arn, "deleteReports": true});
    caller.ok("DeleteReportGroup", body).await;
    let listed = caller.ok("ListReports", json!({})).await;
    assert_eq!(listed, json!({"reports": [other]}));
    assert_eq!(left(&caller), [1, 2, 2, 0, 0, 0]);
    let groups = caller.ok("ListReportGroups", json!({})).await;
    assert_eq!(groups["reportGroups"], json!([group_arn("group-2")]));
}

#[tokio::test]
async fn expired_reports_do_not_hold_a_group_and_go_with_it() {
    // contract codebuild §10.2: expired reports are not there for anybody
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let long_ago = caller.server.app.now() - 31 * DAY;
    let old = made(tests(&caller, "group", 1), long_ago);
    keep_with(&caller, old, vec![case("one", "FAILED")], Vec::new()).await;
    caller
        .ok("DeleteReportGroup", json!({"arn": group_arn("group")}))
        .await;
    assert_eq!(left(&caller), [0; 6]);
}

#[tokio::test]
async fn a_group_that_is_being_deleted_takes_no_report_and_is_deleted_by_the_next_request() {
    // contract codebuild §3.1.2, §3.4: status DELETING, then not found. A server that ends halfway leaves it so.
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let service = &caller.server.app.codebuild;
    let tables = service.tables.clone();
    let halfway = service.store.write(move |tx| {
        let key = (super::reported::scope(), "group".to_owned());
        let group = tx.get(&tables.report_groups, &key).unwrap();
        let deleting = ReportGroup {
            status: Some(ReportGroupStatusType::Deleting),
            ..(*group).clone()
        };
        tx.put(&tables.report_groups, key, deleting);
        Ok::<(), ()>(())
    });
    halfway.await.unwrap();
    let arns = json!({"reportGroupArns": [group_arn("group")]});
    let got = caller.ok("BatchGetReportGroups", arns).await;
    assert_eq!(got["reportGroups"][0]["status"], "DELETING");
    let kept = try_keep(&caller, tests(&caller, "group", 1), Vec::new(), Vec::new()).await;
    assert_eq!(kept, Err(NoReportGroup));
    caller
        .ok("DeleteReportGroup", json!({"arn": group_arn("group")}))
        .await;
    let groups = caller.ok("ListReportGroups", json!({})).await;
    assert_eq!(groups, json!({"reportGroups": []}));
    let kept = try_keep(&caller, tests(&caller, "group", 1), Vec::new(), Vec::new()).await;
    assert_eq!(kept, Err(NoReportGroup));
}

#[tokio::test]
async fn what_is_no_arn_of_a_group_is_refused() {
    // contract codebuild §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = "Invalid ARN provided: 'group' is not the ARN of a report group";
    let body = json!({"arn": "group"});
    caller
        .expect_refusal("DeleteReportGroup", body, "InvalidInputException", said)
        .await;
}
