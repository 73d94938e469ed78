//! Where everything of a deployment is kept, laid out as AWS's agent does.
//!
//! Invariant: names that the server gives become folders only when they are single, plain names. Source: contract, codedeploy
//! section 8.6.

use super::errors::{Done, Fault};
use camino::{Utf8Path, Utf8PathBuf};
use std::fs;
use std::time::SystemTime;

/// Where AWS's agent keeps everything.
pub const DEFAULT: &str = "/opt/codedeploy-agent/deployment-root";

/// Revisions of one group that are kept.
pub const MOST_REVISIONS: usize = 5;

/// The root of all deployments of one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root(Utf8PathBuf);

/// The folder of one deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentFolder(Utf8PathBuf);

impl Root {
    pub fn new(folder: impl Into<Utf8PathBuf>) -> Self {
        Self(folder.into())
    }

    pub fn path(&self) -> &Utf8Path {
        &self.0
    }

    pub fn deployment(&self, group_id: &str, deployment_id: &str) -> DeploymentFolder {
        DeploymentFolder(self.0.join(group_id).join(deployment_id))
    }

    pub fn instructions(&self) -> Utf8PathBuf {
        self.0.join("deployment-instructions")
    }

    pub fn install_file(&self, group_id: &str) -> Utf8PathBuf {
        self.instructions().join(format!("{group_id}-install.json"))
    }

    pub fn cleanup_file(&self, group_id: &str) -> Utf8PathBuf {
        self.instructions().join(format!("{group_id}-cleanup"))
    }

    /// Commands that run, each a file of its deployment's name.
    pub fn ongoing(&self) -> Utf8PathBuf {
        self.0.join("ongoing-deployment")
    }

    /// The deployment whose files are installed.
    pub fn last_successful(&self, group_id: &str) -> Option<DeploymentFolder> {
        self.recorded(&self.last_file(group_id))
    }

    /// The deployment whose bundle came last.
    pub fn most_recent(&self, group_id: &str) -> Option<DeploymentFolder> {
        self.recorded(&self.recent_file(group_id))
    }

    pub fn record_last_successful(&self, group_id: &str, folder: &DeploymentFolder) -> Done<()> {
        self.record(&self.last_file(group_id), folder)
    }

    pub fn record_most_recent(&self, group_id: &str, folder: &DeploymentFolder) -> Done<()> {
        self.record(&self.recent_file(group_id), folder)
    }

    /// Removes the oldest revisions of a group, so that with `coming` there are at most [`MOST_REVISIONS`]; never the installed one.
    pub fn prune(&self, group_id: &str, coming: &DeploymentFolder) -> Done<()> {
        let group = self.0.join(group_id);
        let Ok(entries) = group.read_dir_utf8() else {
            return Ok(());
        };
        let folders = entries.filter_map(|entry| Some(entry.ok()?.into_path()));
        let mut folders: Vec<Utf8PathBuf> = folders.filter(|path| *path != coming.0).collect();
        let extra = (folders.len() + 1).saturating_sub(MOST_REVISIONS);
        let kept = self.last_successful(group_id);
        folders.retain(|path| kept.as_ref().is_none_or(|kept| kept.0 != *path));
        folders.sort_by_cached_key(|path| (modified(path), path.clone()));
        for old in folders.into_iter().take(extra) {
            remove_tree(&old)?;
        }
        Ok(())
    }

    /// Everything of one group belongs to another from now on. A group that is not known here has nothing to give.
    pub fn hand_on(&self, from: &str, to: &str) -> Done<()> {
        if from == to || !is_plain(from) || !is_plain(to) {
            return Ok(());
        }
        let (old, new) = (self.0.join(from), self.0.join(to));
        if !old.is_dir() || new.exists() {
            return Ok(());
        }
        let last = self.last_successful(from);
        let moves = [
            (old.clone(), new.clone()),
            (self.cleanup_file(from), self.cleanup_file(to)),
        ];
        for (from, to) in moves.iter().filter(|(from, _)| from.exists()) {
            fs::rename(from, to).map_err(|error| Fault::file("move", from, &error))?;
        }
        if let Some(name) = last.as_ref().and_then(|last| last.0.file_name()) {
            self.record_last_successful(to, &self.deployment(to, name))?;
        }
        for file in [
            self.last_file(from),
            self.recent_file(from),
            self.install_file(from),
        ] {
            remove_tree(&file)?;
        }
        Ok(())
    }

    fn last_file(&self, group_id: &str) -> Utf8PathBuf {
        let name = format!("{group_id}_last_successful_install");
        self.instructions().join(name)
    }

    fn recent_file(&self, group_id: &str) -> Utf8PathBuf {
        let name = format!("{group_id}_most_recent_install");
        self.instructions().join(name)
    }

    fn recorded(&self, file: &Utf8Path) -> Option<DeploymentFolder> {
        let text = fs::read_to_string(file).ok()?;
        let folder = Utf8PathBuf::from(text.trim_end());
        Some(DeploymentFolder(folder))
    }

    fn record(&self, file: &Utf8Path, folder: &DeploymentFolder) -> Done<()> {
        let instructions = self.instructions();
        create(&instructions)?;
        let written = fs::write(file, folder.0.as_str());
        written.map_err(|error| Fault::file("write", file, &error))
    }
}

impl DeploymentFolder {
    pub fn path(&self) -> &Utf8Path {
        &self.0
    }

    pub fn bundle(&self) -> Utf8PathBuf {
        self.0.join("bundle.tar")
    }

    /// The revision as it was unpacked.
    pub fn archive(&self) -> Utf8PathBuf {
        self.0.join("deployment-archive")
    }

    pub fn script_log(&self) -> Utf8PathBuf {
        self.0.join("logs/scripts.log")
    }
}

/// Whether a name of the server's may be a folder's.
pub fn is_plain(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=128).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(allowed)
}

/// Makes a folder and those above it.
pub fn create(folder: &Utf8Path) -> Done<()> {
    fs::create_dir_all(folder).map_err(|error| Fault::file("make the folder", folder, &error))
}

/// Removes what is there, if anything.
pub fn remove_tree(path: &Utf8Path) -> Done<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return Ok(()),
    };
    removed.map_err(|error| Fault::file("remove", path, &error))
}

fn modified(path: &Utf8Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;

    fn aged(folder: &DeploymentFolder, age: u64) {
        fs::create_dir_all(folder.path()).unwrap();
        let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age);
        File::open(folder.path())
            .unwrap()
            .set_modified(then)
            .unwrap();
    }

    /// Witness: contract §8.6, the layout.
    #[test]
    fn everything_is_where_the_stock_agent_keeps_it() {
        assert_eq!(DEFAULT, "/opt/codedeploy-agent/deployment-root");
        let root = Root::new("/r");
        let folder = root.deployment("g-1", "d-1");
        assert_eq!(folder.bundle(), "/r/g-1/d-1/bundle.tar");
        assert_eq!(folder.archive(), "/r/g-1/d-1/deployment-archive");
        assert_eq!(folder.script_log(), "/r/g-1/d-1/logs/scripts.log");
        let instructions = "/r/deployment-instructions";
        assert_eq!(
            root.install_file("g-1"),
            format!("{instructions}/g-1-install.json")
        );
        assert_eq!(
            root.cleanup_file("g-1"),
            format!("{instructions}/g-1-cleanup")
        );
        assert_eq!(
            root.last_file("g-1"),
            format!("{instructions}/g-1_last_successful_install")
        );
        assert_eq!(
            root.recent_file("g-1"),
            format!("{instructions}/g-1_most_recent_install")
        );
    }

    /// Witness: contract §8.6, DownloadBundle: max_revisions 5, the last successful one is kept.
    #[test]
    fn the_oldest_revisions_go_but_never_the_installed_one() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(Utf8Path::from_path(folder.path()).unwrap());
        let folders: Vec<DeploymentFolder> = (0..7)
            .map(|n| root.deployment("g", &format!("d-{n}")))
            .collect();
        for (folder, age) in folders.iter().zip([7, 6, 5, 4, 3, 2, 1]) {
            aged(folder, age);
        }
        root.record_last_successful("g", &folders[0]).unwrap();
        root.prune("g", &root.deployment("g", "d-new")).unwrap();
        let left: Vec<bool> = folders.iter().map(|of| of.path().exists()).collect();
        assert_eq!(left, [true, false, false, false, true, true, true]);
    }

    #[test]
    fn another_group_takes_over_what_one_has_installed() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(Utf8Path::from_path(folder.path()).unwrap());
        root.hand_on("old", "new").unwrap();
        let installed = root.deployment("old", "d-1");
        fs::create_dir_all(installed.archive()).unwrap();
        root.record_last_successful("old", &installed).unwrap();
        fs::write(root.cleanup_file("old"), "/x\n").unwrap();
        root.hand_on("old", "new").unwrap();
        assert_eq!(
            root.last_successful("new"),
            Some(root.deployment("new", "d-1"))
        );
        assert!(root.deployment("new", "d-1").archive().exists());
        assert_eq!(
            fs::read_to_string(root.cleanup_file("new")).unwrap(),
            "/x\n"
        );
        assert!(root.last_successful("old").is_none() && !root.cleanup_file("old").exists());
    }

    #[test]
    fn names_of_the_server_lead_nowhere_else() {
        assert!(is_plain("d-ABC123") && is_plain("11111111-2222-4333-8444-555555555555"));
        for name in ["", "..", "a/b", ".hidden", "a\0b", &"a".repeat(200)] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
