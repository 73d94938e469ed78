//! DeleteReport (contract codebuild §3.4).

use super::reported::{case, created, file, group_arn, keep, keep_with, tests};
use crate::support::caller::{CODEBUILD, Caller, both};
use serde_json::json;
use slipway::store::Direction::Forward;

#[tokio::test]
async fn the_answer_is_an_empty_structure_whether_or_not_there_was_a_report() {
    // contract codebuild §3.4: idempotent; cases and coverage go with it
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "group", "TEST").await;
        let other = keep(&caller, tests(&caller, "group", 2)).await;
        let cases = vec![case("one", "FAILED"), case("two", "SUCCEEDED")];
        let files = vec![file("a.rs", 50.0)];
        let arn = keep_with(&caller, tests(&caller, "group", 1), cases, files).await;
        for _ in 0..2 {
            let body = json!({"arn": arn});
            assert_eq!(caller.ok("DeleteReport", body).await, json!({}));
        }
        let reports = &caller.server.app.codebuild.tables.reports;
        assert!(reports.cases.range(.., Forward, 9).unwrap().is_empty());
        let files = &reports.coverages;
        assert!(files.by_path.range(.., Forward, 9).unwrap().is_empty());
        assert!(files.by_lines.range(.., Forward, 9).unwrap().is_empty());
        let of_group = json!({"reportGroupArn": group_arn("group")});
        for (operation, body) in [
            ("ListReports", json!({})),
            ("ListReportsForReportGroup", of_group),
        ] {
            let listed = caller.ok(operation, body).await;
            assert_eq!(listed["reports"], json!([other]), "{operation}");
        }
        caller
            .ok("BatchGetReports", json!({"reportArns": [arn]}))
            .await
    });
    let arn = "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:1>";
    let expected = json!({"reports": [], "reportsNotFound": [arn]});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn what_is_no_arn_of_a_report_is_refused() {
    // contract codebuild §1.1
    let caller = Caller::new(CODEBUILD).await;
    let said = format!(
        "Invalid ARN provided: '{}' is not the ARN of a report",
        group_arn("group")
    );
    let body = json!({"arn": group_arn("group")});
    caller
        .expect_refusal("DeleteReport", body, "InvalidInputException", &said)
        .await;
}
