//! A function's archive, and our bootstrap, as the tar streams that sandboxes take in.
//!
//! Invariant: names have been looked over when the code was kept, and are looked over again by the sandbox.

use super::super::code::stays_inside;
use crate::companions::ByteStream;
use crate::sandbox::written;
use bytes::Bytes;
use std::io::{self, Cursor, Read, Write};
use tar::{Builder, EntryType, Header};
use zip::ZipArchive;
use zip::read::ZipFile;

const LINK: u32 = 0o120_000;
const KIND: u32 = 0o170_000;
const LONGEST_TARGET: u64 = 4096;

/// The archive's files with their modes and links.
pub fn unpacked(zip: Bytes) -> ByteStream {
    written(move |to| {
        let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(io::Error::other)?;
        let mut tar = Builder::new(to);
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(io::Error::other)?;
            add(&mut tar, entry)?;
        }
        tar.finish()
    })
}

/// One file of ours.
pub fn file(name: &'static str, text: &'static str) -> ByteStream {
    written(move |to| {
        let mut tar = Builder::new(to);
        let mut header = header(EntryType::Regular, 0o644, text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes())?;
        tar.finish()
    })
}

fn add<R: Read + ?Sized>(
    tar: &mut Builder<&mut dyn Write>,
    mut entry: ZipFile<'_, R>,
) -> io::Result<()> {
    let name = entry.name().map_err(io::Error::other)?.into_owned();
    if !stays_inside(&name) {
        return Err(io::Error::other(format!("entry {name} leads outside")));
    }
    let mode = entry.unix_mode().unwrap_or(0o755);
    if entry.is_dir() {
        return tar.append_data(
            &mut header(EntryType::Directory, 0o755, 0),
            name,
            io::empty(),
        );
    }
    if mode & KIND == LINK {
        let mut target = String::new();
        entry.take(LONGEST_TARGET).read_to_string(&mut target)?;
        return tar.append_link(&mut header(EntryType::Symlink, 0o777, 0), name, target);
    }
    // Readable whatever the archive says, as AWS's own unpacking has it only for its user.
    let mut header = header(EntryType::Regular, (mode & 0o777) | 0o444, entry.size());
    tar.append_data(&mut header, name, &mut entry)
}

fn header(kind: EntryType, mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size);
    header.set_mtime(0);
    header
}
