//! The disk of `Location::Memory`: records in ordered maps, live rows nowhere but in their tables.

use super::StoreError;
use super::disk::{Disk, Entry, Kind, Limit, TableChanges, Visit};
use super::range::{Bounds, Direction, walk};
use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

type Map = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Default)]
pub(super) struct Volatile {
    tables: RwLock<HashMap<String, Map>>,
}

impl Volatile {
    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Map>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Map>> {
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk for Volatile {
    fn get(&self, table: &str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.read().get(table).and_then(|map| map.get(key).cloned()))
    }

    fn range(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
        limit: Limit,
    ) -> Result<Vec<Entry>, StoreError> {
        let tables = self.read();
        let Some(map) = tables.get(table) else {
            return Ok(Vec::new());
        };
        let entries = walk(map, bounds.clone(), direction);
        Ok(limit.collect(entries.map(|(key, row)| (key.clone(), row.clone()))))
    }

    fn keys(
        &self,
        table: &str,
        bounds: &Bounds<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let tables = self.read();
        let Some(map) = tables.get(table) else {
            return Ok(Vec::new());
        };
        let entries = walk(map, bounds.clone(), Direction::Forward).take(limit);
        Ok(entries.map(|(key, _)| key.clone()).collect())
    }

    fn load(&self, _table: &str, _visit: &mut Visit<'_>) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(&self, changes: Vec<TableChanges>) -> Result<(), StoreError> {
        let mut tables = self.write();
        for change in changes.into_iter().filter(|c| c.kind == Kind::Record) {
            let map = tables.entry(change.table.as_ref().to_owned()).or_default();
            for (key, value) in change.rows {
                match value {
                    Some(value) => drop(map.insert(key, value.to_vec())),
                    None => drop(map.remove(&key)),
                }
            }
        }
        Ok(())
    }

    fn reset(&self) -> Result<(), StoreError> {
        self.write().clear();
        Ok(())
    }

    fn close(&self) {}
}
