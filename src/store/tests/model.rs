//! The store against a plain ordered map: same answers for any sequence of writes, refusals, listings and restarts.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::ops::Bound;

/// What one write does.
#[derive(Clone, Debug)]
enum Change {
    Put(String, u64),
    Remove(String),
    PutEvent(String, u64),
    RemoveEvent(String, u64),
    /// The first so many from here on.
    RemoveEvents(String, usize),
}

#[derive(Clone, Debug)]
enum Act {
    Write(Vec<Change>, bool),
    /// Queued together, so that most of them share a batch.
    Together(Vec<(Vec<Change>, bool)>),
    List(Bound<String>, Bound<String>, bool, usize),
    Reopen,
    /// The server dies: what the folder holds then is another server's.
    Die,
    Reset,
}

/// Few, so that they meet; with zero bytes and prefixes, as these are what an encoding gets wrong.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "a\0", "a\0b", "ab", "b", "é", "\u{10FFFF}"])
        .prop_map(str::to_owned)
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        4 => (name(), 0..4_u64).prop_map(|(n, a)| Change::Put(n, a)),
        2 => name().prop_map(Change::Remove),
        4 => (name(), 0..4_u64).prop_map(|(n, k)| Change::PutEvent(n, k)),
        1 => (name(), 0..4_u64).prop_map(|(n, k)| Change::RemoveEvent(n, k)),
        1 => (name(), 0..4_usize).prop_map(|(n, l)| Change::RemoveEvents(n, l)),
    ]
}

fn write() -> impl Strategy<Value = (Vec<Change>, bool)> {
    (
        prop::collection::vec(change(), 0..5),
        prop::bool::weighted(0.8),
    )
}

fn bound() -> impl Strategy<Value = Bound<String>> {
    prop_oneof![
        name().prop_map(Bound::Included),
        name().prop_map(Bound::Excluded),
        Just(Bound::Unbounded),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => write().prop_map(|(changes, keep)| Act::Write(changes, keep)),
        3 => prop::collection::vec(write(), 2..6).prop_map(Act::Together),
        4 => (bound(), bound(), any::<bool>(), 0..5_usize).prop_map(|(s, e, f, l)| Act::List(s, e, f, l)),
        1 => Just(Act::Reopen),
        2 => Just(Act::Die),
        1 => prop::bool::weighted(0.2).prop_map(|reset| if reset { Act::Reset } else { Act::Reopen }),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    people: BTreeMap<String, u64>,
    events: BTreeMap<(String, u64), String>,
}

type Seen = (Vec<(String, u64)>, Vec<((String, u64), String)>);

impl Model {
    fn apply(&mut self, change: &Change) {
        match change.clone() {
            Change::Put(name, age) => drop(self.people.insert(name, age)),
            Change::Remove(name) => drop(self.people.remove(&name)),
            Change::PutEvent(n, k) => drop(self.events.insert((n.clone(), k), n)),
            Change::RemoveEvent(n, k) => drop(self.events.remove(&(n, k))),
            Change::RemoveEvents(n, limit) => {
                let keys = self.events.range((n, 0)..).take(limit);
                let keys: Vec<_> = keys.map(|(key, _)| key.clone()).collect();
                keys.iter().for_each(|key| drop(self.events.remove(key)));
            }
        }
    }

    fn seen(&self) -> Seen {
        let people = self.people.iter().map(|(k, v)| (k.clone(), *v));
        let events = self.events.iter().map(|(k, v)| (k.clone(), v.clone()));
        (people.collect(), events.collect())
    }
}

/// Runs one write's changes; answers with what the write saw at its end.
fn run(
    w: &World,
    changes: Vec<Change>,
    keep: bool,
) -> impl Future<Output = Result<Seen, WriteError<Seen>>> + use<> {
    let (people, events, store) = (w.people.clone(), w.events.clone(), w.store.clone());
    let function = move |tx: &mut Txn| {
        for change in changes {
            match change {
                Change::Put(name, age) => tx.put(&people, name, person("", age)),
                Change::Remove(name) => drop(tx.remove(&people, &name)),
                Change::PutEvent(n, k) => tx.put_record(&events, (n.clone(), k), n),
                Change::RemoveEvent(n, k) => tx.remove_record(&events, &(n, k)),
                Change::RemoveEvents(n, limit) => {
                    tx.remove_records(&events, (n, 0).., limit);
                }
            }
        }
        let rows = tx.range(&people, .., Direction::Forward, 99);
        let rows = rows
            .into_iter()
            .map(|(name, row)| (name, row.age))
            .collect();
        let events = tx.range_records(&events, .., Direction::Forward, 99);
        if keep {
            Ok((rows, events))
        } else {
            Err((rows, events))
        }
    };
    async move { store.write(function).await }
}

/// What the write must have seen, and what it leaves.
fn expect(model: &mut Model, changes: &[Change], keep: bool) -> Result<Seen, WriteError<Seen>> {
    let mut next = model.clone();
    changes.iter().for_each(|change| next.apply(change));
    let seen = next.seen();
    match keep {
        true => {
            *model = next;
            Ok(seen)
        }
        false => Err(WriteError::Refused(seen)),
    }
}

fn check(w: &World, model: &Model) {
    let rows = w.people.range(.., Direction::Forward, 99);
    let rows = rows.into_iter().map(|(name, row)| (name, row.age));
    let events = w.events.range(.., Direction::Forward, 99).unwrap();
    assert_eq!((rows.collect(), events), model.seen());
    for (name, age) in &model.people {
        assert_eq!(w.age(name), Some(*age));
    }
    let mut by_age: Vec<_> = model.people.iter().map(|(n, a)| (*a, n.clone())).collect();
    by_age.sort();
    assert_eq!(w.by_age.range(.., Direction::Forward, 99), by_age);
    assert_eq!(w.people.len(), model.people.len());
}

fn listed<K: Ord + Clone, V: Clone>(
    map: &BTreeMap<K, V>,
    range: (Bound<K>, Bound<K>),
    direction: Direction,
    limit: usize,
) -> Vec<(K, V)> {
    let inside = |key: &&K| std::ops::RangeBounds::contains(&range, *key);
    let mut keys: Vec<_> = map.keys().filter(inside).cloned().collect();
    if direction == Direction::Backward {
        keys.reverse();
    }
    keys.truncate(limit);
    keys.into_iter()
        .map(|key| (key.clone(), map[&key].clone()))
        .collect()
}

fn check_listing(
    w: &World,
    model: &Model,
    start: Bound<String>,
    end: Bound<String>,
    direction: Direction,
    limit: usize,
) {
    let range = (start.clone(), end.clone());
    let rows = w.people.range(range.clone(), direction, limit);
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(name, row)| (name, row.age))
        .collect();
    assert_eq!(rows, listed(&model.people, range, direction, limit));
    let at = |bound: Bound<String>| bound.map(|name| (name, 2));
    let range = (at(start), at(end));
    let events = w.events.range(range.clone(), direction, limit).unwrap();
    assert_eq!(events, listed(&model.events, range, direction, limit));
}

async fn play(location: Location, acts: Vec<Act>) {
    let (mut folders, mut location) = (Vec::new(), location);
    let mut w = open(location.clone()).unwrap();
    let mut model = Model::default();
    for act in acts {
        match act {
            Act::Write(changes, keep) => {
                let expected = expect(&mut model, &changes, keep);
                assert_eq!(run(&w, changes, keep).await, expected);
            }
            Act::Together(writes) => {
                let expected: Vec<_> = writes
                    .iter()
                    .map(|(c, k)| expect(&mut model, c, *k))
                    .collect();
                let all = writes
                    .into_iter()
                    .map(|(changes, keep)| run(&w, changes, keep));
                assert_eq!(futures::future::join_all(all).await, expected);
            }
            Act::List(start, end, forward, limit) => {
                let direction = if forward {
                    Direction::Forward
                } else {
                    Direction::Backward
                };
                check_listing(&w, &model, start, end, direction, limit);
            }
            Act::Reset => {
                w.store.reset().await.unwrap();
                model = Model::default();
            }
            Act::Reopen | Act::Die if location == Location::Memory => {}
            Act::Reopen => {
                w.store.close().await;
                w = open(location.clone()).unwrap();
            }
            Act::Die => {
                let (folder, copy) = copied(&location);
                location = copy;
                w = open(location.clone()).unwrap();
                folders.push(folder);
            }
        }
        check(&w, &model);
    }
}

/// The folder as it is now, while the store works.
fn copied(location: &Location) -> (TempDir, Location) {
    let Location::Folder(from) = location else {
        panic!("a folder");
    };
    let (folder, copy) = folder();
    // The journal first: what is moved in between is in both.
    for name in ["slipway.journal.0", "slipway.journal.1", "slipway.redb"] {
        std::fs::copy(from.join(name), folder.path().join(name)).unwrap();
    }
    (folder, copy)
}

fn block_on(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_store_in_memory_answers_as_an_ordered_map(acts in prop::collection::vec(act(), 1..40)) {
        block_on(play(Location::Memory, acts));
    }

    #[test]
    fn a_store_in_a_folder_answers_as_an_ordered_map(acts in prop::collection::vec(act(), 1..20)) {
        let (_folder, location) = folder();
        block_on(play(location, acts));
    }

    #[test]
    fn keys_sort_on_disk_as_in_memory(a in key(), b in key()) {
        let (left, right) = (encoded(&a), encoded(&b));
        prop_assert_eq!(left.cmp(&right), a.cmp(&b));
        let mut rest = left.as_slice();
        prop_assert_eq!(AnyKey::decode(&mut rest), Some(a));
        prop_assert!(rest.is_empty());
    }

    #[test]
    fn bytes_that_are_no_key_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut rest = bytes.as_slice();
        if let Some(key) = AnyKey::decode(&mut rest) {
            let read = bytes.len() - rest.len();
            prop_assert_eq!(encoded(&key), &bytes[..read]);
        }
    }
}

type AnyKey = (String, u64, crate::aws::Time, u32);

fn key() -> impl Strategy<Value = AnyKey> {
    let text = prop_oneof![name(), ".{0,3}"];
    let time = any::<i64>().prop_map(crate::aws::Time::from_millis);
    (text, 0..3_u64, time, any::<u32>())
}

fn encoded(key: &AnyKey) -> Vec<u8> {
    let mut bytes = Vec::new();
    key.encode(&mut bytes);
    bytes
}
