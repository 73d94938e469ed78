//! The only reader of the system's time: tells the time that users see and waits for it to come.
//!
//! Shown time is a straight line over real time. At scale 60 a minute of waiting takes a second, and the clock that users see
//! runs along. The line is stored, so that after a restart, even after a crash, shown time goes on where it was or later.
//! Shown time never runs backwards, not even when the system's clock is set back.

use crate::aws::Time;
use crate::store::{Builder, Store, StoreError, Table, Txn, WriteError};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Tells the time and waits for it. Clones are the same clock.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

/// Shown time as a line over real time, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    shown: Time,
    real: Time,
    scale: f64,
}

/// Where a clock keeps its line.
pub type ClockTable = Table<String, Line>;

struct Inner {
    source: Mutex<Source>,
    /// The latest time told.
    latest: AtomicI64,
    changed: watch::Sender<()>,
    stored: Option<(Store, ClockTable)>,
}

/// Real time that passes, whatever users see: for what the process measures of itself.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Self {
        Self(Instant::now())
    }

    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

enum Source {
    System(Line),
    Manual(Time),
}

const ROW: &str = "clock";

/// The machine may sleep meanwhile, and timers do not count that: look at the clock this often.
const LONGEST_NAP: Duration = Duration::from_secs(60);

impl Clock {
    /// The table that `open` needs.
    pub fn declare(builder: &mut Builder) -> ClockTable {
        builder.table("clock")
    }

    /// The system's clock, `scale` times as fast, going on where the clock of this store was.
    pub async fn open(store: &Store, table: ClockTable, scale: f64) -> Result<Self, StoreError> {
        let line = Line::after(table.get(&ROW.to_owned()).as_deref(), system_time(), scale);
        let stored = Some((store.clone(), table));
        let clock = Self::new(Source::System(line), stored);
        clock.keep(line).await?;
        Ok(clock)
    }

    /// The system's clock as it is; nothing is stored.
    pub fn system() -> Self {
        let line = Line::after(None, system_time(), 1.0);
        Self::new(Source::System(line), None)
    }

    /// A clock that stands still until `advance`, for tests.
    pub fn manual(start: Time) -> Self {
        Self::new(Source::Manual(start), None)
    }

    /// The time that users see.
    pub fn now(&self) -> Time {
        let read = match *self.source() {
            Source::System(line) => line.at(system_time()),
            Source::Manual(time) => time,
        };
        let before = self.0.latest.fetch_max(read.millis(), Ordering::Relaxed);
        Time::from_millis(before.max(read.millis()))
    }

    /// How much faster than real time this clock runs; 0 for a manual one.
    pub fn scale(&self) -> f64 {
        match *self.source() {
            Source::System(line) => line.scale,
            Source::Manual(_) => 0.0,
        }
    }

    /// Milliseconds that shown time is ahead of real time.
    pub fn offset_millis(&self) -> i64 {
        self.now().millis().saturating_sub(system_time().millis())
    }

    /// Waits until `now() >= time`.
    pub async fn sleep_until(&self, time: Time) {
        let mut changed = self.0.changed.subscribe();
        while self.now() < time {
            tokio::select! {
                () = tokio::time::sleep(self.nap(time)) => (),
                _ = changed.changed() => (),
            }
        }
    }

    /// Moves the clock forward by `jump` and from then on lets it run `scale` times as fast; a manual clock only jumps.
    pub async fn set(&self, scale: f64, jump: Duration) -> Result<(), StoreError> {
        if matches!(*self.source(), Source::Manual(_)) {
            self.advance(jump);
            return Ok(());
        }
        let line = Line {
            shown: self.now() + jump,
            real: system_time(),
            scale: sane(scale),
        };
        self.keep(line).await?;
        *self.source() = Source::System(line);
        self.0.changed.send_replace(());
        Ok(())
    }

    /// Moves a manual clock forward.
    pub fn advance(&self, span: Duration) {
        if let Source::Manual(time) = &mut *self.source() {
            *time = *time + span;
        }
        self.0.changed.send_replace(());
    }

    /// Call before the server ends: while it is off, time runs at its natural pace.
    pub async fn close(&self) -> Result<(), StoreError> {
        let line = Line {
            shown: self.now(),
            real: system_time(),
            scale: 1.0,
        };
        if self.scale() == 1.0 {
            return Ok(());
        }
        self.keep(line).await
    }

    fn new(source: Source, stored: Option<(Store, ClockTable)>) -> Self {
        Self(Arc::new(Inner {
            source: Mutex::new(source),
            latest: AtomicI64::new(i64::MIN),
            changed: watch::Sender::new(()),
            stored,
        }))
    }

    fn source(&self) -> MutexGuard<'_, Source> {
        self.0.source.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Real time to wait before looking at the clock again.
    fn nap(&self, until: Time) -> Duration {
        let missing = until.since(self.now());
        let real = match *self.source() {
            Source::System(line) => missing.div_f64(line.scale),
            Source::Manual(_) => LONGEST_NAP,
        };
        real.clamp(Duration::from_millis(1), LONGEST_NAP)
    }

    /// Stores the line, unless shown time is real time and always was.
    async fn keep(&self, line: Line) -> Result<(), StoreError> {
        let Some((store, table)) = self.0.stored.clone() else {
            return Ok(());
        };
        let natural = line.scale == 1.0 && line.shown == line.real;
        if natural && table.get(&ROW.to_owned()).is_none() {
            return Ok(());
        }
        let put = move |tx: &mut Txn| -> Result<(), Infallible> {
            tx.put(&table, ROW.to_owned(), line);
            Ok(())
        };
        match store.write(put).await {
            Ok(()) => Ok(()),
            Err(WriteError::Storage(error)) => Err(error),
            Err(WriteError::Refused(never)) => match never {},
        }
    }
}

impl Line {
    /// The line that begins now and goes on where the earlier one is.
    fn after(earlier: Option<&Line>, real: Time, scale: f64) -> Self {
        Self {
            shown: earlier.map_or(real, |line| line.at(real)),
            real,
            scale: sane(scale),
        }
    }

    /// Shown time at this real time; before its beginning a line stands still.
    fn at(&self, real: Time) -> Time {
        self.shown + real.since(self.real).mul_f64(self.scale)
    }
}

/// A factor that durations can be multiplied with and divided by.
fn sane(scale: f64) -> f64 {
    if scale.is_finite() {
        scale.clamp(0.001, 1_000_000.0)
    } else {
        1.0
    }
}

fn system_time() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Time::from_millis(0) + since.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Location;
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    fn at(millis: i64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn a_scaled_line_runs_faster_and_goes_on_after_a_restart() {
        let first = Line::after(None, at(1_000), 60.0);
        assert_eq!(first.at(at(2_000)), at(61_000));
        let second = Line::after(Some(&first), at(3_000), 1.0);
        assert_eq!(second.at(at(3_000)), at(121_000));
        assert_eq!(second.at(at(4_000)), at(122_000));
    }

    #[test]
    fn a_line_stands_still_when_the_system_clock_is_set_back() {
        let line = Line::after(None, at(5_000), 1.0);
        assert_eq!(line.at(at(1_000)), at(5_000));
    }

    #[test]
    fn a_factor_that_makes_no_sense_is_replaced() {
        assert_eq!(sane(f64::NAN), 1.0);
        assert_eq!(sane(0.0), 0.001);
        assert_eq!(sane(2.0), 2.0);
    }

    async fn opened(folder: &tempfile::TempDir, scale: f64) -> (Store, Clock) {
        let folder = camino::Utf8Path::from_path(folder.path()).unwrap();
        let mut builder = Builder::new();
        let table = Clock::declare(&mut builder);
        let store = builder.open(Location::Folder(folder.to_owned())).unwrap();
        let clock = Clock::open(&store, table, scale).await.unwrap();
        (store, clock)
    }

    #[tokio::test]
    async fn time_never_runs_backwards_after_a_crash() {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = opened(&folder, 50_000.0).await;
        clock
            .sleep_until(clock.now() + Duration::from_secs(3_600))
            .await;
        clock.set(10.0, Duration::from_secs(86_400)).await.unwrap();
        let last = clock.now();
        assert!(clock.offset_millis() > 89_000_000);
        // No `close`: the store is only released.
        store.close().await;
        let (store, clock) = opened(&folder, 1.0).await;
        assert!(clock.now() >= last);
        assert!(clock.offset_millis() > 89_000_000);
        store.close().await;
    }

    #[tokio::test]
    async fn a_natural_clock_stores_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = opened(&folder, 1.0).await;
        let (_, table) = clock.0.stored.clone().unwrap();
        assert!(table.is_empty());
        clock.close().await.unwrap();
        store.close().await;
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_a_manual_clock_is_advanced() {
        let clock = Clock::manual(at(0));
        let mut sleep = std::pin::pin!(clock.sleep_until(at(7_000)));
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(sleep.as_mut().poll(&mut context), Poll::Pending);
        clock.advance(Duration::from_secs(6));
        assert_eq!(sleep.as_mut().poll(&mut context), Poll::Pending);
        clock.advance(Duration::from_secs(1));
        sleep.await;
        assert_eq!(clock.now(), at(7_000));
    }

    #[tokio::test]
    async fn a_fast_clock_shortens_waits_and_shows_the_time_waited_for() {
        let clock = Clock::system();
        clock.set(100_000.0, Duration::ZERO).await.unwrap();
        let goal = clock.now() + Duration::from_secs(3_600);
        let begun = std::time::Instant::now();
        clock.sleep_until(goal).await;
        assert!(clock.now() >= goal);
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}
