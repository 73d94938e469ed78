//! Buckets and objects as engines see them, and lines of logs.
//!
//! Invariant: bodies are streams; what is known of an object is known without reading it.

use crate::aws::{Account, Region, Time};
use bytes::Bytes;
use futures::stream::BoxStream;
use std::collections::BTreeMap;

/// A body as a stream of chunks; never collected in memory.
pub type ByteStream = BoxStream<'static, std::io::Result<Bytes>>;

/// Where an object is: bucket, key and, for a fixed version, its id.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectRef {
    pub bucket: String,
    pub key: String,
    pub version: Option<String>,
}

/// What is known about a stored object without reading it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectInfo {
    pub key: String,
    pub size: u64,
    /// Without quotes.
    pub etag: String,
    /// Absent in a bucket that never had versioning.
    pub version: Option<String>,
    pub modified: Time,
    pub metadata: BTreeMap<String, String>,
}

/// How an object is to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ObjectMeta {
    pub content_type: Option<String>,
    pub cache_control: Option<String>,
    pub content_encoding: Option<String>,
    pub canned_acl: Option<String>,
    /// KMS key id or ARN for SSE-KMS; `Some("")` means the account's default key.
    pub kms_key: Option<String>,
    pub metadata: BTreeMap<String, String>,
}

/// A bucket as the engines see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketInfo {
    pub name: String,
    pub owner: Account,
    pub region: Region,
    /// Versioning is enabled (not suspended).
    pub versioned: bool,
}

/// Why an object could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    #[error("no such bucket: {0}")]
    NoSuchBucket(String),
    #[error("no such key: {0}")]
    NoSuchKey(String),
    #[error("access denied to {0}")]
    AccessDenied(String),
    /// Disk full, broken connection and the like; the text is for people.
    #[error("{0}")]
    Failed(String),
}

/// An object became visible in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectCreated {
    pub owner: Account,
    pub region: Region,
    pub bucket: String,
    pub object: ObjectInfo,
}

/// Receives news of created objects, after the put is durable; returns quickly (it hands the news on).
pub trait ObjectListener: Send + Sync + 'static {
    fn object_created(&self, news: &ObjectCreated);
}

/// One line of a log and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub time: Time,
    /// Ends with `\n` when the writer's line did.
    pub message: String,
}
