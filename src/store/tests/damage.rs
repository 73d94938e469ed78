//! Folders that cannot be opened: each says which one it is and what to do.

use super::*;
use crate::store::database::plant;

fn path(location: &Location) -> &camino::Utf8Path {
    match location {
        Location::Folder(path) => path,
        Location::Memory => panic!("not a folder"),
    }
}

async fn filled() -> (TempDir, Location) {
    let (folder, location) = folder();
    let w = open(location.clone()).unwrap();
    w.put("ada", 36).await.unwrap();
    w.store.close().await;
    (folder, location)
}

fn refusal(location: &Location) -> StoreError {
    open(location.clone()).err().expect("the folder is refused")
}

#[tokio::test]
async fn a_folder_is_held_by_one_store() {
    let (_folder, location) = folder();
    let _first = open(location.clone()).unwrap();
    let id = std::process::id();
    let expected = format!(
        "the data folder {} is in use by another slipway (process {id}); stop that one or choose another folder with --data-dir",
        path(&location)
    );
    assert_eq!(refusal(&location).to_string(), expected);
}

#[tokio::test]
async fn a_newer_format_is_refused_and_left_as_it_is() {
    let (_folder, location) = filled().await;
    plant(
        path(&location),
        "slipway.meta",
        b"format",
        &7_u64.to_be_bytes(),
    );
    let expected = StoreError::Newer {
        file: path(&location).join("slipway.redb"),
        found: 7,
        known: 2,
    };
    assert_eq!(refusal(&location), expected);
    plant(
        path(&location),
        "slipway.meta",
        b"format",
        &2_u64.to_be_bytes(),
    );
    assert_eq!(open(location).unwrap().age("ada"), Some(36));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named_and_nothing_is_lost() {
    let (_folder, location) = filled().await;
    plant(path(&location), "people", b"bob\0\0", b"{\"name\":\"bob\"}");
    let text = refusal(&location).to_string();
    let expected = "table people: the row with key bob cannot be read: missing field `age` at line 1 column 14";
    assert_eq!(text, expected);
    let repaired = br#"{"name":"bob","age":1}"#;
    plant(path(&location), "people", b"bob\0\0", repaired);
    let w = open(location).unwrap();
    assert_eq!((w.age("ada"), w.age("bob")), (Some(36), Some(1)));
}

#[tokio::test]
async fn a_key_that_cannot_be_read_is_named() {
    let (_folder, location) = filled().await;
    plant(path(&location), "counters", b"\x01\x02", b"1");
    let text = refusal(&location).to_string();
    let expected =
        r"table counters: the row with key \x01\x02 cannot be read: the key has another form";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_fails_its_reader_and_refuses_its_writer() {
    let (_folder, location) = filled().await;
    let key = [b"a\0\0".as_slice(), &1_u64.to_be_bytes()].concat();
    plant(path(&location), "events", &key, b"{");
    let w = open(location).unwrap();
    let key = ("a".to_owned(), 1);
    let error = w.events.get(&key).unwrap_err();
    assert!(matches!(&error, StoreError::Undecodable { table, .. } if table == "events"));
    let (people, events) = (w.people.clone(), w.events.clone());
    let write = w.store.write(move |tx| {
        tx.put(&people, "bob".into(), person("bob", 1));
        tx.get_record(&events, &key);
        Ok::<_, ()>(())
    });
    assert_eq!(write.await, Err(WriteError::Storage(error)));
    assert_eq!(w.age("bob"), None);
}

#[tokio::test]
async fn rows_of_tables_that_are_not_declared_are_kept() {
    let (_folder, location) = filled().await;
    let store = Builder::new().open(location.clone()).unwrap();
    store.close().await;
    assert_eq!(open(location).unwrap().age("ada"), Some(36));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let (_folder, location) = folder();
    let file = path(&location).join("slipway.redb");
    std::fs::write(&file, "not a database, but long enough to be read as one").unwrap();
    let text = refusal(&location).to_string();
    assert!(
        text.starts_with(&format!("{file} cannot be opened: ")),
        "{text}"
    );
    assert!(file.exists());
}

#[tokio::test]
async fn a_crash_while_the_file_is_made_leaves_a_folder_that_opens() {
    let (_folder, location) = folder();
    std::fs::write(path(&location).join("slipway.redb.new"), "half").unwrap();
    open(location).unwrap().put("ada", 1).await.unwrap();
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let (folder, _) = folder();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let inside = Utf8PathBuf::from_path_buf(file.join("data")).unwrap();
    let text = refusal(&Location::Folder(inside.clone())).to_string();
    assert!(text.starts_with(&format!("the data folder {inside} cannot be used: ")));
}
