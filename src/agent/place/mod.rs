//! The host or the container that takes files and runs scripts.
//!
//! Blocking code but for scripts: whoever calls it does so on a thread that may wait. Every program is started with an argument vector, never by a shell's text.

mod container;
mod host;
mod ids;
mod packing;

pub use container::InContainer;
pub use host::Host;

use super::appspec::Script;
use super::errors::Done;
use super::script::SharedLog;
use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};

/// What is at a path, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    File,
    Directory,
}

/// Where a deployment goes. Sources are always on this host, every other path is the place's own.
#[async_trait]
pub trait Place: Send + Sync {
    /// What relative paths are relative to.
    fn base(&self) -> Utf8PathBuf;

    fn found(&self, path: &Utf8Path) -> Done<Found>;

    /// Permission bits.
    fn mode(&self, path: &Utf8Path) -> Done<u32>;

    /// Copies a file with its mode and times, a link as a link. What is there is replaced.
    fn copy(&self, source: &Utf8Path, destination: &Utf8Path) -> Done<()>;

    /// Makes one folder.
    fn make(&self, directory: &Utf8Path) -> Done<()>;

    fn set_mode(&self, path: &Utf8Path, mode: u32) -> Done<()>;

    /// By name; a name that is not given stays as it is.
    fn set_owner(&self, path: &Utf8Path, owner: Option<&str>, group: Option<&str>) -> Done<()>;

    /// Where a path leads in the end.
    fn real(&self, path: &Utf8Path) -> Done<Utf8PathBuf>;

    /// Runs a program of the system; how it ended when it did not succeed.
    fn run(&self, argv: &[String]) -> Result<(), String>;

    /// Removes a file, or a folder that is empty; what is not there, or not empty, is left alone.
    fn remove(&self, path: &Utf8Path) -> Done<()>;

    /// Runs a script of the revision that is unpacked at `archive`, on this host.
    async fn script(&self, archive: &Utf8Path, path: &Utf8Path, run: Run<'_>) -> Done<()>;
}

/// A script, and what it runs with.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub script: &'a Script,
    pub environment: &'a [(String, String)],
    pub log: &'a SharedLog,
}

/// An absolute path without `.`, `..` and doubled slashes, by names alone.
pub fn expand(base: &Utf8Path, path: &str) -> Utf8PathBuf {
    let joined = base.join(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.as_str().split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Utf8PathBuf::from(format!("/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_absolute_by_their_names() {
        let expanded = |path| expand(Utf8Path::new("/base"), path).into_string();
        assert_eq!(expanded("/a//b/./c/../d/"), "/a/b/d");
        assert_eq!(expanded("x/y"), "/base/x/y");
        assert_eq!(expanded("/../.."), "/");
    }
}
