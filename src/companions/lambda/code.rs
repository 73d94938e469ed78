//! The functions' code: zip archives in files under random names in `<data>/functions/`.
//!
//! A file is written and synced before the row that names it is committed; a row leaves before its file does. So a row always finds
//! its code, and what a crash leaves behind is a file without a row, which the next start removes.

use super::store::Code;
use crate::aws::ids;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::spawn_blocking;
use zip::ZipArchive;

/// Bytes of a function's unpacked code.
pub const MOST_UNPACKED: u64 = 262_144_000;
const MOST_ENTRIES: usize = 100_000;

/// Why an archive is no code of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    Empty,
    Malformed,
    TooLarge,
}

/// The folder of archives. Clones share it.
#[derive(Clone)]
pub struct Codes {
    folder: Utf8PathBuf,
    /// Files whose rows are not committed yet.
    drafts: Arc<Mutex<HashSet<String>>>,
}

impl Codes {
    /// The folder is made when it is absent.
    pub fn open(folder: &Utf8Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            drafts: Arc::default(),
        })
    }

    /// Writes an archive; it stays when `settle` says that a row names it.
    pub async fn keep(&self, zip: Bytes) -> io::Result<Code> {
        let file = ids::uuid();
        self.drafts().insert(file.clone());
        let (path, folder) = (self.path(&file), self.folder.clone());
        let code = Code {
            size: zip.len() as u64,
            sha256: STANDARD.encode(Sha256::digest(&zip)),
            file,
        };
        let written = spawn_blocking(move || {
            let mut file = File::create_new(path)?;
            file.write_all(&zip)?;
            file.sync_all()?;
            File::open(folder)?.sync_all()
        });
        match written
            .await
            .unwrap_or_else(|lost| Err(io::Error::other(lost)))
        {
            Ok(()) => Ok(code),
            Err(error) => {
                self.settle(&code.file, false).await;
                Err(error)
            }
        }
    }

    /// After the write that was to commit the row: a file that no row names goes.
    pub async fn settle(&self, file: &str, named: bool) {
        if !named {
            self.remove(Some(file.to_owned())).await;
        }
        self.drafts().remove(file);
    }

    /// Removes files whose rows have left.
    pub async fn remove(&self, files: impl IntoIterator<Item = String>) {
        for file in files {
            let path = self.path(&file);
            let gone = spawn_blocking(move || fs::remove_file(path)).await;
            if let Ok(Err(error)) = gone {
                tracing::warn!(file, %error, "a function's code is left on disk until the next start");
            }
        }
    }

    /// Removes what is neither named nor about to be.
    pub fn sweep(&self, named: &HashSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !named.contains(&name) && !self.drafts().contains(&name) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The bytes of an archive.
    pub async fn read(&self, file: &str) -> io::Result<Bytes> {
        let path = self.path(file);
        let read = spawn_blocking(move || fs::read(path)).await;
        read.unwrap_or_else(|lost| Err(io::Error::other(lost)))
            .map(Bytes::from)
    }

    fn path(&self, file: &str) -> Utf8PathBuf {
        self.folder.join(file)
    }

    fn drafts(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the archive to its end: whatever it claims, it unpacks, stays in its folder, and is no larger than it may be.
pub fn check(zip: &[u8]) -> Result<(), Bad> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|_| Bad::Malformed)?;
    if archive.is_empty() {
        return Err(Bad::Empty);
    }
    if archive.len() > MOST_ENTRIES {
        return Err(Bad::TooLarge);
    }
    let mut left = MOST_UNPACKED;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| Bad::Malformed)?;
        let name = entry.name().map_err(|_| Bad::Malformed)?.into_owned();
        if !stays_inside(&name) {
            return Err(Bad::Malformed);
        }
        let count = io::copy(&mut entry.take(left + 1), &mut io::sink());
        let count = count.map_err(|_| Bad::Malformed)?;
        left = left.checked_sub(count).ok_or(Bad::TooLarge)?;
    }
    Ok(())
}

/// No way up, no root, no other separator.
pub fn stays_inside(name: &str) -> bool {
    let mut parts = name.split('/');
    !name.is_empty()
        && !name.starts_with('/')
        && !name.contains(['\\', '\0'])
        && !parts.any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn only_archives_that_unpack_within_their_folder_are_code() {
        assert_eq!(check(&archive(&[("a/app.py", b"x")])), Ok(()));
        assert_eq!(check(b"no zip"), Err(Bad::Malformed));
        assert_eq!(check(&archive(&[])), Err(Bad::Empty));
        for name in ["../app.py", "/app.py", "a/../../app.py", "a\\b"] {
            assert_eq!(
                check(&archive(&[(name, b"x")])),
                Err(Bad::Malformed),
                "{name}"
            );
        }
    }

    #[test]
    fn a_bomb_is_refused_whatever_it_claims() {
        let zeros = vec![0; 1 << 20];
        let files: Vec<String> = (0..251).map(|number| number.to_string()).collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|name| (&**name, &*zeros)).collect();
        assert_eq!(check(&archive(&files)), Err(Bad::TooLarge));
    }

    #[tokio::test]
    async fn a_file_without_a_row_goes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let codes = Codes::open(folder).unwrap();
        let kept = codes.keep(Bytes::from_static(b"a")).await.unwrap();
        let refused = codes.keep(Bytes::from_static(b"b")).await.unwrap();
        codes.settle(&kept.file, true).await;
        codes.settle(&refused.file, false).await;
        assert_eq!(&*codes.read(&kept.file).await.unwrap(), b"a");
        assert!(codes.read(&refused.file).await.is_err());
        codes.sweep(&HashSet::new()).unwrap();
        assert!(codes.read(&kept.file).await.is_err());
    }
}
