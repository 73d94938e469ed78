//! The rows of S3 and the tables that hold them.
//!
//! Bucket names are global with an owner; everything else hangs on its bucket. Rows of objects are ordered by key, then newest
//! first, so that every listing is a range and the current version is the first row of its key.

use super::acl::Acl;
use super::bodies::Slice;
use super::digest::{Algorithm, Checksum, Coverage};
use super::names::Tags;
use crate::aws::{Account, Region, Time};
use crate::store::{Builder, Index, Records, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bucket, key, and `u64::MAX` less the sequence number of the version under its key.
pub type VersionKey = (String, String, u64);
/// Bucket, key, upload id.
pub type UploadKey = (String, String, String);
/// Upload id, part number.
pub type PartKey = (String, u64);

#[derive(Clone)]
pub struct Tables {
    pub buckets: Table<String, BucketRow>,
    pub by_owner: Index<(Account, String), String>,
    pub versions: Records<VersionKey, VersionRow>,
    pub manifests: Records<String, Manifest>,
    pub files: Records<String, FileRow>,
    pub uploads: Records<UploadKey, UploadRow>,
    pub parts: Records<PartKey, PartRow>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BucketRow {
    pub owner: Account,
    pub region: Region,
    pub created: Time,
    pub versioning: Versioning,
    pub acl: Acl,
    pub tags: Tags,
    /// Sub-resources as the customer wrote them, by their name in the query.
    pub configurations: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    Never,
    Enabled,
    Suspended,
}

/// One version of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Absent: the null version.
    pub id: Option<String>,
    pub modified: Time,
    /// Where the null version was when this row was written; that row may have left since.
    pub null_at: Option<u64>,
    /// Absent: a delete marker.
    pub object: Option<ObjectRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRow {
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    pub body: Body,
    pub checksum: Checksum,
    /// Parts of a multipart upload.
    pub parts: Option<u64>,
    pub attributes: Attributes,
}

/// What the customer said about an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    /// As an HTTP date.
    pub expires: Option<String>,
    pub website_redirect: Option<String>,
    pub storage_class: Option<String>,
    pub encryption: Encryption,
    pub metadata: BTreeMap<String, String>,
    pub tags: Tags,
    pub acl: Acl,
}

/// What is shown about encryption at rest; the bytes on disk are plain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encryption {
    #[default]
    Aes256,
    Kms {
        /// `aws:kms` or `aws:kms:dsse`.
        algorithm: String,
        key: String,
        bucket_key: bool,
    },
}

/// Where an object's bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    Empty,
    File(String),
    /// Id of a manifest.
    Parts(String),
}

/// The parts of a multipart object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Versions that show it.
    pub refs: u64,
    pub parts: Vec<ManifestPart>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ManifestPart {
    pub number: u64,
    pub size: u64,
    pub checksum: String,
    pub slices: Vec<Slice>,
}

/// Every file in the folder of bodies that is not a draft has such a row.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct FileRow {
    /// Versions, manifest parts and uploaded parts that show it.
    pub refs: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct UploadRow {
    pub started: Time,
    /// ARN.
    pub initiator: String,
    pub attributes: Attributes,
    pub algorithm: Algorithm,
    pub coverage: Coverage,
    /// The customer named the algorithm; otherwise parts may come without checksums.
    pub algorithm_named: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PartRow {
    pub size: u64,
    pub etag: String,
    pub checksum: String,
    pub modified: Time,
    pub slices: Vec<Slice>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let buckets = builder.table("s3.buckets");
        let by_owner = builder.index(&buckets, |name: &String, row: &BucketRow| {
            vec![(row.owner.clone(), name.clone())]
        });
        Self {
            by_owner,
            buckets,
            versions: builder.records("s3.versions"),
            manifests: builder.records("s3.manifests"),
            files: builder.records("s3.files"),
            uploads: builder.records("s3.uploads"),
            parts: builder.records("s3.parts"),
        }
    }
}

impl VersionRow {
    /// The id as customers see it.
    pub fn shown_id(&self) -> &str {
        self.id.as_deref().unwrap_or(super::version_id::NULL)
    }
}

impl Versioning {
    pub fn was_ever_enabled(self) -> bool {
        self != Self::Never
    }
}

/// The key of a version's row.
pub fn version_key(bucket: &str, key: &str, seq: u64) -> VersionKey {
    (bucket.to_owned(), key.to_owned(), u64::MAX - seq)
}

/// All rows of one key, newest first.
pub fn versions_of(bucket: &str, key: &str) -> std::ops::RangeInclusive<VersionKey> {
    version_key(bucket, key, u64::MAX)..=version_key(bucket, key, 0)
}
