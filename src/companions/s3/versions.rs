//! Versions of a key: which is current, which is the null version, and what a put or a delete does to them.
//!
//! Sequence numbers under a key grow; the current version is the one with the greatest. At most one version is null. A row
//! remembers where the null version was when it was written, which is where it still is, or it is gone.

use super::companion::read;
use super::errors;
use super::store::{
    BucketRow, ObjectRow, Tables, VersionKey, VersionRow, Versioning, version_key, versions_of,
};
use super::version_id::{self, NULL};
use super::write::Write;
use crate::aws::Time;
use crate::store::Direction;
use s3s::S3Result;

/// Where an object is: bucket, key, and its version's id if one was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At {
    pub bucket: String,
    pub key: String,
    pub version: Option<String>,
}

/// A row and its sequence number.
pub type Version = (u64, VersionRow);

/// Rows of versions, inside or outside a write.
pub trait Versions {
    fn get(&mut self, key: &VersionKey) -> S3Result<Option<VersionRow>>;
    fn newest(&mut self, bucket: &str, key: &str) -> S3Result<Option<Version>>;

    fn null(&mut self, bucket: &str, key: &str) -> S3Result<Option<Version>> {
        let Some((seq, row)) = self.newest(bucket, key)? else {
            return Ok(None);
        };
        if row.id.is_none() {
            return Ok(Some((seq, row)));
        }
        let Some(seq) = row.null_at else {
            return Ok(None);
        };
        let row = self.get(&version_key(bucket, key, seq))?;
        Ok(row.filter(|row| row.id.is_none()).map(|row| (seq, row)))
    }

    /// The version asked for, delete markers included. Errors: `NoSuchKey`, `NoSuchVersion`, `InvalidArgument`.
    fn find(&mut self, at: &At) -> S3Result<Version> {
        match at.version.as_deref() {
            None => self
                .newest(&at.bucket, &at.key)?
                .ok_or_else(errors::no_such_key),
            Some(NULL) => self
                .null(&at.bucket, &at.key)?
                .ok_or_else(errors::no_such_version),
            Some(id) => self.named(at, id),
        }
    }

    fn named(&mut self, at: &At, id: &str) -> S3Result<Version> {
        let seq = version_id::seq_of(id).ok_or_else(errors::invalid_version_id)?;
        let row = self.get(&version_key(&at.bucket, &at.key, seq))?;
        let row = row.filter(|row| row.id.as_deref() == Some(id));
        row.map(|row| (seq, row))
            .ok_or_else(errors::no_such_version)
    }

    /// The version asked for, if it is an object. Errors also: `MethodNotAllowed` for a marker that was asked for by id.
    fn find_object(&mut self, at: &At) -> S3Result<(u64, VersionRow, ObjectRow)> {
        let (seq, row) = self.find(at)?;
        match row.object.clone() {
            Some(object) => Ok((seq, row, object)),
            None if at.version.is_some() => Err(errors::method_not_allowed()),
            None => Err(errors::no_such_key()),
        }
    }
}

/// Committed rows.
pub struct Committed<'a>(pub &'a Tables);

impl Versions for Committed<'_> {
    fn get(&mut self, key: &VersionKey) -> S3Result<Option<VersionRow>> {
        read(self.0.versions.get(key))
    }

    fn newest(&mut self, bucket: &str, key: &str) -> S3Result<Option<Version>> {
        let rows = read(
            self.0
                .versions
                .range(versions_of(bucket, key), Direction::Forward, 1),
        )?;
        Ok(rows.into_iter().next().map(numbered))
    }
}

impl Versions for Write<'_> {
    fn get(&mut self, key: &VersionKey) -> S3Result<Option<VersionRow>> {
        Ok(self.tx.get_record(&self.tables.versions, key))
    }

    fn newest(&mut self, bucket: &str, key: &str) -> S3Result<Option<Version>> {
        let range = versions_of(bucket, key);
        let rows = self
            .tx
            .range_records(&self.tables.versions, range, Direction::Forward, 1);
        Ok(rows.into_iter().next().map(numbered))
    }
}

fn numbered((key, row): (VersionKey, VersionRow)) -> Version {
    (u64::MAX - key.2, row)
}

/// What became of a delete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deleted {
    /// The version that was removed, or the marker that was made.
    pub version: Option<String>,
    /// It is, or was, a delete marker.
    pub marker: bool,
}

impl Write<'_> {
    /// A new current version: an object or, without one, a delete marker.
    pub fn add_version(
        &mut self,
        (name, bucket): (&str, &BucketRow),
        key: &str,
        object: Option<ObjectRow>,
        now: Time,
        random: [u8; 16],
    ) -> S3Result<VersionRow> {
        let newest = self.newest(name, key)?;
        let seq = newest.as_ref().map_or(0, |(seq, _)| *seq) + 1;
        let id = (bucket.versioning == Versioning::Enabled).then(|| version_id::make(seq, random));
        if id.is_none()
            && let Some((seq, null)) = self.null(name, key)?
        {
            self.remove_version(&version_key(name, key, seq), &null);
        }
        let null_at = newest.and_then(|(seq, row)| {
            if row.id.is_none() {
                Some(seq)
            } else {
                row.null_at
            }
        });
        let row = VersionRow {
            null_at: null_at.filter(|_| id.is_some()),
            id,
            modified: now,
            object,
        };
        self.put_version(version_key(name, key, seq), row.clone());
        Ok(row)
    }

    pub fn put_version(&mut self, key: VersionKey, row: VersionRow) {
        self.tx.put_record(&self.tables.versions, key, row);
    }

    pub fn remove_version(&mut self, key: &VersionKey, row: &VersionRow) {
        self.tx.remove_record(&self.tables.versions, key);
        if let Some(object) = &row.object {
            self.release(&object.body);
        }
    }

    /// Removes the version named, or hides the key behind a marker, or removes the key where nothing is versioned.
    pub fn delete(
        &mut self,
        bucket: &BucketRow,
        at: &At,
        now: Time,
        random: [u8; 16],
    ) -> S3Result<Deleted> {
        match (&at.version, bucket.versioning) {
            (Some(id), _) => self.delete_version(at, id),
            (None, Versioning::Never) => self.delete_key(at),
            (None, _) => {
                let row = self.add_version((&at.bucket, bucket), &at.key, None, now, random)?;
                Ok(Deleted {
                    version: Some(row.shown_id().to_owned()),
                    marker: true,
                })
            }
        }
    }

    /// A version that is not there counts as removed.
    fn delete_version(&mut self, at: &At, id: &str) -> S3Result<Deleted> {
        let found = match id {
            NULL => self.null(&at.bucket, &at.key)?,
            id => {
                let seq = version_id::seq_of(id).ok_or_else(errors::invalid_version_id)?;
                let row = self.get(&version_key(&at.bucket, &at.key, seq))?;
                row.filter(|row| row.id.as_deref() == Some(id))
                    .map(|row| (seq, row))
            }
        };
        let marker = found.as_ref().is_some_and(|(_, row)| row.object.is_none());
        if let Some((seq, row)) = found {
            self.remove_version(&version_key(&at.bucket, &at.key, seq), &row);
        }
        Ok(Deleted {
            version: Some(id.to_owned()),
            marker,
        })
    }

    fn delete_key(&mut self, at: &At) -> S3Result<Deleted> {
        if let Some((seq, row)) = self.newest(&at.bucket, &at.key)? {
            self.remove_version(&version_key(&at.bucket, &at.key, seq), &row);
        }
        Ok(Deleted::default())
    }
}
