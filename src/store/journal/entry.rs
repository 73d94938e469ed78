//! One entry: what one batch changed, as bytes.
//!
//! ```text
//! entry    length of the body (4 bytes), number (8), sum of all else and of the segment's own number (8), body
//! body     for each table: name, number of rows (4), rows
//! row      key, 0 for a removal or 1 and the row
//! ```
//!
//! Numbers are little-endian; names, keys and rows begin with their length (4 bytes).

use crate::store::disk::{Bytes, Kind, TableChanges};
use crc_fast::{CrcAlgorithm, Digest};
use std::io;

pub(super) const HEAD: usize = 20;

pub(super) struct Entry {
    pub number: u64,
    pub changes: Vec<TableChanges>,
}

/// Adds an entry to `out`.
pub(super) fn write(
    out: &mut Vec<u8>,
    salt: u64,
    number: u64,
    changes: &[TableChanges],
) -> io::Result<()> {
    let start = out.len();
    out.extend([0; HEAD]);
    for change in changes {
        write_bytes(out, change.table.as_bytes())?;
        write_length(out, change.rows.len())?;
        for (key, row) in &change.rows {
            write_bytes(out, key)?;
            out.push(u8::from(row.is_some()));
            if let Some(row) = row {
                write_bytes(out, row)?;
            }
        }
    }
    let (head, body) = out[start..].split_at_mut(HEAD);
    let length = u32::try_from(body.len()).map_err(|_| too_long())?;
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..12].copy_from_slice(&number.to_le_bytes());
    let sum = sum(salt, &head[..12], body);
    head[12..].copy_from_slice(&sum.to_le_bytes());
    Ok(())
}

/// Takes an entry from the front of `bytes`; `None` when there is none.
pub(super) fn read(bytes: &mut &[u8], salt: u64) -> Option<Entry> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let (length, more) = head.split_first_chunk::<4>()?;
    let (number, expected) = more.split_first_chunk::<8>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (body, rest) = rest.split_at_checked(length)?;
    if sum(salt, &head[..12], body).to_le_bytes() != *expected {
        return None;
    }
    let changes = read_body(body)?;
    *bytes = rest;
    let number = u64::from_le_bytes(*number);
    Some(Entry { number, changes })
}

fn sum(salt: u64, head: &[u8], body: &[u8]) -> u64 {
    let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
    digest.update(&salt.to_le_bytes());
    digest.update(head);
    digest.update(body);
    digest.finalize()
}

fn read_body(mut bytes: &[u8]) -> Option<Vec<TableChanges>> {
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let table = std::str::from_utf8(read_bytes(&mut bytes)?).ok()?.into();
        let count = read_length(&mut bytes)?;
        let mut rows = Vec::new();
        for _ in 0..count {
            let key = read_bytes(&mut bytes)?.to_vec();
            let (&there, rest) = bytes.split_first()?;
            bytes = rest;
            let row = match there {
                0 => None,
                _ => Some(Bytes::from(read_bytes(&mut bytes)?)),
            };
            rows.push((key, row));
        }
        // What a table is is known when it is declared; here it makes no difference.
        let kind = Kind::Record;
        changes.push(TableChanges { table, kind, rows });
    }
    Some(changes)
}

fn write_length(out: &mut Vec<u8>, length: usize) -> io::Result<()> {
    let length = u32::try_from(length).map_err(|_| too_long())?;
    out.extend(length.to_le_bytes());
    Ok(())
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) -> io::Result<()> {
    write_length(out, bytes.len())?;
    out.extend(bytes);
    Ok(())
}

fn read_length(bytes: &mut &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*head)).ok()
}

fn read_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = read_length(bytes)?;
    let (head, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(head)
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        "what is to be written as one is larger than 4 GiB",
    )
}
