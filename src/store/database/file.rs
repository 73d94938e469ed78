//! The file itself: made, opened, its format and its numbers.
//!
//! Invariant: a file that exists under its name is whole.

use super::words::failed;
use crate::store::StoreError;
use crate::store::builder::new_instance;
use crate::store::faults::{Faults, FaultyFile};
use crate::store::folder;
use camino::Utf8Path;
use redb::ReadableDatabase;
use std::{fs, io};

pub(super) const FILE: &str = "slipway.redb";
/// Where a new file is prepared, so that `FILE` is never half made.
const FRESH: &str = "slipway.redb.new";
/// What this program writes, and the newest it reads. Form 1 had no journal beside it; all else is the same.
const FORMAT: u64 = 2;
/// Live rows are in memory anyway; this is for pages of records.
const CACHE: usize = 32 << 20;

pub(super) type Definition<'a> = redb::TableDefinition<'a, &'static [u8], &'static [u8]>;

const META: Definition<'static> = Definition::new("slipway.meta");
const META_FORMAT: &[u8] = b"format";
pub(super) const META_INSTANCE: &[u8] = b"instance";
const META_NUMBER: &[u8] = b"commit";
/// The last entry of the journal whose rows are in here.
const META_APPLIED: &[u8] = b"journal";

pub(super) fn open_file(
    file: &Utf8Path,
    faults: Option<&Faults>,
) -> Result<redb::Database, redb::Error> {
    let mut builder = redb::Builder::new();
    builder.set_cache_size(CACHE);
    let db = match faults {
        None => builder.create(file)?,
        Some(faults) => builder.create_with_backend(FaultyFile::open(file, faults)?)?,
    };
    Ok(db)
}

/// Prepares a new file under another name, so that a crash in the middle leaves none.
pub(super) fn make(folder: &Utf8Path, faults: Option<&Faults>) -> Result<(), redb::Error> {
    let fresh = folder.join(FRESH);
    if fresh.exists() {
        fs::remove_file(&fresh)?;
    }
    let db = open_file(&fresh, faults)?;
    let txn = begin(&db, 0, 0)?;
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

pub(super) fn check_format(file: &Utf8Path, db: &redb::Database) -> Result<(), StoreError> {
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

/// A program that knows of no journal must not open it any more.
pub(super) fn upgrade(db: &redb::Database) -> Result<(), redb::Error> {
    if as_number(&read_meta(db, META_FORMAT)?) == FORMAT {
        return Ok(());
    }
    let txn = begin(db, read_number(db)?, read_applied(db)?)?;
    txn.open_table(META)?
        .insert(META_FORMAT, FORMAT.to_be_bytes().as_slice())?;
    Ok(txn.commit()?)
}

/// Empty when absent.
pub(super) fn read_meta(db: &redb::Database, key: &[u8]) -> Result<Vec<u8>, redb::Error> {
    let meta = db.begin_read()?.open_table(META)?;
    let value = meta.get(key)?;
    Ok(value
        .map(|value| value.value().to_vec())
        .unwrap_or_default())
}

pub(super) fn read_number(db: &redb::Database) -> Result<u64, redb::Error> {
    Ok(as_number(&read_meta(db, META_NUMBER)?))
}

pub(super) fn read_applied(db: &redb::Database) -> Result<u64, redb::Error> {
    Ok(as_number(&read_meta(db, META_APPLIED)?))
}

pub(super) fn as_number(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_be_bytes)
}

/// A durable, numbered transaction, after which the journal's entries up to `applied` are in.
pub(super) fn begin(
    db: &redb::Database,
    number: u64,
    applied: u64,
) -> Result<redb::WriteTransaction, redb::Error> {
    let mut txn = db.begin_write()?;
    txn.set_durability(redb::Durability::Immediate)?;
    // After a crash the file is opened at once, however large it is.
    txn.set_quick_repair(true);
    {
        let mut meta = txn.open_table(META)?;
        meta.insert(META_NUMBER, number.to_be_bytes().as_slice())?;
        meta.insert(META_APPLIED, applied.to_be_bytes().as_slice())?;
    }
    Ok(txn)
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

/// What stands there.
#[cfg(test)]
pub(in crate::store) fn planted(folder: &Utf8Path, table: &str, key: &[u8]) -> Option<Vec<u8>> {
    let db = open_file(&folder.join(FILE), None).unwrap();
    let table = db.begin_read().unwrap().open_table(Definition::new(table));
    let table = table.unwrap();
    let row = redb::ReadableTable::get(&table, key).unwrap();
    row.map(|row| row.value().to_vec())
}

/// What a newer program, or a broken one, might have left in a file.
#[cfg(test)]
pub(in crate::store) fn plant(folder: &Utf8Path, table: &str, key: &[u8], row: &[u8]) {
    let db = open_file(&folder.join(FILE), None).unwrap();
    let (number, applied) = (read_number(&db).unwrap(), read_applied(&db).unwrap());
    let txn = begin(&db, number, applied).unwrap();
    let mut planted = txn.open_table(Definition::new(table)).unwrap();
    planted.insert(key, row).unwrap();
    drop(planted);
    txn.commit().unwrap();
}
