//! Bridges between streams of bytes and blocking readers and writers, which run on threads of their own.

use crate::companions::ByteStream;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::io::{self, Read, Write};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::io::{ReaderStream, StreamReader, SyncIoBridge};

const CHUNK: usize = 64 * 1024;

/// Chunks between a writing thread and the reader of its stream.
const AHEAD: usize = 8;

pub fn of_bytes(bytes: Vec<u8>) -> ByteStream {
    stream::iter([Ok(Bytes::from(bytes))]).boxed()
}

/// From the file's current position to its end.
pub fn of_file(file: std::fs::File) -> ByteStream {
    let file = tokio::fs::File::from_std(file);
    ReaderStream::with_capacity(file, CHUNK).boxed()
}

/// Reads a stream with blocking code.
pub async fn blocking<T: Send + 'static>(
    stream: ByteStream,
    work: impl FnOnce(&mut dyn Read) -> T + Send + 'static,
) -> T {
    let mut reader = SyncIoBridge::new(StreamReader::new(stream));
    on_thread(move || work(&mut reader)).await
}

/// Runs blocking code; a panic in it is a panic here.
pub async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
        // Threads are only cancelled when the server ends, and then nobody waits.
        Err(_) => std::future::pending().await,
    }
}

/// What blocking code writes, as a stream. The stream fails when the code does, so that half of it is never taken for all.
pub fn written<E: std::fmt::Display + Send + 'static>(
    work: impl FnOnce(&mut dyn Write) -> Result<(), E> + Send + 'static,
) -> (ByteStream, JoinHandle<Result<(), E>>) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let thread = tokio::task::spawn_blocking(move || {
        let mut writer = ChannelWriter {
            sender,
            chunk: Vec::with_capacity(CHUNK),
        };
        let result = work(&mut writer);
        let end = match &result {
            Ok(()) => writer.flush(),
            Err(error) => writer.send(Err(io::Error::other(error.to_string()))),
        };
        // A receiver that has gone away wants no more.
        let _ = end;
        result
    });
    (from_channel(receiver), thread)
}

/// A channel's chunks as a stream.
pub fn from_channel(receiver: mpsc::Receiver<io::Result<Bytes>>) -> ByteStream {
    stream::unfold(receiver, |mut receiver| async move {
        let chunk = receiver.recv().await?;
        Some((chunk, receiver))
    })
    .boxed()
}

struct ChannelWriter {
    sender: mpsc::Sender<io::Result<Bytes>>,
    chunk: Vec<u8>,
}

impl ChannelWriter {
    fn send(&self, chunk: io::Result<Bytes>) -> io::Result<()> {
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.sender.blocking_send(chunk).map_err(gone)
    }
}

impl Write for ChannelWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK));
        self.send(Ok(Bytes::from(chunk)))
    }
}

/// Copies a stream into a temporary file of at most `limit` bytes and rewinds it.
pub async fn to_file(stream: ByteStream, limit: u64) -> io::Result<std::fs::File> {
    blocking(stream, move |mut reader| {
        let mut file = tempfile::tempfile()?;
        let copied = io::copy(&mut (&mut reader).take(limit + 1), &mut file)?;
        if copied > limit {
            return Err(io::Error::other(format!("it is larger than {limit} bytes")));
        }
        io::Seek::rewind(&mut file)?;
        Ok(file)
    })
    .await
}
