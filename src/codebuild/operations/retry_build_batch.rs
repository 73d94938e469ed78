//! RetryBuildBatch: <https://docs.aws.amazon.com/codebuild/latest/APIReference/API_RetryBuildBatch.html>

use super::start_build_batch::refusal;
use crate::codebuild::launch::{Refused, StartToken, remember};
use crate::codebuild::{errors, names, validate};
use crate::engine::batch::commands::retry::{NotRetried, Which, retry};
use crate::server::call::Call;
use crate::store::WriteError;
use codebuild_api::error::RetryBuildBatchError;
use codebuild_api::input::RetryBuildBatchInput;
use codebuild_api::model::RetryBuildBatchType;
use codebuild_api::output::RetryBuildBatchOutput;

/// Why a batch is not run again.
enum Refusal {
    NotFound,
    Start(Refused),
    NotRetried(NotRetried),
}

/// The same batch in progress again; without a type all of its builds run again.
pub async fn retry_build_batch(
    input: RetryBuildBatchInput,
    call: Call,
) -> Result<RetryBuildBatchOutput, RetryBuildBatchError> {
    let service = &call.app.codebuild;
    let asked = input.id.unwrap_or_default();
    let id = names::batch_id(&call.scope, &asked).unwrap_or(&asked);
    if !names::is_build_id(id) {
        return Err(errors::invalid_batch_id().into());
    }
    validate::idempotency_token(input.idempotency_token.as_deref())?;
    let kind = input
        .retry_type
        .unwrap_or(RetryBuildBatchType::RetryAllBuilds);
    let which = match kind {
        RetryBuildBatchType::RetryAllBuilds => Which::All,
        RetryBuildBatchType::RetryFailedBuilds => Which::Failed,
    };
    let token = input.idempotency_token.map(|token| StartToken {
        digest: format!("retry {id} {}", kind.as_str()),
        ..StartToken::of_batch(token)
    });
    let key = (call.scope.clone(), id.to_owned());
    let (tables, row) = (service.tables.clone(), key.clone());
    let retried = service.batches.command(key, move |live, now, tx| {
        let state = live.or_else(|| tx.get_record(&tables.batches.finished, &row));
        let state = state.ok_or(Refusal::NotFound)?;
        if let Some(token) = &token {
            remember(&tables, tx, &row.0, &row.1, token, now).map_err(Refusal::Start)?;
        }
        let before = state.status.as_str();
        let (step, shown) = retry(state, which, now).map_err(Refusal::NotRetried)?;
        tables.batches.displace(tx, &shown, before);
        if step.state.is_some() {
            tx.remove_record(&tables.batches.finished, &row);
            tables.batches.place(tx, &shown);
        }
        Ok((step, ()))
    });
    match retried.await.map_err(WriteError::refused) {
        Ok(()) | Err(Refusal::Start(Refused::Repeated(_))) => {}
        Err(Refusal::NotFound) => return Err(errors::batch_not_found(id).into()),
        Err(Refusal::NotRetried(NotRetried::InProgress)) => {
            return Err(errors::batch_retry_in_progress().into());
        }
        Err(Refusal::NotRetried(NotRetried::NotFailed)) => {
            return Err(errors::batch_not_failed().into());
        }
        Err(Refusal::Start(refused)) => return Err(refusal(refused).into()),
    }
    let batch = service.find_batch(&call.scope, id);
    let batch = batch.ok_or_else(|| errors::batch_not_found(id))?;
    Ok(RetryBuildBatchOutput {
        build_batch: Some(batch),
    })
}
