//! Names of containers and folders, made from ids that may hold any character.
//!
//! Invariant: equal ids give equal names, different ids different names; a name has only `[A-Za-z0-9-]`, at most 57 of them.

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

#[cfg(test)]
mod tests {
    use super::safe_name;

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
}
