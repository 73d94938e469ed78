//! Rows: any serde type, kept as JSON so that a data folder can be read by people and by later versions.

use super::StoreError;
use super::disk::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::Cell;

/// The largest row in bytes of JSON; requests are limited far below it.
pub(super) const MAX_ROW: usize = 64 << 20;

/// What a table can hold.
pub trait Row: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Row for T {}

/// The room for encoding that a thread keeps.
const SCRATCH: usize = 1 << 20;

thread_local! {
    /// Rows are written here and copied out: a row takes the room it needs, and nothing grows step by step.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// `key` is asked only for the words of an error.
pub(super) fn encode<R: Row>(
    table: &str,
    key: impl FnOnce() -> Vec<u8>,
    row: &R,
) -> Result<Bytes, StoreError> {
    let mut room = ROOM.take();
    room.clear();
    let written = write(row, &mut room);
    let bytes = written.map(|()| Bytes::from(room.as_slice()));
    if room.capacity() <= SCRATCH {
        ROOM.set(room);
    }
    bytes.map_err(|cause| StoreError::Unencodable {
        table: table.to_owned(),
        key: show_key(&key()),
        cause,
    })
}

fn write<R: Row>(row: &R, room: &mut Vec<u8>) -> Result<(), String> {
    serde_json::to_writer(&mut *room, row).map_err(|error| error.to_string())?;
    match room.len() {
        0..=MAX_ROW => Ok(()),
        length => Err(format!("it has {length} bytes, the most is {MAX_ROW}")),
    }
}

pub(super) fn decode<R: Row>(table: &str, key: &[u8], bytes: &[u8]) -> Result<R, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| undecodable(table, key, error.to_string()))
}

pub(super) fn undecodable(table: &str, key: &[u8], cause: String) -> StoreError {
    StoreError::Undecodable {
        table: table.to_owned(),
        key: show_key(key),
        cause,
    }
}

/// Encoded keys for people: the ends of strings as slashes, everything unprintable escaped.
fn show_key(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    let text = text.replace("\\x00\\x00", "/");
    text.trim_end_matches('/').to_owned()
}
