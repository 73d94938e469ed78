//! PutJobFailureResult: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobFailureResult.html>

use crate::codepipeline::jobs::{Side, results};
use crate::server::call::Call;
use codepipeline_api::error::PutJobFailureResultError;
use codepipeline_api::input::PutJobFailureResultInput;
use codepipeline_api::output::PutJobFailureResultOutput;

/// The job's action has failed.
pub async fn put_job_failure_result(
    input: PutJobFailureResultInput,
    call: Call,
) -> Result<PutJobFailureResultOutput, PutJobFailureResultError> {
    let said = results::Said::Failed(input.failure_details.into());
    let key = (call.scope, input.job_id);
    let service = &call.app.codepipeline;
    results::put::<PutJobFailureResultError>(service, key, Side::Customer, said).await?;
    Ok(PutJobFailureResultOutput {})
}
