//! DescribeTestCases (contract codebuild §3, §3.4, §10.2, §10.3).

use super::reported::{DAY, case, created, keep, keep_with, made, tests};
use crate::support::caller::{CODEBUILD, Caller, both, pages, texts};
use codebuild_api::model::TestCase;
use expect_test::expect;
use serde_json::json;

const DESCRIBE: &str = "DescribeTestCases";

#[tokio::test]
async fn cases_are_shown_in_the_order_of_the_report() {
    // contract codebuild §10.3, common fields
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "group", "TEST").await;
        let failed = TestCase {
            message: Some("expected 1, got 2".to_owned()),
            test_suite_name: Some("numbers".to_owned()),
            ..case("adds", "FAILED")
        };
        let cases = vec![failed, case("aborts", "SUCCEEDED")];
        let arn = keep_with(&caller, tests(&caller, "group", 1), cases, Vec::new()).await;
        caller.ok(DESCRIBE, json!({"reportArn": arn})).await
    });
    expect![[r#"
        {
          "testCases": [
            {
              "durationInNanoSeconds": 1000000,
              "expired": "<time>",
              "message": "expected 1, got 2",
              "name": "adds",
              "prefix": "suite",
              "reportArn": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:1>",
              "status": "FAILED",
              "testRawDataPath": "target/junit.xml",
              "testSuiteName": "numbers"
            },
            {
              "durationInNanoSeconds": 1000000,
              "expired": "<time>",
              "message": "",
              "name": "aborts",
              "prefix": "suite",
              "reportArn": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:1>",
              "status": "SUCCEEDED",
              "testRawDataPath": "target/junit.xml"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn status_and_keyword_choose_cases_and_a_keyword_may_be_in_name_or_prefix() {
    // contract codebuild §3.4, §14 38: substring of name or prefix, case-sensitive
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let other = TestCase {
        prefix: Some("Parser".to_owned()),
        ..case("c", "FAILED")
    };
    let cases = vec![
        case("parse", "SUCCEEDED"),
        case("print", "FAILED"),
        other,
        case("Parser", "SKIPPED"),
    ];
    let arn = keep_with(&caller, tests(&caller, "group", 1), cases, Vec::new()).await;
    for (filter, names) in [
        (json!({}), vec!["parse", "print", "c", "Parser"]),
        (json!({"status": "FAILED"}), vec!["print", "c"]),
        (json!({"keyword": "Parse"}), vec!["c", "Parser"]),
        (json!({"keyword": "p"}), vec!["parse", "print"]),
        (
            json!({"keyword": ""}),
            vec!["parse", "print", "c", "Parser"],
        ),
        (json!({"keyword": "Parser", "status": "FAILED"}), vec!["c"]),
        (json!({"status": "ERROR"}), vec![]),
    ] {
        let body = json!({"reportArn": arn, "filter": filter});
        let got = caller.ok(DESCRIBE, body).await;
        assert_eq!(texts(&got["testCases"], "name"), names, "{filter}");
    }
    let said = "Invalid test case status: failed";
    let body = json!({"reportArn": arn, "filter": {"status": "failed"}});
    caller
        .expect_refusal(DESCRIBE, body, "InvalidInputException", said)
        .await;
}

#[tokio::test]
async fn of_too_many_cases_those_that_failed_are_kept_first_and_pages_hold_the_number_asked() {
    // contract codebuild §3, §10.2: at most 500 kept, FAILED/ERROR first; `truncated`
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let status = |number| match number {
        600 => "ERROR",
        _ if number % 100 == 7 => "FAILED",
        _ => "SUCCEEDED",
    };
    let cases = (0..=600).map(|number| case(&format!("{number:03}"), status(number)));
    let arn = keep_with(
        &caller,
        tests(&caller, "group", 1),
        cases.collect(),
        Vec::new(),
    )
    .await;
    let body = json!({"reportArn": arn, "maxResults": 90});
    let listed = pages(&caller, DESCRIBE, body, "testCases").await;
    let sizes: Vec<usize> = listed.iter().map(Vec::len).collect();
    assert_eq!(sizes, [90, 90, 90, 90, 90, 50]);
    let names = texts(&json!(listed.concat()), "name");
    let expected = [
        "007", "107", "207", "307", "407", "507", "600", "000", "001",
    ];
    assert_eq!(names[..9], expected);
    let report = caller
        .ok("BatchGetReports", json!({"reportArns": [arn]}))
        .await;
    assert_eq!(report["reports"][0]["truncated"], true);
    let body = json!({"reportArn": arn, "filter": {"status": "FAILED"}, "maxResults": 4});
    let listed = pages(&caller, DESCRIBE, body.clone(), "testCases").await;
    assert_eq!([listed[0].len(), listed[1].len()], [4, 2]);
    let token = caller.ok(DESCRIBE, body).await["nextToken"].clone();
    let said = format!("Invalid next token provided: {}", token.as_str().unwrap());
    let body = json!({"reportArn": arn, "nextToken": token});
    caller
        .expect_refusal(DESCRIBE, body, "InvalidInputException", &said)
        .await;
}

#[tokio::test]
async fn long_texts_are_cut() {
    // contract codebuild §10.3: name 1,000 and message 5,000 characters
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let long = TestCase {
        message: Some("é".repeat(5_001)),
        ..case(&"n".repeat(1_001), "FAILED")
    };
    let report = tests(&caller, "group", 1);
    let arn = keep_with(&caller, report, vec![long], Vec::new()).await;
    let got = caller.ok(DESCRIBE, json!({"reportArn": arn})).await;
    let case = &got["testCases"][0];
    assert_eq!(case["name"], "n".repeat(1_000));
    assert_eq!(case["message"], "é".repeat(5_000));
}

#[tokio::test]
async fn a_report_that_is_not_there_or_has_expired_is_not_found() {
    // contract codebuild §3.4, §10.2
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "group", "TEST").await;
    let long_ago = caller.server.app.now() - 31 * DAY;
    let old = keep(&caller, made(tests(&caller, "group", 1), long_ago)).await;
    for arn in [old, tests(&caller, "group", 2).arn()] {
        let said = format!("Report cannot be found: {arn}");
        let body = json!({"reportArn": arn});
        caller
            .expect_refusal(DESCRIBE, body, "ResourceNotFoundException", &said)
            .await;
    }
    let said = "Invalid ARN provided: 'report' is not the ARN of a report";
    let body = json!({"reportArn": "report"});
    caller
        .expect_refusal(DESCRIBE, body, "InvalidInputException", said)
        .await;
}
