//! The end of a multipart upload: listed parts become an object, without their bytes being moved.

use super::caller::Caller;
use super::companion::S3;
use super::conditions::{Check, Condition};
use super::digest::{Algorithm, Checksum, Coverage, combine, multipart_etag};
use super::errors;
use super::multipart::{UploadAt, lower};
use super::objects::random;
use super::store::{Body, Manifest, ManifestPart, ObjectRow, PartRow, UploadRow, VersionRow};
use super::versions::At;
use super::write::Write;
use s3s::{S3Error, S3Result};

/// Bytes of every part but the last.
const SMALLEST_PART: u64 = 5 << 20;

/// A part as the customer lists it at the end.
#[derive(Clone, Debug, Default)]
pub struct ListedPart {
    pub number: u64,
    /// Without quotes.
    pub etag: String,
    pub checksum: Option<(Algorithm, String)>,
}

/// What the customer says about the whole object at the end.
#[derive(Clone, Debug, Default)]
pub struct Completion {
    pub parts: Vec<ListedPart>,
    pub conditions: Vec<Condition>,
    pub checksum: Option<(Algorithm, String)>,
    pub coverage: Option<Coverage>,
    pub size: Option<u64>,
}

impl S3 {
    /// Makes the object of the parts listed; others are dropped.
    pub async fn complete_upload(
        &self,
        caller: &Caller,
        at: &UploadAt,
        asked: Completion,
    ) -> S3Result<VersionRow> {
        let (caller, at, random) = (caller.clone(), at.clone(), random());
        let manifest_id = uuid::Uuid::new_v4().simple().to_string();
        self.commit(None, move |write| {
            let bucket = write.bucket(&at.bucket, &caller.account)?;
            let upload = write.upload(&at)?;
            let target = At {
                bucket: at.bucket.clone(),
                key: at.key.clone(),
                version: None,
            };
            write.check(&target, &asked.conditions)?;
            let parts = write.listed_parts(&at, &upload, &asked.parts)?;
            let object = assembled(upload, &parts, &asked, manifest_id.clone())?;
            let manifest = manifest(parts, write);
            write.put_manifest(manifest_id, manifest);
            write.drop_upload(&at.row());
            write.add_object(&caller, &target, &bucket, object, random)
        })
        .await
    }
}

impl Write<'_> {
    fn listed_parts(
        &mut self,
        at: &UploadAt,
        upload: &UploadRow,
        listed: &[ListedPart],
    ) -> S3Result<Vec<(u64, PartRow)>> {
        if listed.is_empty() {
            return Err(errors::malformed_xml());
        }
        if !listed.is_sorted_by(|a, b| a.number < b.number) {
            return Err(errors::invalid_part_order());
        }
        let one = |part: &ListedPart| {
            let row = self
                .tx
                .get_record(&self.tables.parts, &(at.id.clone(), part.number));
            let row = row.ok_or_else(errors::invalid_part)?;
            check_listed(part, &row, upload)?;
            Ok((part.number, row))
        };
        let parts: Vec<(u64, PartRow)> = listed.iter().map(one).collect::<Result<_, S3Error>>()?;
        let (_last, others) = parts.split_last().expect("at least one was listed");
        match others.iter().any(|(_, part)| part.size < SMALLEST_PART) {
            true => Err(errors::part_too_small()),
            false => Ok(parts),
        }
    }
}

fn check_listed(listed: &ListedPart, row: &PartRow, upload: &UploadRow) -> S3Result<()> {
    let same_checksum = match &listed.checksum {
        Some((algorithm, value)) if *algorithm == upload.algorithm => *value == row.checksum,
        None if upload.algorithm_named && upload.coverage == Coverage::Composite => {
            return Err(errors::missing_part_checksum(
                &lower(upload.algorithm),
                listed.number,
            ));
        }
        _ => true,
    };
    match listed.etag == row.etag && same_checksum {
        true => Ok(()),
        false => Err(errors::invalid_part()),
    }
}

fn manifest(parts: Vec<(u64, PartRow)>, write: &mut Write<'_>) -> Manifest {
    // Taken over before the upload gives them up.
    parts
        .iter()
        .for_each(|(_, part)| write.share_slices(&part.slices));
    let part = |(number, row): (u64, PartRow)| ManifestPart {
        number,
        size: row.size,
        checksum: row.checksum,
        slices: row.slices,
    };
    Manifest {
        refs: 1,
        parts: parts.into_iter().map(part).collect(),
    }
}

fn assembled(
    upload: UploadRow,
    parts: &[(u64, PartRow)],
    asked: &Completion,
    manifest: String,
) -> S3Result<ObjectRow> {
    let size = parts.iter().map(|(_, part)| part.size).sum();
    if asked.size.is_some_and(|asked| asked != size) {
        return Err(errors::wrong_mpu_size());
    }
    let checksum = checksum_of(&upload, parts)?;
    check_whole(asked, &checksum)?;
    Ok(ObjectRow {
        size,
        etag: multipart_etag(parts.iter().map(|(_, part)| part.etag.as_str())),
        body: Body::Parts(manifest),
        checksum,
        parts: Some(parts.len() as u64),
        attributes: upload.attributes,
    })
}

fn checksum_of(upload: &UploadRow, parts: &[(u64, PartRow)]) -> S3Result<Checksum> {
    let values: Vec<(String, u64)> = parts
        .iter()
        .map(|(_, part)| (part.checksum.clone(), part.size))
        .collect();
    let checksum = combine(upload.algorithm, upload.coverage, &values);
    checksum.ok_or_else(|| errors::internal("the checksums of the parts do not combine"))
}

fn check_whole(asked: &Completion, checksum: &Checksum) -> S3Result<()> {
    if let Some(coverage) = asked.coverage
        && coverage != checksum.coverage
    {
        return Err(errors::invalid_request(format!(
            "The upload was created using the {} checksum mode. The complete request must use the same checksum mode.",
            checksum.coverage.name()
        )));
    }
    match &asked.checksum {
        Some((algorithm, value))
            if *algorithm == checksum.algorithm && !same(value, &checksum.value) =>
        {
            Err(errors::bad_checksum(*algorithm))
        }
        _ => Ok(()),
    }
}

/// A composite value may be given without the number of parts.
fn same(given: &str, computed: &str) -> bool {
    given == computed
        || computed
            .split_once('-')
            .is_some_and(|(value, _)| value == given)
}
