//! Clover: `file` elements of projects with `line` elements, or only with `metrics`.

use super::coverage::{Counts, Covered};
use super::numbers::count;
use super::parse::{Findings, Read};
use super::xml::{Element, root};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "coverage")?;
    let projects = root.all("project");
    let files = projects.flat_map(|project| project.below("file"));
    Ok(Findings::of_files(files.map(file).collect()))
}

fn file(element: &Element) -> Covered {
    let path = element.attr("path").or(element.attr("name"));
    let (lines, branches) = match element.first("line") {
        Some(_) => by_lines(element),
        None => by_metrics(element.first("metrics")),
    };
    Covered {
        path: path.unwrap_or_default().to_owned(),
        lines,
        branches,
    }
}

fn by_lines(element: &Element) -> (Counts, Counts) {
    let (mut lines, mut branches) = (Counts::default(), Counts::default());
    for line in element.all("line") {
        match line.attr("type") {
            Some("stmt" | "method") => lines.count(count(line.attr("count")) > 0),
            Some("cond") => {
                branches.count(count(line.attr("truecount")) > 0);
                branches.count(count(line.attr("falsecount")) > 0);
            }
            _ => {}
        }
    }
    (lines, branches)
}

fn by_metrics(metrics: Option<&Element>) -> (Counts, Counts) {
    let counts = |all: &str, covered: &str| {
        let attr = |name: &str| count(metrics.and_then(|metrics| metrics.attr(name)));
        let covered = attr(covered);
        Counts::new(covered, attr(all).saturating_sub(covered))
    };
    (
        counts("statements", "coveredstatements"),
        counts("conditionals", "coveredconditionals"),
    )
}
