//! The JSON files in a wheel, which is a zip archive.
//!
//! Invariant: no entry is unpacked beyond [`ENTRY_LIMIT`] bytes, nothing is written to disk.

use std::io::{Cursor, Read};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use zip::ZipArchive;
use zip::result::ZipError;

use super::json::Json;
use super::service::Description;

/// Largest unpacked entry, in bytes; the largest one today has 12 MB.
const ENTRY_LIMIT: u64 = 64 << 20;

/// A wheel in memory.
pub struct Wheel(ZipArchive<Cursor<Vec<u8>>>);

impl Wheel {
    /// Opens the archive.
    pub fn open(bytes: Vec<u8>) -> Result<Wheel> {
        Ok(Wheel(
            ZipArchive::new(Cursor::new(bytes)).context("the wheel is no zip archive")?,
        ))
    }

    /// The description of a service in one of its versions.
    pub fn description(&mut self, folder: &str, version: &str) -> Result<Description> {
        let base = format!("botocore/data/{folder}/{version}");
        let service = self.json(&format!("{base}/service-2.json"))?;
        let service = service.with_context(|| format!("the wheel has no {base}/service-2.json"))?;
        let paginators = self.json(&format!("{base}/paginators-1.json"))?;
        Ok(Description {
            folder: folder.to_owned(),
            service,
            paginators,
        })
    }

    /// A JSON file, which may be compressed (`.gz`); `None` if there is neither.
    fn json(&mut self, path: &str) -> Result<Option<Json>> {
        let bytes = match self.entry(path)? {
            Some(plain) => Some(plain),
            None => self
                .entry(&format!("{path}.gz"))?
                .map(|packed| limited(GzDecoder::new(&packed[..]), path))
                .transpose()?,
        };
        bytes
            .map(|bytes| {
                serde_json::from_slice(&bytes).with_context(|| format!("{path}: is not JSON"))
            })
            .transpose()
    }

    fn entry(&mut self, path: &str) -> Result<Option<Vec<u8>>> {
        match self.0.by_name(path) {
            Ok(entry) => limited(entry, path).map(Some),
            Err(ZipError::FileNotFound) => Ok(None),
            Err(error) => Err(error).with_context(|| format!("{path}: cannot be unpacked")),
        }
    }
}

fn limited(reader: impl Read, path: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader
        .take(ENTRY_LIMIT + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("{path}: cannot be unpacked"))?;
    ensure!(
        bytes.len() as u64 <= ENTRY_LIMIT,
        "{path}: unpacks to more than {ENTRY_LIMIT} bytes"
    );
    Ok(bytes)
}
