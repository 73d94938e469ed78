//! Revisions of applications: rows by identity, the orders they are listed in, and what the wire shows of one.
//!
//! Invariant: a revision's key is its application and its identity, in which the text of an S3 location comes in the order of
//! bucket and key, so that a prefix of keys is a range. Source: contract, codedeploy section 3.2.

use super::store::{GroupKey, LAST};
use crate::aws::{Scope, Time};
use crate::store::{Builder, Index, Table, Txn};
use codedeploy_api::model::{
    AppSpecContent, GenericRevisionInfo, RawString, RevisionLocation, RevisionLocationType,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::{Deref, RangeInclusive};

/// Scope, the application's id, identity.
pub type RevisionKey = (Scope, String, String);
/// Scope, the application's id, time.
pub type TimeKey = (Scope, String, Time);

/// The table of revisions; it is used as the table it holds. Cheap to clone.
#[derive(Clone)]
pub struct Revisions {
    rows: Table<RevisionKey, Revision>,
    pub by_registration: Index<TimeKey, RevisionKey>,
    pub by_first_use: Index<TimeKey, RevisionKey>,
    pub by_last_use: Index<TimeKey, RevisionKey>,
}

/// A revision; contents are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    pub location: RevisionLocation,
    pub description: Option<String>,
    pub registered: Time,
    /// By a deployment.
    pub first_used: Option<Time>,
    pub last_used: Option<Time>,
    /// Names of the groups whose target revision it is.
    pub target_of: BTreeSet<String>,
}

/// Before every time: where those are that were never used.
const NEVER: Time = Time::from_millis(i64::MIN);
/// After every time.
const END: Time = Time::from_millis(i64::MAX);

impl Revisions {
    pub fn declare(b: &mut Builder) -> Self {
        let rows = b.table("codedeploy.revisions");
        let at = |key: &RevisionKey, time: Time| vec![(key.0.clone(), key.1.clone(), time)];
        Self {
            by_registration: b.index(&rows, move |key: &RevisionKey, row: &Revision| {
                at(key, row.registered)
            }),
            by_first_use: b.index(&rows, move |key: &RevisionKey, row: &Revision| {
                at(key, row.first_used.unwrap_or(NEVER))
            }),
            by_last_use: b.index(&rows, move |key: &RevisionKey, row: &Revision| {
                at(key, row.last_used.unwrap_or(NEVER))
            }),
            rows,
        }
    }

    /// The group `of` deployed `target` last: it has another name from now on, or is gone.
    pub fn retarget(
        &self,
        tx: &mut Txn,
        of: &GroupKey,
        target: Option<&RevisionLocation>,
        name: Option<&str>,
    ) {
        let Some(target) = target else { return };
        let key = (of.0.clone(), of.1.clone(), identity(target));
        if let Some(row) = tx.get(&self.rows, &key) {
            let mut row = (*row).clone();
            row.target_of.remove(&of.2);
            row.target_of.extend(name.map(str::to_owned));
            tx.put(&self.rows, key, row);
        }
    }
}

impl Deref for Revisions {
    type Target = Table<RevisionKey, Revision>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl Revision {
    pub fn info(&self) -> GenericRevisionInfo {
        GenericRevisionInfo {
            description: self.description.clone(),
            deployment_groups: Some(self.target_of.iter().cloned().collect()),
            first_used_time: self.first_used.map(Time::wire),
            last_used_time: self.last_used.map(Time::wire),
            register_time: Some(self.registered.wire()),
        }
    }
}

/// Every time of an application's revisions.
pub fn times_of(scope: &Scope, application: &str) -> RangeInclusive<TimeKey> {
    let key = |time| (scope.clone(), application.to_owned(), time);
    key(NEVER)..=key(END)
}

/// Revisions of an application whose objects are in this bucket, below this prefix.
pub fn in_bucket(
    scope: &Scope,
    application: &str,
    bucket: &str,
    prefix: &str,
) -> RangeInclusive<RevisionKey> {
    let from = format!("S3\0{bucket}\0{prefix}");
    let to = format!("{from}{LAST}");
    let key = |identity| (scope.clone(), application.to_owned(), identity);
    key(from)..=key(to)
}

/// What makes a revision another one: eTags count without the quotes around them, contents by their digest.
pub fn identity(location: &RevisionLocation) -> String {
    let text = |of: &Option<String>| of.clone().unwrap_or_default();
    if let Some(s3) = &location.s3_location {
        let bundle = s3.bundle_type.map_or("", |kind| kind.as_str());
        let e_tag = text(&s3.e_tag);
        return [
            "S3",
            &text(&s3.bucket),
            &text(&s3.key),
            bundle,
            &text(&s3.version),
            e_tag.trim_matches('"'),
        ]
        .join("\0");
    }
    if let Some(git) = &location.git_hub_location {
        let commit = text(&git.commit_id).to_ascii_lowercase();
        return ["GitHub", &text(&git.repository), &commit].join("\0");
    }
    let kind = location
        .revision_type
        .map_or("", RevisionLocationType::as_str);
    let (content, sha256) = content(location);
    let sha256 = sha256.map_or_else(
        || digest(content.unwrap_or_default()),
        str::to_ascii_lowercase,
    );
    [kind, &sha256].join("\0")
}

/// Text and digest of a revision that is not somewhere else.
pub fn content(location: &RevisionLocation) -> (Option<&str>, Option<&str>) {
    let given = |content: &'_ Option<String>| content.is_some();
    match (&location.app_spec_content, &location.string) {
        (Some(of), _) if given(&of.content) || given(&of.sha256) => {
            (of.content.as_deref(), of.sha256.as_deref())
        }
        (_, Some(of)) => (of.content.as_deref(), of.sha256.as_deref()),
        _ => (None, None),
    }
}

/// The location with the digest of its content.
pub fn with_digest(location: RevisionLocation) -> RevisionLocation {
    let sha256 = content(&location).0.map(digest);
    let sha256 = |given: Option<String>| sha256.clone().or(given);
    RevisionLocation {
        string: location.string.map(|of| RawString {
            sha256: sha256(of.sha256),
            ..of
        }),
        app_spec_content: location.app_spec_content.map(|of| AppSpecContent {
            sha256: sha256(of.sha256),
            ..of
        }),
        ..location
    }
}

/// As every operation but one shows it.
pub fn without_content(location: RevisionLocation) -> RevisionLocation {
    RevisionLocation {
        string: location.string.map(|of| RawString {
            content: None,
            ..of
        }),
        app_spec_content: location.app_spec_content.map(|of| AppSpecContent {
            content: None,
            ..of
        }),
        ..location
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub fn digest(content: &str) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(content.as_bytes()) {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
