//! The digest of everything that decides the generated text: `model/`, the generator's sources and its two tables.
//!
//! Invariant: the importer, the hand-written runtime and tests are left out, for they do not change the text. The
//! build script shares this file.

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Where the generator records it, from the project's root.
pub const RECORDED: &str = "generated/DIGEST";

/// What decides the text, from the project's root.
pub const INPUTS: &[&str] = &[
    "codegen/overrides.toml",
    "codegen/services.toml",
    "codegen/src",
    "model",
];
const LEFT_OUT: &str = "codegen/src/import";
const TESTS: &str = "tests.rs";

/// Files under the inputs, sorted by their path from the root.
fn inputs(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for input in INPUTS {
        collect(root, Path::new(input), &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn collect(root: &Path, path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if path == Path::new(LEFT_OUT) || path.ends_with(TESTS) {
        return Ok(());
    }
    if !root.join(path).is_dir() {
        let wanted = path
            .extension()
            .is_some_and(|end| end == "rs" || end == "toml" || end == "json");
        found.extend(wanted.then(|| path.to_owned()));
        return Ok(());
    }
    for entry in root.join(path).read_dir()? {
        collect(root, &path.join(entry?.file_name()), found)?;
    }
    Ok(())
}

/// Hexadecimal SHA-256 over the paths and contents of the inputs.
pub fn digest(root: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    for path in inputs(root)? {
        let content = std::fs::read(root.join(&path))?;
        let name = path.to_string_lossy().replace('\\', "/");
        hash.update((name.len() as u64).to_be_bytes());
        hash.update(name.as_bytes());
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(&content);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
