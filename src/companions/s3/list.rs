//! Listing objects, versions and uploads.

use super::caller::Caller;
use super::companion::{S3, read};
use super::errors;
use super::store::{UploadRow, VersionRow, version_key};
use super::version_id::{self, NULL};
use super::versions::Versions;
use super::walk::{From, Page, Query, Start, walk};
use crate::store::Direction;
use s3s::S3Result;
use std::ops::Bound;

/// Entries of a page.
pub const LARGEST_PAGE: usize = 1000;

impl S3 {
    /// Current objects in key order.
    pub fn list_objects(
        &self,
        caller: &Caller,
        bucket: &str,
        query: &Query<u64>,
    ) -> S3Result<Page<u64, VersionRow>> {
        self.bucket_of(caller, bucket)?;
        let query = Query {
            firsts: true,
            ..query.clone()
        };
        walk(
            &query,
            |from, limit| self.version_rows(bucket, from, limit),
            |row| row.object.is_some(),
        )
    }

    /// All versions and delete markers in key order, newest first.
    pub fn list_versions(
        &self,
        caller: &Caller,
        bucket: &str,
        query: &Query<u64>,
    ) -> S3Result<Page<u64, VersionRow>> {
        self.bucket_of(caller, bucket)?;
        walk(
            query,
            |from, limit| self.version_rows(bucket, from, limit),
            |_| true,
        )
    }

    /// Uploads in key order, oldest first.
    pub fn list_uploads(
        &self,
        caller: &Caller,
        bucket: &str,
        query: &Query<String>,
    ) -> S3Result<Page<String, UploadRow>> {
        self.bucket_of(caller, bucket)?;
        walk(
            query,
            |from, limit| self.upload_rows(bucket, from, limit),
            |_| true,
        )
    }

    /// Where a list of versions goes on. Errors: `InvalidArgument`.
    pub fn versions_start(
        &self,
        bucket: &str,
        key: Option<String>,
        version: Option<&str>,
    ) -> S3Result<Start<u64>> {
        let (key, version) = match (key, version) {
            (None, None) => return Ok(Start::Beginning),
            (None, Some(_)) => {
                return Err(errors::invalid_argument(
                    "A version-id marker cannot be specified without a key marker.",
                ));
            }
            (Some(key), None) => return Ok(Start::AfterKey(key)),
            (Some(key), Some(version)) => (key, version),
        };
        let seq = match version {
            NULL => self.committed().null(bucket, &key)?.map(|(seq, _)| seq),
            id => Some(version_id::seq_of(id).ok_or_else(errors::invalid_version_id)?),
        };
        Ok(match seq {
            Some(seq) => Start::AfterRow(key, u64::MAX - seq),
            None => Start::AfterKey(key),
        })
    }

    fn version_rows(
        &self,
        bucket: &str,
        from: &From<u64>,
        limit: usize,
    ) -> S3Result<Vec<(String, u64, VersionRow)>> {
        let start = match from {
            From::Key(key) => Bound::Included(version_key(bucket, key, u64::MAX)),
            From::AfterRow(key, second) => {
                Bound::Excluded((bucket.to_owned(), key.clone(), *second))
            }
        };
        let end = Bound::Excluded((after_bucket(bucket), String::new(), 0));
        let rows = read(
            self.tables
                .versions
                .range((start, end), Direction::Forward, limit),
        )?;
        Ok(rows
            .into_iter()
            .map(|((_, key, second), row)| (key, second, row))
            .collect())
    }

    fn upload_rows(
        &self,
        bucket: &str,
        from: &From<String>,
        limit: usize,
    ) -> S3Result<Vec<(String, String, UploadRow)>> {
        let at = |key: &String, id: &String| (bucket.to_owned(), key.clone(), id.clone());
        let start = match from {
            From::Key(key) => Bound::Included(at(key, &String::new())),
            From::AfterRow(key, id) => Bound::Excluded(at(key, id)),
        };
        let end = Bound::Excluded((after_bucket(bucket), String::new(), String::new()));
        let rows = read(
            self.tables
                .uploads
                .range((start, end), Direction::Forward, limit),
        )?;
        Ok(rows
            .into_iter()
            .map(|((_, key, id), row)| (key, id, row))
            .collect())
    }
}

/// The smallest name after a bucket's.
pub(super) fn after_bucket(bucket: &str) -> String {
    format!("{bucket}\0")
}
