//! Bodies of objects and parts: files under random names in `<data>/objects/xx/…`.
//!
//! A file is written and synced, with its folder, before the row that names it is committed; a row is removed before its file
//! is. So a row always finds its bytes, and what a crash leaves behind is a file without a row, which the sweep removes. A file
//! that somebody reads is unlinked when the last reader has finished.

use super::digest::{Digests, Sums};
use crate::companions::ByteStream;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
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

/// Why a body did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error("the body is longer than {0} bytes")]
    TooLarge(u64),
    /// The sender's side: broken off, wrongly framed. Carries the stream's own error.
    #[error(transparent)]
    Sender(io::Error),
    /// Our side: disk full and the like.
    #[error("cannot store a body: {0}")]
    Disk(io::Error),
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
        let mut writing = Writing {
            bodies: self.clone(),
            open: None,
            digests,
            length: 0,
        };
        let mut body = body;
        let mut batch = Batch::default();
        while let Some(bytes) = body.next().await {
            batch.push(bytes.map_err(ReceiveError::Sender)?);
            if batch.size >= CHUNK {
                writing = writing.write(std::mem::take(&mut batch), limit).await?;
            }
        }
        writing.write(batch, limit).await?.finish().await
    }

    /// Streams slices in order. Holds `reading` until the last byte.
    pub fn read(&self, slices: Vec<Slice>, reading: Reading) -> ByteStream {
        let start = ReadState {
            bodies: self.clone(),
            slices: slices.into_iter(),
            open: None,
            _reading: reading,
        };
        stream::try_unfold(start, |state| async move {
            spawn_blocking(move || state.next())
                .await
                .map_err(io::Error::other)?
        })
        .boxed()
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

#[derive(Default)]
struct Batch {
    pieces: Vec<Bytes>,
    size: usize,
}

impl Batch {
    fn push(&mut self, piece: Bytes) {
        self.size += piece.len();
        self.pieces.push(piece);
    }
}

/// A body on its way to the disk; moves to a blocking thread and back.
struct Writing {
    bodies: Bodies,
    open: Option<(Draft, File)>,
    digests: Digests,
    length: u64,
}

impl Writing {
    async fn write(mut self, batch: Batch, limit: u64) -> Result<Self, ReceiveError> {
        self.length += batch.size as u64;
        if self.length > limit {
            return Err(ReceiveError::TooLarge(limit));
        }
        if batch.size == 0 {
            return Ok(self);
        }
        blocking(move || self.write_now(batch)).await
    }

    fn write_now(mut self, batch: Batch) -> io::Result<Self> {
        let (draft, mut file) = match self.open.take() {
            Some(open) => open,
            None => self.create()?,
        };
        for piece in batch.pieces {
            self.digests.update(&piece);
            file.write_all(&piece)?;
        }
        self.open = Some((draft, file));
        Ok(self)
    }

    fn create(&self) -> io::Result<(Draft, File)> {
        let (file, open) = self.bodies.create()?;
        let draft = Draft {
            bodies: self.bodies.clone(),
            file,
            kept: false,
        };
        Ok((draft, open))
    }

    async fn finish(self) -> Result<(Option<Draft>, Sums), ReceiveError> {
        let Some((draft, file)) = self.open else {
            return Ok((None, self.digests.finish()));
        };
        let digests = self.digests;
        blocking(move || {
            file.sync_all()?;
            let path = draft.bodies.path(&draft.file);
            sync_folder(path.parent().expect("every file is in a folder"))?;
            Ok((Some(draft), digests.finish()))
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ReceiveError> {
    let done = spawn_blocking(work).await.map_err(io::Error::other);
    done.and_then(|result| result).map_err(ReceiveError::Disk)
}

fn sync_folder(folder: &Utf8Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

struct ReadState {
    bodies: Bodies,
    slices: std::vec::IntoIter<Slice>,
    open: Option<(File, u64)>,
    _reading: Reading,
}

impl ReadState {
    fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        loop {
            match self.open.take() {
                Some((_, 0)) => {}
                Some((file, left)) => return self.read(file, left).map(Some),
                None => {
                    let Some(slice) = self.slices.next() else {
                        return Ok(None);
                    };
                    let mut file = File::open(self.bodies.path(&slice.file))?;
                    file.seek(SeekFrom::Start(slice.offset))?;
                    self.open = Some((file, slice.length));
                }
            }
        }
    }

    fn read(mut self, mut file: File, left: u64) -> io::Result<(Bytes, Self)> {
        let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut bytes = vec![0; size];
        file.read_exact(&mut bytes)?;
        self.open = Some((file, left - size as u64));
        Ok((Bytes::from(bytes), self))
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest::Algorithm;
    use super::*;
    use futures::TryStreamExt;

    fn folder() -> (tempfile::TempDir, Bodies) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("objects")).unwrap();
        (folder, Bodies::open(&path).unwrap())
    }

    fn files(bodies: &Bodies) -> usize {
        let folders = fs::read_dir(&bodies.shared.folder).unwrap();
        folders
            .map(|f| fs::read_dir(f.unwrap().path()).unwrap().count())
            .sum()
    }

    fn body(pieces: &[&'static [u8]]) -> ByteStream {
        let pieces: Vec<_> = pieces.iter().map(|p| Ok(Bytes::from_static(p))).collect();
        stream::iter(pieces).boxed()
    }

    async fn put(
        bodies: &Bodies,
        stream: ByteStream,
        limit: u64,
    ) -> Result<(Option<Draft>, Sums), ReceiveError> {
        bodies
            .receive(stream, Digests::new(Algorithm::Crc32), limit)
            .await
    }

    async fn get(bodies: &Bodies, file: &str, offset: u64, length: u64) -> Vec<u8> {
        let slice = Slice {
            file: file.to_owned(),
            offset,
            length,
        };
        let reading = bodies.reading([file.to_owned()]);
        let pieces: Vec<Bytes> = bodies
            .read(vec![slice], reading)
            .try_collect()
            .await
            .unwrap();
        pieces.concat()
    }

    #[tokio::test]
    async fn a_kept_draft_is_readable_in_slices() {
        let (_folder, bodies) = folder();
        let (draft, sums) = put(&bodies, body(&[b"hello ", b"world"]), 100)
            .await
            .unwrap();
        let mut draft = draft.unwrap();
        let file = draft.file().to_owned();
        draft.entrust();
        drop(draft);
        assert_eq!(sums.length, 11);
        assert_eq!(get(&bodies, &file, 0, 11).await, b"hello world");
        assert_eq!(get(&bodies, &file, 6, 3).await, b"wor");
    }

    #[tokio::test]
    async fn a_dropped_draft_leaves_nothing() {
        let (_folder, bodies) = folder();
        drop(put(&bodies, body(&[b"x"]), 100).await.unwrap());
        assert_eq!(files(&bodies), 0);
        assert!(bodies.state().drafts.is_empty());
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_or_is_too_long_leaves_nothing() {
        let (_folder, bodies) = folder();
        let big = Bytes::from(vec![7; CHUNK]);
        let broken = stream::iter([Ok(big.clone()), Err(io::Error::other("gone"))]).boxed();
        assert!(matches!(
            put(&bodies, broken, u64::MAX).await,
            Err(ReceiveError::Sender(_))
        ));
        let long = stream::iter([Ok(big.clone()), Ok(big)]).boxed();
        assert!(matches!(
            put(&bodies, long, CHUNK as u64).await,
            Err(ReceiveError::TooLarge(_))
        ));
        assert_eq!(files(&bodies), 0);
    }

    #[tokio::test]
    async fn an_empty_body_has_no_file() {
        let (_folder, bodies) = folder();
        let (draft, sums) = put(&bodies, body(&[]), 100).await.unwrap();
        assert!(draft.is_none());
        assert_eq!(sums.etag(), "d41d8cd98f00b204e9800998ecf8427e");
    }

    #[tokio::test]
    async fn a_file_being_read_outlives_its_row() {
        let (_folder, bodies) = folder();
        let (draft, _) = put(&bodies, body(&[b"still here"]), 100).await.unwrap();
        let mut draft = draft.unwrap();
        let file = draft.file().to_owned();
        draft.entrust();
        drop(draft);
        let reading = bodies.reading([file.clone()]);
        bodies.remove(vec![file.clone()]).await;
        assert_eq!(files(&bodies), 1);
        assert_eq!(get(&bodies, &file, 0, 10).await, b"still here");
        drop(reading);
        assert_eq!(files(&bodies), 0);
    }

    #[tokio::test]
    async fn the_sweep_removes_only_files_without_a_row() {
        let (_folder, bodies) = folder();
        let mut kept = Vec::new();
        for _ in 0..2 {
            let (draft, _) = put(&bodies, body(&[b"x"]), 100).await.unwrap();
            let mut draft = draft.unwrap();
            kept.push(draft.file().to_owned());
            draft.entrust();
        }
        let (writing, _) = put(&bodies, body(&[b"y"]), 100).await.unwrap();
        assert_eq!(bodies.sweep(|file| file == kept[0]).unwrap(), 1);
        assert_eq!(files(&bodies), 2);
        drop(writing);
    }
}
