//! Files of a revision on their way into a container.

use crate::companions::ByteStream;
use crate::engine::build::archive::{Limits, tarball, tree_to_tar};
use bytes::Bytes;
use camino::Utf8Path;
use futures::{StreamExt, stream};
use std::fs::{File, Metadata};
use std::io::{self, Seek};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

/// Why a revision is not packed.
pub type Unpackable = Box<dyn std::error::Error + Send + Sync>;

/// The deployments of its group whose revisions are kept.
pub fn kept(archive: &Utf8Path) -> Vec<String> {
    let group = archive.parent().and_then(Utf8Path::parent);
    let entries = group.and_then(|group| group.read_dir_utf8().ok());
    let names = entries.into_iter().flatten().flatten();
    names.map(|entry| entry.file_name().to_owned()).collect()
}

/// The whole revision as a tar, ready to be read.
pub fn pack(archive: &Utf8Path) -> Result<File, Unpackable> {
    let mut tar = tempfile::tempfile()?;
    tree_to_tar(archive.as_std_path(), &mut tar, &Limits::default())?;
    tar.rewind()?;
    Ok(tar)
}

/// A tar of one file, read as it is sent.
pub fn single(source: &Utf8Path, found: &Metadata, name: &str) -> io::Result<ByteStream> {
    let mode = found.permissions().mode() & 0o7777;
    let modified = u64::try_from(found.mtime()).unwrap_or(0);
    let size = found.len();
    let header = tarball::header(name, mode, size, modified)?;
    let padding = tarball::padding(size) + 1024;
    let file = tokio::fs::File::from_std(File::open(source)?);
    let contents = ReaderStream::new(AsyncReadExt::take(file, size));
    let head = stream::iter([Ok(Bytes::from(header))]);
    let tail = stream::iter([Ok(Bytes::from(vec![0; padding]))]);
    Ok(head.chain(contents).chain(tail).boxed())
}
