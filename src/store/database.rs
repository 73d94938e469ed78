//! Rows in one redb file. The only file that names redb.
//!
//! Every commit is durable when it returns, and numbered. After a failed one redb refuses everything until it is opened anew, and
//! nobody knows whether the failed commit reached the disk: its number tells, and then it is undone before anything else happens.

use super::StoreError;
use super::builder::{RESERVED, new_instance};
use super::disk::{Disk, Entry, Limit, TableChanges, Visit};
use super::faults::{Faults, FaultyFile};
use super::folder::{self, Folder};
use super::range::{Bounds, Direction, is_empty};
use camino::{Utf8Path, Utf8PathBuf};
use redb::{ReadableDatabase, ReadableTable, TableError, TableHandle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};
use std::{fs, io};

const FILE: &str = "slipway.redb";
/// Where a new file is prepared, so that `FILE` is never half made.
const FRESH: &str = "slipway.redb.new";
/// What this program writes, and the newest it reads.
const FORMAT: u64 = 1;
/// Live rows are in memory anyway; this is for pages of records.
const CACHE: usize = 32 << 20;

type ReadTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;
type Definition<'a> = redb::TableDefinition<'a, &'static [u8], &'static [u8]>;

const META: Definition<'static> = Definition::new("slipway.meta");
const META_FORMAT: &[u8] = b"format";
const META_INSTANCE: &[u8] = b"instance";
const META_NUMBER: &[u8] = b"commit";
/// Tables that a reset has set aside, and that are removed afterwards or at the next start.
const TRASH: &str = "slipway.trash.";

pub(super) struct Database {
    file: Utf8PathBuf,
    instance: String,
    faults: Option<Faults>,
    state: RwLock<State>,
    /// The number of the last commit.
    number: AtomicU64,
    /// A failed commit that may have reached the disk.
    suspect: Mutex<Option<Suspect>>,
    folder: Mutex<Option<Folder>>,
}

enum State {
    Open(redb::Database),
    /// The disk has failed: to be opened anew.
    Broken,
    Closed,
}

struct Suspect {
    number: u64,
    undo: Undo,
}

/// What takes a commit back.
enum Undo {
    Rows(Vec<OldRow>),
    /// Tables were set aside under this prefix.
    Names(String),
}

struct OldRow {
    table: String,
    key: Vec<u8>,
    row: Option<Vec<u8>>,
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
        let number = read_number(&db).map_err(opened)?;
        empty_trash(&db).map_err(opened)?;
        Ok(Self {
            instance: String::from_utf8_lossy(&instance).into_owned(),
            file,
            faults,
            state: RwLock::new(State::Open(db)),
            number: AtomicU64::new(number),
            suspect: Mutex::default(),
            folder: Mutex::new(Some(folder)),
        })
    }

    pub fn instance(&self) -> &str {
        &self.instance
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

    /// Runs a numbered commit. When it fails, it is a suspect before anybody else can open the file anew.
    fn number(
        &self,
        commit: impl FnOnce(&redb::Database, u64) -> Result<(), (redb::Error, Undo)>,
    ) -> Result<(), StoreError> {
        let result = self.with(|db| {
            let number = self.number.load(Ordering::Relaxed) + 1;
            let result = commit(db, number);
            result.map_err(|(error, undo)| {
                *self.suspect() = Some(Suspect { number, undo });
                error
            })?;
            self.number.store(number, Ordering::Relaxed);
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
        Ok(db)
    }

    fn suspect(&self) -> MutexGuard<'_, Option<Suspect>> {
        self.suspect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unreadable(&self, error: redb::Error) -> StoreError {
        failed(&self.file, "read", error)
    }
}

impl Disk for Database {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|db| {
            let Some(table) = open_table(db, table)? else {
                return Ok(None);
            };
            Ok(table.get(key)?.map(|row| row.value().to_vec()))
        })
    }

    fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: Limit,
    ) -> Result<Vec<Entry>, StoreError> {
        self.read(|db| {
            let Some(table) = open_table(db, table)?.filter(|_| !is_empty(bounds)) else {
                return Ok(Vec::new());
            };
            let rows = rows_between(&table, bounds)?;
            match direction {
                Direction::Forward => limit.collect(rows.map(copied)),
                Direction::Backward => limit.collect(rows.rev().map(copied)),
            }
        })
    }

    fn keys(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        self.read(|db| {
            let Some(table) = open_table(db, table)?.filter(|_| !is_empty(bounds)) else {
                return Ok(Vec::new());
            };
            let rows = rows_between(&table, bounds)?.take(limit);
            rows.map(|row| Ok(row?.0.value().to_vec())).collect()
        })
    }

    fn load(&self, table: &str, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.with(|db| {
            let unreadable = |error: redb::Error| self.unreadable(error);
            let Some(table) = open_table(db, table).map_err(unreadable)? else {
                return Ok(());
            };
            for row in table.iter().map_err(|e| unreadable(e.into()))? {
                let (key, row) = row.map_err(|e| unreadable(e.into()))?;
                visit(key.value(), row.value())?;
            }
            Ok(())
        })?
    }

    fn commit(&self, changes: &[TableChanges<'_>]) -> Result<(), StoreError> {
        self.number(|db, number| {
            let mut old = Vec::new();
            write_rows(db, number, changes, &mut old).map_err(|error| (error, Undo::Rows(old)))
        })
    }

    /// Sets all tables aside under other names, which is quick and can be undone, and then removes them.
    fn reset(&self) -> Result<(), StoreError> {
        self.number(|db, number| {
            let prefix = format!("{TRASH}{number}.");
            set_aside(db, number, &prefix).map_err(|error| (error, Undo::Names(prefix)))
        })?;
        // The reset itself is durable; what cannot be removed now is removed at the next start.
        if !matches!(self.with(empty_trash), Ok(Ok(()))) {
            self.set_broken();
        }
        Ok(())
    }

    fn close(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = State::Closed;
        drop(
            self.folder
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }
}

fn open_file(file: &Utf8Path, faults: Option<&Faults>) -> Result<redb::Database, redb::Error> {
    let mut builder = redb::Builder::new();
    builder.set_cache_size(CACHE);
    let db = match faults {
        None => builder.create(file)?,
        Some(faults) => builder.create_with_backend(FaultyFile::open(file, faults)?)?,
    };
    Ok(db)
}

/// Prepares a new file under another name, so that a crash in the middle leaves none.
fn make(folder: &Utf8Path, faults: Option<&Faults>) -> Result<(), redb::Error> {
    let fresh = folder.join(FRESH);
    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    let db = open_file(&fresh, faults)?;
    let txn = begin(&db, 0)?;
    {
        let mut meta = txn.open_table(META)?;
        meta.insert(META_FORMAT, FORMAT.to_be_bytes().as_slice())?;
        meta.insert(META_INSTANCE, new_instance().as_bytes())?;
    }
    txn.commit()?;
    drop(db);
    fs::rename(&fresh, folder.join(FILE))?;
    Ok(folder::sync(folder)?)
}

fn check_format(file: &Utf8Path, db: &redb::Database) -> Result<(), StoreError> {
    let found = read_meta(db, META_FORMAT).map_err(|e| failed(file, "opened", e))?;
    match as_number(&found) {
        found if found > FORMAT => Err(StoreError::Newer {
            file: file.to_owned(),
            found,
            known: FORMAT,
        }),
        _ => Ok(()),
    }
}

/// Empty when absent.
fn read_meta(db: &redb::Database, key: &[u8]) -> Result<Vec<u8>, redb::Error> {
    let meta = db.begin_read()?.open_table(META)?;
    let value = meta.get(key)?;
    Ok(value
        .map(|value| value.value().to_vec())
        .unwrap_or_default())
}

fn read_number(db: &redb::Database) -> Result<u64, redb::Error> {
    Ok(as_number(&read_meta(db, META_NUMBER)?))
}

fn as_number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_be_bytes)
}

/// A durable, numbered transaction.
fn begin(db: &redb::Database, number: u64) -> Result<redb::WriteTransaction, redb::Error> {
    let mut txn = db.begin_write()?;
    txn.set_durability(redb::Durability::Immediate)?;
    // After a crash the file is opened at once, however large it is.
    txn.set_quick_repair(true);
    txn.open_table(META)?
        .insert(META_NUMBER, number.to_be_bytes().as_slice())?;
    Ok(txn)
}

/// Remembers in `old` what the rows were before.
fn write_rows(
    db: &redb::Database,
    number: u64,
    changes: &[TableChanges<'_>],
    old: &mut Vec<OldRow>,
) -> Result<(), redb::Error> {
    let txn = begin(db, number)?;
    for change in changes {
        let mut table = txn.open_table(Definition::new(change.table))?;
        for (key, row) in &change.rows {
            let before = match row {
                Some(row) => table.insert(key.as_slice(), *row)?,
                None => table.remove(key.as_slice())?,
            };
            old.push(OldRow {
                table: change.table.to_owned(),
                key: key.clone(),
                row: before.map(|row| row.value().to_vec()),
            });
        }
    }
    Ok(txn.commit()?)
}

fn undo(db: &redb::Database, suspect: &Suspect) -> Result<(), redb::Error> {
    let txn = begin(db, suspect.number + 1)?;
    match &suspect.undo {
        Undo::Rows(rows) => restore_rows(&txn, rows)?,
        Undo::Names(prefix) => restore_names(&txn, prefix)?,
    }
    Ok(txn.commit()?)
}

fn restore_rows(txn: &redb::WriteTransaction, rows: &[OldRow]) -> Result<(), redb::Error> {
    for old in rows {
        let mut table = txn.open_table(Definition::new(&old.table))?;
        match &old.row {
            Some(row) => drop(table.insert(old.key.as_slice(), row.as_slice())?),
            None => drop(table.remove(old.key.as_slice())?),
        }
    }
    Ok(())
}

fn set_aside(db: &redb::Database, number: u64, prefix: &str) -> Result<(), redb::Error> {
    let txn = begin(db, number)?;
    for name in names(&txn, |name| !name.starts_with(RESERVED))? {
        let aside = format!("{prefix}{name}");
        txn.rename_table(Definition::new(&name), Definition::new(&aside))?;
    }
    Ok(txn.commit()?)
}

fn restore_names(txn: &redb::WriteTransaction, prefix: &str) -> Result<(), redb::Error> {
    for aside in names(txn, |name| name.starts_with(prefix))? {
        let name = &aside[prefix.len()..];
        txn.rename_table(Definition::new(&aside), Definition::new(name))?;
    }
    Ok(())
}

/// Not numbered: undoing it is never wanted, and half of it is as good as none.
fn empty_trash(db: &redb::Database) -> Result<(), redb::Error> {
    let txn = begin(db, read_number(db)?)?;
    let trash = names(&txn, |name| name.starts_with(TRASH))?;
    if trash.is_empty() {
        return Ok(txn.abort()?);
    }
    for name in trash {
        txn.delete_table(Definition::new(&name))?;
    }
    Ok(txn.commit()?)
}

fn names(
    txn: &redb::WriteTransaction,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<String>, redb::Error> {
    let tables = txn.list_tables()?;
    let names = tables.map(|table| table.name().to_owned());
    Ok(names.filter(|name| wanted(name)).collect())
}

/// `None`: nothing was ever written to it.
fn open_table(db: &redb::Database, name: &str) -> Result<Option<ReadTable>, redb::Error> {
    match db.begin_read()?.open_table(Definition::new(name)) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

type Rows<'a> = redb::Range<'a, &'static [u8], &'static [u8]>;
type Guard<'a> = redb::AccessGuard<'a, &'static [u8]>;

fn rows_between<'a>(
    table: &'a ReadTable,
    bounds: &Bounds<Vec<u8>>,
) -> Result<Rows<'a>, redb::Error> {
    let start = bounds.0.as_ref().map(Vec::as_slice);
    let end = bounds.1.as_ref().map(Vec::as_slice);
    Ok(ReadableTable::range::<&[u8]>(table, (start, end))?)
}

fn copied(row: Result<(Guard<'_>, Guard<'_>), redb::StorageError>) -> Result<Entry, redb::Error> {
    let (key, row) = row?;
    Ok((key.value().to_vec(), row.value().to_vec()))
}

fn is_disk_failure(error: &redb::Error) -> bool {
    matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo)
}

fn failed(file: &Utf8Path, action: &'static str, error: redb::Error) -> StoreError {
    let cause = match error {
        redb::Error::Io(error) => error.to_string(),
        redb::Error::PreviousIo => "the disk has failed before".to_owned(),
        redb::Error::DatabaseAlreadyOpen => "another process has it open".to_owned(),
        error => error.to_string(),
    };
    StoreError::Disk {
        file: file.to_owned(),
        action,
        cause,
    }
}

/// Locks are left to the folder.
impl redb::StorageBackend for FaultyFile {
    fn len(&self) -> io::Result<u64> {
        FaultyFile::len(self)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        FaultyFile::read(self, offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        FaultyFile::set_len(self, len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        FaultyFile::write(self, offset, data)
    }
}

/// What a newer program, or a broken one, might have left in a file.
#[cfg(test)]
pub(super) fn plant(folder: &Utf8Path, table: &str, key: &[u8], row: &[u8]) {
    let db = open_file(&folder.join(FILE), None).unwrap();
    let txn = begin(&db, 0).unwrap();
    let mut planted = txn.open_table(Definition::new(table)).unwrap();
    planted.insert(key, row).unwrap();
    drop(planted);
    txn.commit().unwrap();
}
