//! Files taken out of a sandbox, kept in one temporary file until they are packed or uploaded.
//!
//! Names are relative and stay below their root; of two files with one name the last one wins. What is spooled is bounded.

use super::limits::{ArchiveError, Limits};
use super::{names, tarball};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::FileExt;

#[derive(Debug)]
pub struct Spool {
    file: File,
    length: u64,
    limits: Limits,
    counted: (u64, u64),
    items: BTreeMap<Utf8PathBuf, Item>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub content: Content,
    pub mode: u32,
    /// Seconds since the epoch.
    pub modified: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Where in the spool.
    Bytes { from: u64, length: u64 },
    /// A symbolic link that is kept.
    Link(String),
}

/// What an entry of a tree is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    File,
    Directory,
    /// Where it leads, as written.
    Link(String),
    /// Another name of a file the tar has under its first name.
    SecondName,
}

impl Spool {
    pub fn new(limits: Limits) -> io::Result<Self> {
        Ok(Self {
            file: tempfile::tempfile()?,
            length: 0,
            limits,
            counted: (0, 0),
            items: BTreeMap::new(),
        })
    }

    pub fn items(&self) -> &BTreeMap<Utf8PathBuf, Item> {
        &self.items
    }

    /// Bytes of an item, from `at` on; 0 at its end.
    pub fn read_at(&self, item: &Item, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let Content::Bytes { from, length } = item.content else {
            return Ok(0);
        };
        let left = usize::try_from(length.saturating_sub(at)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        self.file.read_at(&mut buffer[..most], from + at)
    }

    /// Keeps a symbolic link as one.
    pub fn link(&mut self, name: Utf8PathBuf, target: String) -> Result<(), ArchiveError> {
        self.limits.count(&mut self.counted, 0)?;
        let item = Item {
            content: Content::Link(target),
            mode: 0o777,
            modified: 0,
        };
        self.items.insert(name, item);
        Ok(())
    }

    fn take<R: Read>(
        &mut self,
        name: Utf8PathBuf,
        entry: &mut tar::Entry<'_, R>,
    ) -> Result<(), ArchiveError> {
        let length = entry.size();
        self.limits.count(&mut self.counted, length)?;
        let from = self.length;
        self.file.seek(io::SeekFrom::Start(from))?;
        let copied = io::copy(entry, &mut self.file)?;
        if copied != length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.length += copied;
        let header = entry.header();
        let item = Item {
            content: Content::Bytes { from, length },
            mode: header.mode().unwrap_or(0o644) & 0o777,
            modified: header.mtime().unwrap_or(0),
        };
        self.items.insert(name, item);
        Ok(())
    }
}

/// What to do with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Keep a file under this name.
    Take(Utf8PathBuf),
    Pass,
    /// Nothing more of this tree is wanted.
    Stop,
}

/// Walks a tree that left a sandbox as a tar whose entries begin with the last component of `root`. `visit` hears of every
/// entry by its absolute path.
pub fn walk(
    tar: impl Read,
    root: &Utf8Path,
    spool: &mut Spool,
    mut visit: impl FnMut(&Utf8Path, &Found) -> Visit,
) -> Result<(), ArchiveError> {
    let mut seen = (0, 0);
    for entry in tar::Archive::new(tar).entries()? {
        let mut entry = entry?;
        spool.limits.count(&mut seen, 0)?;
        let Some(path) = absolute(&entry, root) else {
            continue;
        };
        let Some(found) = found(&entry)? else {
            continue;
        };
        match visit(&path, &found) {
            Visit::Take(name) if found == Found::File => spool.take(name, &mut entry)?,
            Visit::Take(_) | Visit::Pass => {}
            Visit::Stop => break,
        }
    }
    Ok(())
}

/// The path in the sandbox; names that are no text cannot be matched or stored and are passed over.
fn absolute<R: Read>(entry: &tar::Entry<'_, R>, root: &Utf8Path) -> Option<Utf8PathBuf> {
    let bytes = entry.path_bytes();
    let name = std::str::from_utf8(&bytes).ok()?;
    let relative = names::relative(name.trim_start_matches("./"))?;
    let mut parts = relative.components();
    // The first component is the root's own name, which need not be spelled as it was asked for.
    parts.next();
    Some(match parts.as_path().as_str() {
        "" => root.to_owned(),
        rest => root.join(rest),
    })
}

/// Devices, pipes and the like are nothing to keep.
fn found<R: Read>(entry: &tar::Entry<'_, R>) -> io::Result<Option<Found>> {
    Ok(match entry.header().entry_type() {
        tar::EntryType::Regular | tar::EntryType::Continuous | tar::EntryType::GNUSparse => {
            Some(Found::File)
        }
        tar::EntryType::Directory => Some(Found::Directory),
        tar::EntryType::Symlink => Some(Found::Link(tarball::target(entry)?)),
        tar::EntryType::Link => Some(Found::SecondName),
        _ => None,
    })
}

/// Copies an item to `out`.
pub fn copy(spool: &Spool, item: &Item, out: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    let mut at = 0;
    loop {
        match spool.read_at(item, at, &mut buffer)? {
            0 => return Ok(()),
            length => {
                out.write_all(&buffer[..length])?;
                at += length as u64;
            }
        }
    }
}
