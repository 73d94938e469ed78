//! How much a sandbox takes in from archives.
//!
//! Invariant: whatever an archive claims, no more than this is written.

use crate::companions::ByteStream;
use futures::StreamExt;
use std::io;

/// Bounds of one `copy_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of one archive.
    pub entries: u64,
    /// Bytes of one archive: content and headers.
    pub bytes: u64,
}

impl Default for Limits {
    /// A million entries, 64 GiB: CodeBuild's smallest disk.
    fn default() -> Limits {
        Limits {
            entries: 1_000_000,
            bytes: 64 << 30,
        }
    }
}

/// `tar` with an error in place of the first chunk beyond the bound.
pub(super) fn bounded(tar: ByteStream, limits: Limits) -> ByteStream {
    let mut seen = 0_u64;
    tar.map(move |chunk| {
        let chunk = chunk?;
        seen = seen.saturating_add(chunk.len() as u64);
        match seen > limits.bytes {
            true => Err(too_big(limits.bytes)),
            false => Ok(chunk),
        }
    })
    .boxed()
}

pub(super) fn too_big(bytes: u64) -> io::Error {
    io::Error::other(format!("the archive is larger than {bytes} bytes"))
}
