//! Tests of the store. A write that was answered is there, one that was refused is not: in memory, on disk, after any crash.

mod basics;
mod crash;
mod damage;
mod divided;
mod full;
mod journal;
mod model;
mod queue;

use super::*;
use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub name: String,
    pub age: u64,
}

pub(super) fn person(name: &str, age: u64) -> Person {
    Person {
        name: name.to_owned(),
        age,
    }
}

/// A store with one of everything.
pub(super) struct World {
    pub people: Table<String, Person>,
    pub by_age: Index<u64, String>,
    pub counters: Table<u64, u64>,
    pub events: Records<(String, u64), String>,
    pub store: Store,
}

pub(super) fn declare(b: &mut Builder) -> impl FnOnce(Store) -> World + use<> {
    let people = b.table("people");
    let by_age = b.index(&people, |_: &String, row: &Person| vec![row.age]);
    let counters = b.table("counters");
    let events = b.records("events");
    move |store| World {
        people,
        by_age,
        counters,
        events,
        store,
    }
}

/// Rows move from the journal to the database all the time.
pub(super) fn open(location: Location) -> Result<World, StoreError> {
    let mut b = Builder::new().moving_at(150);
    let world = declare(&mut b);
    b.open(location).map(world)
}

pub(super) fn folder() -> (TempDir, Location) {
    let folder = TempDir::new().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    (folder, Location::Folder(path))
}

impl World {
    pub async fn put(&self, name: &str, age: u64) -> Result<(), WriteError<String>> {
        let (people, row) = (self.people.clone(), person(name, age));
        self.store
            .write(move |tx| {
                tx.put(&people, row.name.clone(), row);
                Ok(())
            })
            .await
    }

    pub fn age(&self, name: &str) -> Option<u64> {
        self.people.get(&name.to_owned()).map(|row| row.age)
    }
}
