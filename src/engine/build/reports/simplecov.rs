//! SimpleCov's `.resultset.json`: for each command and each file the hits of its lines and branches. What several commands ran
//! counts together.

use super::coverage::{Counts, Covered};
use super::json::{list, object, value};
use super::parse::{Findings, Read};
use serde_json::Value;
use std::collections::BTreeMap;

/// Whether lines and branches ran; `None` is no code.
#[derive(Default)]
struct Known {
    lines: Vec<Option<bool>>,
    branches: BTreeMap<(String, String), bool>,
}

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let whole = value(bytes)?;
    let mut files: BTreeMap<&str, Known> = BTreeMap::new();
    for (command, result) in object(&whole, "the file")? {
        let path = format!("{command}.coverage");
        for (file, coverage) in object(&result["coverage"], &path)? {
            let known = files.entry(file).or_default();
            known.add(coverage, &format!("{path}.{file}"))?;
        }
    }
    let files = files.into_iter().map(|(path, known)| known.covered(path));
    Ok(Findings::of_files(files.collect()))
}

impl Known {
    /// Older files have the list of lines in the place of the object.
    fn add(&mut self, coverage: &Value, path: &str) -> Read<()> {
        if coverage.is_array() {
            self.add_lines(list(coverage, path)?);
            return Ok(());
        }
        object(coverage, path)?;
        self.add_lines(list(&coverage["lines"], &format!("{path}.lines"))?);
        let branches = &coverage["branches"];
        if branches.is_null() {
            return Ok(());
        }
        let path = format!("{path}.branches");
        for (condition, arms) in object(branches, &path)? {
            for (arm, hits) in object(arms, &format!("{path}.{condition}"))? {
                let ran = self.branches.entry((condition.clone(), arm.clone()));
                *ran.or_default() |= is_hit(hits);
            }
        }
        Ok(())
    }

    fn add_lines(&mut self, lines: &[Value]) {
        self.lines.resize(self.lines.len().max(lines.len()), None);
        for (known, hits) in self.lines.iter_mut().zip(lines) {
            if hits.is_number() {
                *known = Some(known.unwrap_or(false) | is_hit(hits));
            }
        }
    }

    fn covered(self, path: &str) -> Covered {
        let (mut lines, mut branches) = (Counts::default(), Counts::default());
        self.lines
            .iter()
            .flatten()
            .for_each(|ran| lines.count(*ran));
        self.branches.values().for_each(|ran| branches.count(*ran));
        Covered {
            path: path.to_owned(),
            lines,
            branches,
        }
    }
}

fn is_hit(hits: &Value) -> bool {
    hits.as_f64().is_some_and(|hits| hits > 0.0)
}
