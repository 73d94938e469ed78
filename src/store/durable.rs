//! The disk of `Location::Folder`: a journal that is quick to write, and behind it the database.
//!
//! A write is durable when it is in the journal. What grows there beyond [`MOVED_AT`] bytes is moved by a thread of its own, while
//! writes go on. When that thread cannot keep up, writes wait for it; when it cannot move anything because the disk is full, writes go on
//! as long as they have room in the journal, and then they are refused.

use super::StoreError;
use super::database::Database;
use super::disk::{Disk, Entry, Limit, TableChanges, Visit};
use super::faults::Faults;
use super::folder::Folder;
use super::journal::{Journal, Overlay};
use super::keeper::Keeper;
use super::range::{Bounds, Direction};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Bytes of rows that are moved as one.
pub(super) const MOVED_AT: usize = 8 << 20;
/// So many times as much may wait to be moved.
const MOST_WAITING: usize = 4;

pub(super) struct Durable {
    database: Arc<Database>,
    overlay: Arc<RwLock<Overlay>>,
    journal: Mutex<Journal>,
    /// The journal has something to take back.
    torn: AtomicBool,
    keeper: Keeper,
    moved_at: usize,
}

impl Durable {
    /// Opens or makes the files in a locked folder. Whatever a server that died has left in the journal is moved at once.
    pub fn open(
        folder: Folder,
        faults: Option<Faults>,
        moved_at: usize,
    ) -> Result<Self, StoreError> {
        let path = folder.path.clone();
        let database = Database::open(folder, faults.clone())?;
        let opened = Journal::open(&path, faults.as_ref(), database.applied());
        let (journal, left) = opened.map_err(|error| StoreError::Disk {
            file: path.join("slipway.journal"),
            action: "opened",
            cause: error.to_string(),
        })?;
        if !left.is_empty() {
            database.commit(&left)?;
        }
        let database = Arc::new(database);
        let overlay = Arc::new(RwLock::new(Overlay::new(journal.number())));
        let keeper = Keeper::start(database.clone(), overlay.clone());
        let keeper = keeper.map_err(|error| StoreError::Folder {
            folder: path,
            cause: format!("a thread cannot be started: {error}"),
        })?;
        Ok(Self {
            database,
            overlay,
            journal: Mutex::new(journal),
            torn: AtomicBool::new(false),
            keeper,
            moved_at,
        })
    }

    pub fn instance(&self) -> &str {
        self.database.instance()
    }

    /// Takes back what a failed write may have left in the journal, if the disk works again.
    fn settle(&self) -> Result<(), StoreError> {
        if !self.torn.load(Ordering::Acquire) {
            return Ok(());
        }
        let mut journal = self.journal();
        let settled = journal.settle();
        self.torn.store(journal.is_torn(), Ordering::Release);
        settled.map_err(|error| unwritten(&journal, &error))
    }

    /// Refuses or delays a write when too much waits to be moved.
    fn make_room(&self) -> Result<(), StoreError> {
        let (is_moving, waits) = {
            let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
            (overlay.frozen.is_some(), overlay.active.size)
        };
        match is_moving {
            false => Ok(()),
            true if waits < self.moved_at.saturating_mul(MOST_WAITING) => {
                self.keeper.try_again();
                Ok(())
            }
            true => self.keeper.finish(),
        }
    }

    fn add(&self, changes: Vec<TableChanges>) -> Result<(), StoreError> {
        let mut journal = self.journal();
        let appended = journal.append(&changes);
        self.torn.store(journal.is_torn(), Ordering::Release);
        let number = appended.map_err(|error| unwritten(&journal, &error))?;
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        overlay.active.add(changes, number);
        if overlay.active.size >= self.moved_at && overlay.frozen.is_none() {
            overlay.freeze();
            drop(overlay);
            // Nothing was frozen: what is in the other segment is in the database.
            journal.turn_over();
            self.keeper.begin();
        }
        Ok(())
    }

    /// Moves everything.
    fn move_all(&self) -> Result<(), StoreError> {
        self.keeper.finish()?;
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        if overlay.active.is_empty() {
            return Ok(());
        }
        self.database.commit(&overlay.active)?;
        *overlay = Overlay::new(overlay.active.last);
        Ok(())
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for Durable {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let _ = self.settle();
        let over = {
            let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
            overlay.get(table, key)
        };
        match over {
            Some(row) => Ok(row.map(|row| row.to_vec())),
            None => self.database.get(table, key),
        }
    }

    fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: Limit,
    ) -> Result<Vec<Entry>, StoreError> {
        let _ = self.settle();
        self.database
            .range(table, bounds, direction, limit, &self.overlay)
    }

    fn keys(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let _ = self.settle();
        self.database.keys(table, bounds, limit, &self.overlay)
    }

    /// Called before anything is written: all rows are in the database.
    fn load(&self, table: &str, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.database.load(table, visit)
    }

    fn commit(&self, changes: Vec<TableChanges>) -> Result<(), StoreError> {
        self.make_room()?;
        self.add(changes)
    }

    fn reset(&self) -> Result<(), StoreError> {
        self.settle()?;
        // What cannot be moved is not needed any more.
        let _ = self.keeper.finish();
        let mut journal = self.journal();
        let last = journal.number();
        self.database.reset(last)?;
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        *overlay = Overlay::new(last);
        journal.turn_over();
        Ok(())
    }

    fn close(&self) {
        // What cannot be taken back or moved now is taken back or moved at the next start.
        let _ = self.settle();
        if let Err(error) = self.move_all() {
            tracing::warn!(%error, "the journal could not be emptied");
        }
        self.keeper.end();
        self.database.close();
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        *overlay = Overlay::new(overlay.active.last);
    }
}

fn unwritten(journal: &Journal, error: &io::Error) -> StoreError {
    StoreError::Disk {
        file: journal.file().clone(),
        action: "written",
        cause: error.to_string(),
    }
}
