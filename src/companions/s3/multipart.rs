//! Multipart uploads and their parts.

use super::bodies::Slice;
use super::caller::Caller;
use super::claims::Claims;
use super::companion::{S3, read};
use super::content::cut;
use super::digest::{Algorithm, Coverage, Digests, Sums};
use super::errors;
use super::names;
use super::objects::{Found, LARGEST_PUT};
use super::store::{Attributes, PartKey, PartRow, UploadKey, UploadRow};
use super::versions::At;
use super::write::Write;
use crate::companions::ByteStream;
use crate::store::Direction;
use s3s::S3Result;
use std::ops::{Range, RangeInclusive};

pub const MOST_PARTS: u64 = 10_000;

/// Names an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadAt {
    pub bucket: String,
    pub key: String,
    pub id: String,
}

/// What is said about checksums when an upload begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checking {
    pub algorithm: Option<Algorithm>,
    pub coverage: Option<Coverage>,
}

impl S3 {
    /// Returns the upload's id.
    pub async fn create_upload(
        &self,
        caller: &Caller,
        bucket: &str,
        key: &str,
        attributes: Attributes,
        checking: Checking,
    ) -> S3Result<(String, UploadRow)> {
        names::check_key(key)?;
        names::check_metadata(&attributes.metadata)?;
        let row = new_upload(caller, attributes, checking)?;
        // Begins with the time, so that ids of one key are in order of time.
        let id = format!(
            "{:012x}{}",
            caller.now.millis(),
            uuid::Uuid::new_v4().simple()
        );
        let (at, account, made) = (
            (bucket.to_owned(), key.to_owned(), id.clone()),
            caller.account.clone(),
            row.clone(),
        );
        self.commit(None, move |write| {
            write.bucket(&at.0, &account)?;
            write.tx.put_record(&write.tables.uploads, at, row);
            Ok(())
        })
        .await?;
        Ok((id, made))
    }

    /// The upload, if the caller's account may use it.
    pub fn upload(&self, caller: &Caller, at: &UploadAt) -> S3Result<UploadRow> {
        self.bucket_of(caller, &at.bucket)?;
        read(self.tables.uploads.get(&at.row()))?.ok_or_else(errors::no_such_upload)
    }

    /// Stores a part whole or not at all, in place of an older one of its number.
    pub async fn put_part(
        &self,
        caller: &Caller,
        at: &UploadAt,
        number: u64,
        body: ByteStream,
        claims: Claims,
    ) -> S3Result<Sums> {
        check_number(number)?;
        let upload = self.upload(caller, at)?;
        check_announced(&upload, &claims)?;
        let digests = claims.digests_keeping(upload.algorithm);
        let (draft, sums) = self.receive(body, &claims, digests).await?;
        let file = draft.as_ref().map(|draft| draft.file().to_owned());
        let slices = file.map(|file| Slice {
            file,
            offset: 0,
            length: sums.length,
        });
        let row = part_row(caller, &sums, slices.into_iter().collect());
        let (at, account) = (at.clone(), caller.account.clone());
        self.commit(draft, move |write| {
            write.set_part(&at, &account, number, row)
        })
        .await?;
        Ok(sums)
    }

    /// A part that shows a stretch of an object.
    pub async fn copy_part(
        &self,
        caller: &Caller,
        at: &UploadAt,
        number: u64,
        (from, source): (At, Found),
        range: Range<u64>,
    ) -> S3Result<PartRow> {
        check_number(number)?;
        let upload = self.upload(caller, at)?;
        if range.end - range.start > LARGEST_PUT {
            return Err(errors::copy_source_too_large());
        }
        let slices = cut(
            self.slices(&source.object, &(0..source.object.size))?,
            &range,
        );
        let sums = self
            .hash(&from, &source, &range, Digests::new(upload.algorithm))
            .await?;
        let row = part_row(caller, &sums, slices);
        let (made, at, account) = (row.clone(), at.clone(), caller.account.clone());
        self.commit(None, move |write| {
            write.still_there(&from, source.seq, &source.object.body)?;
            write.set_part(&at, &account, number, row)
        })
        .await?;
        Ok(made)
    }

    /// Parts in order of their numbers, after a number.
    pub fn list_parts(
        &self,
        at: &UploadAt,
        after: u64,
        limit: usize,
    ) -> S3Result<Vec<(u64, PartRow)>> {
        let range = (at.id.clone(), after.saturating_add(1))..=(at.id.clone(), MOST_PARTS);
        if after >= MOST_PARTS {
            return Ok(Vec::new());
        }
        let rows = read(self.tables.parts.range(range, Direction::Forward, limit))?;
        Ok(rows
            .into_iter()
            .map(|((_, number), row)| (number, row))
            .collect())
    }

    pub async fn abort_upload(&self, caller: &Caller, at: &UploadAt) -> S3Result<()> {
        let (at, account) = (at.clone(), caller.account.clone());
        self.commit(None, move |write| {
            write.bucket(&at.bucket, &account)?;
            write.upload(&at)?;
            write.drop_upload(&at.row());
            Ok(())
        })
        .await
    }
}

impl UploadAt {
    pub fn row(&self) -> UploadKey {
        (self.bucket.clone(), self.key.clone(), self.id.clone())
    }
}

impl Write<'_> {
    pub fn upload(&mut self, at: &UploadAt) -> S3Result<UploadRow> {
        self.tx
            .get_record(&self.tables.uploads, &at.row())
            .ok_or_else(errors::no_such_upload)
    }

    fn set_part(
        &mut self,
        at: &UploadAt,
        account: &crate::aws::Account,
        number: u64,
        row: PartRow,
    ) -> S3Result<()> {
        self.bucket(&at.bucket, account)?;
        self.upload(at)?;
        let key = (at.id.clone(), number);
        self.share_slices(&row.slices);
        if let Some(old) = self.tx.get_record(&self.tables.parts, &key) {
            self.release_slices(&old.slices);
        }
        self.tx.put_record(&self.tables.parts, key, row);
        Ok(())
    }

    /// Removes an upload and its parts.
    pub fn drop_upload(&mut self, key: &UploadKey) {
        self.tx.remove_record(&self.tables.uploads, key);
        let all = MOST_PARTS as usize;
        for (key, part) in self.tx.range_records(
            &self.tables.parts,
            parts_of(&key.2),
            Direction::Forward,
            all,
        ) {
            self.release_slices(&part.slices);
            self.tx.remove_record(&self.tables.parts, &key);
        }
    }
}

fn parts_of(upload: &str) -> RangeInclusive<PartKey> {
    (upload.to_owned(), 0)..=(upload.to_owned(), MOST_PARTS)
}

fn check_number(number: u64) -> S3Result<()> {
    match number {
        1..=MOST_PARTS => Ok(()),
        _ => Err(errors::part_number_out_of_range()),
    }
}

fn new_upload(caller: &Caller, attributes: Attributes, checking: Checking) -> S3Result<UploadRow> {
    let algorithm = checking.algorithm.unwrap_or(Algorithm::Crc64Nvme);
    let coverage = checking.coverage.unwrap_or(algorithm.usual_coverage());
    if checking.algorithm.is_none() && checking.coverage.is_some() {
        return Err(errors::invalid_request(
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
        ));
    }
    let fits = match coverage {
        Coverage::FullObject => !matches!(algorithm, Algorithm::Sha1 | Algorithm::Sha256),
        Coverage::Composite => algorithm != Algorithm::Crc64Nvme,
    };
    if !fits {
        let (coverage, algorithm) = (coverage.name(), algorithm.name().to_ascii_lowercase());
        return Err(errors::invalid_request(format!(
            "The {coverage} checksum type cannot be used with the {algorithm} checksum algorithm."
        )));
    }
    Ok(UploadRow {
        started: caller.now,
        initiator: caller.principal.clone(),
        attributes,
        algorithm,
        coverage,
        algorithm_named: checking.algorithm.is_some(),
    })
}

/// The customer who names an algorithm for the upload must use it for every part.
fn check_announced(upload: &UploadRow, claims: &Claims) -> S3Result<()> {
    let used = claims.checksum.as_ref().map(|(algorithm, _)| *algorithm);
    if !upload.algorithm_named || used == Some(upload.algorithm) {
        return Ok(());
    }
    let used = used.map_or("null".to_owned(), lower);
    Err(errors::checksum_type_mismatch(
        &used,
        &lower(upload.algorithm),
    ))
}

pub fn lower(algorithm: Algorithm) -> String {
    algorithm.name().to_ascii_lowercase()
}

fn part_row(caller: &Caller, sums: &Sums, slices: Vec<Slice>) -> PartRow {
    PartRow {
        size: sums.length,
        etag: sums.etag(),
        checksum: sums.kept().value,
        modified: caller.now,
        slices,
    }
}
