//! DescribeCodeCoverages: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeCodeCoverages.html>

use crate::codebuild::names::{self, REPORT};
use crate::codebuild::pages::List;
use crate::codebuild::{coverages, errors};
use crate::server::call::Call;
use crate::store::Direction;
use codebuild_api::error::DescribeCodeCoveragesError;
use codebuild_api::input::DescribeCodeCoveragesInput;
use codebuild_api::model::ReportCodeCoverageSortByType;
use codebuild_api::output::DescribeCodeCoveragesOutput;

/// The files of a coverage report, by path unless asked otherwise; both limits of the percentage are inclusive.
pub async fn describe_code_coverages(
    input: DescribeCodeCoveragesInput,
    call: Call,
) -> Result<DescribeCodeCoveragesOutput, DescribeCodeCoveragesError> {
    let reports = &call.app.codebuild.tables.reports;
    let id = names::of_arn(&call.scope, &input.report_arn, REPORT)?;
    let key = id.map(|id| (call.scope.clone(), id.to_owned()));
    let Some(key) = key.filter(|key| reports.find(key, call.now).is_some()) else {
        return Err(errors::no_such_report(&input.report_arn).into());
    };
    let wanted = coverages::between(
        input.min_line_coverage_percentage,
        input.max_line_coverage_percentage,
    );
    let by = input
        .sort_by
        .unwrap_or(ReportCodeCoverageSortByType::FilePath);
    let list = List::new(
        format!("DescribeCodeCoverages/{key:?}/{by:?}/{wanted:?}"),
        &input.next_token,
    )
    .ordered(input.sort_order, Direction::Forward)
    .sized(input.max_results);
    let files = &reports.coverages;
    let (files, next) = match by {
        ReportCodeCoverageSortByType::FilePath => files.page_by_path(&key, &wanted, &list),
        ReportCodeCoverageSortByType::LineCoveragePercentage => {
            files.page_by_lines(&key, &wanted, &list)
        }
    }?;
    Ok(DescribeCodeCoveragesOutput {
        code_coverages: Some(files),
        next_token: next,
    })
}
