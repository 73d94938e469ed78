//! Report groups, and reports in them as a build leaves them.

use crate::support::caller::Caller;
use codebuild_api::model::{
    CodeCoverage, CodeCoverageReportSummary, ReportExportConfig, ReportExportConfigType,
    ReportStatusType, ReportType, TestCase, TestReportSummary,
};
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope, Time};
use slipway::codebuild::reports::{NoReportGroup, Report};
use std::time::Duration;

pub const DAY: Duration = Duration::from_secs(24 * 60 * 60);

pub fn group_arn(name: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:report-group/{name}")
}

pub fn group(name: &str, kind: &str) -> Value {
    json!({"name": name, "type": kind, "exportConfig": {"exportConfigType": "NO_EXPORT"}})
}

pub async fn created(caller: &Caller, name: &str, kind: &str) {
    caller.ok("CreateReportGroup", group(name, kind)).await;
}

pub fn scope() -> Scope {
    Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    )
}

/// A report of tests that all succeeded, made `number` seconds after an hour ago. Numbers make ids, too.
pub fn tests(caller: &Caller, group: &str, number: u32) -> Report {
    let an_hour_ago = caller.server.app.now() - Duration::from_secs(60 * 60);
    let counts = [("SUCCEEDED".to_owned(), 2)];
    Report {
        scope: scope(),
        group: group.to_owned(),
        uuid: format!("{number:08}-0000-4000-8000-000000000000"),
        kind: ReportType::Test,
        status: ReportStatusType::Succeeded,
        execution: "arn:aws:codebuild:us-east-1:000000000000:build/hello:1".to_owned(),
        created: an_hour_ago + Duration::from_secs(number.into()),
        export: ReportExportConfig {
            export_config_type: Some(ReportExportConfigType::NoExport),
            s3_destination: None,
        },
        truncated: false,
        tests: Some(TestReportSummary::new(2, counts.into(), 1_000_000)),
        coverage: None,
    }
}

/// A report of coverage made like `tests`.
pub fn coverage(caller: &Caller, group: &str, number: u32, percent: f64) -> Report {
    Report {
        kind: ReportType::CodeCoverage,
        tests: None,
        coverage: Some(CodeCoverageReportSummary {
            line_coverage_percentage: Some(percent),
            lines_covered: Some(10),
            lines_missed: Some(1),
            branch_coverage_percentage: Some(0.0),
            branches_covered: Some(0),
            branches_missed: Some(0),
        }),
        ..tests(caller, group, number)
    }
}

pub fn made(report: Report, created: Time) -> Report {
    Report { created, ..report }
}

pub fn case(name: &str, status: &str) -> TestCase {
    TestCase {
        name: Some(name.to_owned()),
        prefix: Some("suite".to_owned()),
        status: Some(status.to_owned()),
        test_raw_data_path: Some("target/junit.xml".to_owned()),
        duration_in_nano_seconds: Some(1_000_000),
        message: Some(String::new()),
        ..TestCase::default()
    }
}

pub fn file(path: &str, percent: f64) -> CodeCoverage {
    CodeCoverage {
        file_path: Some(path.to_owned()),
        line_coverage_percentage: Some(percent),
        lines_covered: Some(10),
        lines_missed: Some(2),
        branch_coverage_percentage: Some(50.0),
        branches_covered: Some(1),
        branches_missed: Some(1),
        ..CodeCoverage::default()
    }
}

/// Keeps a report as the end of a build does, and gives its ARN.
pub async fn keep(caller: &Caller, report: Report) -> String {
    keep_with(caller, report, Vec::new(), Vec::new()).await
}

pub async fn keep_with(
    caller: &Caller,
    report: Report,
    cases: Vec<TestCase>,
    files: Vec<CodeCoverage>,
) -> String {
    let arn = report.arn();
    try_keep(caller, report, cases, files).await.unwrap();
    arn
}

pub async fn try_keep(
    caller: &Caller,
    report: Report,
    cases: Vec<TestCase>,
    files: Vec<CodeCoverage>,
) -> Result<(), NoReportGroup> {
    let service = &caller.server.app.codebuild;
    let tables = service.tables.clone();
    let kept = service
        .store
        .write(move |tx| tables.keep_report(tx, report, cases, files));
    kept.await.map_err(slipway::store::WriteError::refused)
}
