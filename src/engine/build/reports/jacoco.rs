//! JaCoCo: `sourcefile` elements of packages with their counters.

use super::coverage::{Counts, Covered};
use super::numbers::count;
use super::parse::{Findings, Read};
use super::xml::{Element, root};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "report")?;
    let packages = root.below("package").into_iter();
    let files = packages.flat_map(|package| {
        package
            .all("sourcefile")
            .map(move |file| covered(package, file))
    });
    Ok(Findings::of_files(files.collect()))
}

fn covered(package: &Element, file: &Element) -> Covered {
    let name = file.text_of("name");
    let path = match package.attr("name").unwrap_or_default() {
        "" => name,
        package => format!("{package}/{name}"),
    };
    Covered {
        path,
        lines: counter(file, "LINE"),
        branches: counter(file, "BRANCH"),
    }
}

fn counter(file: &Element, kind: &str) -> Counts {
    let mut counters = file.all("counter");
    let counter = counters.find(|counter| counter.attr("type") == Some(kind));
    counter.map_or_else(Counts::default, |counter| {
        Counts::new(
            count(counter.attr("covered")),
            count(counter.attr("missed")),
        )
    })
}
