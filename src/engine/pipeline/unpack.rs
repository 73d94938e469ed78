//! A zip, piece by piece: names and contents in the order of the archive, never a whole file in memory.
//!
//! What an archive claims about itself is not trusted: entries and unpacked bytes are counted and bounded.
//
// Differs from AWS: of several files of one name in an archive an S3 deploy action writes the last alone, not each as a version of its own.

use bytes::Bytes;
use std::io::{self, Read};
use zip::ZipArchive;

/// A piece of an archive.
pub(super) enum Piece {
    /// A file begins; its name as the archive has it.
    Begin(String),
    Data(Bytes),
    End,
}

/// Why an archive was not unpacked to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum UnpackError {
    Malformed,
    TooManyEntries,
    TooLarge,
}

/// The most that an archive may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub entries: usize,
    pub bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            entries: 100_000,
            bytes: 16 << 30,
        }
    }
}

const PIECE: usize = 64 << 10;

/// Hands every file of the archive to `sink` until it returns false. Folders are passed over.
pub(super) fn unpack<R: io::Read + io::Seek>(
    archive: R,
    bounds: Bounds,
    mut sink: impl FnMut(Piece) -> bool,
) -> Result<(), UnpackError> {
    let mut archive = ZipArchive::new(archive).map_err(|_| UnpackError::Malformed)?;
    if archive.len() > bounds.entries {
        return Err(UnpackError::TooManyEntries);
    }
    let mut left = bounds.bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index);
        let mut entry = entry.map_err(|_| UnpackError::Malformed)?;
        if entry.is_dir() {
            continue;
        }
        let name = entry
            .name()
            .map_err(|_| UnpackError::Malformed)?
            .into_owned();
        if !sink(Piece::Begin(name)) || !contents(&mut entry, &mut left, &mut sink)? {
            return Ok(());
        }
    }
    Ok(())
}

/// False: the sink wants no more.
fn contents(
    entry: &mut impl Read,
    left: &mut u64,
    sink: &mut impl FnMut(Piece) -> bool,
) -> Result<bool, UnpackError> {
    let mut buffer = vec![0; PIECE];
    loop {
        let count = entry
            .read(&mut buffer)
            .map_err(|_| UnpackError::Malformed)?;
        if count == 0 {
            return Ok(sink(Piece::End));
        }
        *left = left
            .checked_sub(count as u64)
            .ok_or(UnpackError::TooLarge)?;
        if !sink(Piece::Data(Bytes::copy_from_slice(&buffer[..count]))) {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.add_directory("folder", SimpleFileOptions::default())
            .unwrap();
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>, bounds: Bounds) -> (Vec<(String, String)>, Result<(), UnpackError>) {
        let mut files: Vec<(String, String)> = Vec::new();
        let result = unpack(Cursor::new(bytes), bounds, |piece| {
            match piece {
                Piece::Begin(name) => files.push((name, String::new())),
                Piece::Data(data) => {
                    let text = std::str::from_utf8(&data).unwrap();
                    files.last_mut().unwrap().1.push_str(text);
                }
                Piece::End => files.last_mut().unwrap().1.push('.'),
            }
            true
        });
        (files, result)
    }

    #[test]
    fn files_come_in_order_and_folders_do_not() {
        let (files, result) = read(archive(&[("b", "1"), ("a/c", "")]), Bounds::default());
        assert_eq!(result, Ok(()));
        assert_eq!(
            files,
            [("b".into(), "1.".into()), ("a/c".into(), ".".into())]
        );
    }

    #[test]
    fn what_is_no_zip_or_damaged_is_malformed() {
        let (_, result) = read(b"no zip at all".to_vec(), Bounds::default());
        assert_eq!(result, Err(UnpackError::Malformed));
        let mut damaged = archive(&[("a", "some text that is long enough")]);
        damaged[40] ^= 0xFF;
        assert_eq!(
            read(damaged, Bounds::default()).1,
            Err(UnpackError::Malformed)
        );
    }

    #[test]
    fn bounds_hold_whatever_the_archive_claims() {
        let bytes = archive(&[("a", &"x".repeat(1000)), ("b", "y")]);
        let bounds = |entries, bytes| Bounds { entries, bytes };
        let (_, result) = read(bytes.clone(), bounds(2, 5000));
        assert_eq!(result, Err(UnpackError::TooManyEntries));
        let (_, result) = read(bytes.clone(), bounds(9, 999));
        assert_eq!(result, Err(UnpackError::TooLarge));
        assert_eq!(read(bytes, bounds(9, 1001)).1, Ok(()));
    }
}
