//! The invariants of `src/lib.rs` as checks of the sources, and lists that people read as checks of the README.
//!
//! A list is brought up to date with `SLIPWAY_UPDATE=1 cargo test --test it tidy`.

mod files;
mod licences;
mod lists;
mod rules;

use files::Source;

/// Fails with every complaint at once.
fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Complaints about lines of product code that hold any of `words`, in the files that `within` names.
fn no_line(within: impl Fn(&Source) -> bool, words: &[&str], why: &str) -> Vec<String> {
    let sources = files::product();
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| within(source)) {
        for (number, line) in source.code() {
            let found = words.iter().find(|word| files::holds(line, word));
            complaints
                .extend(found.map(|word| format!("{}:{number}: `{word}`: {why}", source.path)));
        }
    }
    complaints
}
