//! AcknowledgeJob: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_AcknowledgeJob.html>

use crate::codepipeline::jobs::{Side, offers};
use crate::server::call::Call;
use codepipeline_api::error::AcknowledgeJobError;
use codepipeline_api::input::AcknowledgeJobInput;
use codepipeline_api::model::JobStatus;
use codepipeline_api::output::AcknowledgeJobOutput;

/// The worker takes the job, if the nonce is the one of its newest offer.
pub async fn acknowledge_job(
    input: AcknowledgeJobInput,
    call: Call,
) -> Result<AcknowledgeJobOutput, AcknowledgeJobError> {
    let key = (call.scope, input.job_id);
    let service = &call.app.codepipeline;
    offers::acknowledge::<AcknowledgeJobError>(service, key, Side::Customer, input.nonce).await?;
    Ok(AcknowledgeJobOutput {
        status: Some(JobStatus::InProgress),
    })
}
