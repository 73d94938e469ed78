//! Reading rows of one table.

use super::file::Definition;
use crate::store::disk::Entry;
use crate::store::range::Bounds;
use redb::{ReadableDatabase, ReadableTable, TableError};

pub(super) type ReadTable = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;

/// `None`: nothing was ever written to it.
pub(super) fn open_table(
    db: &redb::Database,
    name: &str,
) -> Result<Option<ReadTable>, redb::Error> {
    match db.begin_read()?.open_table(Definition::new(name)) {
        Ok(table) => Ok(Some(table)),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) type Rows<'a> = redb::Range<'a, &'static [u8], &'static [u8]>;
pub(super) type Guard<'a> = redb::AccessGuard<'a, &'static [u8]>;

pub(super) fn rows_between<'a>(
    table: &'a ReadTable,
    bounds: &Bounds<Vec<u8>>,
) -> Result<Rows<'a>, redb::Error> {
    let start = bounds.0.as_ref().map(Vec::as_slice);
    let end = bounds.1.as_ref().map(Vec::as_slice);
    Ok(ReadableTable::range::<&[u8]>(table, (start, end))?)
}

pub(super) fn copied(
    row: Result<(Guard<'_>, Guard<'_>), redb::StorageError>,
) -> Result<Entry, redb::Error> {
    let (key, row) = row?;
    Ok((key.value().to_vec(), row.value().to_vec()))
}
