//! Disks that fill up: at every single call that writes, the batch is refused whole, nothing changes, and life goes on afterwards.

use super::*;
use crate::store::faults::Faults;
use std::sync::mpsc;

fn open_faulty(location: &Location, faults: &Faults) -> Result<World, StoreError> {
    open_moving_at(location, faults, usize::MAX)
}

pub(super) fn open_moving_at(
    location: &Location,
    faults: &Faults,
    bytes: usize,
) -> Result<World, StoreError> {
    let mut b = Builder::new().with_faults(faults.clone()).moving_at(bytes);
    let world = declare(&mut b);
    b.open(location.clone()).map(world)
}

type Everything = (Vec<(String, u64)>, Vec<(u64, String)>, Vec<String>);

fn everything(w: &World) -> Everything {
    let people = w.people.range(.., Direction::Forward, 99);
    let people = people.into_iter().map(|(name, row)| (name, row.age));
    let events = w.events.range(.., Direction::Forward, 99).unwrap();
    (
        people.collect(),
        w.by_age.range(.., Direction::Forward, 99),
        events.into_iter().map(|event| event.1).collect(),
    )
}

/// Adds, replaces and removes rows and records.
async fn change(w: &World, age: u64) -> Result<(), WriteError<String>> {
    let (people, events) = (w.people.clone(), w.events.clone());
    let write = w.store.write(move |tx| {
        tx.put(&people, "ada".into(), person("ada", age));
        tx.put(&people, format!("new {age}"), person("new", age));
        tx.remove(&people, &"bob".into());
        tx.put_record(&events, ("a".into(), 1), age.to_string());
        tx.put_record(&events, ("a".into(), age), "added".into());
        tx.remove_record(&events, &("a".into(), 2));
        Ok(())
    });
    write.await
}

async fn fill(w: &World) {
    w.put("ada", 1).await.unwrap();
    w.put("bob", 2).await.unwrap();
    let events = w.events.clone();
    let write = w.store.write(move |tx| {
        tx.put_record(&events, ("a".into(), 1), "one".into());
        tx.put_record(&events, ("a".into(), 2), "two".into());
        Ok::<_, ()>(())
    });
    write.await.unwrap();
}

pub(super) fn is_full(error: &StoreError) -> bool {
    matches!(error, StoreError::Disk { cause, .. } if cause.contains("No space left on device"))
}

#[tokio::test]
async fn a_disk_that_fills_up_at_any_call_refuses_the_write_and_keeps_the_rest() {
    let mut refused = 0;
    for calls in 0.. {
        let (_folder, location) = folder();
        let faults = Faults::none();
        let w = open_faulty(&location, &faults).unwrap();
        fill(&w).await;
        let before = everything(&w);
        faults.fail_after(calls);
        let answer = change(&w, 50).await;
        let Err(error) = answer else {
            assert_eq!(w.age("ada"), Some(50));
            break;
        };
        refused += 1;
        assert!(
            error.fold(|_| false, |e| is_full(&e)),
            "after {calls} calls"
        );
        // Live rows stay readable while the disk is full; so do records once the file can be opened again.
        assert_eq!(w.people.len(), 2);
        let again = change(&w, 60).await;
        assert!(again.is_err(), "still full after {calls} calls");
        faults.repair();
        assert_eq!(everything(&w), before, "after {calls} calls");
        w.put("cyd", 3).await.unwrap();
        let after = everything(&w);
        w.store.close().await;
        let w = open(location).unwrap();
        assert_eq!(everything(&w), after, "reopened after {calls} calls");
    }
    assert_eq!(refused, 2, "the journal is written and synced");
}

#[tokio::test]
async fn the_next_read_settles_what_a_failed_commit_left_behind() {
    for calls in 0.. {
        let (_folder, location) = folder();
        let faults = Faults::none();
        let w = open_faulty(&location, &faults).unwrap();
        fill(&w).await;
        faults.fail_after(calls);
        if change(&w, 50).await.is_ok() {
            break;
        }
        faults.repair();
        // Repaired before anything else was written: reading is enough to settle what the failed commit left behind.
        let before = everything(&w);
        drop(w);
        assert_eq!(everything(&open(location).unwrap()), before);
    }
}

#[tokio::test]
async fn a_reset_on_a_full_disk_keeps_everything() {
    let mut refused = 0;
    for calls in 0.. {
        let (_folder, location) = folder();
        let faults = Faults::none();
        let w = open_faulty(&location, &faults).unwrap();
        fill(&w).await;
        let before = everything(&w);
        faults.fail_after(calls);
        if w.store.reset().await.is_ok() {
            // Setting aside is durable; what could not be removed goes at the next start.
            faults.repair();
            assert_eq!(everything(&w), Everything::default());
            w.put("cyd", 3).await.unwrap();
            w.store.close().await;
            assert_eq!(open(location).unwrap().people.len(), 1);
            break;
        }
        refused += 1;
        faults.repair();
        assert_eq!(everything(&w), before, "after {calls} calls");
        w.store.close().await;
        assert_eq!(everything(&open(location).unwrap()), before);
    }
    assert!(refused >= 3);
}

#[tokio::test]
async fn a_failed_commit_fails_its_whole_batch_and_only_that() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    let w = open_faulty(&location, &faults).unwrap();
    w.put("ada", 1).await.unwrap();
    let (go, wait) = mpsc::channel::<()>();
    let held = w.store.write(move |_| wait.recv().map_err(|_| ()));
    let first = w.put("bob", 2);
    let people = w.people.clone();
    // Refused because of a row that will not come to be: the refusal would be a lie.
    let second = w
        .store
        .write(move |tx| match tx.contains(&people, &"bob".into()) {
            true => Err("taken"),
            false => Ok(()),
        });
    let panicking = w
        .store
        .write(|_| -> Result<(), ()> { panic!("on purpose") });
    let release = async {
        faults.fail_after(0);
        go.send(()).unwrap();
    };
    let (held, first, second, panicking, ()) =
        tokio::join!(held, first, second, panicking, release);
    // The held write changed nothing, but it was in the batch.
    let failed = |error: WriteError<_>| error.fold(|_| false, |e| is_full(&e));
    assert!(held.is_err());
    assert!(first.is_err());
    assert!(failed(second.unwrap_err()));
    let own = StoreError::Panicked("on purpose".into());
    assert_eq!(panicking, Err(WriteError::Storage(own)));
    faults.repair();
    w.put("cyd", 3).await.unwrap();
    assert_eq!((w.age("bob"), w.age("cyd")), (None, Some(3)));
}

#[tokio::test]
async fn a_full_disk_at_the_start_is_a_clear_error() {
    let (_folder, location) = folder();
    let faults = Faults::none();
    faults.fail_after(1);
    let error = open_faulty(&location, &faults).err().unwrap();
    assert!(is_full(&error), "{error}");
    assert!(error.to_string().contains("slipway.redb cannot be made"));
    faults.repair();
    open_faulty(&location, &faults).unwrap();
}
