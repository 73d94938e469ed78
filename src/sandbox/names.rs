//! Names of containers and folders, made from ids that may hold any character; paths of containers, made safe to append.
//!
//! Invariant: equal ids give equal names, different ids different names; a name has only `[A-Za-z0-9-]`, at most 57 of them.
//! A path that was put below another one stays there, whatever `..` it holds.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};

const READABLE: usize = 40;

/// A readable beginning and enough of a hash to be unique, safe for file systems and for Docker.
pub fn safe_name(id: &str) -> String {
    let readable: String = id.chars().take(READABLE).map(plain).collect();
    format!("{readable}-{}", &hex::encode(Sha256::digest(id))[..16])
}

fn plain(c: char) -> char {
    match c.is_ascii_alphanumeric() {
        true => c,
        false => '-',
    }
}

/// Where `path`, as a container would show it, is below `root`.
pub fn below(root: &Utf8Path, path: &Utf8Path) -> Utf8PathBuf {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Utf8Component::Normal(name) => parts.push(name),
            Utf8Component::ParentDir => drop(parts.pop()),
            _ => {}
        }
    }
    root.join(parts.into_iter().collect::<Utf8PathBuf>())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: our reading; build ids hold colons and names that users choose.
    #[test]
    fn odd_ids_get_safe_and_different_names() {
        let ids = ["", "..", "a/b", "a:b", "a b", "ä", "\0", &"x".repeat(400)];
        let names: std::collections::BTreeSet<String> = ids.map(safe_name).into();
        assert_eq!(names.len(), ids.len());
        for name in names {
            assert!(name.len() <= 57);
            assert!(
                name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
                "{name}"
            );
        }
    }

    // Witness: our reading; paths come from buildspecs.
    #[test]
    fn paths_stay_below_the_root() {
        let root = Utf8Path::new("/data/box");
        for (path, mapped) in [
            ("/codebuild/output", "/data/box/codebuild/output"),
            ("relative/x", "/data/box/relative/x"),
            ("/../../etc/passwd", "/data/box/etc/passwd"),
            ("/a/./b/../c", "/data/box/a/c"),
            ("/", "/data/box/"),
        ] {
            assert_eq!(below(root, Utf8Path::new(path)), Utf8Path::new(mapped));
        }
    }
}
