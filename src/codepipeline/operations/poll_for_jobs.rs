//! PollForJobs: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PollForJobs.html>

use crate::codepipeline::jobs::{data, offers, queues};
use crate::server::call::Call;
use codepipeline_api::error::PollForJobsError;
use codepipeline_api::input::PollForJobsInput;
use codepipeline_api::model::ActionOwner;
use codepipeline_api::output::PollForJobsOutput;

/// Jobs of a custom action type that no worker has taken, each with a nonce for this offer.
pub async fn poll_for_jobs(
    input: PollForJobsInput,
    call: Call,
) -> Result<PollForJobsOutput, PollForJobsError> {
    let service = &call.app.codepipeline;
    let (id, query) = (&input.action_type_id, input.query_param.as_ref());
    let queue = queues::polled::<PollForJobsError>(
        &service.tables,
        &call.scope,
        ActionOwner::Custom,
        id,
        query,
    )?;
    let most = input.max_batch_size;
    let offered = offers::offer(service, &call.scope, queue, call.now, most).await;
    let mut jobs = Vec::with_capacity(offered.len());
    for row in offered {
        jobs.extend(data::offered(service, &*call.app.companions, row).await);
    }
    Ok(PollForJobsOutput { jobs: Some(jobs) })
}
