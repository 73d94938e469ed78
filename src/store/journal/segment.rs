//! One of the journal's two files: a head, and entries behind each other.
//!
//! A file is never made shorter.

use super::entry::{self, Entry};
use super::file::JournalFile;
use crate::store::disk::TableChanges;
use crate::store::faults::Faults;
use camino::Utf8PathBuf;
use std::io;

/// What a segment begins with; the last character is the form.
const MAGIC: &[u8; 8] = b"slipjrn1";
const HEAD: usize = 16;

pub(super) struct Segment {
    file: JournalFile,
    /// Random; `None`: not begun.
    salt: Option<u64>,
    /// Where the next entry goes.
    end: u64,
    /// Something may be at the end that is not an entry of the journal.
    torn: bool,
}

impl Segment {
    pub fn open(path: Utf8PathBuf, faults: Option<&Faults>) -> io::Result<Self> {
        Ok(Self {
            file: JournalFile::open(path, faults)?,
            salt: None,
            end: 0,
            torn: false,
        })
    }

    /// The entries in it.
    pub fn read(&mut self) -> io::Result<Vec<Entry>> {
        let bytes = self.file.read()?;
        let Some((head, mut rest)) = bytes.split_first_chunk::<HEAD>() else {
            return Ok(Vec::new());
        };
        let (magic, salt) = head.split_at(MAGIC.len());
        if magic != MAGIC {
            return Ok(Vec::new());
        }
        let salt = salt.try_into().map_or(0, u64::from_le_bytes);
        Ok(std::iter::from_fn(|| entry::read(&mut rest, salt)).collect())
    }

    /// Durable when it returns. `room` is where the bytes are put together.
    pub fn append(
        &mut self,
        number: u64,
        changes: &[TableChanges],
        room: &mut Vec<u8>,
    ) -> io::Result<()> {
        room.clear();
        let salt = self.salt.unwrap_or_else(|| {
            let salt = uuid::Uuid::new_v4().as_u64_pair().1;
            room.extend(MAGIC);
            room.extend(salt.to_le_bytes());
            salt
        });
        entry::write(room, salt, number, changes)?;
        self.torn = true;
        self.file.write(self.end, room)?;
        self.torn = false;
        self.salt = Some(salt);
        self.end += room.len() as u64;
        Ok(())
    }

    /// Takes back what a failed `append` may have left.
    pub fn settle(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.write_over(self.end, &[0; entry::HEAD])?;
            self.torn = false;
        }
        Ok(())
    }

    pub fn is_torn(&self) -> bool {
        self.torn
    }

    /// All its entries are in the database: the next entry begins it anew.
    pub fn forget(&mut self) {
        self.salt = None;
        self.end = 0;
    }

    pub fn path(&self) -> &Utf8PathBuf {
        &self.file.path
    }
}
