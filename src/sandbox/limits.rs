//! How much a sandbox takes in from archives.
//!
//! Invariant: whatever an archive claims, no more than this is written.

use super::tarball::refuse;
use std::io;

/// Bounds of one `copy_in`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of one archive.
    pub entries: u64,
    /// Bytes of one archive: what is read of it, and what its files would have on disk.
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

/// What has been taken in so far.
pub(super) struct Count {
    limits: Limits,
    entries: u64,
    bytes: u64,
}

impl Count {
    pub fn new(limits: Limits) -> Count {
        Count {
            limits,
            entries: 0,
            bytes: 0,
        }
    }

    /// Counts an entry whose file has `size` bytes.
    pub fn entry(&mut self, size: u64) -> io::Result<()> {
        self.entries += 1;
        match self.entries > self.limits.entries {
            true => Err(refuse(format!(
                "the archive has more than {} entries",
                self.limits.entries
            ))),
            false => self.bytes(size),
        }
    }

    pub fn bytes(&mut self, bytes: u64) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        match self.bytes > self.limits.bytes {
            true => Err(refuse(format!(
                "the archive is larger than {} bytes",
                self.limits.bytes
            ))),
            false => Ok(()),
        }
    }
}
