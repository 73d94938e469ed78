//! PutThirdPartyJobSuccessResult: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutThirdPartyJobSuccessResult.html>

use crate::codepipeline::jobs::results::{Said, SaidSuccess};
use crate::codepipeline::jobs::{Side, partners, results};
use crate::server::call::Call;
use codepipeline_api::error::PutThirdPartyJobSuccessResultError;
use codepipeline_api::input::PutThirdPartyJobSuccessResultInput;
use codepipeline_api::output::PutThirdPartyJobSuccessResultOutput;

/// The job's action has succeeded, says a worker of its client; with a continuation token, another job is to go on with it.
pub async fn put_third_party_job_success_result(
    input: PutThirdPartyJobSuccessResultInput,
    call: Call,
) -> Result<PutThirdPartyJobSuccessResultOutput, PutThirdPartyJobSuccessResultError> {
    let service = &call.app.codepipeline;
    let key = (call.scope, input.job_id);
    let row = service.tables.jobs.find(&key, Side::Partner)?;
    partners::check(&row, &input.client_token)?;
    let said = Said::Succeeded(Box::new(SaidSuccess::new(
        input.continuation_token,
        input.execution_details,
        input.current_revision,
    )));
    results::put::<PutThirdPartyJobSuccessResultError>(service, key, Side::Partner, said).await?;
    Ok(PutThirdPartyJobSuccessResultOutput {})
}
