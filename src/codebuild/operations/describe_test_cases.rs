//! DescribeTestCases: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_DescribeTestCases.html>

use crate::codebuild::errors;
use crate::codebuild::names::{self, REPORT};
use crate::codebuild::pages::List;
use crate::codebuild::reports::{MOST_CASES, STATUSES};
use crate::server::call::Call;
use codebuild_api::error::{DescribeTestCasesError, InvalidInputException};
use codebuild_api::input::DescribeTestCasesInput;
use codebuild_api::model::{TestCase, TestCaseFilter};
use codebuild_api::output::DescribeTestCasesOutput;

/// The cases of a report in its order, those that the filter lets through.
pub async fn describe_test_cases(
    input: DescribeTestCasesInput,
    call: Call,
) -> Result<DescribeTestCasesOutput, DescribeTestCasesError> {
    let reports = &call.app.codebuild.tables.reports;
    let id = names::of_arn(&call.scope, &input.report_arn, REPORT)?;
    let key = id.map(|id| (call.scope.clone(), id.to_owned()));
    let Some(key) = key.filter(|key| reports.find(key, call.now).is_some()) else {
        return Err(errors::report_not_found(&input.report_arn).into());
    };
    let filter = input.filter.unwrap_or_default();
    check(&filter)?;
    let list = List::new(
        format!(
            "DescribeTestCases/{key:?}/{:?}/{:?}",
            filter.status, filter.keyword
        ),
        &input.next_token,
    )
    .sized(input.max_results);
    let at = |place| (key.0.clone(), key.1.clone(), place);
    // A report has few cases: all of them are read, and those that are wanted are kept.
    let page = list.page(at(0), at(u32::MAX), |range, direction, limit| {
        let rows = reports.cases.range(range, direction, MOST_CASES);
        let rows = rows.unwrap_or_else(|fault| fault.raise());
        let wanted = rows.into_iter().filter(|(_, case)| lets(&filter, case));
        wanted.take(limit).collect()
    });
    let (cases, next) = page?;
    Ok(DescribeTestCasesOutput {
        test_cases: Some(cases),
        next_token: next,
    })
}

fn check(filter: &TestCaseFilter) -> Result<(), InvalidInputException> {
    match filter.status.as_deref() {
        Some(status) if !STATUSES.contains(&status) => Err(errors::invalid(format!(
            "Invalid test case status: {status}"
        ))),
        _ => Ok(()),
    }
}

/// The keyword may stand in the name or in the prefix.
fn lets(filter: &TestCaseFilter, case: &TestCase) -> bool {
    let status = filter.status.is_none() || filter.status == case.status;
    let keyword = filter.keyword.as_deref().unwrap_or_default();
    let holds = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(keyword));
    status && (keyword.is_empty() || holds(&case.name) || holds(&case.prefix))
}
