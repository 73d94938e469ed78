//! Between our words and the protocol's shapes.

use crate::aws::{Account, Time};
use crate::companions::ByteStream;
use crate::companions::s3::acl::canonical_id;
use crate::companions::s3::digest::{Algorithm, Checksum};
use crate::companions::s3::errors;
use crate::companions::s3::names::Tags;
use crate::companions::s3::store::{BucketRow, Encryption, VersionRow};
use crate::companions::s3::{Caller, Claims};
use futures::{Stream, StreamExt, TryStreamExt};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use s3s::dto::{self, ETag, StreamingBlob, Timestamp, TimestampFormat};
use s3s::stream::{ByteStream as Sized, RemainingLength};
use s3s::{S3Request, S3Result, StdError};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

/// The whole body of a request whose body is a document.
#[derive(Clone, Debug)]
pub struct Document(pub bytes::Bytes);

/// A status other than the protocol's usual one; travels as an extension of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u16);

pub fn caller<T>(request: &S3Request<T>) -> S3Result<Caller> {
    let caller = request.extensions.get::<Caller>().cloned();
    caller.ok_or_else(|| errors::internal("nobody said whose request it is"))
}

pub fn claims<T>(request: &S3Request<T>) -> Claims {
    request
        .extensions
        .get::<Claims>()
        .cloned()
        .unwrap_or_default()
}

/// To the second, as S3 shows times.
pub fn timestamp(time: Time) -> Timestamp {
    let seconds = u64::try_from(time.millis() / 1000).unwrap_or(0);
    Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

pub fn http_date(timestamp: &Timestamp) -> Option<String> {
    let mut text = Vec::new();
    timestamp
        .format(TimestampFormat::HttpDate, &mut text)
        .ok()?;
    String::from_utf8(text).ok()
}

pub fn from_http_date(text: &str) -> Option<Timestamp> {
    Timestamp::parse(TimestampFormat::HttpDate, text).ok()
}

pub fn etag(text: &str) -> ETag {
    ETag::Strong(text.to_owned())
}

pub fn size(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// What a list may be limited to. Errors: `InvalidArgument`.
pub fn limit(asked: Option<i32>, most: usize, name: &str) -> S3Result<usize> {
    let asked = asked.map_or(Ok(most), usize::try_from);
    let asked = asked.map_err(|_| {
        errors::invalid_argument(format!(
            "Argument {name} must be an integer between 0 and 2147483647"
        ))
    })?;
    Ok(asked.min(most))
}

pub fn owner(account: &Account) -> dto::Owner {
    dto::Owner {
        display_name: None,
        id: Some(canonical_id(account)),
    }
}

/// The id that answers show: none in buckets that never had versions.
pub fn version_id(bucket: &BucketRow, row: &VersionRow) -> Option<String> {
    bucket
        .versioning
        .was_ever_enabled()
        .then(|| row.shown_id().to_owned())
}

pub fn tag_set(tags: &Tags) -> Vec<dto::Tag> {
    let tag = |(key, value): (&String, &String)| dto::Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

pub fn tag_pairs(tagging: dto::Tagging) -> Vec<(String, String)> {
    let pair = |tag: dto::Tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default());
    tagging.tag_set.into_iter().map(pair).collect()
}

/// Not the standard class, which answers leave out.
pub fn storage_class(stored: Option<&String>) -> Option<dto::StorageClass> {
    stored
        .filter(|class| *class != dto::StorageClass::STANDARD)
        .map(|class| class.clone().into())
}

/// Algorithm, key and bucket key.
pub fn encryption(
    encryption: &Encryption,
) -> (
    Option<dto::ServerSideEncryption>,
    Option<String>,
    Option<bool>,
) {
    match encryption {
        Encryption::Aes256 => (
            Some(dto::ServerSideEncryption::from_static(
                dto::ServerSideEncryption::AES256,
            )),
            None,
            None,
        ),
        Encryption::Kms {
            algorithm,
            key,
            bucket_key,
        } => (
            Some(algorithm.clone().into()),
            Some(key.clone()),
            bucket_key.then_some(true),
        ),
    }
}

/// A checksum in the member of its algorithm.
pub fn checksum(checksum: &Checksum) -> dto::Checksum {
    let mut shown = value_of(checksum.algorithm, &checksum.value);
    shown.checksum_type = Some(dto::ChecksumType::from_static(checksum.coverage.name()));
    shown
}

/// A value without a type.
pub fn value_of(algorithm: Algorithm, value: &str) -> dto::Checksum {
    let mut shown = dto::Checksum::default();
    let member = match algorithm {
        Algorithm::Crc32 => &mut shown.checksum_crc32,
        Algorithm::Crc32c => &mut shown.checksum_crc32c,
        Algorithm::Crc64Nvme => &mut shown.checksum_crc64nvme,
        Algorithm::Sha1 => &mut shown.checksum_sha1,
        Algorithm::Sha256 => &mut shown.checksum_sha256,
    };
    *member = Some(value.to_owned());
    shown
}

/// The first member that is set, in the order of the model.
pub fn given(checksum: dto::Checksum) -> Option<(Algorithm, String)> {
    let members = [
        (Algorithm::Crc32, checksum.checksum_crc32),
        (Algorithm::Crc32c, checksum.checksum_crc32c),
        (Algorithm::Crc64Nvme, checksum.checksum_crc64nvme),
        (Algorithm::Sha1, checksum.checksum_sha1),
        (Algorithm::Sha256, checksum.checksum_sha256),
    ];
    members
        .into_iter()
        .find_map(|(algorithm, value)| Some((algorithm, value?)))
}

/// Copies the checksum members from one shape into a new one.
macro_rules! with_checksum {
    ($shape:ident { $($rest:tt)* }, $sum:expr) => {{
        let sum = $sum;
        $shape {
            checksum_crc32: sum.checksum_crc32,
            checksum_crc32c: sum.checksum_crc32c,
            checksum_crc64nvme: sum.checksum_crc64nvme,
            checksum_sha1: sum.checksum_sha1,
            checksum_sha256: sum.checksum_sha256,
            $($rest)*
        }
    }};
}
/// The checksum members of a request.
macro_rules! checksum_members {
    ($input:expr) => {
        s3s::dto::Checksum {
            checksum_crc32: $input.checksum_crc32.take(),
            checksum_crc32c: $input.checksum_crc32c.take(),
            checksum_crc64nvme: $input.checksum_crc64nvme.take(),
            checksum_sha1: $input.checksum_sha1.take(),
            checksum_sha256: $input.checksum_sha256.take(),
            checksum_type: None,
        }
    };
}
pub(super) use {checksum_members, with_checksum};

/// Everything but the unreserved characters and the slash.
const IN_LISTS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/')
    .remove(b'*');

/// How names are written in an answer.
#[derive(Clone, Copy, Debug)]
pub struct Encoding {
    url: bool,
}

impl Encoding {
    /// Errors: `InvalidArgument`.
    pub fn of(asked: Option<&dto::EncodingType>) -> S3Result<Self> {
        match asked.map(dto::EncodingType::as_str) {
            None | Some("") => Ok(Self { url: false }),
            Some("url") => Ok(Self { url: true }),
            Some(_) => Err(errors::invalid_argument(
                "Invalid Encoding Method specified in Request",
            )),
        }
    }

    pub fn name(self, text: &str) -> String {
        match self.url {
            true => utf8_percent_encode(text, IN_LISTS).to_string(),
            false => text.to_owned(),
        }
    }

    pub fn shown(self) -> Option<dto::EncodingType> {
        self.url
            .then(|| dto::EncodingType::from_static(dto::EncodingType::URL))
    }
}

/// A request's body as we read bodies.
pub fn incoming(body: Option<StreamingBlob>) -> ByteStream {
    match body {
        Some(body) => body.map_err(std::io::Error::other).boxed(),
        None => futures::stream::empty().boxed(),
    }
}

/// A body as the protocol sends it: of known length.
pub fn outgoing(body: ByteStream, length: u64) -> StreamingBlob {
    StreamingBlob::new(Outgoing {
        body: Mutex::new(body),
        left: usize::try_from(length).unwrap_or(usize::MAX),
    })
}

/// The lock is never contended: it makes the stream shareable, as the protocol's types want it.
struct Outgoing {
    body: Mutex<ByteStream>,
    left: usize,
}

impl Stream for Outgoing {
    type Item = Result<bytes::Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        let next = body.poll_next_unpin(context).map_err(StdError::from);
        if let Poll::Ready(Some(Ok(bytes))) = &next {
            self.left = self.left.saturating_sub(bytes.len());
        }
        next
    }
}

impl Sized for Outgoing {
    fn remaining_length(&self) -> RemainingLength {
        RemainingLength::new_exact(self.left)
    }
}
