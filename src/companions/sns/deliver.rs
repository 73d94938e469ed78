//! Pending deliveries: one task each, tried four times, 20 seconds apart, as AWS's default policy has it.
//!
//! Invariant: a delivery's row is there until it was made, refused or given up; what is on its way when the server ends is made
//! after the next start, perhaps a second time.

use super::companion::Sns;
use super::letter::{self, Reader};
use super::names;
use super::outside::Parcel;
use super::rows::What;
use crate::store::{Direction, Txn};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

const ATTEMPTS: usize = 4;
const BETWEEN: Duration = Duration::from_secs(20);
/// Requests under way together.
const TOGETHER: usize = 32;

/// The tasks that deliver. Clones share them.
#[derive(Clone)]
pub struct Couriers {
    shift: Arc<Mutex<Shift>>,
    places: Arc<Semaphore>,
}

/// The time from `resume` to `halt`.
#[derive(Clone)]
struct Shift {
    end: CancellationToken,
    tasks: TaskTracker,
}

impl Default for Couriers {
    /// Nobody works yet.
    fn default() -> Self {
        let shift = Shift {
            end: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        shift.end.cancel();
        Self {
            shift: Arc::new(Mutex::new(shift)),
            places: Arc::new(Semaphore::new(TOGETHER)),
        }
    }
}

impl Couriers {
    fn shift(&self) -> MutexGuard<'_, Shift> {
        self.shift.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an attempt came to.
enum Outcome {
    Delivered,
    /// Another attempt may do better.
    Failed(String),
    /// No other attempt will.
    Refused(String),
}

impl Sns {
    /// Goes on with the deliveries that are pending, and makes new ones from now on.
    pub fn resume(&self) {
        *self.couriers.shift() = Shift {
            end: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let pending = self
            .tables
            .deliveries
            .range(.., Direction::Forward, usize::MAX);
        let numbers: Vec<u64> = pending.into_iter().map(|(number, _)| number).collect();
        self.dispatch(&numbers);
    }

    /// Ends the tasks; what they have not delivered stays pending.
    pub async fn halt(&self) {
        let shift = self.couriers.shift().clone();
        shift.end.cancel();
        shift.tasks.close();
        shift.tasks.wait().await;
    }

    /// Begins the deliveries of these numbers, unless nothing is delivered now.
    pub(super) fn dispatch(&self, numbers: &[u64]) {
        let shift = self.couriers.shift().clone();
        if shift.end.is_cancelled() {
            return;
        }
        for &number in numbers {
            let (this, end) = (self.clone(), shift.end.clone());
            shift.tasks.spawn(async move {
                tokio::select! {
                    () = end.cancelled() => (),
                    () = this.deliver(number) => (),
                }
            });
        }
    }

    async fn deliver(&self, number: u64) {
        for attempt in 1..=ATTEMPTS {
            // Named in the log in place of the URL, which may hold a secret.
            let Some((subscription, parcel)) = self.parcel(number) else {
                break;
            };
            match self.attempt(parcel).await {
                Outcome::Delivered => break,
                Outcome::Failed(cause) if attempt < ATTEMPTS => {
                    tracing::debug!(subscription, attempt, cause, "a notification was not taken");
                    (self.outside.wait)(BETWEEN).await;
                }
                Outcome::Failed(cause) | Outcome::Refused(cause) => {
                    tracing::warn!(subscription, attempt, cause, "a notification is given up");
                    break;
                }
            }
        }
        self.forget(number).await;
    }

    /// The subscription's ARN and what is to be sent; `None` when the subscription or the message is gone, or the confirmation is no longer needed.
    fn parcel(&self, number: u64) -> Option<(String, Parcel)> {
        let delivery = self.tables.deliveries.get(&number)?;
        let row = self.tables.subscriptions.get(&delivery.to)?;
        let address = (self.outside.address)();
        let reader = Reader {
            address: &address,
            key: &delivery.to,
            row: &row,
        };
        let parcel = match &delivery.what {
            What::Confirmation(..) if row.confirmed => None,
            What::Confirmation(id, time) => Some(letter::confirmation(reader, id, *time)),
            What::Message(place) => match self.tables.messages.get(place) {
                Ok(message) => Some(letter::notification(reader, &message?)),
                Err(error) => {
                    tracing::warn!(%error, "a message that is to be delivered cannot be read");
                    None
                }
            },
        };
        Some((names::subscription_arn(&delivery.to), parcel?))
    }

    async fn attempt(&self, parcel: Parcel) -> Outcome {
        let Ok(_place) = self.couriers.places.acquire().await else {
            return Outcome::Failed("the server ends".to_owned());
        };
        match self.outside.post.post(parcel).await {
            Ok(200..=299) => Outcome::Delivered,
            Ok(status @ (429 | 500..)) => Outcome::Failed(format!("it answered {status}")),
            Ok(status) => Outcome::Refused(format!("it answered {status}")),
            Err(cause) => Outcome::Failed(cause),
        }
    }

    async fn forget(&self, number: u64) {
        let table = self.tables.deliveries.clone();
        let forgotten = self.store.write(move |tx: &mut Txn| {
            tx.remove(&table, &number);
            Ok::<_, Infallible>(())
        });
        if let Err(error) = forgotten.await {
            tracing::warn!(%error, "a delivery is made again after the next start");
        }
    }
}
