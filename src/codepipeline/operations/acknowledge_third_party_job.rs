//! AcknowledgeThirdPartyJob: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_AcknowledgeThirdPartyJob.html>

use crate::codepipeline::jobs::{Side, offers, partners};
use crate::server::call::Call;
use codepipeline_api::error::AcknowledgeThirdPartyJobError;
use codepipeline_api::input::AcknowledgeThirdPartyJobInput;
use codepipeline_api::model::JobStatus;
use codepipeline_api::output::AcknowledgeThirdPartyJobOutput;

/// A partner's worker takes the job for its client, if the nonce is the one of its newest offer.
pub async fn acknowledge_third_party_job(
    input: AcknowledgeThirdPartyJobInput,
    call: Call,
) -> Result<AcknowledgeThirdPartyJobOutput, AcknowledgeThirdPartyJobError> {
    let service = &call.app.codepipeline;
    let key = (call.scope, input.job_id);
    let row = service.tables.jobs.find(&key, Side::Partner)?;
    partners::check(&row, &input.client_token)?;
    offers::acknowledge::<AcknowledgeThirdPartyJobError>(service, key, Side::Partner, input.nonce)
        .await?;
    Ok(AcknowledgeThirdPartyJobOutput {
        status: Some(JobStatus::InProgress),
    })
}
