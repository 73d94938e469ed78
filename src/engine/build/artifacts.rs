//! Which files a block of the buildspec names, and under which names and keys they are stored.
//!
//! Pure: paths come in as texts. `pattern.rs` reads paths with wildcards, `selection.rs` says what a block takes; here are the names
//! of what is stored, and the words for what cannot be.

mod pattern;
mod selection;

pub use pattern::Pattern;
pub use selection::{Selection, bases, is_followed};

use super::event::Failure;
use super::plan::S3Artifacts;
use camino::Utf8Path;

/// The name an S3 artifact is stored under: the buildspec's, evaluated, if the project wants that.
pub fn stored_name<'a>(
    target: &'a S3Artifacts,
    evaluated: Option<&'a str>,
) -> Result<&'a str, Failure> {
    let Some(name) = evaluated.filter(|_| target.override_name) else {
        return Ok(&target.name);
    };
    let valid = !name.trim().is_empty() && name.len() <= 1024 && !name.contains(char::is_control);
    if valid {
        return Ok(name);
    }
    Err(Failure::client(format!(
        "Failed to upload artifacts: invalid artifact name {name:?}"
    )))
}

/// The key of one file of a folder; `folder` ends where the file's own name begins.
pub fn key_in_folder(folder: &str, file: &Utf8Path) -> String {
    match folder.trim_end_matches('/') {
        "" => file.to_string(),
        folder => format!("{folder}/{file}"),
    }
}

/// Nothing matched.
pub const NOTHING_FOUND: &str = "no matching artifact paths found";

/// The base directory is not there.
pub fn no_base(dir: &str) -> Failure {
    Failure::client(format!("no matching base directory path found for {dir}"))
}

/// An identifier that the project has no artifacts for.
pub fn no_counterpart(identifier: &str) -> Failure {
    Failure::client(format!(
        "no secondary artifact with the identifier {identifier} is configured in the project"
    ))
}

/// What S3 said, with the whole location.
pub fn upload_failed(what: &str, location: &str) -> Failure {
    Failure::client(format!("Failed to upload artifacts: {what} for {location}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::build::plan::{BucketOwnerAccess, Packaging};

    fn target(path: &str, folder: bool, name: &str) -> S3Artifacts {
        S3Artifacts {
            bucket: "out".to_owned(),
            path: path.to_owned(),
            build_id_folder: folder,
            name: name.to_owned(),
            packaging: Packaging::Folder,
            override_name: true,
            encryption_disabled: false,
            bucket_owner_access: BucketOwnerAccess::Unset,
        }
    }

    // Witness: behaviour contract 8.
    #[test]
    fn keys_are_put_together_as_the_project_says() {
        let key = |path: &str, folder: bool, name: &str| target(path, folder, name).key("U", name);
        assert_eq!(key("", false, "app"), "app");
        assert_eq!(key("/a/b/", false, "app"), "a/b/app");
        assert_eq!(key("a", true, "app.zip"), "a/U/app.zip");
        assert_eq!(key("", true, "app"), "U/app");
        assert_eq!(key("a", true, "/"), "a/U/");
        assert_eq!(key("", false, "/"), "");
        let file = Utf8Path::new("x/y.txt");
        assert_eq!(key_in_folder("a/U/app", file), "a/U/app/x/y.txt");
        assert_eq!(key_in_folder("a/U/", file), "a/U/x/y.txt");
        assert_eq!(key_in_folder("", file), "x/y.txt");
    }

    // Witness: behaviour contract 5.5, 8: overrideArtifactName.
    #[test]
    fn the_name_of_the_buildspec_counts_when_the_project_wants_it() {
        let mut target = target("", false, "app");
        assert_eq!(stored_name(&target, Some("app-7")).unwrap(), "app-7");
        assert_eq!(stored_name(&target, None).unwrap(), "app");
        assert!(stored_name(&target, Some("  ")).is_err());
        assert!(stored_name(&target, Some("a\u{7}")).is_err());
        target.override_name = false;
        assert_eq!(stored_name(&target, Some("app-7")).unwrap(), "app");
    }
}
