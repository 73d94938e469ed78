//! Rows: any serde type, kept as JSON so that a data folder can be read by people and by later versions.

use super::StoreError;
use serde::{Serialize, de::DeserializeOwned};

/// The largest row in bytes of JSON; requests are limited far below it.
pub(super) const MAX_ROW: usize = 64 << 20;

/// What a table can hold.
pub trait Row: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static> Row for T {}

pub(super) fn encode<R: Row>(table: &str, key: &[u8], row: &R) -> Result<Vec<u8>, StoreError> {
    let refuse = |cause: String| StoreError::Unencodable {
        table: table.to_owned(),
        key: show_key(key),
        cause,
    };
    let bytes = serde_json::to_vec(row).map_err(|error| refuse(error.to_string()))?;
    if bytes.len() > MAX_ROW {
        return Err(refuse(format!(
            "it has {} bytes, the most is {MAX_ROW}",
            bytes.len()
        )));
    }
    Ok(bytes)
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
