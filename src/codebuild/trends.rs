//! What a report group's reports say over time: one number of each report, and their average, greatest and least.
//!
//! Source: contract, codebuild sections 3.4 and 10.5.

use super::reports::Report;
use codebuild_api::model::{
    ReportGroupTrendFieldType as Field, ReportGroupTrendStats, ReportType, ReportWithRawData,
};

/// The type of the groups that have this number.
pub fn kind(field: Field) -> ReportType {
    match field {
        Field::PassRate | Field::Duration | Field::Total => ReportType::Test,
        Field::LineCoverage
        | Field::LinesCovered
        | Field::LinesMissed
        | Field::BranchCoverage
        | Field::BranchesCovered
        | Field::BranchesMissed => ReportType::CodeCoverage,
    }
}

/// The numbers in the order of the reports, and what they come to. Reports without a summary say nothing.
pub fn of(
    reports: &[Report],
    field: Field,
) -> (Option<ReportGroupTrendStats>, Vec<ReportWithRawData>) {
    let numbers = reports
        .iter()
        .filter_map(|report| Some((report.arn(), number(report, field)?)));
    let (arns, numbers): (Vec<String>, Vec<f64>) = numbers.unzip();
    let data = arns.into_iter().zip(&numbers);
    let data = data.map(|(arn, number)| ReportWithRawData {
        report_arn: Some(arn),
        data: Some(text(*number)),
    });
    (stats(&numbers), data.collect())
}

fn stats(numbers: &[f64]) -> Option<ReportGroupTrendStats> {
    let greatest = numbers.iter().copied().reduce(f64::max)?;
    let least = numbers.iter().copied().reduce(f64::min)?;
    let average = numbers.iter().sum::<f64>() / numbers.len() as f64;
    Some(ReportGroupTrendStats {
        average: Some(text(average)),
        max: Some(text(greatest)),
        min: Some(text(least)),
    })
}

/// Always with a point: `12.0`.
fn text(number: f64) -> String {
    format!("{number:?}")
}

fn number(report: &Report, field: Field) -> Option<f64> {
    let tests = report.tests.as_ref();
    let coverage = report.coverage.as_ref();
    match field {
        Field::PassRate => tests.map(|tests| {
            let passed = tests.status_counts.get("SUCCEEDED").copied();
            match tests.total {
                0 => 0.0,
                total => f64::from(passed.unwrap_or(0)) * 100.0 / f64::from(total),
            }
        }),
        Field::Duration => tests.map(|tests| tests.duration_in_nano_seconds as f64),
        Field::Total => tests.map(|tests| f64::from(tests.total)),
        Field::LineCoverage => coverage?.line_coverage_percentage,
        Field::LinesCovered => coverage?.lines_covered.map(f64::from),
        Field::LinesMissed => coverage?.lines_missed.map(f64::from),
        Field::BranchCoverage => coverage?.branch_coverage_percentage,
        Field::BranchesCovered => coverage?.branches_covered.map(f64::from),
        Field::BranchesMissed => coverage?.branches_missed.map(f64::from),
    }
}
