//! Bodies of objects and parts: files under random names in `<data>/objects/xx/…`.
//!
//! A file is written and synced, with its folder, before the row that names it is committed; a row is removed before its file
//! is. So a row always finds its bytes, and what a crash leaves behind is a file without a row, which the sweep removes. A file
//! that somebody reads is unlinked when the last reader has finished.

mod reading;
mod writing;

#[cfg(test)]
mod tests;

pub use writing::ReceiveError;

use super::digest::{Digests, Sums};
use crate::companions::ByteStream;
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::spawn_blocking;

/// Bytes gathered before a write, and read at a time: what one transfer costs in memory.
const CHUNK: usize = 512 * 1024;

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    pub file: String,
    pub offset: u64,
    pub length: u64,
}

/// The folder of bodies. Clones share it.
#[derive(Clone)]
pub struct Bodies {
    shared: Arc<Shared>,
}

struct Shared {
    folder: Utf8PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Files being written, whose rows are not committed yet.
    drafts: HashSet<String>,
    readers: HashMap<String, usize>,
    /// Files to unlink when their last reader has finished.
    doomed: HashSet<String>,
}

/// A complete, synced file that no row names yet. Dropping it removes the file.
pub struct Draft {
    bodies: Bodies,
    file: String,
    kept: bool,
}

/// Keeps files readable although their rows may leave.
pub struct Reading {
    bodies: Bodies,
    files: Vec<String>,
}

impl Bodies {
    /// The folder is made when it is absent.
    pub fn open(folder: &Utf8Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let shared = Shared {
            folder: folder.to_owned(),
            state: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Writes a whole body, hashing it on the way. An empty body has no file.
    pub async fn receive(
        &self,
        body: ByteStream,
        digests: Digests,
        limit: u64,
    ) -> Result<(Option<Draft>, Sums), ReceiveError> {
        writing::receive(self.clone(), body, digests, limit).await
    }

    /// Streams slices in order. Holds `reading` until the last byte.
    pub fn read(&self, slices: Vec<Slice>, reading: Reading) -> ByteStream {
        reading::stream(self.clone(), slices, reading)
    }

    /// Must be taken before the row is looked at for the last time.
    pub fn reading(&self, files: impl IntoIterator<Item = String>) -> Reading {
        let files: Vec<String> = files.into_iter().collect();
        let mut state = self.state();
        for file in &files {
            *state.readers.entry(file.clone()).or_default() += 1;
        }
        drop(state);
        Reading {
            bodies: self.clone(),
            files,
        }
    }

    /// Unlinks files whose rows have left.
    pub async fn remove(&self, files: Vec<String>) {
        if files.is_empty() {
            return;
        }
        let bodies = self.clone();
        let _ = spawn_blocking(move || files.iter().for_each(|file| bodies.unlink_or_defer(file)))
            .await;
    }

    /// Removes every file that is neither being written nor known. Returns how many.
    pub fn sweep(&self, mut known: impl FnMut(&str) -> bool) -> io::Result<usize> {
        let mut removed = 0;
        for folder in fs::read_dir(&self.shared.folder)? {
            let Ok(files) = fs::read_dir(folder?.path()) else {
                continue;
            };
            for entry in files {
                let name = entry?.file_name().to_string_lossy().into_owned();
                // Drafts first: a draft that leaves this set has its row already.
                if !self.state().drafts.contains(&name) && !known(&name) {
                    self.unlink_or_defer(&name);
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn path(&self, file: &str) -> Utf8PathBuf {
        self.shared.folder.join(&file[..2]).join(file)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The sets stay consistent whatever panicked in between.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn unlink_or_defer(&self, file: &str) {
        let mut state = self.state();
        if state.readers.contains_key(file) {
            state.doomed.insert(file.to_owned());
            return;
        }
        drop(state);
        self.unlink(file);
    }

    fn unlink(&self, file: &str) {
        if let Err(failure) = fs::remove_file(self.path(file))
            && failure.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(file, %failure, "cannot remove a body; the next start will");
        }
    }

    fn create(&self) -> io::Result<(String, File)> {
        let file = uuid::Uuid::new_v4().simple().to_string();
        let folder = self.shared.folder.join(&file[..2]);
        if !folder.exists() {
            fs::create_dir_all(&folder)?;
            sync_folder(&self.shared.folder)?;
        }
        self.state().drafts.insert(file.clone());
        match File::create_new(folder.join(&file)) {
            Ok(open) => Ok((file, open)),
            Err(failure) => {
                self.state().drafts.remove(&file);
                Err(failure)
            }
        }
    }
}

impl Draft {
    pub fn file(&self) -> &str {
        &self.file
    }

    /// From now on a row may name the file: whatever happens to the write that commits the row, the file stays. The sweep
    /// removes it when the write never happened.
    pub fn entrust(&mut self) {
        self.kept = true;
    }

    /// The write was refused.
    pub fn discard(mut self) {
        self.kept = false;
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            self.bodies.unlink(&self.file);
        }
        self.bodies.state().drafts.remove(&self.file);
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut gone = Vec::new();
        let mut state = self.bodies.state();
        for file in &self.files {
            let readers = state.readers.get_mut(file).map_or(0, |readers| {
                *readers -= 1;
                *readers
            });
            if readers == 0 {
                state.readers.remove(file);
                if state.doomed.remove(file) {
                    gone.push(file.clone());
                }
            }
        }
        drop(state);
        gone.iter().for_each(|file| self.bodies.unlink(file));
    }
}

fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
