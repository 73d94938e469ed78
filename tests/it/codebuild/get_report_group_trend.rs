//! GetReportGroupTrend (contract codebuild §3.4, §10.5).

use super::reported::{coverage, created, group_arn, keep, tests};
use crate::support::caller::{CODEBUILD, Caller, both};
use codebuild_api::model::{ReportStatusType, TestReportSummary};
use expect_test::expect;
use serde_json::json;
use slipway::codebuild::reports::Report;

const TREND: &str = "GetReportGroupTrend";

/// A report of `total` tests, of which some passed, that took some nanoseconds.
fn passed(report: Report, passed: i32, total: i32, nanos: i64) -> Report {
    let counts = [("SUCCEEDED".to_owned(), passed)];
    Report {
        tests: Some(TestReportSummary::new(total, counts.into(), nanos)),
        ..report
    }
}

#[tokio::test]
async fn one_number_of_each_report_is_shown_the_newest_first() {
    // contract codebuild §3.4: all numbers are strings
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "group", "TEST").await;
        let asked = json!({"reportGroupArn": group_arn("group"), "trendField": "PASS_RATE"});
        let none = caller.ok(TREND, asked.clone()).await;
        assert_eq!(none, json!({"rawData": []}));
        keep(&caller, passed(tests(&caller, "group", 1), 1, 4, 1_000)).await;
        keep(&caller, passed(tests(&caller, "group", 2), 4, 4, 2_000)).await;
        caller.ok(TREND, asked).await
    });
    expect![[r#"
        {
          "rawData": [
            {
              "data": "100.0",
              "reportArn": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:1>"
            },
            {
              "data": "25.0",
              "reportArn": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:2>"
            }
          ],
          "stats": {
            "average": "62.5",
            "max": "100.0",
            "min": "25.0"
          }
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn every_field_has_its_number() {
    // contract codebuild §10.5
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "unit", "TEST").await;
    created(&caller, "lines", "CODE_COVERAGE").await;
    keep(&caller, passed(tests(&caller, "unit", 1), 0, 0, 94_000_000)).await;
    keep(&caller, coverage(&caller, "lines", 1, 90.9)).await;
    for (group, field, number) in [
        ("unit", "PASS_RATE", "0.0"),
        ("unit", "DURATION", "94000000.0"),
        ("unit", "TOTAL", "0.0"),
        ("lines", "LINE_COVERAGE", "90.9"),
        ("lines", "LINES_COVERED", "10.0"),
        ("lines", "LINES_MISSED", "1.0"),
        ("lines", "BRANCH_COVERAGE", "0.0"),
        ("lines", "BRANCHES_COVERED", "0.0"),
        ("lines", "BRANCHES_MISSED", "0.0"),
    ] {
        let body = json!({"reportGroupArn": group_arn(group), "trendField": field});
        let got = caller.ok(TREND, body).await;
        assert_eq!(got["rawData"][0]["data"], number, "{field}");
        let same = json!({"average": number, "max": number, "min": number});
        assert_eq!(got["stats"], same, "{field}");
    }
}

#[tokio::test]
async fn only_the_newest_reports_count_and_those_without_a_summary_do_not() {
    // contract codebuild §3.4: numOfReports, newest first
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    for number in 1..=4 {
        let total = i32::try_from(number).unwrap();
        keep(
            &caller,
            passed(tests(&caller, "group", number), 0, total, 0),
        )
        .await;
    }
    let unfinished = Report {
        status: ReportStatusType::Incomplete,
        tests: None,
        ..tests(&caller, "group", 5)
    };
    keep(&caller, unfinished).await;
    let body =
        json!({"reportGroupArn": group_arn("group"), "trendField": "TOTAL", "numOfReports": 3});
    let got = caller.ok(TREND, body).await;
    let data: Vec<&serde_json::Value> = got["rawData"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["data"])
        .collect();
    assert_eq!(data, ["4.0", "3.0"]);
    let stats = json!({"average": "3.5", "max": "4.0", "min": "3.0"});
    assert_eq!(got["stats"], stats);
}

#[tokio::test]
async fn a_field_of_the_other_type_is_refused_and_a_missing_group_is_not_found() {
    // contract codebuild §3.4
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let body = json!({"reportGroupArn": group_arn("group"), "trendField": "LINE_COVERAGE"});
    let said = "Invalid trend field: LINE_COVERAGE is not for report groups of type TEST";
    caller
        .expect_refusal(TREND, body, "InvalidInputException", said)
        .await;
    let body = json!({"reportGroupArn": group_arn("nope"), "trendField": "TOTAL"});
    let said = format!("Report group cannot be found: {}", group_arn("nope"));
    caller
        .expect_refusal(TREND, body, "ResourceNotFoundException", &said)
        .await;
}
