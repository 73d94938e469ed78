//! PollForThirdPartyJobs: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PollForThirdPartyJobs.html>

use crate::codepipeline::jobs::{JobRow, offers, partners, queues};
use crate::server::call::Call;
use codepipeline_api::error::PollForThirdPartyJobsError;
use codepipeline_api::input::PollForThirdPartyJobsInput;
use codepipeline_api::model::{ActionOwner, ThirdPartyJob};
use codepipeline_api::output::PollForThirdPartyJobsOutput;

/// Jobs of a third-party action type that no worker has taken: whose they are, and their ids.
pub async fn poll_for_third_party_jobs(
    input: PollForThirdPartyJobsInput,
    call: Call,
) -> Result<PollForThirdPartyJobsOutput, PollForThirdPartyJobsError> {
    let service = &call.app.codepipeline;
    let queue = queues::polled::<PollForThirdPartyJobsError>(
        &service.tables,
        &call.scope,
        ActionOwner::ThirdParty,
        &input.action_type_id,
        None,
    )?;
    let most = input.max_batch_size;
    let offered = offers::offer(service, &call.scope, queue, call.now, most).await;
    Ok(PollForThirdPartyJobsOutput {
        jobs: Some(offered.iter().map(job).collect()),
    })
}

fn job(row: &JobRow) -> ThirdPartyJob {
    ThirdPartyJob {
        client_id: Some(partners::of_job(row).id),
        job_id: Some(row.record.id.clone()),
    }
}
