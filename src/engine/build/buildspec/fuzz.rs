//! Buildspecs that nobody wrote.

use super::parse::is_mapping;
use super::{batchspec, locate, parse};
use crate::fuzz::{fixtures, fuzz};

const WORDS: [&str; 28] = [
    "version: 0.2\n",
    "version: 0.1\n",
    "phases:\n",
    "  build:\n",
    "    commands:\n",
    "      - echo\n",
    "env:\n",
    "batch:\n",
    "build-graph:",
    "build-matrix:",
    "depend-on: [a]",
    "identifier: a",
    "artifacts:\n",
    "secondary-artifacts:",
    "reports:\n",
    "cache:\n",
    "on-failure: RETRY-3-.*",
    "finally:",
    "run-as:",
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "|\n",
    ">-\n",
    "---\n",
    "...\n",
    "? ",
];

/// The texts of the fixtures that are buildspecs, taken out of their frames.
fn seeds() -> Vec<Vec<u8>> {
    let framed = |file: Vec<u8>| {
        let text = String::from_utf8(file).ok()?;
        let (_, rest) = text.split_once("buildspec: |\n")?;
        let lines = rest
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with("  "));
        let lines = lines.map(|line| format!("{}\n", line.get(2..).unwrap_or_default()));
        Some(lines.collect::<String>().into_bytes())
    };
    let seeds: Vec<Vec<u8>> = fixtures("buildspecs")
        .into_iter()
        .filter_map(framed)
        .collect();
    assert!(seeds.len() > 50);
    seeds
}

// Witness: our reading: any bytes may come in.
#[test]
fn fuzz_buildspecs() {
    fuzz("buildspec", seeds(), &WORDS, |bytes| {
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = locate(Some(text));
            let _ = is_mapping(text);
        }
        let batch = match batchspec(bytes) {
            Ok(spec) => format!("{} tasks", spec.tasks.len()),
            Err(error) => error.to_string(),
        };
        match parse(bytes) {
            Ok(spec) => format!("{batch} {} {}", spec.phases.len(), spec.reports.len()),
            Err(error) => format!("{batch} {error}"),
        }
    });
}
