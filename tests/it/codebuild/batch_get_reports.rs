//! BatchGetReports (contract codebuild §3, §3.4, §10.2).

use super::reported::{DAY, coverage, created, keep, made, tests, try_keep};
use crate::support::caller::{CODEBUILD, Caller, both, texts};
use codebuild_api::model::ReportStatusType;
use expect_test::expect;
use serde_json::json;
use slipway::codebuild::reports::{NoReportGroup, Report};

#[tokio::test]
async fn a_report_is_shown_with_its_summary() {
    // contract codebuild §10.2: all five counts, 0 allowed; the coverage summary only for coverage; executionId is the ARN
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello-unit", "TEST").await;
        created(&caller, "hello-lines", "CODE_COVERAGE").await;
        let unit = keep(&caller, tests(&caller, "hello-unit", 1)).await;
        let lines = keep(&caller, coverage(&caller, "hello-lines", 2, 83.33)).await;
        let arns = json!({"reportArns": [unit, lines, "nonsense"]});
        caller.ok("BatchGetReports", arns).await
    });
    expect![[r#"
        {
          "reports": [
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:report/hello-unit:<id:1>",
              "created": "<time>",
              "executionId": "arn:aws:codebuild:us-east-1:000000000000:build/hello:1",
              "expired": "<time>",
              "exportConfig": {
                "exportConfigType": "NO_EXPORT"
              },
              "name": "hello-unit",
              "reportGroupArn": "arn:aws:codebuild:us-east-1:000000000000:report-group/hello-unit",
              "status": "SUCCEEDED",
              "testSummary": {
                "durationInNanoSeconds": 1000000,
                "statusCounts": {
                  "ERROR": 0,
                  "FAILED": 0,
                  "SKIPPED": 0,
                  "SUCCEEDED": 2,
                  "UNKNOWN": 0
                },
                "total": 2
              },
              "truncated": false,
              "type": "TEST"
            },
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:report/hello-lines:<id:2>",
              "codeCoverageSummary": {
                "branchCoveragePercentage": 0.0,
                "branchesCovered": 0,
                "branchesMissed": 0,
                "lineCoveragePercentage": 83.33,
                "linesCovered": 10,
                "linesMissed": 1
              },
              "created": "<time>",
              "executionId": "arn:aws:codebuild:us-east-1:000000000000:build/hello:1",
              "expired": "<time>",
              "exportConfig": {
                "exportConfigType": "NO_EXPORT"
              },
              "name": "hello-lines",
              "reportGroupArn": "arn:aws:codebuild:us-east-1:000000000000:report-group/hello-lines",
              "status": "SUCCEEDED",
              "truncated": false,
              "type": "CODE_COVERAGE"
            }
          ],
          "reportsNotFound": [
            "nonsense"
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn reports_come_back_in_the_order_asked_and_what_is_missing_as_it_was_written() {
    // contract codebuild §3
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let one = keep(&caller, tests(&caller, "group", 1)).await;
    let two = keep(&caller, tests(&caller, "group", 2)).await;
    let absent = tests(&caller, "group", 3).arn();
    let arns = json!({"reportArns": [two, absent, one, two, "x"]});
    let got = caller.ok("BatchGetReports", arns).await;
    assert_eq!(texts(&got["reports"], "arn"), [two, one]);
    assert_eq!(got["reportsNotFound"], json!([absent, "x"]));
}

#[tokio::test]
async fn a_report_expires_thirty_days_after_it_was_made_in_whole_seconds() {
    // contract codebuild §1, §10.2: created + 30 days, whole seconds; then it vanishes from every answer
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let fresh = keep(&caller, tests(&caller, "group", 1)).await;
    let now = caller.server.app.now();
    let old = keep(&caller, made(tests(&caller, "group", 2), now - 31 * DAY)).await;
    let nearly = keep(&caller, made(tests(&caller, "group", 3), now - 29 * DAY)).await;
    let arns = json!({"reportArns": [fresh, old, nearly]});
    let got = caller.ok("BatchGetReports", arns).await;
    assert_eq!(texts(&got["reports"], "arn"), [&*fresh, &*nearly]);
    assert_eq!(got["reportsNotFound"], json!([old]));
    let report = &got["reports"][0];
    let (made_at, expires) = (report["created"].as_f64(), report["expired"].as_f64());
    let (made_at, expires) = (made_at.unwrap(), expires.unwrap());
    assert_eq!(expires, (made_at + DAY.as_secs_f64() * 30.0).floor());
    let listed = caller.ok("ListReports", json!({})).await;
    assert_eq!(listed["reports"], json!([fresh, nearly]));
    // The next report takes the expired one away for good.
    let rows = || {
        let table = &caller.server.app.codebuild.tables.reports.rows;
        table
            .range(.., slipway::store::Direction::Forward, 9)
            .unwrap()
    };
    assert_eq!(rows().len(), 3);
    keep(&caller, made(tests(&caller, "group", 4), now)).await;
    let left: Vec<String> = rows().iter().map(|(_, report)| report.arn()).collect();
    assert!(!left.contains(&old) && left.len() == 3, "{left:?}");
}

#[tokio::test]
async fn a_report_may_be_kept_again_when_it_has_come_to_its_end() {
    // contract codebuild §10.2: GENERATING while uploading
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let generating = Report {
        status: ReportStatusType::Generating,
        tests: None,
        ..tests(&caller, "group", 1)
    };
    let end = Report {
        status: ReportStatusType::Failed,
        ..tests(&caller, "group", 1)
    };
    let arn = keep(&caller, generating).await;
    keep(&caller, end).await;
    let got = caller
        .ok("BatchGetReports", json!({"reportArns": [arn]}))
        .await;
    assert_eq!(texts(&got["reports"], "status"), ["FAILED"]);
    for (status, expected) in [("GENERATING", json!([])), ("FAILED", json!([arn]))] {
        let body = json!({"filter": {"status": status}});
        let listed = caller.ok("ListReports", body).await;
        assert_eq!(listed["reports"], expected, "{status}");
    }
    let all = caller.ok("ListReports", json!({})).await;
    assert_eq!(all["reports"], json!([arn]));
}

#[tokio::test]
async fn a_report_of_a_group_that_is_not_there_is_not_kept() {
    // contract codebuild §10.1
    let caller = Caller::new(CODEBUILD).await;
    let report = tests(&caller, "group", 1);
    let kept = try_keep(&caller, report, Vec::new(), Vec::new()).await;
    assert_eq!(kept, Err(NoReportGroup));
    let listed = caller.ok("ListReports", json!({})).await;
    assert_eq!(listed, json!({"reports": []}));
}

#[tokio::test]
async fn a_build_that_found_reports_lists_them_and_its_group_exists() {
    // contract codebuild §10.1, §10.2, §14 38: group P-name of the kind of the files, five counts, cases with filter
    use super::sample;
    use slipway::engine::build::reports::{Findings, Kind, Report as Found};
    use slipway::engine::build::reports::{Format, Wanted, parse};
    both(CODEBUILD, async |caller| {
        sample::created(&caller, "hello").await;
        let id = sample::start(&caller, "hello").await;
        let wanted = |kind| Wanted {
            name: "hello-unit".to_owned(),
            kind,
            make: true,
            now: caller.server.app.now(),
        };
        let world = async |kind| {
            let codebuild = &caller.server.app.codebuild;
            let scope = super::reported::scope();
            slipway::codebuild::reported::report_group(codebuild, &scope, wanted(kind)).await
        };
        let group = world(Kind::Test).await.unwrap();
        let other = world(Kind::CodeCoverage).await.unwrap_err();
        assert_eq!(
            other.to_string(),
            "report group hello-unit takes no CODE_COVERAGE reports"
        );
        let file = b"<testsuite name='s' time='3'><testcase name='a'/><testcase name='b'><failure message='no'/></testcase></testsuite>";
        let mut found = Findings::default();
        found.add("junit.xml", parse(Format::Junit, file).unwrap());
        let uuid = "11111111-2222-4333-8444-555555555555".to_owned();
        let now = caller.server.app.now();
        let report = Found::new(&group.name, uuid, Kind::Test, now, found, true);
        sample::succeed_with(&caller, &id, vec![report]).await;
        let build = sample::build(&caller, &id).await;
        let arn = build["reportArns"][0].as_str().unwrap().to_owned();
        let got = caller
            .ok("BatchGetReports", json!({"reportArns": [arn]}))
            .await;
        let report = &got["reports"][0];
        assert_eq!(report["status"], "FAILED");
        assert_eq!(report["executionId"], build["arn"]);
        assert_eq!(
            report["testSummary"],
            json!({
                "durationInNanoSeconds": 3_000_000_000_i64,
                "statusCounts": {"ERROR": 0, "FAILED": 1, "SKIPPED": 0, "SUCCEEDED": 1, "UNKNOWN": 0},
                "total": 2,
            })
        );
        let failed = json!({"reportArn": arn, "filter": {"status": "FAILED"}});
        let cases = caller.ok("DescribeTestCases", failed).await;
        let case = &cases["testCases"][0];
        assert_eq!(cases["testCases"].as_array().unwrap().len(), 1);
        assert_eq!(
            [
                &case["name"],
                &case["prefix"],
                &case["message"],
                &case["testRawDataPath"]
            ],
            ["b", "s", "no", "junit.xml"]
        );
        json!({})
    })
    .await;
}
