//! GetJobDetails: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetJobDetails.html>

use crate::codepipeline::jobs::{Side, data};
use crate::server::call::Call;
use codepipeline_api::error::GetJobDetailsError;
use codepipeline_api::input::GetJobDetailsInput;
use codepipeline_api::output::GetJobDetailsOutput;

/// The job as it was offered, with fresh credentials while it goes on, and without the nonce.
pub async fn get_job_details(
    input: GetJobDetailsInput,
    call: Call,
) -> Result<GetJobDetailsOutput, GetJobDetailsError> {
    let jobs = &call.app.codepipeline.tables.jobs;
    let row = jobs.find(&(call.scope, input.job_id), Side::Customer)?;
    let details = data::details(&*call.app.companions, &row).await;
    Ok(GetJobDetailsOutput {
        job_details: Some(details),
    })
}
