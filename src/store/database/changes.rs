//! Commits, and what takes a failed one back.
//!
//! Rows that were moved from the journal are never taken back: they are durable there, and moving them again does the same again.

use super::file::{Definition, begin, read_applied, read_number};
use crate::store::builder::RESERVED;
use crate::store::journal::Generation;
use redb::TableHandle;

/// Tables that a reset has set aside, and that are removed afterwards or at the next start.
pub(super) const TRASH: &str = "slipway.trash.";

/// A failed reset that may have reached the disk.
pub(super) struct Suspect {
    pub number: u64,
    pub undo: Undo,
}

/// What takes a reset back: tables were set aside under this prefix, and the journal's entries counted as moved.
pub(super) struct Undo {
    pub prefix: String,
    pub applied: u64,
}

/// Moves the last forms of rows, with the number of the last entry.
pub(super) fn write_rows(
    db: &redb::Database,
    number: u64,
    generation: &Generation,
) -> Result<(), redb::Error> {
    let txn = begin(db, number, generation.last)?;
    for (table, rows) in &generation.tables {
        let mut table = txn.open_table(Definition::new(table))?;
        for (key, row) in rows {
            match row {
                Some(row) => drop(table.insert(key.as_slice(), &**row)?),
                None => drop(table.remove(key.as_slice())?),
            }
        }
    }
    Ok(txn.commit()?)
}

pub(super) fn undo(db: &redb::Database, suspect: &Suspect) -> Result<(), redb::Error> {
    let Undo { prefix, applied } = &suspect.undo;
    let txn = begin(db, suspect.number + 1, *applied)?;
    for aside in names(&txn, |name| name.starts_with(prefix))? {
        let name = &aside[prefix.len()..];
        txn.rename_table(Definition::new(&aside), Definition::new(name))?;
    }
    Ok(txn.commit()?)
}

/// The entries up to `applied` are of no more use.
pub(super) fn set_aside(
    db: &redb::Database,
    number: u64,
    prefix: &str,
    applied: u64,
) -> Result<(), redb::Error> {
    let txn = begin(db, number, applied)?;
    for name in names(&txn, |name| !name.starts_with(RESERVED))? {
        let aside = format!("{prefix}{name}");
        txn.rename_table(Definition::new(&name), Definition::new(&aside))?;
    }
    Ok(txn.commit()?)
}

/// Not numbered: undoing it is never wanted, and half of it is as good as none.
pub(super) fn empty_trash(db: &redb::Database) -> Result<(), redb::Error> {
    let txn = begin(db, read_number(db)?, read_applied(db)?)?;
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
