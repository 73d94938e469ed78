//! Reports of the build engine in the service's tables, and the groups they go to.
//!
//! Invariant: a report is kept in the commit in which the build learns of it.
//!
//! Source: contract, codebuild sections 10.1 and 10.2.

use super::CodeBuild;
use super::names::build_arn;
use super::report_groups::{check, takes};
use super::reports::Report;
use super::store::{BuildKey, Tables};
use crate::aws::{Account, Scope};
use crate::engine::build::reports::{
    self as engine, Case, Counts, Covered, Export, Group, GroupRefused, Kind, ReportStatus,
    Summary, Wanted,
};
use crate::store::{Txn, WriteError};
use codebuild_api::model::*;

/// The group a build wants.
pub async fn report_group(
    service: &CodeBuild,
    scope: &Scope,
    wanted: Wanted,
) -> Result<Group, GroupRefused> {
    let (tables, scope) = (service.tables.clone(), scope.clone());
    let found = service.store.write(move |tx| {
        let Wanted {
            name,
            kind,
            make,
            now,
        } = wanted;
        let key = (scope.clone(), name.clone());
        if !make && tx.get(&tables.report_groups, &key).is_none() {
            return Err(GroupRefused::NotFound(name));
        }
        let of = self::kind(kind);
        let group = tables.use_report_group(tx, &scope, &name, of, now);
        check(&group).map_err(|error| GroupRefused::Refused(error.message))?;
        match takes(&group, of) {
            true => Ok(usable(name, &group)),
            false => Err(GroupRefused::OtherKind { group: name, kind }),
        }
    });
    found.await.map_err(WriteError::refused)
}

fn usable(name: String, group: &ReportGroup) -> Group {
    let export = group.export_config.as_ref();
    let s3 = export.and_then(|export| export.s3_destination.as_ref());
    let export = s3.and_then(|s3| {
        Some(Export {
            bucket: s3.bucket.clone()?,
            owner: s3.bucket_owner.as_deref().and_then(Account::parse),
            path: s3.path.clone().unwrap_or_default(),
            zipped: s3.packaging == Some(ReportPackagingType::Zip),
            kms_key: s3
                .encryption_key
                .clone()
                .filter(|_| s3.encryption_disabled != Some(true)),
        })
    });
    Group { name, export }
}

/// Keeps a build's report. One whose group was deleted meanwhile is gone with it.
pub fn keep(tables: &Tables, tx: &mut Txn, build: &BuildKey, found: engine::Report) {
    let (scope, id) = build;
    let key = (scope.clone(), found.group.clone());
    let Some(group) = tx.get(&tables.report_groups, &key) else {
        return;
    };
    let export = group.export_config.clone();
    let report = Report {
        scope: scope.clone(),
        group: found.group,
        uuid: found.uuid,
        kind: kind(found.kind),
        status: status(found.status),
        execution: build_arn(scope, id),
        created: found.created,
        export: export.unwrap_or(ReportExportConfig {
            export_config_type: Some(ReportExportConfigType::NoExport),
            s3_destination: None,
        }),
        truncated: found.truncated,
        tests: found.tests.as_ref().map(summary),
        coverage: found.coverage.map(coverage),
    };
    let cases = found.cases.into_iter().map(case).collect();
    let covered = found.covered.into_iter().map(covered).collect();
    if tables.keep_report(tx, report, cases, covered).is_err() {
        tracing::info!(build = id, "a report's group is being deleted");
    }
}

fn kind(kind: Kind) -> ReportType {
    match kind {
        Kind::Test => ReportType::Test,
        Kind::CodeCoverage => ReportType::CodeCoverage,
    }
}

fn status(status: ReportStatus) -> ReportStatusType {
    match status {
        ReportStatus::Succeeded => ReportStatusType::Succeeded,
        ReportStatus::Failed => ReportStatusType::Failed,
        ReportStatus::Incomplete => ReportStatusType::Incomplete,
    }
}

fn summary(of: &Summary) -> TestReportSummary {
    let counts = of.counts.iter();
    let counts = counts.map(|(status, count)| (status.as_str().to_owned(), whole(*count)));
    TestReportSummary::new(whole(of.total), counts.collect(), long(of.nanos))
}

fn coverage((lines, branches): (Counts, Counts)) -> CodeCoverageReportSummary {
    CodeCoverageReportSummary {
        line_coverage_percentage: Some(lines.percent()),
        lines_covered: Some(whole(lines.covered)),
        lines_missed: Some(whole(lines.missed)),
        branch_coverage_percentage: Some(branches.percent()),
        branches_covered: Some(whole(branches.covered)),
        branches_missed: Some(whole(branches.missed)),
    }
}

fn case(case: Case) -> TestCase {
    TestCase {
        test_raw_data_path: Some(case.file),
        prefix: Some(case.prefix),
        name: Some(case.name),
        status: Some(case.status.as_str().to_owned()),
        duration_in_nano_seconds: Some(long(case.nanos)),
        message: Some(case.message),
        test_suite_name: case.suite,
        ..TestCase::default()
    }
}

fn covered(file: Covered) -> CodeCoverage {
    CodeCoverage {
        file_path: Some(file.path),
        line_coverage_percentage: Some(file.lines.percent()),
        lines_covered: Some(whole(file.lines.covered)),
        lines_missed: Some(whole(file.lines.missed)),
        branch_coverage_percentage: Some(file.branches.percent()),
        branches_covered: Some(whole(file.branches.covered)),
        branches_missed: Some(whole(file.branches.missed)),
        ..CodeCoverage::default()
    }
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn long(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
