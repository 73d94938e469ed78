//! ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads.

use super::shapes::{Encoding, caller, etag, limit, owner, size, timestamp};
use super::uploads::{initiator, shown_algorithm, shown_coverage};
use crate::companions::s3::S3;
use crate::companions::s3::errors;
use crate::companions::s3::list::LARGEST_PAGE;
use crate::companions::s3::store::{BucketRow, ObjectRow, UploadRow, VersionRow};
use crate::companions::s3::walk::{Entry, Page, Query, Start};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::*;
use s3s::{S3Request, S3Response, S3Result};

pub async fn list_objects(
    s3: &S3,
    request: S3Request<ListObjectsInput>,
) -> S3Result<S3Response<ListObjectsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let marker = input.marker.filter(|marker| !marker.is_empty());
    let start = marker.clone().map_or(Start::Beginning, Start::AfterKey);
    let query = query(
        input.prefix.as_ref(),
        input.delimiter.as_ref(),
        input.max_keys,
        start,
    )?;
    let page = s3.list_objects(&caller, &input.bucket, &query)?;
    // Without a delimiter customers go on from the last key by themselves.
    let next = next_name(&page).filter(|_| query.delimiter.is_some());
    let (contents, prefixes) = objects(page.entries, encoding, Some(&bucket));
    Ok(S3Response::new(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.name(&query.prefix)),
        marker: Some(encoding.name(marker.as_deref().unwrap_or_default())),
        max_keys: i32::try_from(query.limit).ok(),
        is_truncated: Some(page.truncated),
        contents: Some(contents),
        common_prefixes: Some(prefixes),
        delimiter: input.delimiter.as_deref().map(|text| encoding.name(text)),
        next_marker: next.map(|name| encoding.name(&name)),
        encoding_type: encoding.shown(),
        request_charged: None,
    }))
}

pub async fn list_objects_v2(
    s3: &S3,
    request: S3Request<ListObjectsV2Input>,
) -> S3Result<S3Response<ListObjectsV2Output>> {
    let caller = caller(&request)?;
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let start = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => Start::AfterKey(name_in(token)?),
        (None, Some(key)) if !key.is_empty() => Start::AfterKey(key.clone()),
        _ => Start::Beginning,
    };
    let query = query(
        input.prefix.as_ref(),
        input.delimiter.as_ref(),
        input.max_keys,
        start,
    )?;
    let page = s3.list_objects(&caller, &input.bucket, &query)?;
    let next = next_name(&page).map(|name| token_of(&name));
    let count = page.entries.len();
    let owned = input.fetch_owner.unwrap_or(false).then_some(&*bucket);
    let (contents, prefixes) = objects(page.entries, encoding, owned);
    Ok(S3Response::new(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encoding.name(&query.prefix)),
        max_keys: i32::try_from(query.limit).ok(),
        key_count: i32::try_from(count).ok(),
        continuation_token: input.continuation_token,
        is_truncated: Some(page.truncated),
        next_continuation_token: next,
        contents: Some(contents),
        common_prefixes: Some(prefixes),
        delimiter: input.delimiter.as_deref().map(|text| encoding.name(text)),
        encoding_type: encoding.shown(),
        start_after: input.start_after.as_deref().map(|text| encoding.name(text)),
        request_charged: None,
    }))
}

pub async fn list_object_versions(
    s3: &S3,
    request: S3Request<ListObjectVersionsInput>,
) -> S3Result<S3Response<ListObjectVersionsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let key_marker = input.key_marker.filter(|marker| !marker.is_empty());
    let version_marker = input.version_id_marker.filter(|marker| !marker.is_empty());
    let start = s3.versions_start(&input.bucket, key_marker.clone(), version_marker.as_deref())?;
    let query = query(
        input.prefix.as_ref(),
        input.delimiter.as_ref(),
        input.max_keys,
        start,
    )?;
    let page = s3.list_versions(&caller, &input.bucket, &query)?;
    let next = page.entries.last().filter(|_| page.truncated);
    let next_key = next.map(|entry| encoding.name(entry.name()));
    let next_version = next.and_then(|entry| match entry {
        Entry::Row { row, .. } => Some(row.shown_id().to_owned()),
        Entry::Prefix(_) => None,
    });
    let mut output = ListObjectVersionsOutput {
        prefix: Some(encoding.name(&query.prefix)),
        key_marker: Some(encoding.name(key_marker.as_deref().unwrap_or_default())),
        version_id_marker: Some(version_marker.unwrap_or_default()),
        next_key_marker: next_key,
        next_version_id_marker: next_version,
        max_keys: i32::try_from(query.limit).ok(),
        is_truncated: Some(page.truncated),
        delimiter: input.delimiter.as_deref().map(|text| encoding.name(text)),
        encoding_type: encoding.shown(),
        name: Some(input.bucket),
        ..Default::default()
    };
    page.entries
        .into_iter()
        .for_each(|entry| add_version(&mut output, entry, encoding, &bucket));
    Ok(S3Response::new(output))
}

fn add_version(
    output: &mut ListObjectVersionsOutput,
    entry: Entry<u64, VersionRow>,
    encoding: Encoding,
    bucket: &BucketRow,
) {
    match entry {
        Entry::Prefix(prefix) => output
            .common_prefixes
            .get_or_insert_default()
            .push(common(&prefix, encoding)),
        Entry::Row {
            key, row, first, ..
        } => {
            let (key, owner) = (Some(encoding.name(&key)), Some(owner(&bucket.owner)));
            let version_id = Some(row.shown_id().to_owned());
            let (last_modified, is_latest) = (Some(timestamp(row.modified)), Some(first));
            match row.object {
                None => output
                    .delete_markers
                    .get_or_insert_default()
                    .push(DeleteMarkerEntry {
                        key,
                        version_id,
                        is_latest,
                        last_modified,
                        owner,
                    }),
                Some(object) => output.versions.get_or_insert_default().push(ObjectVersion {
                    key,
                    version_id,
                    is_latest,
                    last_modified,
                    owner,
                    checksum_algorithm: Some(vec![ChecksumAlgorithm::from_static(
                        object.checksum.algorithm.name(),
                    )]),
                    checksum_type: Some(ChecksumType::from_static(object.checksum.coverage.name())),
                    e_tag: Some(etag(&object.etag)),
                    size: Some(size(object.size)),
                    storage_class: Some(class(&object).into()),
                    restore_status: None,
                }),
            }
        }
    }
}

pub async fn list_multipart_uploads(
    s3: &S3,
    request: S3Request<ListMultipartUploadsInput>,
) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
    let caller = caller(&request)?;
    let input = request.input;
    let encoding = Encoding::of(input.encoding_type.as_ref())?;
    let bucket = s3.bucket(&caller, &input.bucket)?;
    let key_marker = input.key_marker.filter(|marker| !marker.is_empty());
    let id_marker = input.upload_id_marker.filter(|marker| !marker.is_empty());
    let start = match (key_marker.clone(), id_marker.clone()) {
        (None, _) => Start::Beginning,
        (Some(key), None) => Start::AfterKey(key),
        (Some(key), Some(id)) => Start::AfterRow(key, id),
    };
    let query = query(
        input.prefix.as_ref(),
        input.delimiter.as_ref(),
        input.max_uploads,
        start,
    )?;
    let page = s3.list_uploads(&caller, &input.bucket, &query)?;
    let next = page.entries.last().filter(|_| page.truncated);
    let mut output = ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: Some(encoding.name(&query.prefix)),
        key_marker: Some(encoding.name(key_marker.as_deref().unwrap_or_default())),
        upload_id_marker: Some(id_marker.unwrap_or_default()),
        next_key_marker: next.map(|entry| encoding.name(entry.name())),
        next_upload_id_marker: next.and_then(|entry| match entry {
            Entry::Row { second, .. } => Some(second.clone()),
            Entry::Prefix(_) => None,
        }),
        max_uploads: i32::try_from(query.limit).ok(),
        is_truncated: Some(page.truncated),
        delimiter: input.delimiter.as_deref().map(|text| encoding.name(text)),
        encoding_type: encoding.shown(),
        ..Default::default()
    };
    for entry in page.entries {
        match entry {
            Entry::Prefix(prefix) => output
                .common_prefixes
                .get_or_insert_default()
                .push(common(&prefix, encoding)),
            Entry::Row {
                key, second, row, ..
            } => {
                output.uploads.get_or_insert_default().push(upload(
                    encoding.name(&key),
                    second,
                    &row,
                    &bucket,
                ));
            }
        }
    }
    Ok(S3Response::new(output))
}

fn upload(key: String, id: String, row: &UploadRow, bucket: &BucketRow) -> MultipartUpload {
    let class = row.attributes.storage_class.clone();
    MultipartUpload {
        checksum_algorithm: shown_algorithm(row),
        checksum_type: shown_coverage(row),
        initiated: Some(timestamp(row.started)),
        initiator: Some(Initiator {
            display_name: None,
            id: Some(initiator(row)),
        }),
        key: Some(key),
        owner: Some(owner(&bucket.owner)),
        storage_class: Some(class.map_or(
            StorageClass::from_static(StorageClass::STANDARD),
            Into::into,
        )),
        upload_id: Some(id),
    }
}

fn query<S>(
    prefix: Option<&String>,
    delimiter: Option<&String>,
    most: Option<i32>,
    start: Start<S>,
) -> S3Result<Query<S>> {
    Ok(Query {
        prefix: prefix.cloned().unwrap_or_default(),
        delimiter: delimiter.filter(|text| !text.is_empty()).cloned(),
        limit: limit(most, LARGEST_PAGE, "maxKeys")?,
        start,
        firsts: false,
    })
}

fn objects(
    entries: Vec<Entry<u64, VersionRow>>,
    encoding: Encoding,
    owned: Option<&BucketRow>,
) -> (Vec<Object>, Vec<CommonPrefix>) {
    let (mut objects, mut prefixes) = (Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            Entry::Prefix(prefix) => prefixes.push(common(&prefix, encoding)),
            Entry::Row { key, row, .. } => {
                let modified = timestamp(row.modified);
                objects.extend(
                    row.object
                        .map(|row| object(encoding.name(&key), &row, modified, owned)),
                );
            }
        }
    }
    (objects, prefixes)
}

fn object(key: String, row: &ObjectRow, modified: Timestamp, owned: Option<&BucketRow>) -> Object {
    Object {
        checksum_algorithm: Some(vec![ChecksumAlgorithm::from_static(
            row.checksum.algorithm.name(),
        )]),
        checksum_type: Some(ChecksumType::from_static(row.checksum.coverage.name())),
        e_tag: Some(etag(&row.etag)),
        key: Some(key),
        last_modified: Some(modified),
        owner: owned.map(|bucket| owner(&bucket.owner)),
        restore_status: None,
        size: Some(size(row.size)),
        storage_class: Some(class(row).into()),
    }
}

fn class(row: &ObjectRow) -> String {
    row.attributes
        .storage_class
        .clone()
        .unwrap_or_else(|| StorageClass::STANDARD.to_owned())
}

fn common(prefix: &str, encoding: Encoding) -> CommonPrefix {
    CommonPrefix {
        prefix: Some(encoding.name(prefix)),
    }
}

fn next_name<S, R>(page: &Page<S, R>) -> Option<String> {
    page.entries
        .last()
        .filter(|_| page.truncated)
        .map(|entry| entry.name().to_owned())
}

pub fn token_of(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

pub fn name_in(token: &str) -> S3Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| errors::invalid_argument("The continuation token provided is incorrect"))
}
