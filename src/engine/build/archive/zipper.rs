//! A spool as one zip with its checksums.

use super::spool::{self, Content, Item, Spool};
use camino::Utf8Path;
use md5::Md5;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Sizes from here on need the larger headers of zip64.
const LARGE: u64 = u32::MAX as u64;

/// A finished zip in a temporary file.
#[derive(Debug)]
pub struct Zipped {
    /// At its beginning.
    pub file: File,
    pub size: u64,
    /// Lower-case hex, both of them over the whole file.
    pub md5: String,
    pub sha256: String,
}

pub fn zip(spool: &Spool) -> io::Result<Zipped> {
    let mut zip = ZipWriter::new(tempfile::tempfile()?);
    for (name, item) in spool.items() {
        add(&mut zip, spool, name, item)?;
    }
    finished(zip.finish()?)
}

/// A written zip with its checksums.
pub(super) fn finished(mut file: File) -> io::Result<Zipped> {
    let (md5, sha256) = checksums(&mut file)?;
    let size = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    Ok(Zipped {
        file,
        size,
        md5,
        sha256,
    })
}

fn add(zip: &mut ZipWriter<File>, spool: &Spool, name: &Utf8Path, item: &Item) -> io::Result<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .unix_permissions(item.mode)
        .last_modified_time(time(item.modified));
    match &item.content {
        Content::Link(target) => zip.add_symlink(name.as_str(), target, options)?,
        Content::Bytes { length, .. } => {
            zip.start_file(name.as_str(), options.large_file(*length >= LARGE))?;
            spool::copy(spool, item, zip)?;
        }
    }
    Ok(())
}

/// What does not fit into a zip's years gets its first day.
fn time(seconds: u64) -> DateTime {
    let moment = jiff::Timestamp::from_second(i64::try_from(seconds).unwrap_or(0));
    let zoned = moment.unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC);
    let small = |value: i8| u8::try_from(value).unwrap_or(0);
    DateTime::from_date_and_time(
        u16::try_from(zoned.year()).unwrap_or(0),
        small(zoned.month()),
        small(zoned.day()),
        small(zoned.hour()),
        small(zoned.minute()),
        small(zoned.second()),
    )
    .unwrap_or_default()
}

fn checksums(file: &mut File) -> io::Result<(String, String)> {
    file.rewind()?;
    let (mut md5, mut sha256) = (Md5::new(), Sha256::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            length => {
                md5.update(&buffer[..length]);
                sha256.update(&buffer[..length]);
            }
        }
    }
    Ok((hex::encode(md5.finalize()), hex::encode(sha256.finalize())))
}
