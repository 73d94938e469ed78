//! What stands in the journal and not in the database: it is read, it survives, it is moved, and it never grows without an end.

use super::full::{is_full, open_moving_at};
use super::*;
use crate::store::database::{plant, planted};
use crate::store::faults::Faults;
use std::collections::BTreeMap;

const SEGMENTS: [&str; 2] = ["slipway.journal.0", "slipway.journal.1"];

fn path(location: &Location) -> &camino::Utf8Path {
    match location {
        Location::Folder(path) => path,
        Location::Memory => panic!("not a folder"),
    }
}

async fn add(w: &World, number: u64) -> Result<(), WriteError<()>> {
    let (counters, events) = (w.counters.clone(), w.events.clone());
    let write = w.store.write(move |tx| {
        tx.put(&counters, number % 7, number);
        tx.put_record(&events, ("a".into(), number), number.to_string());
        Ok(())
    });
    write.await
}

type Seen = (BTreeMap<u64, u64>, Vec<u64>);

fn seen(w: &World) -> Seen {
    let counters = w.counters.range(.., Direction::Forward, 99).into_iter();
    let events = w.events.range(.., Direction::Forward, usize::MAX).unwrap();
    (
        counters.map(|(key, row)| (key, *row)).collect(),
        events.into_iter().map(|((_, number), _)| number).collect(),
    )
}

fn expected(numbers: impl Iterator<Item = u64>) -> Seen {
    let numbers: Vec<u64> = numbers.collect();
    let counters = numbers.iter().map(|number| (number % 7, *number));
    (counters.collect(), numbers)
}

/// What another server finds when the one that has the folder dies now.
fn after_death(location: &Location) -> Result<World, StoreError> {
    let (folder, copy) = folder();
    for name in SEGMENTS.iter().chain(&["slipway.redb"]) {
        std::fs::copy(path(location).join(name), folder.path().join(name)).unwrap();
    }
    let w = open(copy);
    // The files are open; their names are not needed any more.
    drop(folder);
    w
}

#[tokio::test]
async fn what_was_never_moved_is_read_and_survives() {
    let (_folder, location) = folder();
    let w = open_moving_at(&location, &Faults::none(), usize::MAX).unwrap();
    for number in 1..=50 {
        add(&w, number).await.unwrap();
    }
    assert_eq!(seen(&w), expected(1..=50));
    assert_eq!(seen(&after_death(&location).unwrap()), expected(1..=50));
    w.store.close().await;
    assert_eq!(seen(&open(location).unwrap()), expected(1..=50));
}

#[tokio::test]
async fn a_closed_store_has_everything_in_its_database() {
    let (_folder, location) = folder();
    let w = open_moving_at(&location, &Faults::none(), usize::MAX).unwrap();
    add(&w, 1).await.unwrap();
    w.store.close().await;
    for name in SEGMENTS {
        std::fs::remove_file(path(&location).join(name)).unwrap();
    }
    assert_eq!(seen(&open(location).unwrap()), expected(1..=1));
}

#[tokio::test]
async fn rows_that_cannot_be_moved_wait_and_then_writes_are_refused() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    let w = open_moving_at(&location, &faults, 400).unwrap();
    add(&w, 1).await.unwrap();
    faults.fail_moves();
    let mut last = 1;
    let refused = loop {
        match add(&w, last + 1).await {
            Ok(()) => last += 1,
            Err(refused) => break refused,
        }
        assert!(last < 1_000, "the journal grows without an end");
    };
    assert!(refused.fold(|()| false, |error| is_full(&error)));
    assert!(last > 20, "there was room in the journal");
    assert!(add(&w, last + 1).await.is_err(), "the disk is still full");
    assert_eq!(seen(&after_death(&location).unwrap()), expected(1..=last));
    faults.repair();
    assert_eq!(seen(&w), expected(1..=last));
    for number in last + 1..=last + 50 {
        add(&w, number).await.unwrap();
    }
    assert_eq!(seen(&w), expected(1..=last + 50));
    w.store.close().await;
    assert_eq!(seen(&open(location).unwrap()), expected(1..=last + 50));
}

#[tokio::test]
async fn a_store_that_is_closed_on_a_full_disk_loses_nothing() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    let w = open_moving_at(&location, &faults, 400).unwrap();
    for number in 1..=10 {
        add(&w, number).await.unwrap();
    }
    faults.fail_moves();
    w.store.close().await;
    drop(w);
    // Moved at the start, which needs the disk.
    assert!(is_full(
        &open_moving_at(&location, &faults, 400).err().unwrap()
    ));
    faults.repair();
    assert_eq!(seen(&open(location).unwrap()), expected(1..=10));
}

#[tokio::test]
async fn a_reset_forgets_what_could_not_be_moved() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    let w = open_moving_at(&location, &faults, 400).unwrap();
    faults.fail_moves();
    for number in 1..=20 {
        add(&w, number).await.unwrap();
    }
    assert!(w.store.reset().await.is_err());
    faults.repair();
    assert_eq!(seen(&w), expected(1..=20));
    w.store.reset().await.unwrap();
    assert_eq!(seen(&w), Seen::default());
    assert_eq!(seen(&after_death(&location).unwrap()), Seen::default());
    for number in 1..=20 {
        add(&w, number).await.unwrap();
    }
    assert_eq!(seen(&after_death(&location).unwrap()), expected(1..=20));
}

/// Where the last entry ends: behind it the file has zeros.
fn end_of(segment: &[u8]) -> usize {
    segment.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

#[tokio::test]
async fn an_entry_that_is_cut_off_is_none() {
    let (_folder, location) = folder();
    let w = open_moving_at(&location, &Faults::none(), usize::MAX).unwrap();
    let mut ends = Vec::new();
    for number in 1..=3 {
        add(&w, number).await.unwrap();
        ends.push(end_of(
            &std::fs::read(path(&location).join(SEGMENTS[0])).unwrap(),
        ));
    }
    assert!(ends[1] + 50 < ends[2], "an entry has its length: {ends:?}");
    let (folder, copy) = folder();
    for cut in ends[1]..ends[2] {
        for name in SEGMENTS.iter().chain(&["slipway.redb"]) {
            std::fs::copy(path(&location).join(name), folder.path().join(name)).unwrap();
        }
        let segment = folder.path().join(SEGMENTS[0]);
        let mut bytes = std::fs::read(&segment).unwrap();
        bytes[cut..].fill(0);
        std::fs::write(&segment, bytes).unwrap();
        let cut = open(copy.clone()).unwrap();
        assert_eq!(seen(&cut), expected(1..=2));
        cut.store.close().await;
    }
}

#[tokio::test]
async fn a_damaged_entry_with_others_behind_it_is_an_error() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    let w = open_moving_at(&location, &faults, 300).unwrap();
    faults.fail_moves();
    // The first segment is full and waits to be moved; the second one has entries too.
    for number in 1..=20 {
        add(&w, number).await.unwrap();
    }
    let file = path(&location).join(SEGMENTS[0]);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = end_of(&bytes) / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let error = after_death(&location).err().unwrap().to_string();
    assert!(error.contains("of its entries, those from "), "{error}");
}

#[tokio::test]
async fn a_folder_of_the_form_without_a_journal_is_taken_over() {
    let (_folder, location) = folder();
    let w = open(location.clone()).unwrap();
    w.put("ada", 36).await.unwrap();
    w.store.close().await;
    for name in SEGMENTS {
        std::fs::remove_file(path(&location).join(name)).unwrap();
    }
    let (meta, format) = ("slipway.meta", b"format");
    plant(path(&location), meta, format, &1_u64.to_be_bytes());
    let w = open(location.clone()).unwrap();
    assert_eq!(w.age("ada"), Some(36));
    w.put("bob", 1).await.unwrap();
    w.store.close().await;
    // A program that knows no journal leaves it alone from now on.
    let found = planted(path(&location), meta, format);
    assert_eq!(found.as_deref(), Some(2_u64.to_be_bytes().as_slice()));
    let w = open(location).unwrap();
    assert_eq!((w.age("ada"), w.age("bob")), (Some(36), Some(1)));
}
