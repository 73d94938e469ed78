//! Small tar archives of a few files, and single files taken out of a tar.

use std::io::{self, Read};

/// A file or, with a slash at the end of its name, a directory that goes into a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Small {
    /// Relative; missing directories are made on the other side.
    pub name: String,
    pub mode: u32,
    pub bytes: Vec<u8>,
}

impl Small {
    pub fn file(name: impl Into<String>, mode: u32, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            mode,
            bytes: bytes.into(),
        }
    }

    pub fn directory(name: &str) -> Self {
        Self::file(format!("{}/", name.trim_end_matches('/')), 0o755, [])
    }
}

/// A tar of these, all owned by root.
pub fn of(entries: &[Small]) -> io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(match entry.name.ends_with('/') {
            true => tar::EntryType::Directory,
            false => tar::EntryType::Regular,
        });
        header.set_mode(entry.mode);
        header.set_size(entry.bytes.len() as u64);
        tar.append_data(&mut header, &entry.name, entry.bytes.as_slice())?;
    }
    tar.into_inner()
}

/// A tar without entries: unpacked into a directory, it makes just that.
pub fn empty() -> Vec<u8> {
    vec![0; 1024]
}

/// What a tar of one path holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Single {
    File(Vec<u8>),
    Link(String),
    Directory,
    /// More than the bytes asked for.
    TooLarge,
}

/// The first entry of `tar`, at most `limit` bytes of it.
pub fn single(tar: impl Read, limit: u64) -> io::Result<Single> {
    let mut tar = tar::Archive::new(tar);
    let Some(entry) = tar.entries()?.next() else {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "an empty archive",
        ));
    };
    let entry = entry?;
    match entry.header().entry_type() {
        tar::EntryType::Directory => Ok(Single::Directory),
        tar::EntryType::Symlink => Ok(Single::Link(target(&entry)?)),
        _ if entry.size() > limit => Ok(Single::TooLarge),
        _ => {
            let mut bytes = Vec::new();
            entry.take(limit).read_to_end(&mut bytes)?;
            Ok(Single::File(bytes))
        }
    }
}

/// Where a link of a tar leads.
pub fn target<R: Read>(entry: &tar::Entry<'_, R>) -> io::Result<String> {
    let bytes = entry.link_name_bytes().unwrap_or_default();
    String::from_utf8(bytes.into_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// One header for a tar that is written piece by piece, and the padding after `size` bytes of contents.
pub fn header(name: &str, mode: u32, size: u64, modified: u64) -> io::Result<Vec<u8>> {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Regular);
    header.set_mode(mode);
    header.set_mtime(modified);
    header.set_size(size);
    let mut tar = tar::Builder::new(Vec::new());
    // The builder writes long names as entries of their own before the header; contents follow from elsewhere.
    tar.append_data(&mut header, name, Short)?;
    let mut bytes = std::mem::take(tar.get_mut());
    bytes.truncate(bytes.len() / 512 * 512);
    Ok(bytes)
}

/// Contents that come later.
struct Short;

impl Read for Short {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

/// Zero bytes that fill the last block.
pub fn padding(size: u64) -> usize {
    usize::try_from((512 - size % 512) % 512).unwrap_or(0)
}
