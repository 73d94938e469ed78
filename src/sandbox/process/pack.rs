//! Trees of the host as tar streams.
//!
//! Invariant: an entry's content has exactly the length its header says, even when the file changes meanwhile; links are not followed.

use crate::companions::ByteStream;
use crate::sandbox::tarball::written;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// The file or tree at `path`; names begin with the last component. Sockets, pipes and devices are left out.
pub fn pack(path: PathBuf) -> ByteStream {
    written(move |sink| write_all(&path, sink))
}

fn write_all(path: &Path, sink: impl Write) -> io::Result<()> {
    let mut tar = Builder::new(sink);
    let name = path.file_name().map_or(PathBuf::from("."), PathBuf::from);
    // An explicit stack: depth is the build's choice, and must not be ours to overflow.
    let mut left = vec![(path.to_owned(), name)];
    while let Some((path, name)) = left.pop() {
        let found = append(&mut tar, &path, &name).map_err(|e| at(&path, e))?;
        if found.is_dir() {
            let inner = children(&path).map_err(|e| at(&path, e))?;
            left.extend(inner.into_iter().map(|n| (path.join(&n), name.join(&n))));
        }
    }
    tar.finish()
}

fn append(tar: &mut Builder<impl Write>, path: &Path, name: &Path) -> io::Result<Metadata> {
    let found = fs::symlink_metadata(path)?;
    let kind = found.file_type();
    let mut header = header(&found);
    if kind.is_dir() {
        header.set_entry_type(EntryType::Directory);
        header.set_size(0);
        tar.append_data(&mut header, name, io::empty())?;
    } else if kind.is_symlink() {
        header.set_entry_type(EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, name, fs::read_link(path)?)?;
    } else if kind.is_file() {
        header.set_entry_type(EntryType::Regular);
        tar.append_data(&mut header, name, Exact::open(path, found.len())?)?;
    }
    Ok(found)
}

/// Owner is root, as everything in a build container is.
fn header(found: &Metadata) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(found.mode() & 0o7777);
    header.set_mtime(u64::try_from(found.mtime()).unwrap_or_default());
    header.set_size(found.len());
    header.set_uid(0);
    header.set_gid(0);
    header
}

/// Last name first, since the stack turns the order around.
fn children(path: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names: Vec<_> = fs::read_dir(path)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<io::Result<_>>()?;
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

fn at(path: &Path, e: io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("{}: {e}", path.display()))
}

/// A file cut, or filled up with zeros, to a length.
struct Exact {
    file: File,
    left: u64,
}

impl Exact {
    fn open(path: &Path, length: u64) -> io::Result<Exact> {
        Ok(Exact {
            file: File::open(path)?,
            left: length,
        })
    }
}

impl Read for Exact {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| buffer.len().min(left));
        let read = match self.file.read(&mut buffer[..most])? {
            0 => {
                buffer[..most].fill(0);
                most
            }
            read => read,
        };
        self.left -= read as u64;
        Ok(read)
    }
}
