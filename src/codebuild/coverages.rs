//! Code coverage of reports, file by file, in the two orders it is asked for: by path and by the part of its lines that ran.
//!
//! Invariant: both orders hold the same files.

use super::pages::{List, Page, Range};
use super::reports::{Report, ReportKey};
use crate::aws::{Scope, ids};
use crate::store::{Builder, Direction, Records, Txn};
use codebuild_api::model::CodeCoverage;
use std::ops::{Bound, RangeInclusive};

/// How much of a path is sorted by: page tokens carry it.
const SORTED: usize = 300;
/// Files looked at in one read.
const CHUNK: usize = 500;

/// Hundredths of a percent: how exact percentages are kept.
pub type Hundredths = u32;
pub const ALL: RangeInclusive<Hundredths> = 0..=Hundredths::MAX;

type PathKey = (Scope, String, String, u32);

/// The two tables; cheap to clone.
#[derive(Clone)]
pub struct Coverages {
    /// Scope, report, path and place in the report.
    pub by_path: Records<PathKey, CodeCoverage>,
    /// Scope, report, hundredths of a percent of lines and place in the report.
    pub by_lines: Records<(Scope, String, Hundredths, u32), CodeCoverage>,
}

impl Coverages {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            by_path: b.records("codebuild.coverages_by_path"),
            by_lines: b.records("codebuild.coverages_by_lines"),
        }
    }

    /// Adds a report's files; what follows from the report is filled in.
    pub fn put(&self, tx: &mut Txn, report: &Report, files: Vec<CodeCoverage>) {
        let (scope, id) = report.key();
        for (place, file) in (0..).zip(files) {
            let file = CodeCoverage {
                id: Some(file.id.unwrap_or_else(ids::uuid)),
                report_arn: Some(report.arn()),
                expired: Some(report.expires().wire()),
                ..file
            };
            let path = file.file_path.iter().flat_map(|path| path.chars());
            let path: String = path.take(SORTED).collect();
            let by_path = (scope.clone(), id.clone(), path, place);
            let by_lines = (scope.clone(), id.clone(), lines(&file), place);
            tx.put_record(&self.by_path, by_path, file.clone());
            tx.put_record(&self.by_lines, by_lines, file);
        }
    }

    /// Removes a report's files.
    pub fn remove(&self, tx: &mut Txn, report: &ReportKey) {
        let (first, last) = paths(report);
        tx.remove_records(&self.by_path, first..=last, usize::MAX);
        let at = |hundredths, place| (report.0.clone(), report.1.clone(), hundredths, place);
        let all = at(0, 0)..=at(Hundredths::MAX, u32::MAX);
        tx.remove_records(&self.by_lines, all, usize::MAX);
    }

    /// A page of the files whose lines ran to a part in `wanted`, by that part.
    pub fn page_by_lines(
        &self,
        report: &ReportKey,
        wanted: &RangeInclusive<Hundredths>,
        list: &List<'_>,
    ) -> Page<CodeCoverage> {
        let at = |hundredths, place| (report.0.clone(), report.1.clone(), hundredths, place);
        let (first, last) = (at(*wanted.start(), 0), at(*wanted.end(), u32::MAX));
        list.page(first, last, |range, direction, limit| {
            let rows = self.by_lines.range(range, direction, limit);
            rows.unwrap_or_else(|fault| fault.raise())
        })
    }

    /// The same by path.
    pub fn page_by_path(
        &self,
        report: &ReportKey,
        wanted: &RangeInclusive<Hundredths>,
        list: &List<'_>,
    ) -> Page<CodeCoverage> {
        let (first, last) = paths(report);
        list.page(first, last, |range, direction, limit| {
            self.wanted_by_path(range, direction, limit, wanted)
        })
    }

    fn wanted_by_path(
        &self,
        (mut first, mut last): Range<PathKey>,
        direction: Direction,
        limit: usize,
        wanted: &RangeInclusive<Hundredths>,
    ) -> Vec<(PathKey, CodeCoverage)> {
        let mut found = Vec::new();
        loop {
            let range = (first.clone(), last.clone());
            let rows = self.by_path.range(range, direction, CHUNK);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            let seen = rows.last().map(|(at, _)| Bound::Excluded(at.clone()));
            let full = rows.len() == CHUNK;
            let fits = rows
                .into_iter()
                .filter(|(_, file)| wanted.contains(&lines(file)));
            found.extend(fits.take(limit - found.len()));
            match seen {
                Some(seen) if full && found.len() < limit => match direction {
                    Direction::Forward => first = seen,
                    Direction::Backward => last = seen,
                },
                _ => return found,
            }
        }
    }
}

/// Percentages from `least` to `most`, both inclusive.
pub fn between(least: Option<f64>, most: Option<f64>) -> RangeInclusive<Hundredths> {
    // A percentage such as 83.33 is not exact as a binary number.
    let exact = |percent: f64| (percent * 1e8).round() / 1e6;
    let least = least.map_or(0, |percent| exact(percent).ceil() as Hundredths);
    let most = most.map_or(Hundredths::MAX, |percent| {
        exact(percent).floor() as Hundredths
    });
    least..=most
}

fn lines(file: &CodeCoverage) -> Hundredths {
    let percent = file.line_coverage_percentage.unwrap_or(0.0);
    (percent * 100.0).round() as Hundredths
}

fn paths(report: &ReportKey) -> (PathKey, PathKey) {
    let at = |path: &str, place| (report.0.clone(), report.1.clone(), path.to_owned(), place);
    (at("", 0), at(super::named::LAST, u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract, codebuild section 3.4: both ends are inclusive.
    #[test]
    fn limits_are_hundredths_of_a_percent_and_inclusive() {
        assert_eq!(between(None, None), ALL);
        assert_eq!(between(Some(83.33), Some(83.33)), 8333..=8333);
        assert_eq!(between(Some(83.331), Some(90.909)), 8334..=9090);
        assert_eq!(between(Some(0.0), Some(100.0)), 0..=10_000);
    }
}
