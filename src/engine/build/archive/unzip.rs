//! A zip as a tar stream: modes, times and symbolic links are kept, names are checked before the first byte is written.

use super::limits::{ArchiveError, Limits};
use super::names;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashSet;
use std::io::{self, Read, Seek, Write};
use zip::ZipArchive;
use zip::result::ZipError;

/// Longest target of a symbolic link.
const MAX_TARGET: u64 = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Directory,
    Link,
    File,
}

struct Entry {
    index: usize,
    path: Utf8PathBuf,
    kind: Kind,
    size: u64,
    mode: u32,
    modified: u64,
}

/// Writes all entries of `zip` to `out`. Nothing is written unless all names and sizes are acceptable; contents are checked on
/// the way.
pub fn zip_to_tar(
    zip: impl Read + Seek,
    out: impl Write,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    let mut zip = ZipArchive::new(zip).map_err(not_a_zip)?;
    let entries = survey(&mut zip, limits)?;
    let mut tar = tar::Builder::new(out);
    for entry in &entries {
        write(&mut zip, entry, &mut tar)?;
    }
    tar.into_inner()?.flush()?;
    Ok(())
}

fn not_a_zip(error: ZipError) -> ArchiveError {
    match error {
        ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => ArchiveError::NotAZip,
    }
}

/// All entries with their checked names.
fn survey<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    limits: &Limits,
) -> Result<Vec<Entry>, ArchiveError> {
    let mut entries = Vec::new();
    let mut unpacked = (0, 0);
    let mut packed = 0_u64;
    for index in 0..zip.len() {
        let raw = zip.by_index_raw(index).map_err(not_a_zip)?;
        limits.count(&mut unpacked, raw.size())?;
        packed = packed.saturating_add(raw.compressed_size());
        let name = raw.name().map_err(not_a_zip)?.into_owned();
        if raw.encrypted() {
            return Err(ArchiveError::Encrypted(name));
        }
        let escapes = || ArchiveError::Escapes(name.clone());
        let path = names::relative(&name).ok_or_else(escapes)?;
        if path.as_str().is_empty() {
            continue;
        }
        let kind = match raw.is_symlink() {
            true => Kind::Link,
            false if raw.is_dir() => Kind::Directory,
            false => Kind::File,
        };
        entries.push(Entry {
            index,
            kind,
            size: raw.size(),
            mode: mode(raw.unix_mode(), kind),
            modified: raw.last_modified().map_or(0, seconds),
            path,
        });
    }
    limits.check_ratio(unpacked.1, packed)?;
    check_links(&entries)?;
    Ok(entries)
}

/// No entry may be unpacked through a link that another entry makes.
fn check_links(entries: &[Entry]) -> Result<(), ArchiveError> {
    let links = entries.iter().filter(|entry| entry.kind == Kind::Link);
    let links: HashSet<&Utf8Path> = links.map(|entry| entry.path.as_path()).collect();
    let through = |entry: &&Entry| {
        let same = entry.kind != Kind::Link && links.contains(entry.path.as_path());
        same || entry
            .path
            .ancestors()
            .skip(1)
            .any(|dir| links.contains(dir))
    };
    match entries.iter().find(through) {
        Some(entry) => Err(ArchiveError::Escapes(entry.path.to_string())),
        None => Ok(()),
    }
}

/// Permissions of owner, group and others; archives without any get the usual ones, directories stay open for their owner.
fn mode(given: Option<u32>, kind: Kind) -> u32 {
    let given = given.unwrap_or_default() & 0o777;
    match kind {
        Kind::Directory if given == 0 => 0o755,
        Kind::Directory => given | 0o700,
        Kind::File if given == 0 => 0o644,
        Kind::File => given,
        Kind::Link => 0o777,
    }
}

/// Seconds since the epoch; a zip's time has no zone and is taken for UTC.
fn seconds(time: zip::DateTime) -> u64 {
    let [year, month, day, hour, minute, second] = [
        i16::try_from(time.year()).unwrap_or(1980),
        i16::from(time.month()),
        i16::from(time.day()),
        i16::from(time.hour()),
        i16::from(time.minute()),
        i16::from(time.second()),
    ];
    let narrow = |value: i16| i8::try_from(value).unwrap_or(0);
    let civil = jiff::civil::DateTime::new(
        year,
        narrow(month),
        narrow(day),
        narrow(hour),
        narrow(minute),
        narrow(second),
        0,
    );
    let moment = civil.and_then(|civil| civil.to_zoned(jiff::tz::TimeZone::UTC));
    let seconds = moment.map_or(0, |moment| moment.timestamp().as_second());
    u64::try_from(seconds).unwrap_or(0)
}

fn write<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    entry: &Entry,
    tar: &mut tar::Builder<impl Write>,
) -> Result<(), ArchiveError> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(entry.mode);
    header.set_mtime(entry.modified);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(0);
    match entry.kind {
        Kind::Directory => directory(entry, header, tar),
        Kind::Link => link(zip, entry, header, tar),
        Kind::File => file(zip, entry, header, tar),
    }
}

fn directory(
    entry: &Entry,
    mut header: tar::Header,
    tar: &mut tar::Builder<impl Write>,
) -> Result<(), ArchiveError> {
    header.set_entry_type(tar::EntryType::Directory);
    Ok(tar.append_data(&mut header, &entry.path, io::empty())?)
}

fn link<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    entry: &Entry,
    mut header: tar::Header,
    tar: &mut tar::Builder<impl Write>,
) -> Result<(), ArchiveError> {
    let mut target = String::new();
    let content = contents(zip, entry)?;
    content
        .take(MAX_TARGET)
        .read_to_string(&mut target)
        .map_err(|error| broken(entry, &error))?;
    header.set_entry_type(tar::EntryType::Symlink);
    Ok(tar.append_link(&mut header, &entry.path, target)?)
}

fn file<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    entry: &Entry,
    mut header: tar::Header,
    tar: &mut tar::Builder<impl Write>,
) -> Result<(), ArchiveError> {
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(entry.size);
    let mut content = Exact {
        inner: contents(zip, entry)?,
        left: entry.size,
        broken: None,
    };
    let written = tar.append_data(&mut header, &entry.path, &mut content);
    match content.broken.take() {
        Some(error) => Err(broken(entry, &error)),
        None => Ok(written?),
    }
}

fn contents<'a, R: Read + Seek>(
    zip: &'a mut ZipArchive<R>,
    entry: &Entry,
) -> Result<impl Read + use<'a, R>, ArchiveError> {
    zip.by_index(entry.index)
        .map_err(|error| broken(entry, &error))
}

fn broken(entry: &Entry, error: &dyn std::fmt::Display) -> ArchiveError {
    ArchiveError::Broken {
        name: entry.path.to_string(),
        what: error.to_string(),
    }
}

/// Reads exactly as many bytes as the archive promised, to the end, where the checksum is verified.
struct Exact<R> {
    inner: R,
    left: u64,
    /// What was wrong with the contents, to tell it from a failing output.
    broken: Option<io::Error>,
}

impl<R: Read> Read for Exact<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.next(buffer) {
            Ok(length) => Ok(length),
            Err(error) => {
                self.broken = Some(io::Error::new(error.kind(), error.to_string()));
                Err(error)
            }
        }
    }
}

impl<R: Read> Exact<R> {
    fn next(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return self.end();
        }
        let most = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let length = self.inner.read(&mut buffer[..most])?;
        if length == 0 && most > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it is shorter than the archive says",
            ));
        }
        self.left -= length as u64;
        Ok(length)
    }

    fn end(&mut self) -> io::Result<usize> {
        match self.inner.read(&mut [0])? {
            0 => Ok(0),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is longer than the archive says",
            )),
        }
    }
}
