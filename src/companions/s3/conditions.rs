//! What writers and deleters demand of the current version.

use super::errors;
use super::store::ObjectRow;
use super::versions::{At, Versions};
use s3s::{S3Error, S3Result};

/// What must hold of the current version for a write or a delete to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    Absent,
    Exists,
    /// Without quotes.
    Etag(String),
}

/// Conditions on the current version.
pub trait Check: Versions {
    fn check(&mut self, at: &At, conditions: &[Condition]) -> S3Result<()> {
        if conditions.is_empty() {
            return Ok(());
        }
        let newest = self.newest(&at.bucket, &at.key)?;
        let object = newest.and_then(|(_, row)| row.object);
        conditions
            .iter()
            .try_for_each(|condition| holds(condition, object.as_ref()))
    }
}

impl<T: Versions> Check for T {}

fn holds(condition: &Condition, object: Option<&ObjectRow>) -> S3Result<()> {
    match (condition, object) {
        (Condition::Absent, None) | (Condition::Exists, Some(_)) => Ok(()),
        (Condition::Absent, Some(_)) => Err(errors::precondition_failed()),
        (Condition::Exists | Condition::Etag(_), None) => Err(errors::no_such_key()),
        (Condition::Etag(etag), Some(object)) if *etag == object.etag => Ok(()),
        (Condition::Etag(_), Some(_)) => Err(errors::precondition_failed()),
    }
}

/// Deletes answer a condition on a missing object like one that does not hold.
pub fn gone_is_a_failed_condition(error: S3Error) -> S3Error {
    match error.code() {
        s3s::S3ErrorCode::NoSuchKey => errors::precondition_failed(),
        _ => error,
    }
}
