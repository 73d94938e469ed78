//! From a bundle to the files of a revision.
//!
//! Invariant: nothing is written outside the folder, by name or through a link; entries, bytes and ratio are bounded as they are
//! everywhere in this program.

use crate::agent::errors::{self, Done, Fault};
use crate::agent::root::remove_tree;
use crate::agent::specification::BundleKind;
use crate::engine::build::archive::{self, Limits};
use crate::sandbox;
use camino::{Utf8Path, Utf8PathBuf};
use flate2::read::MultiGzDecoder;
use futures::StreamExt;
use std::fs::{self, File};
use std::io::{self, Read, Seek, Write};
use tokio_util::io::ReaderStream;

const GZIP: [u8; 2] = [0x1f, 0x8b];

// Differs from AWS: A revision with a symbolic link that leads out of its bundle fails DownloadBundle of slipway's own agent.

/// Unpacks a bundle into a folder that is made anew. A lone folder that holds an AppSpec counts as the top.
pub async fn unpack(bundle: &Utf8Path, kind: BundleKind, into: &Utf8Path) -> Done<()> {
    let (source, target) = (bundle.to_owned(), into.to_owned());
    let tar = tokio::task::spawn_blocking(move || {
        remove_tree(&target)?;
        as_tar(&source, kind)
    });
    let tar = tar.await.map_err(Fault::unknown)??;
    let stream = ReaderStream::new(tokio::fs::File::from_std(tar)).boxed();
    let limits = sandbox::limits::Limits {
        entries: Limits::default().entries,
        bytes: Limits::default().bytes,
    };
    let unpacked = sandbox::process::unpack(into.as_std_path().to_owned(), stream, limits).await;
    unpacked.map_err(|error| match kind {
        BundleKind::Zip => errors::zip(error),
        BundleKind::Tar | BundleKind::Tgz => errors::tar(error),
    })?;
    let target = into.to_owned();
    let stripped = tokio::task::spawn_blocking(move || strip(&target));
    stripped.await.map_err(Fault::unknown)?
}

/// The bundle as a plain tar, ready to be read.
fn as_tar(bundle: &Utf8Path, kind: BundleKind) -> Done<File> {
    let mut file = File::open(bundle).map_err(|error| Fault::file("read", bundle, &error))?;
    match kind {
        BundleKind::Zip => of_zip(file).map_err(errors::zip),
        // tar looks for itself whether what it reads is compressed.
        BundleKind::Tar if !is_gzip(&mut file).map_err(errors::tar)? => Ok(file),
        BundleKind::Tar | BundleKind::Tgz => of_gzip(file).map_err(errors::tar),
    }
}

fn is_gzip(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::new();
    Read::by_ref(file).take(2).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first == GZIP)
}

fn of_zip(file: File) -> Result<File, archive::ArchiveError> {
    let mut tar = tempfile::tempfile()?;
    archive::zip_to_tar(file, &mut tar, &Limits::default())?;
    tar.rewind()?;
    Ok(tar)
}

/// As far as it is believable.
fn of_gzip(file: File) -> Result<File, archive::ArchiveError> {
    let limits = Limits::default();
    let packed = file.metadata()?.len();
    let mut tar = tempfile::tempfile()?;
    let mut plain = MultiGzDecoder::new(io::BufReader::new(file));
    let (mut buffer, mut length) = (vec![0; 64 * 1024], 0_u64);
    loop {
        let read = plain.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        length += read as u64;
        if length > limits.bytes {
            return Err(archive::ArchiveError::TooLarge(limits.bytes));
        }
        limits.check_ratio(length, packed)?;
        tar.write_all(&buffer[..read])?;
    }
    tar.rewind()?;
    Ok(tar)
}

/// Moves what is in a lone folder with an AppSpec up to the top.
fn strip(archive: &Utf8Path) -> Done<()> {
    let refused = |error: io::Error| Fault::file("read", archive, &error);
    fs::create_dir_all(archive).map_err(refused)?;
    let mut entries = archive.read_dir_utf8().map_err(refused)?;
    let (Some(only), None) = (entries.next(), entries.next()) else {
        return Ok(());
    };
    let only = only.map_err(refused)?.into_path();
    if !is_top(&only) {
        return Ok(());
    }
    let aside = Utf8PathBuf::from(format!("{archive}-temp"));
    remove_tree(&aside)?;
    let moved = fs::rename(&only, &aside)
        .and_then(|()| fs::remove_dir(archive))
        .and_then(|()| fs::rename(&aside, archive));
    moved.map_err(|error| Fault::file("move", &only, &error))
}

fn is_top(path: &Utf8Path) -> bool {
    let folder = path.symlink_metadata().is_ok_and(|found| found.is_dir());
    let holds = |entries: camino::ReadDirUtf8| {
        let mut names = entries.filter_map(|entry| Some(entry.ok()?.file_name().to_lowercase()));
        names.any(|name| name.contains("appspec"))
    };
    folder && path.read_dir_utf8().is_ok_and(holds)
}
