//! Caches of builds: which of them a build may take, under which names they are kept, and which paths go into them.
//!
//! Pure. A name tells nothing but hashes and, in an order that prefixes keep, the customer's key. Whose cache it is and the paths in
//! it are part of the name: with other paths, or after the project's cache was invalidated, it is another cache.

use super::buildspec::locate::normal;
use super::buildspec::spec::CacheSpec;
use super::plan::{CachePlace, CacheStore};
use camino::Utf8Path;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// A name's part that comes of a key, at most: file systems take no longer ones.
const LONGEST: usize = 240;

/// Where a cache may be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Exact(String),
    /// The newest whose name begins so.
    Newest(String),
}

/// Where a build's cache goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub name: String,
    /// What is there under this name stays.
    pub immutable: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    #[default]
    Both,
    Restore,
    Save,
}

impl Action {
    pub fn restores(self) -> bool {
        self != Action::Save
    }

    pub fn saves(self) -> bool {
        self != Action::Restore
    }
}

/// Where to look, in order; the spec's texts are evaluated.
pub fn lookups(place: &CachePlace, spec: &CacheSpec) -> Vec<Lookup> {
    let Some(key) = spec.key.as_deref() else {
        return vec![Lookup::Exact(unkeyed(place, spec))];
    };
    let keys = spec.fallback_keys.iter().filter(|key| !key.is_empty());
    let fallbacks = keys.filter_map(|key| keyed(place, spec, key).map(Lookup::Newest));
    let exact = keyed(place, spec, key).map(Lookup::Exact);
    exact.into_iter().chain(fallbacks).collect()
}

/// `None`: the key is empty or too long.
pub fn target(place: &CachePlace, spec: &CacheSpec) -> Option<Target> {
    match spec.key.as_deref() {
        None => Some(Target {
            name: unkeyed(place, spec),
            immutable: false,
        }),
        Some(key) => Some(Target {
            name: keyed(place, spec, key)?,
            immutable: true,
        }),
    }
}

fn unkeyed(place: &CachePlace, spec: &CacheSpec) -> String {
    identity(place, spec)
}

fn keyed(place: &CachePlace, spec: &CacheSpec, key: &str) -> Option<String> {
    let encoded = utf8_percent_encode(key, NON_ALPHANUMERIC).to_string();
    let fits = !encoded.is_empty() && encoded.len() <= LONGEST;
    fits.then(|| format!("{}/{encoded}", identity(place, spec)))
}

/// Whose cache of which paths.
fn identity(place: &CachePlace, spec: &CacheSpec) -> String {
    digest([&place.owner].into_iter().chain(&spec.paths))
}

/// What is kept of a repository; its owner's text is as that of other caches.
pub fn repository_name(owner: &str, location: &str) -> String {
    format!("{}.git", digest([owner, location]))
}

fn digest(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.as_ref().as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}

/// Bucket and key of a cache of this name.
pub fn object(location: &str, name: &str) -> (String, String) {
    let location = location.rsplit(":::").next().unwrap_or_default();
    let (bucket, prefix) = location.split_once('/').unwrap_or((location, ""));
    let prefix = prefix.trim_matches('/');
    let key = match prefix.is_empty() {
        true => name.to_owned(),
        false => format!("{prefix}/{name}"),
    };
    (bucket.to_owned(), key)
}

/// The paths of a cache by where they lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// In the primary source, as written.
    pub source: Vec<String>,
    /// Elsewhere: absolute, as a container shows them.
    pub elsewhere: Vec<String>,
    /// Nobody caches these.
    pub refused: Vec<String>,
}

/// Where a path that begins in `/root` lies when that is not the home, and what of the machine may be cached.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub source: &'a Utf8Path,
    pub home: &'a str,
    /// Only the home and the build's own folders are the sandbox's.
    pub confined: bool,
}

pub fn paths(texts: &[String], place: Place<'_>) -> Paths {
    let mut paths = Paths::default();
    for text in texts {
        let text = at_home(text, place.home);
        let path = normal(&place.source.join(&text));
        match path.starts_with(place.source) {
            true => paths.source.push(text),
            false if is_allowed(&path, place) => paths.elsewhere.push(path.into_string()),
            false => paths.refused.push(text),
        }
    }
    paths
}

fn at_home(text: &str, home: &str) -> String {
    let rest = text
        .strip_prefix("/root")
        .or_else(|| text.strip_prefix('~'));
    match rest {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{home}{rest}"),
        _ => text.to_owned(),
    }
}

fn is_allowed(path: &Utf8Path, place: Place<'_>) -> bool {
    let system = ["/proc", "/sys", "/dev"];
    let own = path.starts_with(place.home) || path.starts_with("/codebuild");
    let wild = path
        .components()
        .nth(1)
        .is_none_or(|first| first.as_str().contains('*'));
    !wild && !system.iter().any(|system| path.starts_with(system)) && (own || !place.confined)
}

/// What the cache of a build is called in its log.
pub fn words(store: &CacheStore) -> &'static str {
    match store {
        CacheStore::S3 { .. } => "S3",
        CacheStore::Local => "local",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place(owner: &str) -> CachePlace {
        CachePlace {
            store: CacheStore::Local,
            owner: owner.to_owned(),
        }
    }

    fn spec(key: Option<&str>, fallback: &[&str], paths: &[&str]) -> CacheSpec {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        CacheSpec {
            paths: texts(paths),
            key: key.map(str::to_owned),
            fallback_keys: texts(fallback),
            action: Action::Both,
        }
    }

    // Witness: behaviour contract 5.6: exact match, prefix match in order, a version made of the paths, sharing by namespace.
    #[test]
    fn a_key_is_looked_up_exactly_and_its_fallbacks_by_prefix() {
        let with = spec(Some("deps-1"), &["deps-", "de"], &["a"]);
        let Some(Target { name, immutable }) = target(&place("p"), &with) else {
            panic!("a key is a name");
        };
        assert!(immutable);
        let found = lookups(&place("p"), &with);
        assert_eq!(found[0], Lookup::Exact(name.clone()));
        for fallback in &found[1..] {
            let Lookup::Newest(prefix) = fallback else {
                panic!("{fallback:?}");
            };
            assert!(name.starts_with(prefix.as_str()), "{name} {prefix}");
        }
        let without = spec(None, &["deps-"], &["a"]);
        assert_eq!(
            lookups(&place("p"), &without).len(),
            1,
            "fallbacks are ignored without a key"
        );
        assert!(!target(&place("p"), &without).unwrap().immutable);
        let other_paths = spec(Some("deps-1"), &[], &["b"]);
        assert_ne!(target(&place("p"), &other_paths).unwrap().name, name);
        assert_ne!(target(&place("q"), &with).unwrap().name, name);
        assert_eq!(target(&place("p"), &spec(Some(""), &[], &["a"])), None);
    }

    #[test]
    fn a_location_is_a_bucket_with_or_without_a_prefix() {
        let pair = |bucket: &str, key: &str| (bucket.to_owned(), key.to_owned());
        assert_eq!(object("b", "n"), pair("b", "n"));
        assert_eq!(object("b/p/q/", "n"), pair("b", "p/q/n"));
        assert_eq!(object("arn:aws:s3:::b/p", "n"), pair("b", "p/n"));
    }

    // Witness: behaviour contract 5.6, 5.7 (`is not within allowed cache paths`); the rest is our reading.
    #[test]
    fn paths_lie_in_the_source_elsewhere_or_nowhere() {
        let texts: Vec<String> = [
            "node_modules/**/*",
            "/root/.m2/**/*",
            "/opt/x",
            "/proc/*",
            "/**/*",
            "../up",
        ]
        .map(str::to_owned)
        .to_vec();
        let at = |home, confined| {
            let source = Utf8Path::new("/codebuild/output/src1/src");
            paths(
                &texts,
                Place {
                    source,
                    home,
                    confined,
                },
            )
        };
        let container = at("/root", false);
        assert_eq!(container.source, ["node_modules/**/*"]);
        assert_eq!(
            container.elsewhere,
            ["/root/.m2/**/*", "/opt/x", "/codebuild/output/src1/up"]
        );
        assert_eq!(container.refused, ["/proc/*", "/**/*"]);
        let host = at("/codebuild/output/home", true);
        assert_eq!(
            host.elsewhere,
            [
                "/codebuild/output/home/.m2/**/*",
                "/codebuild/output/src1/up"
            ]
        );
        assert_eq!(host.refused, ["/opt/x", "/proc/*", "/**/*"]);
    }

    proptest! {
        #[test]
        fn names_stay_below_their_place(key in ".{0,40}", fallback in ".{0,40}") {
            let spec = spec(Some(&key), &[&fallback], &["a"]);
            for lookup in lookups(&place("p"), &spec) {
                let (Lookup::Exact(name) | Lookup::Newest(name)) = lookup;
                prop_assert!(!name.contains("..") && !name.starts_with('/'), "{}", name);
                prop_assert_eq!(name.matches('/').count(), 1);
            }
        }
    }
}
