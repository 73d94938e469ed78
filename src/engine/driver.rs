//! Runs a machine on the store: one commit per event or command, effects only afterwards, each on a task of its own.
//!
//! State, records and effects of a step are one commit; an effect's outcome and its leaving the outbox are one commit. So
//! whatever is lost in a crash is performed again, and what was seen by anybody is never taken back. The order of commits of
//! a key is the order of the store's queue. Once accepted, an event is delivered: while the disk refuses it, it is offered
//! again.

mod door;
mod news;
mod pace;
pub(super) mod rows;
mod watchers;
mod work;
mod write;

pub use rows::DriverTables;
pub use watchers::Watch;

use super::clock::Clock;
use super::timers::Timers;
use super::{EffectId, Machine, Step};
use crate::aws::Time;
use crate::store::{Direction, Store, StoreError, Txn, WriteError};
use async_trait::async_trait;
use door::{Door, Passage};
use futures::FutureExt;
use news::News;
use rows::Posted;
use std::any::Any;
use std::convert::Infallible;
use std::ops::RangeBounds;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::task::TaskTracker;
use watchers::Watchers;
use work::Work;
use write::Posting;

/// Writes a machine's records, inside the commit of the step that yields them.
pub trait Keep<M: Machine>: Send + Sync + 'static {
    fn keep(&self, tx: &mut Txn, key: &M::Key, record: M::Record);
}

/// Performs a machine's effects.
#[async_trait]
pub trait Perform<M: Machine>: Send + Sync + 'static {
    /// Does what the effect says and returns the news it leads to, if any. May be called again with the same id, and may
    /// be dropped at any `.await` when the server ends. News on the way goes through `news`.
    async fn perform(
        &self,
        key: &M::Key,
        id: EffectId,
        effect: M::Effect,
        news: &Mailbox<M>,
    ) -> Option<M::Event>;
}

/// Drives all runs of one machine. Clones are the same driver.
pub struct Driver<M: Machine>(Arc<Inner<M>>);

struct Inner<M: Machine> {
    tables: DriverTables<M>,
    store: Store,
    clock: Clock,
    keep: Arc<dyn Keep<M>>,
    perform: Arc<dyn Perform<M>>,
    timers: Timers<M::Key>,
    watchers: Watchers<M::Key>,
    door: Door,
    tasks: TaskTracker,
    work: Work,
}

/// Where a performer sends news before it is done.
pub struct Mailbox<M: Machine> {
    driver: Driver<M>,
    key: M::Key,
}

/// Why there is a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Wish,
    /// A wish that begins something.
    NewWork,
    News,
    Tick,
}

/// The first pause before an event is offered to a failing disk again, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(5));

/// A machine whose deadline stays in the past is asked again after this time and no sooner.
const PATIENCE: Duration = Duration::from_secs(1);

impl<M: Machine> Driver<M> {
    /// The tables that `new` needs.
    pub fn declare(builder: &mut crate::store::Builder) -> DriverTables<M> {
        DriverTables::declare(builder)
    }

    /// Halted: no effects and no alarms until `resume`.
    pub fn new(
        tables: DriverTables<M>,
        store: Store,
        clock: Clock,
        keep: Arc<dyn Keep<M>>,
        perform: Arc<dyn Perform<M>>,
    ) -> Self {
        Self(Arc::new(Inner {
            work: Work::new(tables.next_number()),
            tables,
            store,
            timers: Timers::new(clock.clone()),
            clock,
            keep,
            perform,
            watchers: Watchers::default(),
            door: Door::new(),
            tasks: TaskTracker::new(),
        }))
    }

    /// The live run of this key, as last committed.
    pub fn state(&self, key: &M::Key) -> Option<Arc<M::State>> {
        self.0.tables.live.rows().get(key).map(|row| row.0.clone())
    }

    /// The live run of this key as a write sees it.
    pub fn state_in(&self, tx: &Txn, key: &M::Key) -> Option<M::State> {
        self.0.tables.read(key, tx)
    }

    /// Live runs in key order, at most `limit`.
    pub fn range(
        &self,
        keys: impl RangeBounds<M::Key>,
        direction: Direction,
        limit: usize,
    ) -> Vec<(M::Key, Arc<M::State>)> {
        let rows = self.0.tables.live.rows().range(keys, direction, limit);
        let states = rows.into_iter().map(|(key, row)| (key, row.0.clone()));
        states.collect()
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Tells when the row of this key changes, from now on: subscribe, look at the state, wait, look again.
    pub fn watch(&self, key: M::Key) -> Watch {
        self.0.watchers.watch(key)
    }

    /// Tells when any row changes, from now on: subscribe, look, wait, look again.
    pub fn changes(&self) -> tokio::sync::watch::Receiver<()> {
        self.0.tables.live.rows().changes()
    }

    /// Delivers news; durable when it returns. News for a run that is over changes nothing.
    pub async fn event(&self, key: M::Key, event: M::Event) {
        self.deliver(&key, News::of(event)).await;
    }

    /// Asks for something: `decide` sees the run (`None`: there is none) and either refuses or says what is to become of it.
    /// It runs inside the store's write and may read and change other rows there. Durable when it returns.
    pub async fn command<T, E>(
        &self,
        key: M::Key,
        decide: impl FnOnce(Option<M::State>, Time, &mut Txn) -> Result<(Step<M>, T), E>
        + Send
        + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.ask(key, Cause::Wish, decide).await
    }

    /// The same for what begins new work: it waits while so much is under way that work which has begun would suffer.
    pub async fn begin<T, E>(
        &self,
        key: M::Key,
        decide: impl FnOnce(Option<M::State>, Time, &mut Txn) -> Result<(Step<M>, T), E>
        + Send
        + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        self.ask(key, Cause::NewWork, decide).await
    }

    /// Call once after a start, and again after `halt`: sets the alarms of all live runs and performs what the outbox holds,
    /// or tells the machine that it was interrupted.
    pub async fn resume(&self) {
        self.0.tasks.reopen();
        let (fresh, begun) = self
            .0
            .work
            .take_up(|| self.outbox(), |posting| posting.number);
        for (key, _) in self.range(.., Direction::Forward, usize::MAX) {
            self.rearm(&key, None);
        }
        let driver = self.clone();
        self.spawn(async move { driver.ring().await });
        for posting in fresh {
            self.run(posting, None);
        }
        let told = begun.into_iter().filter_map(|posting| {
            let Some(event) = M::interrupted(&posting.effect) else {
                self.run(posting, None);
                return None;
            };
            Some(self.conclude(posting.key, posting.number, Some(event)))
        });
        futures::future::join_all(told).await;
    }

    /// Ends all effects and alarms; the outbox keeps what was not finished, and events and commands are still committed.
    /// Call it before the server ends and before the store is emptied.
    pub async fn halt(&self) {
        self.0.work.halt();
        self.0.timers.clear();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    async fn ask<T, E>(
        &self,
        key: M::Key,
        cause: Cause,
        decide: impl FnOnce(Option<M::State>, Time, &mut Txn) -> Result<(Step<M>, T), E>
        + Send
        + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let decide = move |state: Option<M::State>, now: Time, tx: &mut Txn| {
            decide(state, now, tx).map(|(step, answer)| (Some(step), answer))
        };
        self.commit(key, cause, decide).await
    }

    fn outbox(&self) -> Vec<Posting<M>> {
        let rows = self
            .0
            .tables
            .outbox
            .range(.., Direction::Forward, usize::MAX);
        let posting = |((key, number), row): (_, Arc<Posted<M>>)| Posting {
            key,
            number,
            effect: row.0.clone(),
        };
        rows.into_iter().map(posting).collect()
    }

    async fn deliver(&self, key: &M::Key, news: News<M>) {
        let mut pause = PAUSE.0;
        while let Err(error) = self.offer(key.clone(), news.clone()).await {
            match error {
                StoreError::Panicked(what) => {
                    tracing::error!(
                        machine = M::NAME,
                        ?key,
                        what,
                        "news was dropped: the machine panicked"
                    );
                    return;
                }
                // Whoever waits is about to end; to return would be to say that the news is durable.
                StoreError::Closed => std::future::pending().await,
                error => {
                    tracing::error!(machine = M::NAME, ?key, %error, "news waits for the disk")
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    async fn offer(&self, key: M::Key, news: News<M>) -> Result<(), StoreError> {
        let outbox = self.0.tables.outbox.clone();
        let row = (key.clone(), news.done);
        let cause = if news.tick { Cause::Tick } else { Cause::News };
        let decide = move |state: Option<M::State>, now: Time, tx: &mut Txn| {
            if let (key, Some(number)) = row {
                tx.remove(&outbox, &(key, number));
            }
            let step = state
                .zip(news.event)
                .map(|(state, event)| M::step(state, now, event));
            Ok::<_, Infallible>((step, ()))
        };
        match self.commit(key, cause, decide).await {
            Ok(()) => Ok(()),
            Err(WriteError::Storage(error)) => Err(error),
            Err(WriteError::Refused(never)) => match never {},
        }
    }

    /// One commit and what follows from it, on a task of its own: whoever waits for it may go away meanwhile.
    async fn commit<T, E>(
        &self,
        key: M::Key,
        cause: Cause,
        decide: impl FnOnce(Option<M::State>, Time, &mut Txn) -> Result<(Option<Step<M>>, T), E>
        + Send
        + 'static,
    ) -> Result<T, WriteError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let driver = self.clone();
        let passage = match cause {
            Cause::NewWork => None,
            Cause::Wish | Cause::News | Cause::Tick => Some(self.0.door.pass()),
        };
        let commit = async move {
            let passage = match passage {
                Some(passage) => passage,
                None => driver.0.door.wait().await,
            };
            let (inner, row) = (driver.0.clone(), key.clone());
            let write = move |tx: &mut Txn| {
                let (tables, now) = (&inner.tables, inner.clock.now());
                let (step, answer) = decide(tables.read(&row, tx), now, tx)?;
                let post = |step| tables.apply(&row, step, &*inner.keep, tx);
                Ok((step.map_or_else(Vec::new, post), now, answer))
            };
            let (postings, now, answer) = driver.0.store.write(write).await?;
            driver.rearm(&key, (cause == Cause::Tick).then_some(now));
            driver.0.watchers.tell(&key);
            let mut passage = Some(passage);
            for posting in postings {
                if driver.0.work.begin(posting.number) {
                    driver.run(posting, passage.take());
                }
            }
            Ok(answer)
        };
        let done = self.0.tasks.spawn(commit).await;
        done.unwrap_or_else(|lost| Err(StoreError::Panicked(lost.to_string()).into()))
    }

    /// The newest state decides, whichever commit comes here last. After a tick at `ticked` an alarm that has passed
    /// already would ring without end.
    fn rearm(&self, key: &M::Key, ticked: Option<Time>) {
        self.0.timers.arm(key, || {
            let deadline = M::deadline(&*self.state(key)?)?;
            match ticked {
                Some(now) if deadline <= now => Some(now + PATIENCE),
                _ => Some(deadline),
            }
        });
    }

    /// Sends ticks when they are due.
    async fn ring(&self) {
        loop {
            let key = self.0.timers.next().await;
            let driver = self.clone();
            self.spawn(async move { driver.deliver(&key, News::tick()).await });
        }
    }

    /// The step that has led here is over when the effect begins.
    fn run(&self, posting: Posting<M>, passage: Option<Passage>) {
        let driver = self.clone();
        self.spawn(async move {
            drop(passage);
            driver.carry_out(posting).await;
        });
    }

    async fn carry_out(&self, posting: Posting<M>) {
        let Posting {
            key,
            number,
            effect,
        } = posting;
        let id = EffectId::new(M::NAME, number);
        let news = Mailbox {
            driver: self.clone(),
            key: key.clone(),
        };
        let work = self
            .0
            .perform
            .perform(&key, id.clone(), M::Effect::clone(&effect), &news);
        let event = match AssertUnwindSafe(work).catch_unwind().await {
            Ok(event) => event,
            Err(panic) => {
                let what = words(&*panic);
                tracing::error!(%id, ?key, what, "performing an effect panicked");
                let Some(event) = M::broken(&effect, what) else {
                    return;
                };
                Some(event)
            }
        };
        self.conclude(key, number, event).await;
    }

    /// Delivers what an effect led to; with it the effect leaves the outbox.
    async fn conclude(&self, key: M::Key, number: u64, event: Option<M::Event>) {
        let news = News {
            event,
            done: Some(number),
            tick: false,
        };
        self.deliver(&key, news).await;
        self.0.work.done(number);
    }

    /// Runs `work` until it is done or the driver halts.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.work.stop();
        self.0.tasks.spawn(async move {
            tokio::select! {
                biased;
                () = stop.cancelled() => (),
                () = work => (),
            }
        });
    }
}

impl<M: Machine> Clone for Driver<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Machine> Mailbox<M> {
    /// Durable when it returns.
    pub async fn send(&self, event: M::Event) {
        self.driver.event(self.key.clone(), event).await;
    }
}

/// What a panic says, as far as it says anything.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words")
}

#[cfg(test)]
mod tests;
