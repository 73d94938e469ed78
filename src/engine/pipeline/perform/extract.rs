//! Files of an archive as streams, one after the other, never more than a few pieces of one in memory.
//!
//! Unpacking has a thread of its own that waits whenever the reader is slower and ends when the reader is gone.

use super::super::execution::{ActionError, ErrorCode};
use super::super::providers::s3_deploy;
use super::super::unpack::{self, Bounds, Piece, UnpackError};
use crate::companions::ByteStream;
use bytes::Bytes;
use futures::StreamExt;
use std::fs;
use std::io;
use tokio::io::AsyncSeekExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::io::StreamReader;

/// The files of an archive that is being unpacked.
pub(super) struct Files {
    next: mpsc::Receiver<(String, ByteStream)>,
    thread: JoinHandle<Result<(), UnpackError>>,
}

type Body = mpsc::Sender<io::Result<Bytes>>;

/// A stream into a file that has no name and goes away when it is closed.
pub(super) async fn download(body: ByteStream) -> io::Result<fs::File> {
    let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
    tokio::io::copy(&mut StreamReader::new(body), &mut file).await?;
    file.rewind().await?;
    Ok(file.into_std().await)
}

/// Begins to unpack a zip.
pub(super) fn files(archive: fs::File) -> Files {
    let (files, next) = mpsc::channel(1);
    let thread = tokio::task::spawn_blocking(move || unpack(archive, &files));
    Files { next, thread }
}

impl Files {
    /// The next file and its contents. A file that is damaged ends with an error, so that it never becomes visible.
    pub async fn next(&mut self) -> Option<(String, ByteStream)> {
        self.next.recv().await
    }

    /// Ends unpacking; whether the archive was in order as far as it was read.
    pub async fn end(self) -> Result<(), ActionError> {
        drop(self.next);
        let too = |what: &str| {
            let text = format!("The archive is too large: it has too many {what}.");
            ActionError::new(ErrorCode::JobFailed, text)
        };
        match self.thread.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(UnpackError::TooManyEntries)) => Err(too("entries")),
            Ok(Err(UnpackError::TooLarge)) => Err(too("bytes")),
            Ok(Err(UnpackError::Malformed)) | Err(_) => Err(s3_deploy::malformed()),
        }
    }
}

fn unpack(
    archive: fs::File,
    files: &mpsc::Sender<(String, ByteStream)>,
) -> Result<(), UnpackError> {
    let mut current: Option<Body> = None;
    let archive = io::BufReader::new(archive);
    let result = unpack::unpack(archive, Bounds::default(), |piece| match piece {
        Piece::Begin(name) => {
            let (sender, body) = channel();
            current = Some(sender);
            files.blocking_send((name, body)).is_ok()
        }
        Piece::Data(data) => {
            let sent = current.as_ref().map(|body| body.blocking_send(Ok(data)));
            sent.is_some_and(|sent| sent.is_ok())
        }
        Piece::End => {
            current = None;
            true
        }
    });
    if let (Err(_), Some(body)) = (&result, current) {
        // Whether somebody still listens does not matter.
        let _ = body.blocking_send(Err(io::ErrorKind::InvalidData.into()));
    }
    result
}

fn channel() -> (Body, ByteStream) {
    let (sender, mut body) = mpsc::channel(4);
    let body = futures::stream::poll_fn(move |context| body.poll_recv(context));
    (sender, body.boxed())
}
