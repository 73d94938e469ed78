//! DescribeCodeCoverages (contract codebuild §3, §3.4, §10.4).

use super::reported::{coverage, created, file, keep_with};
use crate::support::caller::{CODEBUILD, Caller, both, pages, texts};
use expect_test::expect;
use serde_json::{Value, json};

const DESCRIBE: &str = "DescribeCodeCoverages";

async fn kept(caller: &Caller, files: &[(&str, f64)]) -> String {
    created(caller, "group", "CODE_COVERAGE").await;
    let files = files.iter().map(|(path, percent)| file(path, *percent));
    let report = coverage(caller, "group", 1, 80.0);
    keep_with(caller, report, Vec::new(), files.collect()).await
}

#[tokio::test]
async fn files_are_shown_by_path() {
    // contract codebuild §10.4: `reportARN` with a capital ARN
    let shown = both(CODEBUILD, async |caller| {
        let arn = kept(&caller, &[("src/b.rs", 83.33), ("src/a.rs", 100.0)]).await;
        caller.ok(DESCRIBE, json!({"reportArn": arn})).await
    });
    expect![[r#"
        {
          "codeCoverages": [
            {
              "branchCoveragePercentage": 50.0,
              "branchesCovered": 1,
              "branchesMissed": 1,
              "expired": "<time>",
              "filePath": "src/a.rs",
              "id": "<id:1>",
              "lineCoveragePercentage": 100.0,
              "linesCovered": 10,
              "linesMissed": 2,
              "reportARN": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:2>"
            },
            {
              "branchCoveragePercentage": 50.0,
              "branchesCovered": 1,
              "branchesMissed": 1,
              "expired": "<time>",
              "filePath": "src/b.rs",
              "id": "<id:3>",
              "lineCoveragePercentage": 83.33,
              "linesCovered": 10,
              "linesMissed": 2,
              "reportARN": "arn:aws:codebuild:us-east-1:000000000000:report/group:<id:2>"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn files_are_sorted_by_path_or_lines_between_inclusive_limits() {
    // contract codebuild §3.4
    let caller = Caller::new(CODEBUILD).await;
    let files = [("d", 83.33), ("b", 100.0), ("c", 0.0), ("a", 90.9)];
    let arn = kept(&caller, &files).await;
    let lines = "LINE_COVERAGE_PERCENTAGE";
    for (asked, paths) in [
        (json!({"sortBy": "FILE_PATH"}), vec!["a", "b", "c", "d"]),
        (json!({"sortOrder": "DESCENDING"}), vec!["d", "c", "b", "a"]),
        (json!({"sortBy": lines}), vec!["c", "d", "a", "b"]),
        (
            json!({"sortBy": lines, "sortOrder": "DESCENDING"}),
            vec!["b", "a", "d", "c"],
        ),
        (
            json!({"minLineCoveragePercentage": 83.33, "maxLineCoveragePercentage": 90.9}),
            vec!["a", "d"],
        ),
        (
            json!({"sortBy": lines, "minLineCoveragePercentage": 83.33, "maxLineCoveragePercentage": 90.9}),
            vec!["d", "a"],
        ),
        (
            json!({"minLineCoveragePercentage": 83.34, "sortBy": lines}),
            vec!["a", "b"],
        ),
        (json!({"maxLineCoveragePercentage": 0}), vec!["c"]),
        (
            json!({"minLineCoveragePercentage": 95, "maxLineCoveragePercentage": 5}),
            vec![],
        ),
        (
            json!({"sortBy": lines, "minLineCoveragePercentage": 95, "maxLineCoveragePercentage": 5}),
            vec![],
        ),
    ] {
        let mut body = asked.clone();
        body["reportArn"] = json!(arn);
        let got = caller.ok(DESCRIBE, body).await;
        assert_eq!(texts(&got["codeCoverages"], "filePath"), paths, "{asked}");
    }
}

#[tokio::test]
async fn pages_hold_the_number_asked_however_many_files_there_are() {
    // contract codebuild §3
    let caller = Caller::new(CODEBUILD).await;
    let paths: Vec<String> = (0..1_201).map(|number| format!("{number:04}")).collect();
    let percent = |number: usize| match number % 100 {
        0 => 50.0,
        _ => 100.0,
    };
    let files = paths.iter().enumerate();
    let files: Vec<(&str, f64)> = files.map(|(at, path)| (&**path, percent(at))).collect();
    let arn = kept(&caller, &files).await;
    let half: Vec<&String> = paths.iter().step_by(100).collect();
    for (by, order) in [
        ("FILE_PATH", "ASCENDING"),
        ("FILE_PATH", "DESCENDING"),
        ("LINE_COVERAGE_PERCENTAGE", "ASCENDING"),
        ("LINE_COVERAGE_PERCENTAGE", "DESCENDING"),
    ] {
        let body = json!({"reportArn": arn, "maxResults": 10, "maxLineCoveragePercentage": 50, "sortBy": by, "sortOrder": order});
        let listed = pages(&caller, DESCRIBE, body, "codeCoverages").await;
        assert_eq!([listed[0].len(), listed[1].len()], [10, 3]);
        let mut got = texts(&json!(listed.concat()), "filePath");
        if order == "DESCENDING" {
            got.reverse();
        }
        assert_eq!(json!(got), json!(half), "{by} {order}");
    }
    let all: Vec<Value> = pages(
        &caller,
        DESCRIBE,
        json!({"reportArn": arn}),
        "codeCoverages",
    )
    .await
    .concat();
    assert_eq!(texts(&json!(all), "filePath"), paths);
}

#[tokio::test]
async fn very_long_paths_can_be_paged() {
    // ours: a token of ours must never be one that we refuse
    let caller = Caller::new(CODEBUILD).await;
    let paths = ["x", "y"].map(|end| format!("{}{end}", "é/".repeat(2_000)));
    let arn = kept(&caller, &[(&paths[0], 1.0), (&paths[1], 2.0)]).await;
    let body = json!({"reportArn": arn, "maxResults": 1});
    let listed = pages(&caller, DESCRIBE, body, "codeCoverages").await;
    assert_eq!(texts(&json!(listed.concat()), "filePath"), paths);
}

#[tokio::test]
async fn a_report_that_is_not_there_is_bad_input() {
    // contract codebuild §1.1, §3.4: NotFound is not declared
    let caller = Caller::new(CODEBUILD).await;
    let arn = coverage(&caller, "group", 1, 1.0).arn();
    let said = format!("Report cannot be found: {arn}");
    let body = json!({"reportArn": arn});
    caller
        .expect_refusal(DESCRIBE, body, "InvalidInputException", &said)
        .await;
    let said = "1 validation error detected: Value '101' at 'minLineCoveragePercentage' failed to satisfy constraint: Member must have value less than or equal to 100";
    let body = json!({"reportArn": arn, "minLineCoveragePercentage": 101});
    caller
        .expect_refusal(DESCRIBE, body, "InvalidInputException", said)
        .await;
}
