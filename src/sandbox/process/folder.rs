//! The removal of a sandbox's folder.
//!
//! Invariant: whatever modes a build left, the folder goes.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A removal races with processes that are just being killed; so many attempts are made.
const ATTEMPTS: u32 = 20;
const BETWEEN_ATTEMPTS: std::time::Duration = std::time::Duration::from_millis(10);

/// Removes the tree, read-only directories included. Absent is well.
pub fn remove(root: &Path) -> io::Result<()> {
    let mut last = Ok(());
    for _ in 0..ATTEMPTS {
        last = match fs::remove_dir_all(root) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => open_up(root).and(Err(e)),
            Err(e) => Err(e),
            Ok(()) => return Ok(()),
        };
        std::thread::sleep(BETWEEN_ATTEMPTS);
    }
    last
}

/// Gives us the right to change every directory: builds leave read-only ones (module caches).
fn open_up(root: &Path) -> io::Result<()> {
    let mut left = vec![root.to_owned()];
    while let Some(path) = left.pop() {
        fs::set_permissions(&path, Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                left.push(entry.path());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: our reading; as root the modes do not matter, as another user they do.
    #[test]
    fn a_tree_with_read_only_directories_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("box");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "x").unwrap();
        fs::set_permissions(root.join("a/b"), Permissions::from_mode(0o500)).unwrap();
        fs::set_permissions(root.join("a"), Permissions::from_mode(0o500)).unwrap();
        remove(&root).unwrap();
        assert!(!root.exists());
        remove(&root).unwrap();
    }
}
