//! Which commands run, so that a crash does not leave them open.
//!
//! Invariant: a command's file is written before its work begins and goes when its end has been told. Source: contract, codedeploy
//! section 8.8, "Crash recovery".

use super::errors::{Done, Fault};
use super::root::{Root, create};
use camino::Utf8PathBuf;
use std::fs;

/// A command that is marked as running; drop it when its end has been told.
#[derive(Debug)]
pub struct Ongoing(Utf8PathBuf);

impl Ongoing {
    /// Marks a command of a deployment.
    pub fn mark(root: &Root, deployment_id: &str, command: &str) -> Done<Self> {
        create(&root.ongoing())?;
        let path = root.ongoing().join(deployment_id);
        let written = fs::write(&path, command);
        written.map_err(|error| Fault::file("write", &path, &error))?;
        Ok(Self(path))
    }

    pub fn clear(self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!(path = %self.0, %error, "the mark of a running command stays");
        }
    }
}

/// The commands that ran when an agent with this root ended last, with the marks to be cleared.
pub fn left_behind(root: &Root) -> Vec<(String, Ongoing)> {
    let Ok(entries) = root.ongoing().read_dir_utf8() else {
        return Vec::new();
    };
    let marks = entries.filter_map(|entry| {
        let path = entry.ok()?.into_path();
        Some((fs::read_to_string(&path).ok()?, Ongoing(path)))
    });
    marks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_cleared_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap());
        assert!(left_behind(&root).is_empty());
        Ongoing::mark(&root, "d-1", "command-1").unwrap().clear();
        drop(Ongoing::mark(&root, "d-2", "command-2").unwrap());
        let [(command, mark)] = left_behind(&root).try_into().unwrap();
        assert_eq!(command, "command-2");
        mark.clear();
        assert!(left_behind(&root).is_empty());
    }
}
