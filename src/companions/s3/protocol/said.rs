//! What a customer says about a new object, from the three requests that can say it.

use super::shapes::http_date;
use crate::companions::s3::acl::{Acl, Grant, Target, grants_of_header};
use crate::companions::s3::encryption;
use crate::companions::s3::errors;
use crate::companions::s3::names::{Tags, tags_of_header};
use crate::companions::s3::store::{Attributes, BucketRow};
use s3s::S3Result;
use s3s::dto;
use std::collections::HashMap;

/// The members that puts, copies and new uploads share.
#[derive(Default)]
pub struct Said {
    pub acl: Option<dto::ObjectCannedACL>,
    pub grants: Grants,
    pub bucket_key: Option<bool>,
    pub cache_control: Option<String>,
    pub content_disposition: Option<String>,
    pub content_encoding: Option<String>,
    pub content_language: Option<String>,
    pub content_type: Option<String>,
    pub expires: Option<dto::Timestamp>,
    pub metadata: Option<HashMap<String, String>>,
    pub encryption: Option<dto::ServerSideEncryption>,
    pub kms_key: Option<String>,
    pub storage_class: Option<dto::StorageClass>,
    pub tagging: Option<String>,
    pub website_redirect: Option<String>,
    /// Asked for, and not offered.
    pub refused: Option<&'static str>,
}

/// The `x-amz-grant-…` headers.
#[derive(Default)]
pub struct Grants {
    pub full_control: Option<String>,
    pub read: Option<String>,
    pub read_acp: Option<String>,
    pub write: Option<String>,
    pub write_acp: Option<String>,
}

macro_rules! said {
    ($input:expr) => {
        $crate::companions::s3::protocol::said::Said {
            acl: $input.acl.take(),
            grants: $crate::companions::s3::protocol::said::Grants {
                full_control: $input.grant_full_control.take(),
                read: $input.grant_read.take(),
                read_acp: $input.grant_read_acp.take(),
                write: None,
                write_acp: $input.grant_write_acp.take(),
            },
            bucket_key: $input.bucket_key_enabled.take(),
            cache_control: $input.cache_control.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            content_type: $input.content_type.take(),
            expires: $input.expires.take(),
            metadata: $input.metadata.take(),
            encryption: $input.server_side_encryption.take(),
            kms_key: $input.ssekms_key_id.take(),
            storage_class: $input.storage_class.take(),
            tagging: $input.tagging.take(),
            website_redirect: $input.website_redirect_location.take(),
            refused: $crate::companions::s3::protocol::said::refused(
                $input.sse_customer_algorithm.is_some(),
                $input.object_lock_mode.is_some()
                    || $input.object_lock_legal_hold_status.is_some()
                    || $input.object_lock_retain_until_date.is_some(),
            ),
        }
    };
}
pub(super) use said;

pub fn refused(customer_key: bool, lock: bool) -> Option<&'static str> {
    match (customer_key, lock) {
        (true, _) => Some("x-amz-server-side-encryption-customer-algorithm"),
        (_, true) => Some("x-amz-object-lock"),
        _ => None,
    }
}

const CLASSES: [&str; 11] = [
    "STANDARD",
    "REDUCED_REDUNDANCY",
    "STANDARD_IA",
    "ONEZONE_IA",
    "INTELLIGENT_TIERING",
    "GLACIER",
    "DEEP_ARCHIVE",
    "OUTPOSTS",
    "GLACIER_IR",
    "SNOW",
    "EXPRESS_ONEZONE",
];

impl Said {
    /// Errors: those of ACLs, encryption, storage classes and tags; `NotImplemented` for what is not offered.
    pub fn attributes(self, bucket: &BucketRow) -> S3Result<Attributes> {
        if let Some(header) = self.refused {
            return Err(errors::not_implemented(header));
        }
        let algorithm = self
            .encryption
            .as_ref()
            .map(dto::ServerSideEncryption::as_str);
        Ok(Attributes {
            encryption: encryption::chosen(
                bucket,
                algorithm,
                self.kms_key.as_deref(),
                self.bucket_key,
            )?,
            acl: acl_of(
                bucket,
                self.acl.as_ref().map(dto::ObjectCannedACL::as_str),
                self.grants,
                Target::Object,
            )?,
            storage_class: storage_class(self.storage_class)?,
            tags: self
                .tagging
                .as_deref()
                .map_or(Ok(Tags::new()), tags_of_header)?,
            content_type: self.content_type,
            cache_control: self.cache_control,
            content_disposition: self.content_disposition,
            content_encoding: self.content_encoding,
            content_language: self.content_language,
            expires: self.expires.as_ref().and_then(http_date),
            website_redirect: self.website_redirect,
            metadata: self.metadata.unwrap_or_default().into_iter().collect(),
        })
    }
}

fn storage_class(asked: Option<dto::StorageClass>) -> S3Result<Option<String>> {
    match asked {
        None => Ok(None),
        Some(class) if CLASSES.contains(&class.as_str()) => Ok(Some(class.as_str().to_owned())),
        Some(_) => Err(errors::invalid_storage_class()),
    }
}

/// From a canned name or grant headers; none of them is the private list.
pub fn acl_of(
    bucket: &BucketRow,
    canned: Option<&str>,
    grants: Grants,
    target: Target,
) -> S3Result<Acl> {
    let grants = grants.list()?;
    match (canned, grants) {
        (None, None) => Ok(Acl::Private),
        (Some(_), Some(_)) => Err(errors::invalid_request(
            "Specifying both Canned ACLs and Header Grants is not allowed",
        )),
        (Some(name), None) => encryption::acl_for(bucket, Acl::canned(name, target)?),
        (None, Some(grants)) => encryption::acl_for(bucket, Acl::of_grants(grants)?),
    }
}

impl Grants {
    pub fn list(self) -> S3Result<Option<Vec<Grant>>> {
        let headers = [
            (self.full_control, "FULL_CONTROL"),
            (self.read, "READ"),
            (self.read_acp, "READ_ACP"),
            (self.write, "WRITE"),
            (self.write_acp, "WRITE_ACP"),
        ];
        let mut all = None;
        for (header, permission) in headers {
            let Some(header) = header else { continue };
            all.get_or_insert_with(Vec::new)
                .extend(grants_of_header(&header, permission)?);
        }
        Ok(all)
    }
}
