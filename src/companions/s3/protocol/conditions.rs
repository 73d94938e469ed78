//! Conditional requests and ranges: which answer a reader gets, which write happens.

use super::shapes::{http_date, timestamp, version_id};
use crate::companions::s3::S3;
use crate::companions::s3::conditions::Condition;
use crate::companions::s3::errors;
use crate::companions::s3::multipart::MOST_PARTS;
use crate::companions::s3::objects::Found;
use crate::companions::s3::store::Body;
use s3s::dto::{ETagCondition, Range, Timestamp};
use s3s::{S3Error, S3Result};

/// What a reader demands.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
    pub if_modified_since: Option<Timestamp>,
    pub if_unmodified_since: Option<Timestamp>,
}

impl Reading {
    /// Errors: `PreconditionFailed`, `NotModified`. An ETag condition overrules the one on time beside it.
    pub fn check(&self, found: &Found) -> S3Result<()> {
        let modified = timestamp(found.row.modified);
        let matches = |condition: &ETagCondition| is(condition, &found.object.etag);
        match (&self.if_match, &self.if_unmodified_since) {
            (Some(condition), _) if !matches(condition) => {
                return Err(errors::precondition_failed());
            }
            (None, Some(since)) if modified > *since => return Err(errors::precondition_failed()),
            _ => {}
        }
        match (&self.if_none_match, &self.if_modified_since) {
            (Some(condition), _) if matches(condition) => Err(not_modified(found)),
            (None, Some(since)) if modified <= *since => Err(not_modified(found)),
            _ => Ok(()),
        }
    }

    /// For sources of copies every failed condition is a failed precondition.
    pub fn check_source(&self, found: &Found) -> S3Result<()> {
        self.check(found).map_err(|_| errors::precondition_failed())
    }
}

fn is(condition: &ETagCondition, stored: &str) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(asked) => asked.value() == stored,
    }
}

fn not_modified(found: &Found) -> S3Error {
    let control = found.object.attributes.cache_control.clone();
    let headers = [
        ("etag", Some(format!("\"{}\"", found.object.etag))),
        ("last-modified", http_date(&timestamp(found.row.modified))),
        ("cache-control", control),
        ("x-amz-version-id", version_id(&found.bucket, &found.row)),
    ];
    let present = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    errors::with_headers(errors::not_modified(), present)
}

/// Conditions of a write. Errors: `NotImplemented` for what S3 does not offer on writes.
pub fn writing(
    if_match: Option<ETagCondition>,
    if_none_match: Option<ETagCondition>,
) -> S3Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    match if_none_match {
        None => {}
        Some(ETagCondition::Any) => conditions.push(Condition::Absent),
        Some(ETagCondition::ETag(_)) => return Err(errors::not_implemented("If-None-Match")),
    }
    match if_match {
        None => {}
        Some(ETagCondition::Any) => return Err(errors::not_implemented("If-Match")),
        Some(ETagCondition::ETag(etag)) => conditions.push(Condition::Etag(etag.into_value())),
    }
    Ok(conditions)
}

/// The condition of a delete.
pub fn deleting(if_match: Option<ETagCondition>) -> Option<Condition> {
    Some(match if_match? {
        ETagCondition::Any => Condition::Exists,
        ETagCondition::ETag(etag) => Condition::Etag(etag.into_value()),
    })
}

/// The stretch of an object that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub bytes: std::ops::Range<u64>,
    /// A part of the object, answered with 206.
    pub partial: bool,
    /// Parts of the object, when one of them was asked for.
    pub parts: Option<u64>,
}

/// By range or by part number. Errors: `InvalidRange`, `InvalidPartNumber`, `InvalidRequest` for both.
pub fn stretch(
    s3: &S3,
    found: &Found,
    range: Option<&Range>,
    part: Option<i32>,
) -> S3Result<Stretch> {
    let size = found.object.size;
    match (range, part) {
        (Some(_), Some(_)) => Err(errors::invalid_request(
            "Cannot specify both Range header and partNumber query parameter",
        )),
        (Some(range), None) => {
            let bytes = range.check(size).map_err(|_| errors::invalid_range())?;
            Ok(Stretch {
                bytes,
                partial: true,
                parts: None,
            })
        }
        (None, Some(number)) => part_stretch(s3, found, number),
        (None, None) => Ok(Stretch {
            bytes: 0..size,
            partial: false,
            parts: None,
        }),
    }
}

fn part_stretch(s3: &S3, found: &Found, number: i32) -> S3Result<Stretch> {
    let number = u64::try_from(number)
        .ok()
        .filter(|n| (1..=MOST_PARTS).contains(n));
    let number = number.ok_or_else(errors::part_number_out_of_range)?;
    let bytes = match (&found.object.body, found.object.parts) {
        (Body::Parts(id), Some(_)) => s3.manifest(id)?.range_of(number),
        _ => (number == 1).then_some(0..found.object.size),
    };
    let bytes = bytes.ok_or_else(errors::invalid_part_number)?;
    Ok(Stretch {
        partial: !bytes.is_empty(),
        bytes,
        parts: found.object.parts,
    })
}

impl Stretch {
    pub fn length(&self) -> u64 {
        self.bytes.end - self.bytes.start
    }

    pub fn content_range(&self, size: u64) -> Option<String> {
        let last = self.bytes.end.checked_sub(1)?;
        self.partial
            .then(|| format!("bytes {}-{last}/{size}", self.bytes.start))
    }
}
