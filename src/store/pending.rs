//! What a write, or all accepted writes of a batch, would change: typed rows by table, encoded records by table.

use super::disk::{Bytes, Kind, TableChanges};
use super::key::Key;
use super::range::{Bounds, Direction, walk};
use super::row::Row;
use super::table::{Table, encode_key};
use std::any::Any;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// A new row and its encoding; `None` is a removal.
pub(super) type Change<R> = Option<(Arc<R>, Bytes)>;

/// An encoded record that is to be; `None` is a removal.
pub(super) type Pending<'a> = (&'a Vec<u8>, Option<&'a Bytes>);

/// One layer of changes.
#[derive(Default)]
pub(super) struct Layer {
    tables: BTreeMap<usize, Box<dyn AnyRows>>,
    records: BTreeMap<usize, Encoded>,
    /// Encoded bytes put so far: bounds the size of a batch.
    pub size: usize,
}

/// The pending changes of one table of records.
pub(super) struct Encoded {
    table: Arc<str>,
    pub rows: BTreeMap<Vec<u8>, Option<Bytes>>,
}

impl Layer {
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.records.is_empty()
    }

    pub fn rows<K: Key, R: Row>(&self, table: &Table<K, R>) -> Option<&BTreeMap<K, Change<R>>> {
        let pending: &dyn Any = self.tables.get(&table.id())?.as_ref();
        pending.downcast_ref::<Rows<K, R>>().map(|rows| &rows.rows)
    }

    pub fn put<K: Key, R: Row>(&mut self, table: &Table<K, R>, key: K, change: Change<R>) {
        self.size += change.as_ref().map_or(1, |(_, bytes)| bytes.len());
        let new = || -> Box<dyn AnyRows> { Box::new(Rows::new(table.clone())) };
        let pending = self.tables.entry(table.id()).or_insert_with(new);
        let pending: &mut dyn Any = pending.as_mut();
        let rows = pending.downcast_mut::<Rows<K, R>>();
        let rows = rows.expect("a table's number stands for its types");
        rows.rows.insert(key, change);
    }

    pub fn records(&self, id: usize) -> Option<&BTreeMap<Vec<u8>, Option<Bytes>>> {
        self.records.get(&id).map(|encoded| &encoded.rows)
    }

    /// The pending records inside the bounds; `None` is a removal.
    pub fn records_between(
        &self,
        id: usize,
        bounds: &Bounds<Vec<u8>>,
        direction: Direction,
    ) -> Vec<Pending<'_>> {
        let rows = self.records(id).into_iter();
        let rows = rows.flat_map(|rows| walk(rows, bounds.clone(), direction));
        rows.map(|(key, row)| (key, row.as_ref())).collect()
    }

    pub fn put_record(&mut self, place: (usize, &Arc<str>), key: Vec<u8>, value: Option<Bytes>) {
        let (id, table) = place;
        self.size += key.len() + value.as_ref().map_or(0, |value| value.len());
        let new = || Encoded {
            table: table.clone(),
            rows: BTreeMap::new(),
        };
        let encoded = self.records.entry(id).or_insert_with(new);
        encoded.rows.insert(key, value);
    }

    /// Lays `newer` over this one.
    pub fn absorb(&mut self, newer: Layer) {
        self.size += newer.size;
        for (id, rows) in newer.tables {
            match self.tables.entry(id) {
                Entry::Vacant(place) => drop(place.insert(rows)),
                Entry::Occupied(mut place) => place.get_mut().absorb(rows),
            }
        }
        for (id, encoded) in newer.records {
            match self.records.entry(id) {
                Entry::Vacant(place) => drop(place.insert(encoded)),
                Entry::Occupied(mut place) => place.get_mut().rows.extend(encoded.rows),
            }
        }
    }

    pub fn changes(&self) -> Vec<TableChanges> {
        let tables = self.tables.values().map(|rows| rows.changes());
        let records = self.records.values().map(Encoded::changes);
        tables.chain(records).collect()
    }

    /// Shows the live rows to readers, table by table as they were declared; the layer must be durable. Who waits for changes of one
    /// table is woken when all are shown.
    pub fn publish(mut self) {
        for rows in self.tables.values_mut() {
            rows.publish();
        }
        for rows in self.tables.values() {
            rows.tell();
        }
    }
}

impl Encoded {
    fn changes(&self) -> TableChanges {
        let rows = self.rows.iter();
        TableChanges {
            table: self.table.clone(),
            kind: Kind::Record,
            rows: rows.map(|(k, v)| (k.clone(), v.clone())).collect(),
        }
    }
}

/// The pending changes of one live table, its types forgotten.
trait AnyRows: Any + Send {
    fn absorb(&mut self, newer: Box<dyn AnyRows>);
    fn changes(&self) -> TableChanges;
    /// Leaves nothing behind.
    fn publish(&mut self);
    fn tell(&self);
}

struct Rows<K, R> {
    table: Table<K, R>,
    rows: BTreeMap<K, Change<R>>,
}

impl<K: Key, R: Row> Rows<K, R> {
    fn new(table: Table<K, R>) -> Self {
        Self {
            table,
            rows: BTreeMap::new(),
        }
    }
}

impl<K: Key, R: Row> AnyRows for Rows<K, R> {
    fn absorb(&mut self, newer: Box<dyn AnyRows>) {
        let newer: Box<dyn Any> = newer;
        let newer = newer.downcast::<Self>();
        let newer = newer.expect("a table's number stands for its types");
        self.rows.extend(newer.rows);
    }

    fn changes(&self) -> TableChanges {
        let keys = self.rows.keys().map(encode_key);
        let values = self.rows.values();
        let values = values.map(|change| change.as_ref().map(|(_, bytes)| bytes.clone()));
        TableChanges {
            table: self.table.name().clone(),
            kind: Kind::Live,
            rows: keys.zip(values).collect(),
        }
    }

    fn publish(&mut self) {
        let rows = std::mem::take(&mut self.rows).into_iter();
        let rows = rows.map(|(key, change)| (key, change.map(|(row, _)| row)));
        self.table.publish(rows);
    }

    fn tell(&self) {
        self.table.tell();
    }
}
