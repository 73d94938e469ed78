//! Report groups: what is asked for, with the service's defaults, and the groups that builds make.
//!
//! Source: contract, codebuild sections 3.4 and 10.1.

use super::defaults;
use super::errors::invalid;
use super::names::report_group_arn;
use super::store::Tables;
use crate::aws::{Scope, Time};
use crate::store::Txn;
use codebuild_api::error::InvalidInputException;
use codebuild_api::input::{CreateReportGroupInput, UpdateReportGroupInput};
use codebuild_api::model::*;

/// The group a customer asks for.
pub fn created(scope: &Scope, now: Time, input: CreateReportGroupInput) -> ReportGroup {
    ReportGroup {
        tags: Some(input.tags.unwrap_or_default()),
        ..group(scope, now, input.name, input.r#type, input.export_config)
    }
}

/// The group with what the request has in place of its own; type and name never change.
pub fn updated(
    scope: &Scope,
    now: Time,
    mut group: ReportGroup,
    input: UpdateReportGroupInput,
) -> ReportGroup {
    if let Some(export) = input.export_config {
        group.export_config = Some(exported(scope, export));
    }
    if input.tags.is_some() {
        group.tags = input.tags;
    }
    group.last_modified = Some(now.wire());
    group
}

/// What the model does not express; the first rule broken is reported.
pub fn check(group: &ReportGroup) -> Result<(), InvalidInputException> {
    let name = group.name.as_deref().unwrap_or_default();
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if !name.bytes().all(allowed) {
        return Err(invalid(
            "Only alphanumeric characters, dash, and underscore are supported",
        ));
    }
    let export = group.export_config.as_ref();
    let kind = export.and_then(|export| export.export_config_type);
    let bucket = export.and_then(|export| export.s3_destination.as_ref()?.bucket.as_ref());
    match kind {
        None => Err(invalid(
            "Invalid export config: an exportConfigType is required",
        )),
        Some(ReportExportConfigType::S3) if bucket.is_none() => Err(invalid(
            "Invalid export config: exportConfigType S3 should have a bucket in its s3Destination",
        )),
        Some(_) => Ok(()),
    }
}

/// Whether reports of this kind belong into the group.
pub fn takes(group: &ReportGroup, kind: ReportType) -> bool {
    group.r#type == Some(kind)
}

impl Tables {
    /// The group of this name; it is made when it is not there, as for a build that names it first. Nothing is exported from a
    /// group made here. One of the other type is given back as it is: `report_groups::takes` tells.
    pub fn use_report_group(
        &self,
        tx: &mut Txn,
        scope: &Scope,
        name: &str,
        kind: ReportType,
        now: Time,
    ) -> ReportGroup {
        let key = (scope.clone(), name.to_owned());
        if let Some(group) = tx.get(&self.report_groups, &key) {
            return (*group).clone();
        }
        let export = ReportExportConfig {
            export_config_type: Some(ReportExportConfigType::NoExport),
            s3_destination: None,
        };
        let made = group(scope, now, name.to_owned(), kind, export);
        tx.put(&self.report_groups, key, made.clone());
        made
    }
}

fn group(
    scope: &Scope,
    now: Time,
    name: String,
    kind: ReportType,
    export: ReportExportConfig,
) -> ReportGroup {
    ReportGroup {
        arn: Some(report_group_arn(scope, &name)),
        name: Some(name),
        r#type: Some(kind),
        export_config: Some(exported(scope, export)),
        created: Some(now.wire()),
        last_modified: Some(now.wire()),
        tags: Some(Vec::new()),
        status: Some(ReportGroupStatusType::Active),
    }
}

fn exported(scope: &Scope, mut export: ReportExportConfig) -> ReportExportConfig {
    if export.export_config_type != Some(ReportExportConfigType::S3) {
        return export;
    }
    if let Some(s3) = &mut export.s3_destination {
        s3.packaging.get_or_insert(ReportPackagingType::None);
        if s3.encryption_disabled != Some(true) {
            s3.encryption_key
                .get_or_insert_with(|| defaults::encryption_key(scope));
        }
    }
    export
}
