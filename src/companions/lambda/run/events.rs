//! Events: invocations that nobody waits for. Each is a row until it was run well, or three times in vain.
//!
//! Invariant: an event that was acknowledged is run, after a restart too, and then perhaps once more.

use super::super::companion::Lambda;
use super::super::names::{self, Named};
use super::super::store::Event;
use super::runner::{Invocation, Patience, Refused};
use crate::aws::{Scope, ids};
use crate::companions::FunctionError;
use crate::sandbox::SandboxError;
use crate::store::{Direction, Txn};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use std::convert::Infallible;
use std::time::Duration;

/// Retries after a failure, with the wait before each (developer guide, "Asynchronous invocation").
const BEFORE_RETRY: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(120)];
/// Between attempts that found no place.
const BEFORE_PLACE: Duration = Duration::from_secs(1);
/// An event that found no place for so long is given up.
const OLDEST: Duration = Duration::from_secs(6 * 3600);
/// Events that wait; each may be a megabyte, and rows are in memory.
const MOST: usize = 1000;

impl Lambda {
    /// Goes on with the events that wait.
    pub async fn resume(&self) {
        self.runner.begin();
        let all = self.tables.events.range(.., Direction::Forward, usize::MAX);
        all.into_iter()
            .for_each(|(number, _)| self.dispatch(number));
    }

    /// Ends what runs; events that are not done stay.
    pub async fn halt(&self) {
        self.runner.halt().await;
    }

    /// Removes environments that a crashed server left behind.
    pub async fn clear(&self) -> Result<(), SandboxError> {
        self.outside.machines.host.sweep().await
    }

    /// Events that are still to be run.
    pub fn events_waiting(&self) -> usize {
        self.tables.events.len()
    }

    /// Tells when there are more or fewer of them.
    pub fn events_changed(&self) -> tokio::sync::watch::Receiver<()> {
        self.tables.events.changes()
    }

    /// Notes an event for a function that is there; it is durable when its request id is given.
    pub(in super::super) async fn enqueue(
        &self,
        named: Named,
        payload: Bytes,
        request_id: Option<String>,
    ) -> Result<String, Refused> {
        self.find(&named)
            .map_err(|error| Refused::NoFunction(error.message))?;
        if self.tables.events.len() >= MOST {
            return Err(Refused::Throttled(false));
        }
        let event = Event {
            function: named.key,
            qualifier: named.qualifier,
            payload: STANDARD.encode(&payload),
            request_id: request_id.unwrap_or_else(ids::uuid),
            since: (self.outside.now)(),
            failed: 0,
        };
        let id = event.request_id.clone();
        let write =
            self.try_write(move |tables, tx| Ok::<_, Infallible>(tables.add_event(tx, event)));
        let number = write.await.map_err(|error| {
            Refused::Failed(error.fold(|never| match never {}, |lost| lost.to_string()))
        })?;
        self.dispatch(number);
        Ok(id)
    }

    /// For engines: an event of a function by name or ARN.
    pub async fn invoke_event(
        &self,
        scope: &Scope,
        function: &str,
        payload: Bytes,
    ) -> Result<(), FunctionError> {
        let named = names::parse::<lambda_api::error::InvokeError>(scope, function, None);
        let named = named.map_err(|_| FunctionError::NoSuchFunction)?;
        match self.enqueue(named, payload, None).await {
            Ok(_) => Ok(()),
            Err(Refused::NoFunction(_)) => Err(FunctionError::NoSuchFunction),
            Err(Refused::Throttled(_)) => Err(FunctionError::Failed("Rate Exceeded.".to_owned())),
            Err(Refused::Runtime(why) | Refused::Failed(why)) => Err(FunctionError::Failed(why)),
        }
    }

    fn dispatch(&self, number: u64) {
        let (this, shift) = (self.clone(), self.runner.shift());
        if shift.end.is_cancelled() {
            return;
        }
        shift.tasks.spawn(async move {
            tokio::select! {
                () = shift.end.cancelled() => (),
                () = this.deliver(number) => (),
            }
        });
    }

    async fn deliver(&self, number: u64) {
        while let Some(event) = self.tables.events.get(&number) {
            let attempt = self.attempt(&event).await;
            if self.runner.shift().end.is_cancelled() {
                // Not done, only interrupted: the next start does it.
                return;
            }
            match attempt {
                Attempt::Over => break,
                Attempt::NoPlace => (self.outside.wait)(BEFORE_PLACE).await,
                Attempt::Failed => {
                    let Some(wait) = BEFORE_RETRY.get(event.failed as usize) else {
                        break;
                    };
                    self.note_failure(number, &event).await;
                    (self.outside.wait)(*wait).await;
                }
            }
        }
        self.forget(number).await;
    }

    async fn attempt(&self, event: &Event) -> Attempt {
        let invocation = Invocation {
            named: Named {
                key: event.function.clone(),
                qualifier: event.qualifier.clone(),
            },
            payload: STANDARD.decode(&event.payload).unwrap_or_default().into(),
            client_context: None,
            request_id: event.request_id.clone(),
        };
        let old = (self.outside.now)().since(event.since) > OLDEST;
        match self.call(invocation, Patience::Wait).await {
            Ok(done) if done.error.is_none() => Attempt::Over,
            Ok(_) => Attempt::Failed,
            Err(Refused::NoFunction(_)) => Attempt::Over,
            Err(Refused::Throttled(_)) if !old => Attempt::NoPlace,
            Err(refused) => {
                tracing::warn!(
                    function = event.function.1,
                    ?refused,
                    "an event cannot be run"
                );
                Attempt::Failed
            }
        }
    }

    async fn note_failure(&self, number: u64, event: &Event) {
        let (table, mut event) = (self.tables.events.clone(), event.clone());
        event.failed += 1;
        let noted = self.store.write(move |tx: &mut Txn| {
            tx.put(&table, number, event);
            Ok::<_, Infallible>(())
        });
        if let Err(error) = noted.await {
            tracing::warn!(%error, "an event's failure is not noted");
        }
    }

    async fn forget(&self, number: u64) {
        let table = self.tables.events.clone();
        let forgotten = self.store.write(move |tx: &mut Txn| {
            tx.remove(&table, &number);
            Ok::<_, Infallible>(())
        });
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "an event is run again after the next start");
        }
    }
}

enum Attempt {
    /// Done, or there is nothing to be done any more.
    Over,
    NoPlace,
    Failed,
}
