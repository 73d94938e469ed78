//! A file that is written from its beginning to its end again and again, behind the switch that tests have.
//!
//! It is made longer with zeros, in large steps: to write where a file has bytes already needs nothing of the file system's own journal,
//! for which other programs have to be waited.

use crate::store::faults::Faults;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};

/// The smallest step and the largest, in bytes.
const STEP: (u64, u64) = (64 << 10, 4 << 20);

pub(super) struct JournalFile {
    pub path: Utf8PathBuf,
    length: u64,
    file: File,
    faults: Option<Faults>,
}

impl JournalFile {
    pub fn open(path: Utf8PathBuf, faults: Option<&Faults>) -> io::Result<Self> {
        let is_new = !path.exists();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let file = options.open(&path)?;
        if is_new && let Some(folder) = path.parent() {
            crate::store::folder::sync(Utf8Path::new(folder))?;
        }
        Ok(Self {
            path,
            length: file.metadata()?.len(),
            file,
            faults: faults.cloned(),
        })
    }

    pub fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Durable when it returns.
    pub fn write(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        if offset + bytes.len() as u64 > self.length {
            self.grow(offset + bytes.len() as u64)?;
        }
        self.write_over(offset, bytes)
    }

    /// The same where the file has bytes already, or in one that cannot be made longer.
    pub fn write_over(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.check()?;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)?;
        self.check()?;
        self.file.sync_data()
    }

    /// At least to `length`, otherwise to twice as much as it has.
    fn grow(&mut self, length: u64) -> io::Result<()> {
        self.check()?;
        let step = self.length.clamp(STEP.0, STEP.1);
        let length = length.max(self.length + step);
        self.file.seek(SeekFrom::Start(self.length))?;
        io::copy(
            &mut io::repeat(0).take(length - self.length),
            &mut self.file,
        )?;
        self.length = length;
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        self.faults.as_ref().map_or(Ok(()), Faults::check)
    }
}
