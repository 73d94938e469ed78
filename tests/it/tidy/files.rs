//! The project's sources as text.

use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file.
#[derive(Debug)]
pub struct Source {
    /// From the project's root.
    pub path: String,
    pub text: String,
}

impl Source {
    /// Numbered lines of product code: no comments, nothing from `#[cfg(test)]` of a module on.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let product = self.product();
        let lines = product
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The text without its tests, which stand at the end.
    pub fn product(&self) -> &str {
        match self
            .text
            .find("#[cfg(test)]\nmod ")
            .or_else(|| self.text.find("#[cfg(test)]\npub(super) mod "))
        {
            // A test module in a file of its own is declared among others.
            Some(at) if self.text[at..].contains('{') => &self.text[..at],
            _ => &self.text,
        }
    }

    pub fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(&format!("{folder}/"))
    }

    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Everything under `src/` but modules that are only there for tests.
pub fn product() -> Vec<Source> {
    let all = under("src");
    let tests: Vec<String> = all.iter().flat_map(test_modules).collect();
    let is_test = |source: &Source| {
        let of = |module: &String| source.path == format!("{module}.rs") || source.is_in(module);
        tests.iter().any(of)
    };
    all.into_iter().filter(|source| !is_test(source)).collect()
}

/// Paths, without their ending, of modules that the file declares for tests only.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = match source
        .path
        .strip_suffix("/mod.rs")
        .or(source.path.strip_suffix("/lib.rs"))
    {
        Some(folder) => folder,
        None => source.path.trim_end_matches(".rs"),
    };
    let declarations = source.text.split("#[cfg(test)]\n").skip(1);
    let names = declarations.filter_map(|rest| {
        rest.lines()
            .next()?
            .trim_end_matches(';')
            .rsplit_once("mod ")
            .map(|(_, name)| name)
    });
    names.map(|name| format!("{folder}/{name}")).collect()
}

/// Everything under a folder.
pub fn under(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let shown = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            found.push(Source {
                path: shown,
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

/// Whether the line holds the word, not as the end of a longer one.
pub fn holds(line: &str, word: &str) -> bool {
    let part_of_a_word = |text: &str| {
        text.chars()
            .next_back()
            .is_some_and(|last| last.is_alphanumeric() || last == '_')
    };
    line.match_indices(word)
        .any(|(at, _)| !part_of_a_word(&line[..at]))
}
