//! A disk that fails on demand: tests let the disk fill up under a store and empty again.
//!
//! Not part of the product: nothing outside tests makes `Faults`.

use camino::Utf8Path;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A switch that a test keeps while the store writes through it.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// Writes and syncs that still succeed; negative: all of them.
    left: Arc<AtomicI64>,
    /// The journal can be written, the database cannot.
    moves: Arc<AtomicBool>,
}

impl Faults {
    /// A disk in order.
    pub fn none() -> Self {
        Self {
            left: Arc::new(AtomicI64::new(-1)),
            moves: Arc::default(),
        }
    }

    /// After `calls` more calls that write, every one fails as on a full disk, until `repair`.
    pub fn fail_after(&self, calls: u32) {
        self.left.store(i64::from(calls), Ordering::SeqCst);
    }

    /// From now on nothing can be moved into the database, until `repair`; the journal is in order.
    pub fn fail_moves(&self) {
        self.moves.store(true, Ordering::SeqCst);
    }

    pub fn repair(&self) {
        self.moves.store(false, Ordering::SeqCst);
        self.left.store(-1, Ordering::SeqCst);
    }

    /// Counts one call that writes.
    pub(super) fn check(&self) -> io::Result<()> {
        let step = |left: i64| (left > 0).then(|| left - 1);
        let order = Ordering::SeqCst;
        match self.left.fetch_update(order, order, step) {
            Err(0) => Err(rustix::io::Errno::NOSPC.into()),
            _ => Ok(()),
        }
    }
}

/// The database's file behind the switch.
#[derive(Debug)]
pub(super) struct FaultyFile {
    file: Mutex<File>,
    faults: Faults,
}

impl FaultyFile {
    pub fn open(path: &Utf8Path, faults: &Faults) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        Ok(Self {
            file: Mutex::new(options.open(path)?),
            faults: faults.clone(),
        })
    }

    pub fn len(&self) -> io::Result<u64> {
        Ok(self.file().metadata()?.len())
    }

    pub fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut file = self.file();
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(out)
    }

    pub fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        let mut file = self.file();
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(data)
    }

    pub fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.file().set_len(len)
    }

    pub fn sync(&self) -> io::Result<()> {
        self.check()?;
        self.file().sync_data()
    }

    fn check(&self) -> io::Result<()> {
        match self.faults.moves.load(Ordering::SeqCst) {
            true => Err(rustix::io::Errno::NOSPC.into()),
            false => self.faults.check(),
        }
    }

    /// Seeking and reading are two calls, and readers are many.
    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
