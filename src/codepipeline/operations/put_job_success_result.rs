//! PutJobSuccessResult: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>

use crate::codepipeline::errors;
use crate::codepipeline::jobs::results::{Said, SaidSuccess};
use crate::codepipeline::jobs::{Side, results};
use crate::server::call::Call;
use codepipeline_api::error::PutJobSuccessResultError;
use codepipeline_api::input::PutJobSuccessResultInput;
use codepipeline_api::output::PutJobSuccessResultOutput;
use std::collections::BTreeMap;

/// The most bytes that output variables have together, names and values.
const MOST: usize = 122_880;

/// The job's action has succeeded; with a continuation token, another job is to go on with it.
pub async fn put_job_success_result(
    input: PutJobSuccessResultInput,
    call: Call,
) -> Result<PutJobSuccessResultOutput, PutJobSuccessResultError> {
    let variables = input.output_variables.unwrap_or_default();
    check(input.continuation_token.as_ref(), &variables)?;
    let (token, details) = (input.continuation_token, input.execution_details);
    let said = Said::Succeeded(Box::new(SaidSuccess {
        variables,
        ..SaidSuccess::new(token, details, input.current_revision)
    }));
    let key = (call.scope, input.job_id);
    let service = &call.app.codepipeline;
    results::put::<PutJobSuccessResultError>(service, key, Side::Customer, said).await?;
    Ok(PutJobSuccessResultOutput {})
}

fn check(
    token: Option<&String>,
    variables: &BTreeMap<String, String>,
) -> Result<(), PutJobSuccessResultError> {
    if token.is_some() && !variables.is_empty() {
        return Err(errors::token_with_variables().into());
    }
    let sizes = variables
        .iter()
        .map(|(name, value)| name.len() + value.len());
    if sizes.sum::<usize>() > MOST {
        return Err(errors::variables_too_large(MOST).into());
    }
    Ok(())
}
