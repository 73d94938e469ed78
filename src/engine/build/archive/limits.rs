//! How much an archive may hold, and what is said when it holds more.

use std::io;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub entries: u64,
    /// Unpacked, in all.
    pub bytes: u64,
    /// Unpacked bytes for each packed byte, looked at above `ratio_from` unpacked bytes only.
    pub ratio: u64,
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 500_000,
            bytes: 32 << 30,
            ratio: 250,
            ratio_from: 1 << 30,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The words of the library AWS's agent uses.
    #[error("zip: not a valid zip file")]
    NotAZip,
    #[error("zip: the entry {0:?} would be unpacked outside of the source directory")]
    Escapes(String),
    #[error("zip: the entry {0:?} is encrypted")]
    Encrypted(String),
    #[error("zip: the entry {name:?} is broken: {what}")]
    Broken { name: String, what: String },
    #[error("the archive holds more than {0} entries")]
    TooMany(u64),
    #[error("the archive holds more than {0} bytes")]
    TooLarge(u64),
    #[error("the archive unpacks to more than {0} times its size")]
    TooDense(u64),
    /// Not the archive's fault.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Limits {
    /// Adds one more entry of `size` bytes to what was counted before.
    pub fn count(&self, counted: &mut (u64, u64), size: u64) -> Result<(), ArchiveError> {
        counted.0 += 1;
        counted.1 = counted.1.saturating_add(size);
        if counted.0 > self.entries {
            return Err(ArchiveError::TooMany(self.entries));
        }
        if counted.1 > self.bytes {
            return Err(ArchiveError::TooLarge(self.bytes));
        }
        Ok(())
    }

    /// Whether `unpacked` bytes from `packed` ones are believable.
    pub fn check_ratio(&self, unpacked: u64, packed: u64) -> Result<(), ArchiveError> {
        let dense = unpacked / self.ratio.max(1) > packed;
        if dense && unpacked > self.ratio_from {
            return Err(ArchiveError::TooDense(self.ratio));
        }
        Ok(())
    }
}
