//! Commits, and what takes them back.
//!
//! Invariant: every commit is numbered; what undoes it is known before it is attempted.

use super::file::{Definition, begin, read_number};
use crate::store::builder::RESERVED;
use crate::store::disk::TableChanges;
use redb::TableHandle;

/// Tables that a reset has set aside, and that are removed afterwards or at the next start.
pub(super) const TRASH: &str = "slipway.trash.";

/// A failed commit that may have reached the disk.
pub(super) struct Suspect {
    pub number: u64,
    pub undo: Undo,
}

/// What takes a commit back.
pub(super) enum Undo {
    Rows(Vec<OldRow>),
    /// Tables were set aside under this prefix.
    Names(String),
}

pub(super) struct OldRow {
    table: String,
    key: Vec<u8>,
    row: Option<Vec<u8>>,
}

/// Remembers in `old` what the rows were before.
pub(super) fn write_rows(
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

pub(super) fn undo(db: &redb::Database, suspect: &Suspect) -> Result<(), redb::Error> {
    let txn = begin(db, suspect.number + 1)?;
    match &suspect.undo {
        Undo::Rows(rows) => restore_rows(&txn, rows)?,
        Undo::Names(prefix) => restore_names(&txn, prefix)?,
    }
    Ok(txn.commit()?)
}

pub(super) fn restore_rows(
    txn: &redb::WriteTransaction,
    rows: &[OldRow],
) -> Result<(), redb::Error> {
    for old in rows {
        let mut table = txn.open_table(Definition::new(&old.table))?;
        match &old.row {
            Some(row) => drop(table.insert(old.key.as_slice(), row.as_slice())?),
            None => drop(table.remove(old.key.as_slice())?),
        }
    }
    Ok(())
}

pub(super) fn set_aside(db: &redb::Database, number: u64, prefix: &str) -> Result<(), redb::Error> {
    let txn = begin(db, number)?;
    for name in names(&txn, |name| !name.starts_with(RESERVED))? {
        let aside = format!("{prefix}{name}");
        txn.rename_table(Definition::new(&name), Definition::new(&aside))?;
    }
    Ok(txn.commit()?)
}

pub(super) fn restore_names(txn: &redb::WriteTransaction, prefix: &str) -> Result<(), redb::Error> {
    for aside in names(txn, |name| name.starts_with(prefix))? {
        let name = &aside[prefix.len()..];
        txn.rename_table(Definition::new(&aside), Definition::new(name))?;
    }
    Ok(())
}

/// Not numbered: undoing it is never wanted, and half of it is as good as none.
pub(super) fn empty_trash(db: &redb::Database) -> Result<(), redb::Error> {
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

pub(super) fn names(
    txn: &redb::WriteTransaction,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<String>, redb::Error> {
    let tables = txn.list_tables()?;
    let names = tables.map(|table| table.name().to_owned());
    Ok(names.filter(|name| wanted(name)).collect())
}
