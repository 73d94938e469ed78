//! A path with wildcards, as buildspecs write it.
//!
//! `*` and `?` stay within one directory, `**` does not; hidden files are files.

use crate::engine::build::buildspec::locate::normal;
use crate::engine::build::event::Failure;
use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobBuilder, GlobMatcher};

/// A path with wildcards, absolute and without `.` and `..`.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written in the buildspec.
    pub text: String,
    /// The part before the first wildcard: where to look. The whole path, if there is no wildcard.
    pub root: Utf8PathBuf,
    /// Whether the text names exactly one path.
    pub literal: bool,
    matcher: GlobMatcher,
}

impl Pattern {
    /// `text` is relative to `base` unless it is absolute.
    pub fn new(text: &str, base: &Utf8Path) -> Result<Self, Failure> {
        let path = normal(&Utf8Path::new(&escape(base)).join(text));
        let (root, literal) = root(&path);
        Ok(Self {
            matcher: matcher(path.as_str()).map_err(|_| bad_pattern(text))?,
            text: text.to_owned(),
            root,
            literal,
        })
    }

    pub fn matches(&self, path: &Utf8Path) -> bool {
        self.matcher.is_match(path)
    }
}

fn bad_pattern(text: &str) -> Failure {
    Failure::client(format!("syntax error in pattern: {text}"))
}

fn matcher(path: &str) -> Result<GlobMatcher, globset::Error> {
    let glob = GlobBuilder::new(path)
        .literal_separator(true)
        .backslash_escape(true)
        .build()?;
    Ok(glob.compile_matcher())
}

const WILD: [char; 4] = ['*', '?', '[', '{'];

/// A directory that is really called `a[b]` must not be read as a pattern.
fn escape(base: &Utf8Path) -> String {
    let mut text = String::new();
    for letter in base.as_str().chars() {
        if WILD.contains(&letter) || matches!(letter, ']' | '}' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

/// The components before the first with a wildcard, without escapes, and whether they are all.
fn root(path: &Utf8Path) -> (Utf8PathBuf, bool) {
    let mut root = Utf8PathBuf::new();
    for part in path.components() {
        match plain(part.as_str()) {
            Some(part) => root.push(part),
            None => return (root, false),
        }
    }
    (root, true)
}

/// The component a text without wildcards means.
fn plain(part: &str) -> Option<String> {
    let mut text = String::new();
    let mut letters = part.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => text.extend(letters.next()),
            letter if WILD.contains(&letter) => return None,
            letter => text.push(letter),
        }
    }
    Some(text)
}
