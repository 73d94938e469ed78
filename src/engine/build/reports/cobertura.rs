//! Cobertura: `class` elements with their lines. Classes of one file are taken together, line by line.

use super::coverage::{Counts, Covered};
use super::numbers::count;
use super::parse::{Findings, Read};
use super::xml::{Element, root};
use std::collections::BTreeMap;

/// What is known of one line: whether it ran, and its conditions.
type Lines = BTreeMap<u64, (bool, Counts)>;

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "coverage")?;
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    for class in root.below("class") {
        let lines = files.entry(class.text_of("filename")).or_default();
        for line in class.all("lines").flat_map(|lines| lines.all("line")) {
            add(lines, line);
        }
    }
    let files = files.into_iter().map(|(path, lines)| file(path, &lines));
    Ok(Findings::of_files(files.collect()))
}

/// A line that is told twice ran if it ran once.
fn add(lines: &mut Lines, line: &Element) {
    let known = lines.entry(count(line.attr("number"))).or_default();
    known.0 |= count(line.attr("hits")) > 0;
    let conditions = conditions(line);
    if conditions.covered >= known.1.covered {
        known.1 = conditions;
    }
}

/// `50% (1/2)`.
fn conditions(line: &Element) -> Counts {
    let counts = || {
        let (_, counts) = line.attr("condition-coverage")?.split_once('(')?;
        let (covered, all) = counts.split_once(')')?.0.split_once('/')?;
        let covered = count(Some(covered));
        Some(Counts::new(
            covered,
            count(Some(all)).saturating_sub(covered),
        ))
    };
    counts().unwrap_or_default()
}

fn file(path: String, lines: &Lines) -> Covered {
    let mut covered = Covered {
        path,
        ..Covered::default()
    };
    for (ran, conditions) in lines.values() {
        covered.lines.count(*ran);
        covered.branches = covered.branches.and(*conditions);
    }
    covered
}
