//! The reports of builds, read as any client reads them.

use super::outcome::{Done, Outcome};
use crate::cli::throwaway::Throwaway;
use crate::codebuild::operations::{batch_get_reports, describe_test_cases};
use anyhow::anyhow;
use codebuild_api::model::{Report, TestCase};
use serde_json::json;
use std::fmt::Write;

/// Failed test cases that are named for each report.
const NAMED: usize = 10;

/// Adds all reports and their test cases.
pub async fn gather(outcome: &mut Outcome, server: &Throwaway) -> anyhow::Result<()> {
    for done in &mut outcome.builds {
        let arns = done.build.report_arns.clone().unwrap_or_default();
        if arns.is_empty() {
            continue;
        }
        let input = serde_json::from_value(json!({"reportArns": arns}))?;
        let found = batch_get_reports(input, server.call()).await;
        let found = found.map_err(|error| anyhow!("{error}"))?;
        for report in found.reports.unwrap_or_default() {
            let cases = cases(&report, server).await?;
            done.reports.push((report, cases));
        }
    }
    Ok(())
}

async fn cases(report: &Report, server: &Throwaway) -> anyhow::Result<Vec<TestCase>> {
    let mut all = Vec::new();
    if report.test_summary.is_none() {
        return Ok(all);
    }
    let mut input = json!({"reportArn": report.arn});
    loop {
        let page = describe_test_cases(serde_json::from_value(input.clone())?, server.call());
        let page = page.await.map_err(|error| anyhow!("{error}"))?;
        all.extend(page.test_cases.unwrap_or_default());
        match page.next_token {
            Some(token) => input["nextToken"] = json!(token),
            None => return Ok(all),
        }
    }
}

/// What `--report` says.
pub fn lines(outcome: &Outcome) -> Vec<String> {
    let reports = outcome.builds.iter().flat_map(of_build);
    let mut lines: Vec<String> = reports.collect();
    if lines.is_empty() {
        lines.push("The build made no reports.".to_owned());
    }
    lines
}

fn of_build(done: &Done) -> Vec<String> {
    let reports = done.reports.iter();
    reports
        .flat_map(|(report, cases)| of_report(done, report, cases))
        .collect()
}

fn of_report(done: &Done, report: &Report, cases: &[TestCase]) -> Vec<String> {
    let name = report.name.as_deref().unwrap_or_default();
    let status = report.status.map_or("", |status| status.as_str());
    let of = done
        .group
        .iter()
        .map(|group| format!("{group}: "))
        .collect::<String>();
    let mut first = format!("Report {of}{name}: {status}");
    if let Some(tests) = &report.test_summary {
        let _ = write!(first, ", {} test cases", tests.total);
        let mut counts: Vec<_> = tests
            .status_counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .collect();
        counts.sort();
        for (status, count) in counts {
            let _ = write!(first, ", {count} {}", status.to_lowercase());
        }
    }
    if let Some(covered) = &report.code_coverage_summary {
        let lines = covered.line_coverage_percentage.unwrap_or_default();
        let branches = covered.branch_coverage_percentage.unwrap_or_default();
        let _ = write!(
            first,
            ", {lines:.1} % of lines and {branches:.1} % of branches covered"
        );
    }
    let failed: Vec<&TestCase> = cases.iter().filter(|case| is_failure(case)).collect();
    let named = failed.iter().take(NAMED).map(|case| named(case));
    let mut lines: Vec<String> = [first].into_iter().chain(named).collect();
    if failed.len() > NAMED {
        lines.push(format!("  and {} more", failed.len() - NAMED));
    }
    lines
}

fn named(case: &TestCase) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (prefix, name) = (text(&case.prefix), text(&case.name));
    let name = match prefix.as_str() {
        "" => name,
        prefix => format!("{prefix}.{name}"),
    };
    let message = text(&case.message);
    let first = message.lines().next().unwrap_or_default();
    match first {
        "" => format!("  ✗ {name}"),
        first => format!("  ✗ {name}: {first}"),
    }
}

pub fn is_failure(case: &TestCase) -> bool {
    matches!(case.status.as_deref(), Some("FAILED" | "ERROR"))
}
