//! A revision of GitHub by git: a commit's tree as a bundle.

use crate::agent::errors::{Done, Fault};
use crate::engine::build::archive::{ArchiveError, Limits, tree_to_tar};
use crate::git::{Git, Login, Wanted};
use camino::Utf8Path;
use std::fs::{self, File};
use std::path::Path;

// Differs from AWS: slipway's own agent fetches revisions of GitHub with git, and once, unless it is told of an API of GitHub at an http address.

/// Where the repository is, when the API is at `api`: `api.github.com`, or `host/api/v3` of an installation of one's own.
pub fn address(api: &str, account: &str, repository: &str) -> String {
    let host = api.split('/').next().unwrap_or(api);
    let host = host.strip_prefix("api.").unwrap_or(host);
    format!("https://{host}/{account}/{repository}.git")
}

/// Writes the commit's files as a tar.
pub async fn fetch(
    git: &Git,
    address: &str,
    commit: &str,
    token: Option<&str>,
    into: &Utf8Path,
) -> Done<()> {
    let wanted = Wanted {
        address: address.to_owned(),
        version: Some(commit.to_owned()),
        depth: Some(1),
        submodules: false,
        insecure: false,
        login: token.map(|token| Login {
            username: "x-access-token".to_owned(),
            password: token.to_owned(),
        }),
        certificates: None,
        cache: None,
    };
    let refused = |why: &dyn std::fmt::Display| {
        Fault::unknown(format!("Could not download bundle at '{address}': {why}"))
    };
    let fetched = git.fetch(&wanted).await.map_err(|error| refused(&error))?;
    let (tree, into) = (fetched.tree(), into.to_owned());
    let packed = tokio::task::spawn_blocking(move || pack(&tree, &into)).await;
    let packed = packed.map_err(|error| refused(&error))?;
    packed.map_err(|error| refused(&error))
}

/// Everything but git's own folder.
fn pack(tree: &Path, into: &Utf8Path) -> Result<(), ArchiveError> {
    fs::remove_dir_all(tree.join(".git"))?;
    tree_to_tar(tree, File::create(into)?, &Limits::default())
}
