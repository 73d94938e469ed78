//! A file behind the switch that tests have.

use crate::store::faults::Faults;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};

pub(super) struct JournalFile {
    pub path: Utf8PathBuf,
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
        self.check()?;
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.write_all(bytes)?;
        self.check()?;
        self.file.sync_data()
    }

    fn check(&self) -> io::Result<()> {
        self.faults.as_ref().map_or(Ok(()), Faults::check)
    }
}
