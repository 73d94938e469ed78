//! How many entries an archive has, counted while it passes: one that has too many ends with an error, so that it never becomes visible.
//!
//! The number is the one at the archive's end (ZIP's "end of central directory", and its 64-bit form). What is no zip passes, whatever
//! its size: an S3 source may be any object. Only a tail of the stream is kept.

use crate::companions::ByteStream;
use bytes::Bytes;
use futures::StreamExt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Sixteen bits of comment, the record itself, and the 64-bit record with its locator.
const TAIL: usize = 65_535 + END + LOCATOR + END64;

const END: usize = 22;
const LOCATOR: usize = 20;
const END64: usize = 56;

/// Whether the stream has been cut for its number of entries.
#[derive(Clone, Default)]
pub(super) struct Verdict(Arc<AtomicBool>);

impl Verdict {
    pub fn too_many(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The same stream, with an error at its end when it is a zip of more than `most` entries.
pub(super) fn bounded(body: ByteStream, most: u64) -> (ByteStream, Verdict) {
    let verdict = Verdict::default();
    let state = (body, Vec::new(), verdict.clone());
    let stream = futures::stream::unfold(Some(state), move |state| async move {
        let (mut body, mut tail, verdict) = state?;
        match body.next().await {
            Some(Ok(piece)) => {
                keep(&mut tail, &piece);
                Some((Ok(piece), Some((body, tail, verdict))))
            }
            Some(Err(error)) => Some((Err(error), None)),
            None if entries(&tail).is_some_and(|count| count > most) => {
                verdict.0.store(true, Ordering::Relaxed);
                let error = io::Error::other(format!("an archive of more than {most} entries"));
                Some((Err(error), None))
            }
            None => None,
        }
    });
    (stream.boxed(), verdict)
}

/// Keeps at least the last [`TAIL`] bytes, and at most twice as many beside a piece.
fn keep(tail: &mut Vec<u8>, piece: &Bytes) {
    tail.extend_from_slice(&piece[piece.len().saturating_sub(TAIL)..]);
    if tail.len() > 2 * TAIL {
        tail.drain(..tail.len() - TAIL);
    }
}

/// The number of entries that the end of an archive states; `None`: this is no zip's end.
fn entries(tail: &[u8]) -> Option<u64> {
    let last = tail.len().checked_sub(END)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let at = (first..=last).rev().find(|&at| {
        tail[at..].starts_with(b"PK\x05\x06")
            && number(tail, at + 20, 2) == Some((tail.len() - at - END) as u64)
    })?;
    match number(tail, at + 10, 2)? {
        0xFFFF => entries64(tail, at).or(Some(0xFFFF)),
        count => Some(count),
    }
}

/// The 64-bit record stands in front of its locator, and that in front of the end at `end`.
fn entries64(tail: &[u8], end: usize) -> Option<u64> {
    let locator = end.checked_sub(LOCATOR)?;
    let record = locator.checked_sub(END64)?;
    let found =
        tail[locator..].starts_with(b"PK\x06\x07") && tail[record..].starts_with(b"PK\x06\x06");
    found.then(|| number(tail, record + 32, 8))?
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + width)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    )
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(files: usize, comment: &str) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..files {
            let options = SimpleFileOptions::default();
            zip.start_file(number.to_string(), options).unwrap();
        }
        zip.set_comment(comment).unwrap();
        zip.finish().unwrap().into_inner()
    }

    /// The end of a zip with so many entries, as large archives have it, without the entries.
    pub fn end_of_many(entries: u64) -> Vec<u8> {
        let mut end = b"PK\x06\x06".to_vec();
        end.extend([0; 20]);
        end.extend(entries.to_le_bytes());
        end.extend(entries.to_le_bytes());
        end.resize(END64, 0);
        end.extend(b"PK\x06\x07");
        end.resize(END64 + LOCATOR, 0);
        end.extend(b"PK\x05\x06\0\0\0\0\xFF\xFF\xFF\xFF");
        end.resize(END64 + LOCATOR + END, 0);
        end
    }

    async fn passes(bytes: &[u8], most: u64, piece: usize) -> bool {
        let pieces: Vec<_> = bytes
            .chunks(piece)
            .map(Bytes::copy_from_slice)
            .map(Ok)
            .collect();
        let (mut stream, verdict) = bounded(futures::stream::iter(pieces).boxed(), most);
        let mut seen = Vec::new();
        let mut whole = true;
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => seen.write_all(&piece).unwrap(),
                Err(_) => whole = false,
            }
        }
        assert_eq!(seen, bytes, "all bytes come through");
        assert_eq!(verdict.too_many(), !whole);
        whole
    }

    /// Witness: contract §4.5, 100,000 files per zip.
    #[tokio::test]
    async fn a_zip_of_more_entries_than_allowed_ends_with_an_error() {
        for comment in ["", "a comment", &"PK\u{5}\u{6}".repeat(9000)] {
            let zip = archive(5, comment);
            for piece in [1, 7, 1 << 16] {
                assert!(passes(&zip, 5, piece).await);
                assert!(!passes(&zip, 4, piece).await);
            }
        }
    }

    #[tokio::test]
    async fn numbers_of_more_than_sixteen_bits_are_read() {
        let zip = archive(65_536, "many");
        assert!(passes(&zip, 65_536, 8000).await);
        assert!(!passes(&zip, 65_535, 8000).await);
        assert!(passes(&archive(65_535, ""), 65_535, 8000).await);
    }

    #[tokio::test]
    async fn what_is_no_zip_passes() {
        let long = "no zip, but long. ".repeat(30_000);
        for text in ["", "PK\u{5}\u{6}", "no zip", &long] {
            assert!(passes(text.as_bytes(), 0, 1000).await);
        }
    }
}
