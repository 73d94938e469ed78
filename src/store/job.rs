//! One queued write: its function, what came of it, and where the answer goes.

use super::{StoreError, Txn, WriteError};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// A write whose types are forgotten.
pub(super) trait Job: Send {
    /// Runs the write's function; whether its changes are to be kept.
    fn run(&mut self, txn: &mut Txn) -> bool;
    /// Answers after the batch has been committed, or has failed.
    fn answer(self: Box<Self>, failure: Option<&StoreError>);
}

pub(super) struct Write<F, T, E> {
    function: Option<F>,
    outcome: Option<Result<T, WriteError<E>>>,
    reply: oneshot::Sender<Result<T, WriteError<E>>>,
}

impl<F, T, E> Write<F, T, E> {
    pub fn new(function: F, reply: oneshot::Sender<Result<T, WriteError<E>>>) -> Self {
        Self {
            function: Some(function),
            outcome: None,
            reply,
        }
    }
}

impl<F, T, E> Job for Write<F, T, E>
where
    F: FnOnce(&mut Txn) -> Result<T, E> + Send,
    T: Send,
    E: Send,
{
    fn run(&mut self, txn: &mut Txn) -> bool {
        let Some(function) = self.function.take() else {
            return false;
        };
        // The changes of a write that panics are dropped whole, so that nothing it left half done can be seen.
        let result = catch_unwind(AssertUnwindSafe(|| function(txn)));
        let outcome = match (result, txn.take_failure()) {
            (Err(panic), _) => Err(StoreError::Panicked(words(panic.as_ref())).into()),
            (Ok(_), Some(failure)) => Err(failure.into()),
            (Ok(Ok(answer)), None) => Ok(answer),
            (Ok(Err(refusal)), None) => Err(WriteError::Refused(refusal)),
        };
        let accepted = outcome.is_ok();
        self.outcome = Some(outcome);
        accepted
    }

    /// A refusal may have been caused by what an earlier write of the batch wanted, so a failed commit fails it as well.
    fn answer(self: Box<Self>, failure: Option<&StoreError>) {
        let outcome = match (self.outcome, failure) {
            (Some(Err(WriteError::Storage(own))), _) => Err(own.into()),
            (Some(_), Some(failure)) => Err(failure.clone().into()),
            (Some(outcome), None) => outcome,
            (None, _) => Err(StoreError::Closed.into()),
        };
        // The caller may have gone; the write stands.
        let _ = self.reply.send(outcome);
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "no message".to_owned())
}
