//! The thread that moves rows from the journal into the database.
//!
//! It moves what is frozen in the overlay, and nothing else; the overlay lets go of it afterwards. It sleeps until it is asked.

use super::StoreError;
use super::database::Database;
use super::journal::Overlay;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// After a failure nothing is tried for so long, unless somebody waits for it.
const PAUSE: Duration = Duration::from_secs(1);

/// How much less of a processor that is wanted by others the thread gets.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

pub(super) struct Keeper {
    desk: Arc<Desk>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Where the thread is asked.
#[derive(Default)]
struct Desk {
    order: Mutex<Order>,
    changed: Condvar,
}

#[derive(Default)]
struct Order {
    wanted: bool,
    /// The thread is at it; what is wanted meanwhile comes after it.
    at_work: bool,
    ended: bool,
    /// What came of the last move, and when, if it failed.
    failed: Option<(StoreError, Instant)>,
}

impl Keeper {
    pub fn start(database: Arc<Database>, overlay: Arc<RwLock<Overlay>>) -> io::Result<Self> {
        let desk = Arc::new(Desk::default());
        let thread = std::thread::Builder::new().name("store-keeper".into());
        let work = desk.clone();
        let thread = thread.spawn(move || {
            give_way();
            work.run(&database, &overlay);
        })?;
        Ok(Self {
            desk,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Something was frozen.
    pub fn begin(&self) {
        self.desk.order().wanted = true;
        self.desk.changed.notify_all();
    }

    /// Begins again when the last move has failed some time ago.
    pub fn try_again(&self) {
        let mut order = self.desk.order();
        let rested = |(_, at): &(StoreError, Instant)| at.elapsed() >= PAUSE;
        if !order.wanted && !order.at_work && order.failed.as_ref().is_some_and(rested) {
            order.wanted = true;
            self.desk.changed.notify_all();
        }
    }

    /// Waits until everything frozen is moved, after trying again if the last move has failed.
    pub fn finish(&self) -> Result<(), StoreError> {
        let mut order = self.desk.order();
        if order.failed.is_some() && !order.at_work && !order.ended {
            order.wanted = true;
            self.desk.changed.notify_all();
        }
        while order.wanted || order.at_work {
            let changed = &self.desk.changed;
            order = changed.wait(order).unwrap_or_else(PoisonError::into_inner);
        }
        match &order.failed {
            Some((error, _)) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Ends the thread when it has done what it was asked.
    pub fn end(&self) {
        self.desk.order().ended = true;
        self.desk.changed.notify_all();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.end();
    }
}

impl Desk {
    fn run(&self, database: &Database, overlay: &RwLock<Overlay>) {
        while self.wait() {
            let moved = move_frozen(database, overlay);
            let mut order = self.order();
            order.failed = moved.err().map(|error| (error, Instant::now()));
            order.at_work = false;
            self.changed.notify_all();
        }
    }

    /// Whether there is something to do, as soon as there is.
    fn wait(&self) -> bool {
        let mut order = self.order();
        while !order.wanted && !order.ended {
            order = self
                .changed
                .wait(order)
                .unwrap_or_else(PoisonError::into_inner);
        }
        order.at_work = std::mem::take(&mut order.wanted);
        order.at_work
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nobody waits for this thread as long as there is room in the journal. Elsewhere than on Linux the whole process would give way.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICE);
}

fn move_frozen(database: &Database, overlay: &RwLock<Overlay>) -> Result<(), StoreError> {
    let read = || overlay.read().unwrap_or_else(PoisonError::into_inner);
    let Some(frozen) = read().frozen.clone() else {
        return Ok(());
    };
    database.commit(&frozen).inspect_err(|error| {
        tracing::error!(%error, "rows wait in the journal: they cannot be moved into the database");
    })?;
    let mut overlay = overlay.write().unwrap_or_else(PoisonError::into_inner);
    overlay.frozen = None;
    Ok(())
}
