//! The data folder: made when absent, held by a lock while a store is open. One server per folder.

use super::StoreError;
use camino::{Utf8Path, Utf8PathBuf};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};

const LOCK: &str = "slipway.lock";

/// A locked folder; dropping it releases the lock.
pub(super) struct Folder {
    pub path: Utf8PathBuf,
    /// The kernel releases the lock when the process is killed.
    lock: File,
}

impl Folder {
    pub fn lock(path: &Utf8Path) -> Result<Self, StoreError> {
        let refuse = |error: io::Error| StoreError::Folder {
            folder: path.to_owned(),
            cause: error.to_string(),
        };
        create(path).map_err(refuse)?;
        let mut file = open_lock(path).map_err(refuse)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(refuse(error)),
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    folder: path.to_owned(),
                    owner: owner(&mut file),
                });
            }
        }
        // A note for people; a full disk must not keep a server from starting.
        let _ = sign(&mut file);
        Ok(Self {
            path: path.to_owned(),
            lock: file,
        })
    }
}

impl Drop for Folder {
    /// Unlocked, not only closed: a child process that is just being started holds a copy of the file for a moment.
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}

/// Makes changed names in a folder (created, renamed, removed files) durable.
pub(super) fn sync(path: &Utf8Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Build environments and credentials are in there: for the owner only.
fn create(path: &Utf8Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn open_lock(path: &Utf8Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options.open(path.join(LOCK))
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn owner(file: &mut File) -> String {
    let mut text = String::new();
    let _ = file.take(32).read_to_string(&mut text);
    match text.trim().parse::<u32>() {
        Ok(id) => format!(" (process {id})"),
        Err(_) => String::new(),
    }
}
