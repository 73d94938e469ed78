//! What every user of the store relies on, in memory and on disk.

use super::*;
use std::ops::Bound;
use std::sync::mpsc;

async fn everywhere<F: AsyncFn(World)>(check: F) {
    check(open(Location::Memory).unwrap()).await;
    let (_folder, location) = folder();
    check(open(location).unwrap()).await;
}

#[tokio::test]
async fn an_answered_write_is_visible() {
    everywhere(async |w| {
        w.put("ada", 36).await.unwrap();
        assert_eq!(w.age("ada"), Some(36));
        assert_eq!(w.by_age.range(36..=36, Direction::Forward, 9).len(), 1);
        w.put("ada", 37).await.unwrap();
        assert_eq!(w.by_age.range(36..=36, Direction::Forward, 9), []);
        assert_eq!(w.people.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_refused_write_changes_nothing() {
    everywhere(async |w| {
        let (people, events) = (w.people.clone(), w.events.clone());
        let write = w.store.write(move |tx| {
            tx.put(&people, "bob".into(), person("bob", 1));
            tx.put_record(&events, ("bob".into(), 1), "born".into());
            Err::<(), _>("no")
        });
        assert_eq!(write.await, Err(WriteError::Refused("no")));
        assert_eq!(w.age("bob"), None);
        assert_eq!(w.events.range(.., Direction::Forward, 9).unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_write_sees_its_own_changes_and_those_queued_before_it() {
    everywhere(async |w| {
        w.put("ada", 1).await.unwrap();
        let (go, wait) = mpsc::channel::<()>();
        // Holds the writer, so that the next two are one batch.
        let held = w.store.write(move |_| wait.recv().map_err(|_| ()));
        let people = w.people.clone();
        let first = w.store.write(move |tx| {
            tx.put(&people, "bob".into(), person("bob", 2));
            tx.remove(&people, &"ada".into());
            Ok::<_, ()>(())
        });
        let people = w.people.clone();
        let second = w.store.write(move |tx| {
            tx.put(&people, "cyd".into(), person("cyd", 3));
            let all = tx.range(&people, .., Direction::Backward, 9);
            let names = all.into_iter().map(|(name, _)| name);
            Ok::<Vec<_>, ()>(names.collect())
        });
        let release = async { go.send(()).unwrap() };
        let (_, _, names, ()) = tokio::join!(held, first, second, release);
        assert_eq!(names.unwrap(), ["cyd", "bob"]);
        assert_eq!(w.people.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_panic_refuses_its_own_write_only() {
    everywhere(async |w| {
        let people = w.people.clone();
        let broken = w.store.write(move |tx| -> Result<(), ()> {
            tx.put(&people, "bob".into(), person("bob", 1));
            panic!("on purpose")
        });
        let panicked = StoreError::Panicked("on purpose".into());
        assert_eq!(broken.await, Err(panicked.into()));
        w.put("ada", 1).await.unwrap();
        assert_eq!((w.age("bob"), w.age("ada")), (None, Some(1)));
    })
    .await;
}

#[tokio::test]
async fn an_index_function_that_panics_refuses_the_write() {
    let mut b = Builder::new();
    let table: Table<u64, u64> = b.table("t");
    let index: Index<u64, u64> = b.index(&table, |_, row| vec![100 / *row]);
    let store = b.open(Location::Memory).unwrap();
    let write = |row| {
        let table = table.clone();
        store.write(move |tx| {
            tx.put(&table, 1, row);
            Ok::<_, ()>(())
        })
    };
    assert!(matches!(
        write(0).await,
        Err(WriteError::Storage(StoreError::Panicked(_)))
    ));
    write(5).await.unwrap();
    assert_eq!(index.range(.., Direction::Forward, 9), [(20, 1)]);
}

#[tokio::test]
async fn a_row_that_json_cannot_hold_refuses_the_write() {
    let mut b = Builder::new();
    let table: Table<u64, std::collections::BTreeMap<Vec<u8>, u64>> = b.table("maps");
    let store = b.open(Location::Memory).unwrap();
    let t = table.clone();
    let write = store.write(move |tx| {
        tx.put(&t, 7, [(vec![1], 1)].into());
        Ok::<_, String>(())
    });
    let error = write.await.unwrap_err().to_string();
    assert!(error.starts_with("table maps: the row with key"), "{error}");
    assert!(error.contains("cannot be stored: key must be a string"));
    assert!(table.is_empty());
}

#[tokio::test]
async fn listings_go_both_ways_and_stop_at_their_limit() {
    everywhere(async |w| {
        for (name, age) in [("ada", 5), ("bob", 5), ("cyd", 6), ("dan", 4)] {
            w.put(name, age).await.unwrap();
        }
        let names = |rows: Vec<(String, _)>| rows.into_iter().map(|r| r.0).collect::<Vec<_>>();
        let from_b = "b".to_owned()..;
        let page = w.people.range(from_b.clone(), Direction::Forward, 2);
        assert_eq!(names(page), ["bob", "cyd"]);
        let page = w.people.range(from_b, Direction::Backward, 1);
        assert_eq!(names(page), ["dan"]);
        let empty = (Bound::Excluded("b".to_owned()), Bound::Excluded("b".into()));
        assert_eq!(names(w.people.range(empty, Direction::Forward, 9)), [""; 0]);

        let by_age = |range, direction, limit| w.by_age.range(range, direction, limit);
        let first = by_age(5..7, Direction::Forward, 1);
        assert_eq!(first, [(5, "ada".to_owned())]);
        let rest = w.by_age.range_after(5..7, &first[0], Direction::Forward, 9);
        assert_eq!(rest, [(5, "bob".to_owned()), (6, "cyd".to_owned())]);
        let last = by_age(0..6, Direction::Backward, 1);
        assert_eq!(last, [(5, "bob".to_owned())]);
        let rest = w.by_age.range_after(..6, &last[0], Direction::Backward, 9);
        assert_eq!(rest, [(5, "ada".to_owned()), (4, "dan".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn records_are_paged_by_range_both_ways() {
    everywhere(async |w| {
        let events = w.events.clone();
        let write = w.store.write(move |tx| {
            for number in 0..10 {
                tx.put_record(&events, ("a".into(), number), number.to_string());
                tx.put_record(&events, ("b".into(), number), "other".into());
            }
            Ok::<_, ()>(())
        });
        write.await.unwrap();
        let a = ("a".to_owned(), 3)..("b".to_owned(), 0);
        let texts = |direction, limit| {
            let rows = w.events.range(a.clone(), direction, limit).unwrap();
            rows.into_iter().map(|row| row.1).collect::<Vec<_>>()
        };
        assert_eq!(texts(Direction::Forward, 2), ["3", "4"]);
        assert_eq!(texts(Direction::Backward, 2), ["9", "8"]);
        // Each row is three bytes, such as "3" with its quotes.
        let bytes = |bytes| w.events.page(a.clone(), Direction::Forward, 9, bytes);
        assert_eq!(bytes(1).unwrap().len(), 1);
        assert_eq!(bytes(8).unwrap().len(), 2);
        assert_eq!(w.events.get(&("a".into(), 7)).unwrap(), Some("7".into()));
        assert_eq!(w.events.get(&("a".into(), 77)).unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_write_reads_and_removes_records_with_its_own_on_top() {
    everywhere(async |w| {
        let events = w.events.clone();
        let key = |number| ("a".to_owned(), number);
        let write = w.store.write(move |tx| {
            (0..6).for_each(|n| tx.put_record(&events, key(n), n.to_string()));
            Ok::<_, ()>(())
        });
        write.await.unwrap();
        let events = w.events.clone();
        let write = w.store.write(move |tx| {
            tx.remove_record(&events, &key(1));
            tx.put_record(&events, key(2), "two".into());
            assert_eq!(tx.get_record(&events, &key(1)), None);
            assert_eq!(tx.get_record(&events, &key(2)), Some("two".into()));
            let seen = tx.range_records(&events, .., Direction::Forward, 3);
            assert_eq!(tx.remove_records(&events, key(3).., 2), 2);
            Ok::<Vec<_>, ()>(seen.into_iter().map(|row| row.1).collect())
        });
        assert_eq!(write.await.unwrap(), ["0", "two", "3"]);
        let left = w.events.range(.., Direction::Forward, 9).unwrap();
        let left: Vec<_> = left.into_iter().map(|row| row.1).collect();
        assert_eq!(left, ["0", "two", "5"]);
    })
    .await;
}

#[tokio::test]
async fn reset_empties_everything_but_the_instance() {
    everywhere(async |w| {
        let instance = w.store.instance().to_owned();
        w.put("ada", 1).await.unwrap();
        let events = w.events.clone();
        let write = w.store.write(move |tx| {
            tx.put_record(&events, ("a".into(), 1), "x".into());
            Ok::<_, ()>(())
        });
        write.await.unwrap();
        w.store.reset().await.unwrap();
        assert!(w.people.is_empty() && w.by_age.range(.., Direction::Forward, 9).is_empty());
        assert_eq!(w.events.range(.., Direction::Forward, 9).unwrap(), []);
        w.put("bob", 2).await.unwrap();
        assert_eq!((w.age("ada"), w.age("bob")), (None, Some(2)));
        assert_eq!(w.store.instance(), instance);
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_refuses_writes_and_frees_its_folder() {
    let (_folder, location) = folder();
    let w = open(location.clone()).unwrap();
    let pending = w.put("ada", 1);
    pending.await.unwrap();
    w.store.close().await;
    let closed = Err(WriteError::Storage(StoreError::Closed));
    assert_eq!(w.put("bob", 1).await, closed);
    assert_eq!(w.events.get(&("a".into(), 1)), Err(StoreError::Closed));
    let again = open(location).unwrap();
    assert_eq!((again.age("ada"), again.age("bob")), (Some(1), None));
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let (_folder, location) = folder();
    let w = open(location.clone()).unwrap();
    let (people, counters, events) = (w.people.clone(), w.counters.clone(), w.events.clone());
    let write = w.store.write(move |tx| {
        tx.put(&people, "ada".into(), person("ada", 36));
        tx.put(&people, "bob".into(), person("bob", 1));
        tx.put(&counters, 1, 10);
        tx.put_record(&events, ("ada".into(), 1), "wrote".into());
        Ok::<_, ()>(())
    });
    write.await.unwrap();
    let people = w.people.clone();
    let write = w.store.write(move |tx| {
        tx.remove(&people, &"bob".into());
        Ok::<_, ()>(())
    });
    write.await.unwrap();
    let instance = w.store.instance().to_owned();
    // Every handle goes: the store finishes and frees its folder by itself.
    drop(w);

    let w = open(location).unwrap();
    assert_eq!((w.age("ada"), w.age("bob")), (Some(36), None));
    assert_eq!(w.counters.get(&1).as_deref(), Some(&10));
    let by_age = w.by_age.range(.., Direction::Forward, 9);
    assert_eq!(by_age, [(36, "ada".to_owned())]);
    let event = w.events.get(&("ada".into(), 1)).unwrap();
    assert_eq!(event.as_deref(), Some("wrote"));
    assert_eq!(w.store.instance(), instance);
}

#[tokio::test]
async fn memory_keeps_nothing_on_disk() {
    let w = open(Location::Memory).unwrap();
    w.put("ada", 1).await.unwrap();
    let folder = w.store.folder().to_owned();
    assert_eq!(folder.read_dir_utf8().unwrap().count(), 0);
    drop(w);
    assert!(!folder.exists());
}

#[test]
fn a_table_cannot_be_declared_twice_or_under_a_reserved_name() {
    let mut b = Builder::new();
    let _a: Table<u64, u64> = b.table("a");
    let _b: Records<u64, u64> = b.records("a");
    let error = b.open(Location::Memory).err();
    assert_eq!(error, Some(StoreError::Declaration("a".into())));
    let mut b = Builder::new();
    let _a: Table<u64, u64> = b.table("slipway.meta");
    assert!(b.open(Location::Memory).is_err());
}
