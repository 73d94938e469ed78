//! What an object is shown to be protected by: its encryption at rest, and whether its bucket takes ACLs.
//!
//! Differs from AWS: encryption of objects is recorded and shown; the bytes on this machine's disk are plain.

use super::acl::Acl;
use super::errors;
use super::store::{BucketRow, Encryption};
use s3s::S3Result;
use sha2::{Digest, Sha256};

const KMS: [&str; 2] = ["aws:kms", "aws:kms:dsse"];

/// The customer's choice, else the bucket's, else AES256.
pub fn chosen(
    bucket: &BucketRow,
    algorithm: Option<&str>,
    key: Option<&str>,
    bucket_key: Option<bool>,
) -> S3Result<Encryption> {
    if algorithm.is_none_or(|name| !KMS.contains(&name)) && key.is_some() {
        return Err(errors::invalid_argument(
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        ));
    }
    match algorithm {
        Some("AES256") => Ok(Encryption::Aes256),
        Some(name) if KMS.contains(&name) => {
            Ok(kms(bucket, name, key, bucket_key.unwrap_or(false)))
        }
        Some(_) => Err(errors::invalid_encryption_algorithm()),
        None => Ok(of_bucket(bucket, bucket_key)),
    }
}

fn of_bucket(bucket: &BucketRow, bucket_key: Option<bool>) -> Encryption {
    match bucket.default_encryption() {
        Some((name, key, by_default)) if KMS.contains(&name) => {
            kms(bucket, name, key, bucket_key.unwrap_or(by_default))
        }
        _ => Encryption::Aes256,
    }
}

fn kms(bucket: &BucketRow, algorithm: &str, key: Option<&str>, bucket_key: bool) -> Encryption {
    Encryption::Kms {
        algorithm: algorithm.to_owned(),
        key: key_arn(bucket, key),
        bucket_key,
    }
}

/// Keys are shown by ARN however they were named.
fn key_arn(bucket: &BucketRow, key: Option<&str>) -> String {
    let base = format!("arn:aws:kms:{}:{}", bucket.region, bucket.owner);
    match key {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(alias) if alias.starts_with("alias/") => format!("{base}:{alias}"),
        Some(id) => format!("{base}:key/{id}"),
        None => format!("{base}:key/{}", default_key(&base)),
    }
}

/// The id of the account's `aws/s3` key: the same for ever, without a row.
fn default_key(base: &str) -> uuid::Uuid {
    let digest = Sha256::digest(format!("{base}:alias/aws/s3"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The ACL, if the bucket takes it.
pub fn acl_for(bucket: &BucketRow, acl: Acl) -> S3Result<Acl> {
    match bucket.takes_acls() || acl.fits_enforced_ownership() {
        true => Ok(acl),
        false => Err(errors::acl_not_supported()),
    }
}
