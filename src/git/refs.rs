//! What a repository offers, and which of it a version means: a branch, a tag, a commit, a pull request.
//!
//! Invariant: a target is made of what the repository itself named, or of hexadecimal digits; never of a customer's free text.

use std::collections::BTreeMap;

/// The answer of `git ls-remote --symref`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// The ref that HEAD stands for.
    pub head: Option<String>,
    /// Names and commits; a tag's own object under its name, the commit under the name and `^{}`.
    pub refs: BTreeMap<String, String>,
}

/// What is to be fetched and checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A ref of the repository.
    Ref(String),
    /// A commit by its whole id; the ref it is said to be on.
    Commit { id: String, on: Option<String> },
    /// A commit by the first digits of its id.
    Short(String),
}

/// Where providers keep pull and merge requests.
const REQUESTS: [(&str, &str); 3] = [
    ("refs/pull/", "/head"),
    ("refs/merge-requests/", "/head"),
    ("refs/pull-requests/", "/from"),
];

impl Offered {
    pub fn read(text: &str) -> Self {
        let mut offered = Self::default();
        for line in text.lines() {
            match line.split_once('\t') {
                Some((place, "HEAD")) if place.starts_with("ref: ") => {
                    offered.head = place.strip_prefix("ref: ").map(str::to_owned);
                }
                Some((id, name)) if is_id(id) => {
                    offered.refs.insert(name.to_owned(), id.to_owned());
                }
                _ => {}
            }
        }
        offered
    }

    /// What a version means; `None` when the repository has nothing of the kind. No version is the default branch.
    pub fn target(&self, version: Option<&str>) -> Option<Target> {
        let Some(version) = version else {
            let branch = self.head.as_ref().filter(|head| self.has(head));
            return branch.map(|head| Target::Ref(head.clone())).or_else(|| {
                let detached = self.refs.get("HEAD").cloned();
                detached.map(|id| Target::Commit { id, on: None })
            });
        };
        if let Some((name, id)) = pinned(version) {
            let on = self.named(name);
            return Some(Target::Commit {
                id: id.to_ascii_lowercase(),
                on,
            });
        }
        if let Some(name) = self.named(version) {
            return Some(Target::Ref(name));
        }
        let id = version.to_ascii_lowercase();
        match id.len() {
            _ if !is_hexadecimal(&id) => None,
            40 | 64 => Some(Target::Commit { id, on: None }),
            4..40 => Some(Target::Short(id)),
            _ => None,
        }
    }

    /// The ref that a name means: itself, a pull request, a branch or a tag.
    fn named(&self, name: &str) -> Option<String> {
        let request = name.strip_prefix("pr/");
        let request = request.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let names: Vec<String> = match request {
            Some(number) => REQUESTS
                .iter()
                .map(|(before, after)| format!("{before}{number}{after}"))
                .collect(),
            None if name.starts_with("refs/") => vec![name.to_owned()],
            None => vec![format!("refs/heads/{name}"), format!("refs/tags/{name}")],
        };
        names.into_iter().find(|name| self.has(name))
    }

    fn has(&self, name: &str) -> bool {
        self.refs.contains_key(name)
    }
}

impl Target {
    /// The branch that is checked out, if it is one.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Target::Ref(name) => name.strip_prefix("refs/heads/"),
            Target::Commit { .. } | Target::Short(_) => None,
        }
    }
}

/// `refs/heads/x^{<commit>}`.
fn pinned(version: &str) -> Option<(&str, &str)> {
    let (name, id) = version.strip_suffix('}')?.split_once("^{")?;
    (id.len() == 40 && is_hexadecimal(id)).then_some((name, id))
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hexadecimal(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn offered() -> Offered {
        let names = [
            "HEAD",
            "refs/heads/main",
            "refs/heads/feature/x",
            "refs/heads/v1",
            "refs/tags/v1",
            "refs/tags/v2",
            "refs/pull/7/head",
            "refs/merge-requests/8/head",
        ];
        let lines: String = names.map(|name| format!("{A}\t{name}\n")).concat();
        Offered::read(&format!("ref: refs/heads/main\tHEAD\n{lines}nonsense\n"))
    }

    /// The names of refs, the ids of commits.
    fn means(version: Option<&str>) -> Option<String> {
        offered().target(version).map(|target| match target {
            Target::Ref(name) => name,
            Target::Commit { id, on } => format!("{id} on {}", on.unwrap_or_default()),
            Target::Short(id) => format!("{id}…"),
        })
    }

    // Witness: behaviour contract, codebuild 7.2: sourceVersion, pr/N.
    #[test]
    fn a_version_is_a_branch_a_tag_a_commit_or_a_request() {
        let pinned = format!("refs/heads/main^{{{A}}}");
        let request = format!("pr/7^{{{A}}}");
        let upper = A.to_uppercase();
        for (version, expected) in [
            ("main", "refs/heads/main"),
            ("feature/x", "refs/heads/feature/x"),
            ("v1", "refs/heads/v1"),
            ("v2", "refs/tags/v2"),
            ("refs/tags/v1", "refs/tags/v1"),
            ("pr/7", "refs/pull/7/head"),
            ("pr/8", "refs/merge-requests/8/head"),
            ("abcdef1", "abcdef1…"),
            (upper.as_str(), &format!("{A} on ")),
            (&pinned, &format!("{A} on refs/heads/main")),
            (&request, &format!("{A} on refs/pull/7/head")),
        ] {
            assert_eq!(means(Some(version)).as_deref(), Some(expected), "{version}");
        }
        assert_eq!(means(None).as_deref(), Some("refs/heads/main"));
        for absent in [
            "",
            "absent",
            "pr/9",
            "pr/x",
            "refs/heads/absent",
            "abc",
            "--upload-pack=x",
            "HEAD~1",
        ] {
            assert_eq!(means(Some(absent)), None, "{absent}");
        }
        assert_eq!(Offered::default().target(None), None);
    }

    proptest! {
        #[test]
        fn a_target_is_never_free_text(version in ".{0,60}") {
            match offered().target(Some(&version)) {
                Some(Target::Ref(name)) => prop_assert!(name.starts_with("refs/")),
                Some(Target::Commit { id, .. } | Target::Short(id)) => prop_assert!(is_hexadecimal(&id)),
                None => {}
            }
        }
    }
}
