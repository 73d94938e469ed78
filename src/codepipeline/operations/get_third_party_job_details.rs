//! GetThirdPartyJobDetails: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetThirdPartyJobDetails.html>

use crate::codepipeline::jobs::{Side, data, partners};
use crate::server::call::Call;
use codepipeline_api::error::GetThirdPartyJobDetailsError;
use codepipeline_api::input::GetThirdPartyJobDetailsInput;
use codepipeline_api::output::GetThirdPartyJobDetailsOutput;

/// The job with the nonce of its newest offer and with fresh credentials while it goes on, for a worker of its client.
pub async fn get_third_party_job_details(
    input: GetThirdPartyJobDetailsInput,
    call: Call,
) -> Result<GetThirdPartyJobDetailsOutput, GetThirdPartyJobDetailsError> {
    let jobs = &call.app.codepipeline.tables.jobs;
    let row = jobs.find(&(call.scope, input.job_id), Side::Partner)?;
    partners::check(&row, &input.client_token)?;
    let details = data::partner_details(&*call.app.companions, &row).await;
    Ok(GetThirdPartyJobDetailsOutput {
        job_details: Some(details),
    })
}
