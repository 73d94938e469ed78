//! Rows in one redb file. Nothing outside this file and its folder names redb.
//!
//! What is written here has been durable in the journal before. Every commit is durable when it returns, and numbered. After a failed
//! one redb refuses everything until it is opened anew, and nobody knows whether the failed commit reached the disk. For rows that makes
//! no difference: they are moved again. A reset's number tells, and then it is undone before anything else happens.

mod changes;
mod file;
mod rows;
mod words;

#[cfg(test)]
pub(super) use file::{plant, planted};

use super::StoreError;
use super::disk::{Entry, Limit, Visit};
use super::faults::Faults;
use super::folder::Folder;
use super::journal::{Generation, Overlay};
use super::range::{Bounds, Direction};
use camino::Utf8PathBuf;
use changes::{Suspect, TRASH, Undo, empty_trash, set_aside, undo, write_rows};
use file::{
    FILE, META_INSTANCE, check_format, make, open_file, read_applied, read_meta, read_number,
    upgrade,
};
use redb::{ReadableDatabase, ReadableTable};
use rows::{copied, key_only, merged, open_table};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use words::{failed, is_disk_failure};

pub(super) struct Database {
    file: Utf8PathBuf,
    instance: String,
    faults: Option<Faults>,
    state: RwLock<State>,
    /// The number of the last commit.
    number: AtomicU64,
    /// The last entry of the journal that is in here.
    applied: AtomicU64,
    /// A failed reset that may have reached the disk.
    suspect: Mutex<Option<Suspect>>,
    folder: Mutex<Option<Folder>>,
}

enum State {
    Open(redb::Database),
    /// The disk has failed: to be opened anew.
    Broken,
    Closed,
}

impl Database {
    /// Opens or makes the file in a locked folder.
    pub fn open(folder: Folder, faults: Option<Faults>) -> Result<Self, StoreError> {
        let file = folder.path.join(FILE);
        if !file.exists() {
            make(&folder.path, faults.as_ref()).map_err(|e| failed(&file, "made", e))?;
        }
        let opened = |error: redb::Error| failed(&file, "opened", error);
        let db = open_file(&file, faults.as_ref()).map_err(opened)?;
        check_format(&file, &db)?;
        let instance = read_meta(&db, META_INSTANCE).map_err(opened)?;
        upgrade(&db).map_err(opened)?;
        let number = read_number(&db).map_err(opened)?;
        let applied = read_applied(&db).map_err(opened)?;
        empty_trash(&db).map_err(opened)?;
        Ok(Self {
            instance: String::from_utf8_lossy(&instance).into_owned(),
            file,
            faults,
            state: RwLock::new(State::Open(db)),
            number: AtomicU64::new(number),
            applied: AtomicU64::new(applied),
            suspect: Mutex::default(),
            folder: Mutex::new(Some(folder)),
        })
    }

    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// The last entry of the journal that is in here.
    pub fn applied(&self) -> u64 {
        self.applied.load(Ordering::Relaxed)
    }

    pub fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|db| {
            let Some(table) = open_table(&db.begin_read()?, table)? else {
                return Ok(None);
            };
            Ok(table.get(key)?.map(|row| row.value().to_vec()))
        })
    }

    /// The rows inside the bounds with the overlay over them, as of one moment.
    pub fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: Limit,
        overlay: &RwLock<Overlay>,
    ) -> Result<Vec<Entry>, StoreError> {
        self.read(|db| {
            let (txn, over) = {
                let overlay = overlay.read().unwrap_or_else(PoisonError::into_inner);
                let over = overlay.range(table, bounds, direction, limit.rows);
                (db.begin_read()?, over)
            };
            let over = over.into_iter();
            let over = over.map(|(key, row)| (key, row.map(|row| row.to_vec())));
            let table = open_table(&txn, table)?;
            merged(table.as_ref(), bounds, direction, copied, over, |rows| {
                limit.collect(rows)
            })
        })
    }

    /// The first keys inside the bounds with the overlay over them, as of one moment, without their rows.
    pub fn keys(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        limit: usize,
        overlay: &RwLock<Overlay>,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let direction = Direction::Forward;
        self.read(|db| {
            let (txn, over) = {
                let overlay = overlay.read().unwrap_or_else(PoisonError::into_inner);
                let over = overlay.range(table, bounds, direction, limit);
                (db.begin_read()?, over)
            };
            let over = over.into_iter().map(|(key, row)| (key, row.map(|_| ())));
            let table = open_table(&txn, table)?;
            merged(table.as_ref(), bounds, direction, key_only, over, |rows| {
                rows.take(limit).map(|(key, ())| key).collect()
            })
        })
    }

    /// Shows every row of a table, in key order.
    pub fn load(&self, table: &str, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.with(|db| {
            let unreadable = |error: redb::Error| self.unreadable(error);
            let txn = db.begin_read().map_err(|e| unreadable(e.into()))?;
            let Some(table) = open_table(&txn, table).map_err(unreadable)? else {
                return Ok(());
            };
            for row in table.iter().map_err(|e| unreadable(e.into()))? {
                let (key, row) = row.map_err(|e| unreadable(e.into()))?;
                visit(key.value(), row.value())?;
            }
            Ok(())
        })?
    }

    /// Moves rows from the journal; they are in here when it returns `Ok`, all or none when it returns an error.
    pub fn commit(&self, generation: &Generation) -> Result<(), StoreError> {
        self.number(generation.last, None, |db, number| {
            write_rows(db, number, generation)
        })
    }

    /// Sets all tables aside under other names, which is quick and can be undone, and then removes them. The journal's entries up
    /// to `applied` are of no more use.
    pub fn reset(&self, applied: u64) -> Result<(), StoreError> {
        let prefix = format!("{TRASH}{}.", self.number.load(Ordering::Relaxed) + 1);
        let undo = Undo {
            prefix: prefix.clone(),
            applied: self.applied(),
        };
        self.number(applied, Some(undo), |db, number| {
            set_aside(db, number, &prefix, applied)
        })?;
        // The reset itself is durable; what cannot be removed now is removed at the next start.
        if !matches!(self.with(empty_trash), Ok(Ok(()))) {
            self.set_broken();
        }
        Ok(())
    }

    /// Releases files and locks; every later call answers `Closed`.
    pub fn close(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State::Closed;
        drop(
            self.folder
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }

    /// Reads; a second time after the file was opened anew, when somebody else has met the failing disk first.
    fn read<T>(
        &self,
        mut read: impl FnMut(&redb::Database) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        match self.with(&mut read)? {
            Ok(answer) => return Ok(answer),
            Err(error) if !is_disk_failure(&error) => return Err(self.unreadable(error)),
            Err(_) => self.set_broken(),
        }
        self.with(&mut read)?.map_err(|e| self.unreadable(e))
    }

    /// Runs `f` on the open file, after opening it anew when it was broken.
    fn with<T>(&self, f: impl FnOnce(&redb::Database) -> T) -> Result<T, StoreError> {
        self.revive()?;
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match &*state {
            State::Open(db) => Ok(f(db)),
            State::Broken => Err(self.unreadable(redb::Error::PreviousIo)),
            State::Closed => Err(StoreError::Closed),
        }
    }

    /// Runs a numbered commit, after which the journal's entries up to `applied` are in. When it fails and is to be taken back, it
    /// is a suspect before anybody else can open the file anew.
    fn number(
        &self,
        applied: u64,
        undo: Option<Undo>,
        commit: impl FnOnce(&redb::Database, u64) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let result = self.with(|db| {
            let number = self.number.load(Ordering::Relaxed) + 1;
            let result = commit(db, number);
            result.inspect_err(|_| *self.suspect() = undo.map(|undo| Suspect { number, undo }))?;
            self.number.store(number, Ordering::Relaxed);
            self.applied.store(applied, Ordering::Relaxed);
            Ok(())
        })?;
        result.map_err(|error| {
            self.set_broken();
            // Reads go on at once when they can; otherwise the next one tries again.
            let _ = self.revive();
            failed(&self.file, "written", error)
        })
    }

    fn set_broken(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if let State::Open(_) = &*state {
            *state = State::Broken;
        }
    }

    fn revive(&self) -> Result<(), StoreError> {
        if !matches!(
            *self.state.read().unwrap_or_else(PoisonError::into_inner),
            State::Broken
        ) {
            return Ok(());
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Broken) {
            let db = self
                .reopen()
                .map_err(|e| failed(&self.file, "opened again", e))?;
            *state = State::Open(db);
        }
        Ok(())
    }

    fn reopen(&self) -> Result<redb::Database, redb::Error> {
        let db = open_file(&self.file, self.faults.as_ref())?;
        let mut suspect = self.suspect();
        if let Some(suspect) = &*suspect
            && suspect.number == read_number(&db)?
        {
            undo(&db, suspect)?;
        }
        *suspect = None;
        self.number.store(read_number(&db)?, Ordering::Relaxed);
        self.applied.store(read_applied(&db)?, Ordering::Relaxed);
        Ok(db)
    }

    fn suspect(&self) -> MutexGuard<'_, Option<Suspect>> {
        self.suspect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unreadable(&self, error: redb::Error) -> StoreError {
        failed(&self.file, "read", error)
    }
}
