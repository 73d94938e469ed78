//! A body on its way from a stream to a synced file.
//!
//! Invariant: whatever breaks off leaves no file.

use super::{Bodies, CHUNK, Draft, sync_folder};
use crate::companions::ByteStream;
use crate::companions::s3::digest::{Digests, Sums};
use bytes::Bytes;
use futures::StreamExt;
use std::fs::File;
use std::io::{self, Write};
use tokio::task::spawn_blocking;

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

pub async fn receive(
    bodies: Bodies,
    mut body: ByteStream,
    digests: Digests,
    limit: u64,
) -> Result<(Option<Draft>, Sums), ReceiveError> {
    let mut writing = Writing {
        bodies,
        open: None,
        digests,
        length: 0,
    };
    let mut batch = Batch::default();
    while let Some(bytes) = body.next().await {
        batch.push(bytes.map_err(ReceiveError::Sender)?);
        if batch.size >= CHUNK {
            writing = writing.write(std::mem::take(&mut batch), limit).await?;
        }
    }
    writing.write(batch, limit).await?.finish().await
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
