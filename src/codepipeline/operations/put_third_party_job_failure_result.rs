//! PutThirdPartyJobFailureResult: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutThirdPartyJobFailureResult.html>

use crate::codepipeline::jobs::{Side, partners, results};
use crate::server::call::Call;
use codepipeline_api::error::PutThirdPartyJobFailureResultError;
use codepipeline_api::input::PutThirdPartyJobFailureResultInput;
use codepipeline_api::output::PutThirdPartyJobFailureResultOutput;

/// The job's action has failed, says a worker of its client.
pub async fn put_third_party_job_failure_result(
    input: PutThirdPartyJobFailureResultInput,
    call: Call,
) -> Result<PutThirdPartyJobFailureResultOutput, PutThirdPartyJobFailureResultError> {
    let service = &call.app.codepipeline;
    let key = (call.scope, input.job_id);
    let row = service.tables.jobs.find(&key, Side::Partner)?;
    partners::check(&row, &input.client_token)?;
    let said = results::Said::Failed(input.failure_details.into());
    results::put::<PutThirdPartyJobFailureResultError>(service, key, Side::Partner, said).await?;
    Ok(PutThirdPartyJobFailureResultOutput {})
}
