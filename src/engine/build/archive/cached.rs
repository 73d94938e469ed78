//! Caches as archives: spools under names of their own in one compressed tar, and their way back.

use super::limits::{ArchiveError, Limits};
use super::spool::{self, Content, Item, Spool};
use camino::Utf8Path;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use tar::{Archive, Builder, EntryType, Header};

/// A packed cache, at its beginning.
#[derive(Debug)]
pub struct Packed {
    pub file: File,
    /// Lower-case hex, over names, modes and contents: the same files have the same, whenever they were written.
    pub digest: String,
}

/// Packs spools, each below its name.
pub fn pack(spools: &[(&str, &Spool)]) -> io::Result<Packed> {
    let out = GzEncoder::new(tempfile::tempfile()?, Compression::fast());
    let mut tar = Builder::new(out);
    let mut hash = Sha256::new();
    for (group, spool) in spools {
        for (name, item) in spool.items() {
            let name = Utf8Path::new(group).join(name);
            hash.update(name.as_str().as_bytes());
            hash.update([0]);
            hash.update(item.mode.to_be_bytes());
            add(&mut tar, &mut hash, spool, &name, item)?;
        }
    }
    let mut file = tar.into_inner()?.finish()?;
    file.rewind()?;
    Ok(Packed {
        file,
        digest: hex::encode(hash.finalize()),
    })
}

fn add(
    tar: &mut Builder<impl Write>,
    hash: &mut Sha256,
    spool: &Spool,
    name: &Utf8Path,
    item: &Item,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mode(item.mode);
    header.set_mtime(item.modified);
    header.set_uid(0);
    header.set_gid(0);
    match &item.content {
        Content::Link(target) => {
            hash.update(target.as_bytes());
            header.set_entry_type(EntryType::Symlink);
            header.set_size(0);
            tar.append_link(&mut header, name, target)
        }
        Content::Bytes { length, .. } => {
            hash.update(length.to_be_bytes());
            spool::copy(spool, item, &mut Hashing(hash))?;
            header.set_entry_type(EntryType::Regular);
            header.set_size(*length);
            tar.append_data(&mut header, name, Reading { spool, item, at: 0 })
        }
    }
}

struct Hashing<'a>(&'a mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reading<'a> {
    spool: &'a Spool,
    item: &'a Item,
    at: u64,
}

impl Read for Reading<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.spool.read_at(self.item, self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Writes one group of a packed cache as a tar of its own.
pub fn unpack(
    mut packed: &File,
    group: &str,
    out: impl Write,
    limits: &Limits,
) -> Result<(), ArchiveError> {
    packed.rewind()?;
    let mut archive = Archive::new(GzDecoder::new(packed));
    let mut tar = Builder::new(out);
    let mut counted = (0, 0);
    for entry in archive.entries()? {
        let mut entry = entry?;
        limits.count(&mut counted, entry.size())?;
        let path = entry.path()?.into_owned();
        let Ok(name) = path.strip_prefix(group) else {
            continue;
        };
        let mut header = entry.header().clone();
        if header.entry_type() == EntryType::Symlink {
            let target = entry.link_name()?.map(|target| target.into_owned());
            let target = target.unwrap_or_default();
            tar.append_link(&mut header, name, target)?;
        } else {
            tar.append_data(&mut header, Path::new(name), &mut entry)?;
        }
    }
    tar.into_inner()?.flush()?;
    Ok(())
}

/// A hash of files, over names and contents: what `codebuild-hash-files` prints. Links are no files.
pub fn hash(spool: &Spool) -> io::Result<String> {
    let mut hash = Sha256::new();
    for (name, item) in spool.items() {
        if matches!(item.content, Content::Link(_)) {
            continue;
        }
        let mut one = Sha256::new();
        spool::copy(spool, item, &mut Hashing(&mut one))?;
        hash.update(format!("{}  {name}\n", hex::encode(one.finalize())));
    }
    Ok(hex::encode(hash.finalize()))
}
