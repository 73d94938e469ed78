//! Addresses that lead elsewhere by configuration: to a host of one's own, or to a folder of this machine.

use std::str::FromStr;

/// Prefixes of addresses and what stands in their place; the longest prefix counts, as in git's own `insteadOf`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrites(Vec<Rewrite>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    pub prefix: String,
    pub replacement: String,
}

impl Rewrites {
    pub fn new(rewrites: Vec<Rewrite>) -> Self {
        Self(rewrites)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Rewrite> {
        self.0.iter()
    }

    /// Where an address leads.
    pub fn apply(&self, address: &str) -> String {
        let fitting = self.0.iter();
        let fitting = fitting.filter(|rewrite| address.starts_with(&rewrite.prefix));
        match fitting.max_by_key(|rewrite| rewrite.prefix.len()) {
            Some(Rewrite {
                prefix,
                replacement,
            }) => format!("{replacement}{}", &address[prefix.len()..]),
            None => address.to_owned(),
        }
    }
}

impl FromStr for Rewrite {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=');
        let parts = parts.filter(|(prefix, replacement)| {
            !prefix.is_empty() && !replacement.is_empty() && !text.chars().any(char::is_control)
        });
        let (prefix, replacement) = parts.ok_or_else(|| {
            "expected PREFIX=REPLACEMENT, such as https://github.com/=/srv/git/".to_owned()
        })?;
        Ok(Self {
            prefix: prefix.to_owned(),
            replacement: replacement.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_counts() {
        let all = ["https://h/=/srv/", "https://h/o/=ssh://git@private/"];
        let rewrites = Rewrites::new(all.map(|text| text.parse().unwrap()).to_vec());
        assert_eq!(rewrites.apply("https://h/a/r.git"), "/srv/a/r.git");
        assert_eq!(
            rewrites.apply("https://h/o/r.git"),
            "ssh://git@private/r.git"
        );
        assert_eq!(rewrites.apply("https://other/r"), "https://other/r");
    }

    #[test]
    fn both_sides_are_needed() {
        for text in ["", "a", "=b", "a=", "a=b\n"] {
            assert!(Rewrite::from_str(text).is_err(), "{text:?}");
        }
    }
}
