//! What sandboxes share with those before and after them, and what it takes to have an image.
//!
//! Invariant: a directory of a file system stays inside of it, whatever `..` its name holds; a password is never in a `Debug`.

use super::names::below;
use camino::{Utf8Path, Utf8PathBuf};

/// A folder that outlives the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSystem {
    /// The same id is the same tree.
    pub id: String,
    /// The directory of the tree that is seen; made when it is absent.
    pub dir: Utf8PathBuf,
    /// Where commands find it, as a container shows it.
    pub at: Utf8PathBuf,
}

impl FileSystem {
    /// The directory, below the place of the whole tree.
    pub(super) fn dir_below(&self, tree: &Utf8Path) -> Utf8PathBuf {
        below(tree, &self.dir)
    }
}

/// Layers of a Docker engine inside, kept from one sandbox to the next. Only one sandbox has them at a time; others begin without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layers {
    /// Whose they are: of one owner only the newest generation is kept.
    pub owner: String,
    pub generation: String,
}

/// Whom a registry is asked as.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryLogin {
    pub username: String,
    pub password: String,
}

impl std::fmt::Debug for RegistryLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegistryLogin")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
