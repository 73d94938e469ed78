//! One report: what the files of a group came to.
//!
//! Invariant: counts and durations are those of all cases, also of those that were left out.

use super::cases::{Case, CaseStatus, kept};
use super::coverage::{Counts, Covered};
use super::format::Kind;
use super::parse::Findings;
use crate::aws::Time;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Source files of one report; more are left out.
const MOST_FILES: usize = 20_000;

/// What a build found in the files of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The group's name.
    pub group: String,
    pub uuid: String,
    pub kind: Kind,
    pub status: ReportStatus,
    pub created: Time,
    /// Something was left out.
    pub truncated: bool,
    /// Absent for coverage.
    pub tests: Option<Summary>,
    pub cases: Vec<Case>,
    /// Lines and branches of all files; absent for tests.
    pub coverage: Option<(Counts, Counts)>,
    pub covered: Vec<Covered>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReportStatus {
    Succeeded,
    /// A case failed.
    Failed,
    /// A file could not be understood, or an export could not be written.
    Incomplete,
}

/// Of all test cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub total: u32,
    /// A status that no case has is not there.
    pub counts: BTreeMap<CaseStatus, u32>,
    pub nanos: u64,
}

impl Report {
    /// `whole`: every file was understood.
    pub fn new(
        group: &str,
        uuid: String,
        kind: Kind,
        created: Time,
        findings: Findings,
        whole: bool,
    ) -> Self {
        let summary = Summary::of(&findings);
        let failed = findings.cases.iter().any(|case| case.status.is_failure());
        let mut covered = findings.covered;
        let coverage = sums(&covered);
        let (cases, cut) = kept(findings.cases);
        let truncated = cut || covered.len() > MOST_FILES;
        covered.truncate(MOST_FILES);
        Self {
            group: group.to_owned(),
            uuid,
            kind,
            status: match (whole, failed) {
                (false, _) => ReportStatus::Incomplete,
                (true, true) => ReportStatus::Failed,
                (true, false) => ReportStatus::Succeeded,
            },
            created,
            truncated,
            tests: (kind == Kind::Test).then_some(summary),
            cases,
            coverage: (kind == Kind::CodeCoverage).then_some(coverage),
            covered,
        }
    }

    /// `group:uuid`.
    pub fn id(&self) -> String {
        format!("{}:{}", self.group, self.uuid)
    }
}

impl Summary {
    fn of(findings: &Findings) -> Self {
        let mut counts = BTreeMap::new();
        for case in &findings.cases {
            *counts.entry(case.status).or_insert(0) += 1;
        }
        Self {
            total: u32::try_from(findings.cases.len()).unwrap_or(u32::MAX),
            counts,
            nanos: findings.nanos,
        }
    }
}

fn sums(covered: &[Covered]) -> (Counts, Counts) {
    let nothing = (Counts::default(), Counts::default());
    covered.iter().fold(nothing, |(lines, branches), file| {
        (lines.and(file.lines), branches.and(file.branches))
    })
}

impl Findings {
    /// Adds what another file of the group holds.
    pub fn add(&mut self, file: &str, other: Findings) {
        self.nanos = self.nanos.saturating_add(other.nanos);
        self.covered.extend(other.covered);
        let cases = other.cases.into_iter().map(|case| Case {
            file: file.to_owned(),
            ..case
        });
        self.cases.extend(cases);
    }
}
