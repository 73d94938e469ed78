//! Tar streams between asynchronous senders and the blocking code that takes them apart or makes them.
//!
//! Invariant: streams are bounded on the way in and never collected; a name that leads outside its folder is an error.

use super::limits::{Count, Limits};
use crate::companions::ByteStream;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf};
use tar::Entry;
use tokio::sync::mpsc;
use tokio_util::io::{StreamReader, SyncIoBridge};

const CHUNK: usize = 64 << 10;
const CHUNKS_AHEAD: usize = 4;

/// `tar` for blocking code; an error in place of the first chunk beyond the bound. To be called within a runtime, read outside.
pub fn reader(tar: ByteStream, limits: Limits) -> impl Read + Send {
    let mut count = Count::new(limits);
    let bounded = tar.map(move |chunk| {
        let chunk = chunk?;
        count.bytes(chunk.len() as u64).map(|()| chunk)
    });
    SyncIoBridge::new(StreamReader::new(bounded))
}

/// What `work` writes, as it writes it; its error ends the stream.
pub fn written(work: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> ByteStream {
    let (chunks, parts) = mpsc::channel(CHUNKS_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut sink = BufWriter::with_capacity(CHUNK, Chunks(chunks.clone()));
        if let Err(e) = work(&mut sink).and_then(|()| sink.flush()) {
            // A reader that went away needs no error.
            let _ = chunks.blocking_send(Err(e));
        }
    });
    stream::unfold(parts, async |mut parts| Some((parts.recv().await?, parts))).boxed()
}

struct Chunks(mpsc::Sender<io::Result<Bytes>>);

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .blocking_send(Ok(Bytes::copy_from_slice(bytes)))
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// `name` without its `.` parts; refused when absolute or with `..`.
pub fn inside(name: &Path) -> io::Result<PathBuf> {
    let mut clean = PathBuf::new();
    for part in name.components() {
        match part {
            Component::Normal(part) => clean.push(part),
            Component::CurDir => {}
            _ => {
                return Err(refuse(format!(
                    "entry {} leads outside the folder",
                    name.display()
                )));
            }
        }
    }
    Ok(clean)
}

/// Where a link points; refused when it points nowhere.
pub fn target<R: Read>(entry: &Entry<'_, R>) -> io::Result<PathBuf> {
    match entry.link_name()? {
        Some(target) => Ok(target.into_owned()),
        None => Err(refuse("a link without a target".into())),
    }
}

/// Devices, pipes and whatever else a build's source has no business with.
pub fn odd<R: Read>(name: &Path, entry: &Entry<'_, R>) -> io::Error {
    refuse(format!(
        "entry {} is neither a file nor a directory nor a link ({:?})",
        name.display(),
        entry.header().entry_type()
    ))
}

pub fn refuse(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}
