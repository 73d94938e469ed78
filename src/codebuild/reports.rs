//! Reports of builds, with their test cases and coverage: what is kept, in which orders it is listed, when it goes.
//!
//! Invariant: a report, its places in the lists and what belongs to it are written and removed together. Thirty days after it
//! was made a report is not shown any more.
//!
//! Source: contract, codebuild sections 3.4 and 10.2.

use super::coverages::Coverages;
use super::named::{LAST, NameKey};
use super::names::{report_arn, report_group_arn};
use super::pages::{List, Page};
use super::store::Tables;
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Records, Txn};
use codebuild_api::model::{
    CodeCoverage, CodeCoverageReportSummary, ReportExportConfig, ReportGroupStatusType,
    ReportStatusType, ReportType, TestCase, TestReportSummary,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Test cases of one report; of more, failures are kept first.
pub const MOST_CASES: usize = 500;
const LONGEST_NAME: usize = 1_000;
const LONGEST_MESSAGE: usize = 5_000;
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Expired reports removed by one new report, so that no build pays for all of them.
const SWEPT: usize = 4;

/// Scope and the report's id, `group:uuid`.
pub type ReportKey = (Scope, String);

/// What a build found in one group's files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub scope: Scope,
    /// The group's name.
    pub group: String,
    pub uuid: String,
    pub kind: ReportType,
    pub status: ReportStatusType,
    /// The build's ARN.
    pub execution: String,
    pub created: Time,
    /// The group's, when the report was made.
    pub export: ReportExportConfig,
    /// Cases were left out.
    pub truncated: bool,
    pub tests: Option<TestReportSummary>,
    pub coverage: Option<CodeCoverageReportSummary>,
}

/// A report came for a group that is not there, or is being deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the report group does not exist")]
pub struct NoReportGroup;

impl Report {
    pub fn id(&self) -> String {
        format!("{}:{}", self.group, self.uuid)
    }

    pub fn key(&self) -> ReportKey {
        (self.scope.clone(), self.id())
    }

    pub fn arn(&self) -> String {
        report_arn(&self.scope, &self.id())
    }

    /// Thirty days after it was made, in whole seconds.
    pub fn expires(&self) -> Time {
        let millis = (self.created + KEPT).millis();
        Time::from_millis(millis - millis.rem_euclid(1_000))
    }

    /// The report as the wire shows it; a count that is not there is 0.
    pub fn wire(&self) -> codebuild_api::model::Report {
        let mut tests = self.tests.clone();
        if let Some(tests) = &mut tests {
            for status in STATUSES {
                tests.status_counts.entry(status.to_owned()).or_insert(0);
            }
        }
        codebuild_api::model::Report {
            arn: Some(self.arn()),
            r#type: Some(self.kind),
            name: Some(self.group.clone()),
            report_group_arn: Some(report_group_arn(&self.scope, &self.group)),
            execution_id: Some(self.execution.clone()),
            status: Some(self.status),
            created: Some(self.created.wire()),
            expired: Some(self.expires().wire()),
            export_config: Some(self.export.clone()),
            truncated: Some(self.truncated),
            test_summary: tests,
            code_coverage_summary: self.coverage.clone(),
        }
    }
}

/// What a test case can be.
pub const STATUSES: [&str; 5] = ["ERROR", "FAILED", "SKIPPED", "SUCCEEDED", "UNKNOWN"];

/// The tables of reports; cheap to clone.
#[derive(Clone)]
pub struct Reports {
    pub rows: Records<ReportKey, Report>,
    /// Scope, status (or none for all), time and id.
    pub by_time: Records<(Scope, String, Time, String), ()>,
    /// Scope, group, status (or none for all), time and id.
    pub of_group: Records<(Scope, String, String, Time, String), ()>,
    /// By their place in the report.
    pub cases: Records<(Scope, String, u32), TestCase>,
    pub coverages: Coverages,
}

impl Tables {
    /// Keeps a report with its test cases and coverage, in the place of what was kept under its id before. ARNs and expiry of cases
    /// and coverage are filled in here; too many cases and too long texts are cut.
    pub fn keep_report(
        &self,
        tx: &mut Txn,
        mut report: Report,
        cases: Vec<TestCase>,
        coverages: Vec<CodeCoverage>,
    ) -> Result<(), NoReportGroup> {
        let group = (report.scope.clone(), report.group.clone());
        let group = tx.get(&self.report_groups, &group).ok_or(NoReportGroup)?;
        if group.status == Some(ReportGroupStatusType::Deleting) {
            return Err(NoReportGroup);
        }
        self.reports.sweep(tx, &report.scope, report.created);
        self.reports.remove(tx, &report.key());
        report.truncated |= cases.len() > MOST_CASES;
        for (place, case) in (0..).zip(cut(cases)) {
            let case = filled(case, &report);
            let key = (report.scope.clone(), report.id(), place);
            tx.put_record(&self.reports.cases, key, case);
        }
        self.reports.coverages.put(tx, &report, coverages);
        self.reports.put(tx, report);
        Ok(())
    }
}

impl Reports {
    pub fn declare(b: &mut Builder) -> Self {
        Self {
            rows: b.records("codebuild.reports"),
            by_time: b.records("codebuild.reports_by_time"),
            of_group: b.records("codebuild.reports_of_group"),
            cases: b.records("codebuild.test_cases"),
            coverages: Coverages::declare(b),
        }
    }

    /// The report, unless it has expired.
    pub fn find(&self, key: &ReportKey, now: Time) -> Option<Report> {
        let found = self.rows.get(key).unwrap_or_else(|fault| fault.raise());
        found.filter(|report| report.expires() > now)
    }

    /// A page of the scope's reports in the order they were made.
    pub fn ids(
        &self,
        scope: &Scope,
        status: Option<ReportStatusType>,
        now: Time,
        list: &List<'_>,
    ) -> Page<String> {
        let at = |time, id: &str| (scope.clone(), word(status), time, id.to_owned());
        let (first, last) = (at(oldest(now), ""), at(NEVER, LAST));
        list.page(first, last, |range, direction, limit| {
            let rows = self.by_time.range(range, direction, limit);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            rows.into_iter()
                .map(|(at, ())| (at.clone(), at.3))
                .collect()
        })
    }

    /// The same for the reports of one group.
    pub fn ids_of_group(
        &self,
        group: &NameKey,
        status: Option<ReportStatusType>,
        now: Time,
        list: &List<'_>,
    ) -> Page<String> {
        let (first, last) = self::of_group(group, status, oldest(now));
        list.page(first, last, |range, direction, limit| {
            let rows = self.of_group.range(range, direction, limit);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            rows.into_iter()
                .map(|(at, ())| (at.clone(), at.4))
                .collect()
        })
    }

    /// The newest reports of a group, the newest first.
    pub fn newest(&self, group: &NameKey, now: Time, most: usize) -> Vec<Report> {
        let (first, last) = self::of_group(group, None, oldest(now));
        let rows = self.of_group.range(first..=last, Direction::Backward, most);
        let rows = rows.unwrap_or_else(|fault| fault.raise());
        let ids = rows
            .into_iter()
            .map(|((scope, _, _, _, id), ())| (scope, id));
        ids.filter_map(|key| self.find(&key, now)).collect()
    }

    /// Whether a group has reports that are still shown.
    pub fn has_any(&self, tx: &mut Txn, group: &NameKey, now: Time) -> bool {
        let (first, last) = self::of_group(group, None, oldest(now));
        let found = tx.range_records(&self.of_group, first..=last, Direction::Forward, 1);
        !found.is_empty()
    }

    /// Removes up to `most` of a group's reports, expired or not, and says whether none is left.
    pub fn remove_of_group(&self, tx: &mut Txn, group: &NameKey, most: usize) -> bool {
        let (first, last) = self::of_group(group, None, BEGINNING);
        let all = first..=last;
        let found = tx.range_records(&self.of_group, all, Direction::Forward, most + 1);
        for ((scope, _, _, _, id), ()) in found.iter().take(most) {
            self.remove(tx, &(scope.clone(), id.clone()));
        }
        found.len() <= most
    }

    /// Removes a report and all that belongs to it; nothing happens when it is not there.
    pub fn remove(&self, tx: &mut Txn, key: &ReportKey) {
        let Some(report) = tx.get_record(&self.rows, key) else {
            return;
        };
        for status in [word(None), word(Some(report.status))] {
            tx.remove_record(&self.by_time, &time_key(&report, &status));
            tx.remove_record(&self.of_group, &group_key(&report, status));
        }
        let case = |place| (key.0.clone(), key.1.clone(), place);
        tx.remove_records(&self.cases, case(0)..=case(u32::MAX), usize::MAX);
        self.coverages.remove(tx, key);
        tx.remove_record(&self.rows, key);
    }

    fn put(&self, tx: &mut Txn, report: Report) {
        for status in [word(None), word(Some(report.status))] {
            tx.put_record(&self.by_time, time_key(&report, &status), ());
            tx.put_record(&self.of_group, group_key(&report, status), ());
        }
        tx.put_record(&self.rows, report.key(), report);
    }

    fn sweep(&self, tx: &mut Txn, scope: &Scope, now: Time) {
        let at = |time| (scope.clone(), word(None), time, String::new());
        let expired = at(BEGINNING)..at(oldest(now));
        let expired = tx.range_records(&self.by_time, expired, Direction::Forward, SWEPT);
        for ((scope, _, _, id), ()) in expired {
            self.remove(tx, &(scope, id));
        }
    }
}

const BEGINNING: Time = Time::from_millis(i64::MIN);
const NEVER: Time = Time::from_millis(i64::MAX);

/// When the oldest report that is still shown can have been made: `expires` cuts to whole seconds.
fn oldest(now: Time) -> Time {
    let millis = now.millis();
    Time::from_millis(millis - millis.rem_euclid(1_000) + 1_000) - KEPT
}

fn word(status: Option<ReportStatusType>) -> String {
    status.map_or("", |status| status.as_str()).to_owned()
}

type GroupKey = (Scope, String, String, Time, String);

fn of_group(group: &NameKey, status: Option<ReportStatusType>, from: Time) -> (GroupKey, GroupKey) {
    let (scope, name) = group;
    let at = |time, id: &str| {
        (
            scope.clone(),
            name.clone(),
            word(status),
            time,
            id.to_owned(),
        )
    };
    (at(from, ""), at(NEVER, LAST))
}

fn time_key(report: &Report, status: &str) -> (Scope, String, Time, String) {
    let scope = report.scope.clone();
    (scope, status.to_owned(), report.created, report.id())
}

fn group_key(report: &Report, status: String) -> GroupKey {
    let (scope, group) = (report.scope.clone(), report.group.clone());
    (scope, group, status, report.created, report.id())
}

/// At most `MOST_CASES` in their order; what failed is kept before what did not.
fn cut(cases: Vec<TestCase>) -> Vec<TestCase> {
    if cases.len() <= MOST_CASES {
        return cases;
    }
    let failed = |case: &TestCase| matches!(case.status.as_deref(), Some("FAILED" | "ERROR"));
    let (mut kept, others): (Vec<TestCase>, Vec<TestCase>) = cases.into_iter().partition(failed);
    kept.extend(others);
    kept.truncate(MOST_CASES);
    kept
}

fn filled(case: TestCase, report: &Report) -> TestCase {
    TestCase {
        report_arn: Some(report.arn()),
        name: case.name.map(|name| shortened(name, LONGEST_NAME)),
        message: case.message.map(|text| shortened(text, LONGEST_MESSAGE)),
        expired: Some(report.expires().wire()),
        ..case
    }
}

fn shortened(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
    text
}
