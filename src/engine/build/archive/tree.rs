//! A folder of this machine as a tar: files, directories and links, owned by root.

use super::limits::{ArchiveError, Limits};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use tar::{Builder, EntryType, Header};

/// Writes what lies below `root`. Links are kept as they are and never followed; what is neither is left out.
pub fn tree_to_tar(root: &Path, out: impl Write, limits: &Limits) -> Result<(), ArchiveError> {
    let mut tar = Builder::new(out);
    let mut counted = (0, 0);
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let metadata = fs::symlink_metadata(&path)?;
            let name = path.strip_prefix(root).map_err(io::Error::other)?;
            let size = if metadata.is_file() {
                metadata.len()
            } else {
                0
            };
            limits.count(&mut counted, size)?;
            add(&mut tar, &path, name, &metadata)?;
            if metadata.is_dir() {
                folders.push(path);
            }
        }
    }
    tar.into_inner()?.flush()?;
    Ok(())
}

fn add(
    tar: &mut Builder<impl Write>,
    path: &Path,
    name: &Path,
    metadata: &Metadata,
) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_mtime(u64::try_from(metadata.mtime()).unwrap_or(0));
    header.set_mode(metadata.permissions().mode() & 0o777);
    header.set_size(0);
    header.set_uid(0);
    header.set_gid(0);
    if metadata.is_dir() {
        header.set_entry_type(EntryType::Directory);
        tar.append_data(&mut header, name, io::empty())
    } else if metadata.is_symlink() {
        header.set_entry_type(EntryType::Symlink);
        tar.append_link(&mut header, name, fs::read_link(path)?)
    } else if metadata.is_file() {
        header.set_entry_type(EntryType::Regular);
        header.set_size(metadata.len());
        tar.append_data(&mut header, name, File::open(path)?)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn files_directories_and_links_keep_name_and_mode() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("dir")).unwrap();
        fs::write(root.join("dir/run"), "x").unwrap();
        fs::set_permissions(root.join("dir/run"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("dir/run", root.join("link")).unwrap();
        let mut bytes = Vec::new();
        tree_to_tar(root, &mut bytes, &Limits::default()).unwrap();
        let mut archive = tar::Archive::new(bytes.as_slice());
        let entries = archive.entries().unwrap();
        let mut seen: Vec<String> = entries
            .map(|entry| {
                let entry = entry.unwrap();
                let header = entry.header();
                let (path, mode) = (entry.path().unwrap(), header.mode().unwrap());
                format!("{} {:o} {}", path.display(), mode, header.uid().unwrap())
            })
            .collect();
        seen.sort();
        assert_eq!(seen[1], "dir/run 755 0");
        assert_eq!(seen.len(), 3);
        let small = Limits {
            entries: 2,
            ..Limits::default()
        };
        let refused = tree_to_tar(root, io::sink(), &small);
        assert!(matches!(refused, Err(ArchiveError::TooMany(2))));
    }
}
