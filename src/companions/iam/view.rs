//! Rows as the answers show them.

use super::names;
use super::rows::{Policy, Role, Tags, Version, is_aws_managed};
use crate::aws::{Account, Time};
use aws_smithy_types::DateTime;
use iam_api::model;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// IAM shows whole seconds.
pub fn seconds(time: Time) -> DateTime {
    DateTime::from_secs(time.millis().div_euclid(1000))
}

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Documents are answered URL-encoded (RFC 3986).
pub fn document(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

pub fn tags(tags: &Tags) -> Vec<model::Tag> {
    tags.iter()
        .map(|(key, value)| model::Tag {
            key: key.clone(),
            value: value.clone(),
        })
        .collect()
}

fn some_tags(row: &Tags) -> Option<Vec<model::Tag>> {
    (!row.is_empty()).then(|| tags(row))
}

/// A role as lists show it.
pub fn listed_role(account: &Account, role: &Role) -> model::Role {
    model::Role {
        path: role.path.clone(),
        role_name: role.name.clone(),
        role_id: role.id.clone(),
        arn: names::role_arn(account, &role.path, &role.name),
        create_date: seconds(role.created),
        assume_role_policy_document: Some(document(&role.trust)),
        description: role.description.clone(),
        max_session_duration: Some(role.longest_session_seconds),
        permissions_boundary: None,
        tags: None,
        role_last_used: None,
        source_role_template: None,
    }
}

/// A role as `GetRole` shows it.
pub fn role(account: &Account, row: &Role) -> model::Role {
    let boundary = |arn: &String| model::AttachedPermissionsBoundary {
        permissions_boundary_type: Some(
            model::PermissionsBoundaryAttachmentType::PermissionsBoundaryPolicy,
        ),
        permissions_boundary_arn: Some(arn.clone()),
    };
    model::Role {
        permissions_boundary: row.boundary.as_ref().map(boundary),
        tags: some_tags(&row.tags),
        role_last_used: Some(model::RoleLastUsed::default()),
        ..listed_role(account, row)
    }
}

/// A policy as lists show it; `attached` counts the roles it is attached to.
pub fn listed_policy(account: &Account, policy: &Policy, attached: usize) -> model::Policy {
    model::Policy {
        policy_name: Some(policy.name.clone()),
        policy_id: Some(policy.id.clone()),
        arn: Some(names::policy_arn(account, &policy.path, &policy.name)),
        path: Some(policy.path.clone()),
        default_version_id: Some(version_id(policy.default)),
        attachment_count: i32::try_from(attached).ok(),
        permissions_boundary_usage_count: Some(0),
        is_attachable: Some(true),
        description: None,
        create_date: Some(seconds(policy.created)),
        update_date: Some(seconds(policy.updated)),
        tags: None,
    }
}

/// A policy as `GetPolicy` shows it.
pub fn policy(account: &Account, row: &Policy, attached: usize) -> model::Policy {
    model::Policy {
        description: row.description.clone(),
        tags: some_tags(&row.tags),
        ..listed_policy(account, row, attached)
    }
}

/// What is known of a policy of AWS's own: its name. `None` for every other ARN.
pub fn aws_policy(arn: &str, attached: usize) -> Option<model::Policy> {
    let (path, name) = names::policy_parts(arn).filter(|_| is_aws_managed(arn))?;
    Some(model::Policy {
        policy_name: Some(name),
        policy_id: Some(names::id_of("ANPA", arn)),
        arn: Some(arn.to_owned()),
        path: Some(path),
        default_version_id: Some(version_id(1)),
        attachment_count: i32::try_from(attached).ok(),
        permissions_boundary_usage_count: Some(0),
        is_attachable: Some(true),
        ..Default::default()
    })
}

pub fn version_id(number: u32) -> String {
    format!("v{number}")
}

/// The number in `v3`.
pub fn version_number(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}

/// A version without its document, as lists show it.
pub fn version(policy: &Policy, number: u32, row: &Version) -> model::PolicyVersion {
    model::PolicyVersion {
        document: None,
        version_id: Some(version_id(number)),
        is_default_version: Some(policy.default == number),
        create_date: Some(seconds(row.created)),
    }
}

pub fn attached(arn: &str) -> model::AttachedPolicy {
    model::AttachedPolicy {
        policy_name: names::policy_parts(arn).map(|(_, name)| name),
        policy_arn: Some(arn.to_owned()),
    }
}
