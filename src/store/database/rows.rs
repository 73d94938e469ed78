//! Reading rows of one table.

use super::file::Definition;
use crate::store::disk::Entry;
use crate::store::range::{Bounds, Direction, is_empty, overlaid};
use redb::{ReadableTable, TableError};

pub(super) type ReadTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;

/// `None`: nothing was ever moved to it.
pub(super) fn open_table(
    txn: &redb::ReadTransaction,
    name: &str,
) -> Result<Option<ReadTable>, redb::Error> {
    match txn.open_table(Definition::new(name)) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

type Guard<'a> = redb::AccessGuard<'a, &'static [u8]>;
type Found<'a> = Result<(Guard<'a>, Guard<'a>), redb::StorageError>;

/// The rows of a table inside the bounds, each as `copy` makes it, with `over` laid over them; `collect` takes what it wants.
pub(super) fn merged<V, T>(
    table: Option<&ReadTable>,
    bounds: &Bounds<Vec<u8>>,
    direction: Direction,
    copy: impl Fn(Found<'_>) -> Result<(Vec<u8>, V), redb::Error>,
    over: impl Iterator<Item = (Vec<u8>, Option<V>)>,
    collect: impl FnOnce(&mut dyn Iterator<Item = (Vec<u8>, V)>) -> T,
) -> Result<T, redb::Error> {
    let mut failure = None;
    let found = match table.filter(|_| !is_empty(bounds)) {
        None => None,
        Some(table) => {
            let start = bounds.0.as_ref().map(Vec::as_slice);
            let end = bounds.1.as_ref().map(Vec::as_slice);
            Some(ReadableTable::range::<&[u8]>(table, (start, end))?)
        }
    };
    let mut found = found.into_iter().flatten();
    let next = || match direction {
        Direction::Forward => found.next(),
        Direction::Backward => found.next_back(),
    };
    let below = std::iter::from_fn(next).map_while(|row| {
        let row = copy(row);
        row.map_err(|error| failure = Some(error)).ok()
    });
    let taken = collect(&mut overlaid(below, over, direction));
    failure.map_or(Ok(taken), Err)
}

pub(super) fn copied(row: Found<'_>) -> Result<Entry, redb::Error> {
    let (key, row) = row?;
    Ok((key.value().to_vec(), row.value().to_vec()))
}

pub(super) fn key_only(row: Found<'_>) -> Result<(Vec<u8>, ()), redb::Error> {
    Ok((row?.0.value().to_vec(), ()))
}
