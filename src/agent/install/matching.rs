//! Which objects a permission means.
//!
//! Invariant: a pattern never crosses a slash.

use crate::agent::appspec::{ALL, Permission};
use camino::Utf8Path;

/// Whether `object` lies below the permission's own, matches its pattern and is no exception.
pub fn matches(permission: &Permission, below: &Utf8Path, object: &Utf8Path) -> bool {
    let Ok(name) = object.strip_prefix(below) else {
        return false;
    };
    let name = name.as_str();
    let wanted = permission.pattern == ALL || glob(&permission.pattern, name);
    let excepted = || permission.except.iter().any(|except| glob(except, name));
    !name.is_empty() && wanted && !excepted()
}

/// Stars stand for any letters but the slash.
fn glob(pattern: &str, name: &str) -> bool {
    if name.contains('/') {
        return false;
    }
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract §8.5, `permissions`: simple `*` glob that never crosses `/`.
    #[test]
    fn stars_stand_for_anything_on_one_level() {
        for (pattern, name) in [
            ("*", "a"),
            ("*.sh", "run.sh"),
            ("a*c", "abc"),
            ("a*c", "ac"),
            ("a*b*c", "a1b2c"),
            ("abc", "abc"),
            ("**", "x"),
            ("*ab", "aab"),
        ] {
            assert!(glob(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [
            ("*", "a/b"),
            ("*.sh", "run.sh.txt"),
            ("a*a", "a"),
            ("abc", "abcd"),
            ("a*b*c", "acb"),
            ("", "a"),
            ("?", "a"),
        ] {
            assert!(!glob(pattern, name), "{pattern} {name}");
        }
    }
}
