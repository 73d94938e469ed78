//! Putting, reading, copying and deleting objects.

use super::bodies::{Draft, ReceiveError};
use super::caller::Caller;
use super::claims::Claims;
use super::companion::S3;
use super::conditions::{Check, Condition, gone_is_a_failed_condition};
use super::digest::{Digests, Sums};
use super::errors;
use super::names;
use super::store::{Attributes, Body, BucketRow, ObjectRow, VersionRow, version_key};
use super::versions::{At, Deleted, Versions};
use super::write::Write;
use crate::companions::{ByteStream, ObjectCreated, ObjectInfo};
use futures::TryStreamExt;
use s3s::{S3Error, S3Result};
use std::error::Error;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of one put or one part.
pub const LARGEST_PUT: u64 = 5 << 30;

/// An object that was found, and its version's row.
#[derive(Clone, Debug)]
pub struct Found {
    pub bucket: Arc<BucketRow>,
    pub seq: u64,
    pub row: VersionRow,
    pub object: ObjectRow,
}

impl S3 {
    /// Stores a whole body or nothing. Errors besides those of names, buckets and claims: `PreconditionFailed`, `EntityTooLarge`.
    pub async fn put(
        &self,
        caller: &Caller,
        at: At,
        attributes: Attributes,
        conditions: Vec<Condition>,
        body: ByteStream,
        claims: &Claims,
    ) -> S3Result<VersionRow> {
        names::check_key(&at.key)?;
        names::check_metadata(&attributes.metadata)?;
        self.bucket_of(caller, &at.bucket)?;
        self.committed().check(&at, &conditions)?;
        let (draft, sums) = self.receive(body, claims, claims.digests()).await?;
        let object = ObjectRow {
            size: sums.length,
            etag: sums.etag(),
            body: draft
                .as_ref()
                .map_or(Body::Empty, |draft| Body::File(draft.file().to_owned())),
            checksum: sums.kept(),
            parts: None,
            attributes,
        };
        self.publish(caller, at, conditions, draft, object).await
    }

    /// A body whose claims all hold.
    pub(super) async fn receive(
        &self,
        body: ByteStream,
        claims: &Claims,
        digests: Digests,
    ) -> S3Result<(Option<Draft>, Sums)> {
        if claims.length.is_some_and(|length| length > LARGEST_PUT) {
            return Err(errors::entity_too_large());
        }
        let received = self.bodies.receive(body, digests, LARGEST_PUT).await;
        let (draft, sums) = received.map_err(refused_body)?;
        claims.check(&sums)?;
        Ok((draft, sums))
    }

    async fn publish(
        &self,
        caller: &Caller,
        at: At,
        conditions: Vec<Condition>,
        draft: Option<Draft>,
        object: ObjectRow,
    ) -> S3Result<VersionRow> {
        let (caller, random) = (caller.clone(), random());
        self.commit(draft, move |write| {
            let bucket = write.bucket(&at.bucket, &caller.account)?;
            write.check(&at, &conditions)?;
            write.share(&object.body);
            write.add_object(&caller, &at, &bucket, object, random)
        })
        .await
    }

    /// The version asked for, if it is an object.
    pub fn find(&self, caller: &Caller, at: &At) -> S3Result<Found> {
        let bucket = self.bucket_of(caller, &at.bucket)?;
        let (seq, row, object) = self.committed().find_object(at)?;
        Ok(Found {
            bucket,
            seq,
            row,
            object,
        })
    }

    /// The bytes of a found object; `None` when it was replaced meanwhile and has to be found again.
    pub fn open_found(
        &self,
        at: &At,
        found: &Found,
        range: &Range<u64>,
    ) -> S3Result<Option<ByteStream>> {
        let Ok(slices) = self.slices(&found.object, range) else {
            return Ok(None);
        };
        let reading = self
            .bodies
            .reading(slices.iter().map(|slice| slice.file.clone()));
        // Only now that the files are held is a look at the row a proof that they are still there.
        let now = self
            .committed()
            .get(&version_key(&at.bucket, &at.key, found.seq))?;
        let same = now.is_some_and(|row| {
            row.object
                .is_some_and(|object| object.body == found.object.body)
        });
        Ok(same.then(|| self.bodies.read(slices, reading)))
    }

    /// Finds an object and opens a range of it, again when it was replaced in between.
    pub fn open_range<T>(
        &self,
        caller: &Caller,
        at: &At,
        choose: impl Fn(&S3, &Found) -> S3Result<(Range<u64>, T)>,
    ) -> S3Result<(Found, ByteStream, T)> {
        // Each round lost means that somebody else's write was acknowledged.
        for _ in 0..100 {
            let found = self.find(caller, at)?;
            let (range, chosen) = choose(self, &found)?;
            if let Some(body) = self.open_found(at, &found, &range)? {
                return Ok((found, body, chosen));
            }
        }
        Err(errors::internal(
            "the object is replaced too often to be read",
        ))
    }

    /// One delete. Missing keys and versions count as deleted.
    pub async fn delete(
        &self,
        caller: &Caller,
        at: At,
        condition: Option<Condition>,
    ) -> S3Result<Deleted> {
        let mut deleted = self
            .delete_all(caller, at.bucket.clone(), vec![(at, condition)])
            .await?;
        deleted
            .pop()
            .unwrap_or(Err(errors::internal("nothing was deleted")))
    }

    /// Many deletes in one commit, each with its own outcome.
    pub async fn delete_all(
        &self,
        caller: &Caller,
        bucket: String,
        objects: Vec<(At, Option<Condition>)>,
    ) -> S3Result<Vec<S3Result<Deleted>>> {
        let caller = caller.clone();
        self.commit(None, move |write| {
            let row = write.bucket(&bucket, &caller.account)?;
            let one = |(at, condition): (At, Option<Condition>)| {
                names::check_key(&at.key)?;
                write
                    .check(&at, condition.as_slice())
                    .map_err(gone_is_a_failed_condition)?;
                write.delete(&row, &at, caller.now, random())
            };
            Ok(objects.into_iter().map(one).collect())
        })
        .await
    }

    /// A new version that shows the body of a found one; `sums` are its new ETag and checksum, if it gets others.
    pub async fn copy(
        &self,
        caller: &Caller,
        (from, source): (At, Found),
        to: At,
        attributes: Attributes,
        sums: Option<Sums>,
    ) -> S3Result<VersionRow> {
        names::check_key(&to.key)?;
        names::check_metadata(&attributes.metadata)?;
        let object = copied(source.object, attributes, sums);
        let (caller, random) = (caller.clone(), random());
        self.commit(None, move |write| {
            let bucket = write.bucket(&to.bucket, &caller.account)?;
            write.still_there(&from, source.seq, &object.body)?;
            // Before the old version of the target leaves: it may show the same body.
            write.share(&object.body);
            write.add_object(&caller, &to, &bucket, object, random)
        })
        .await
    }

    /// Hashes a stretch of a found object: a copy is an object of one piece, whose ETag is the MD5 of its bytes.
    pub async fn hash(
        &self,
        at: &At,
        found: &Found,
        range: &Range<u64>,
        digests: Digests,
    ) -> S3Result<Sums> {
        let body = self
            .open_found(at, found, range)?
            .ok_or_else(errors::no_such_key)?;
        let hashed = body.try_fold(digests, |mut digests, bytes| async move {
            let update = move || {
                digests.update(&bytes);
                digests
            };
            tokio::task::spawn_blocking(update)
                .await
                .map_err(std::io::Error::other)
        });
        hashed.await.map(Digests::finish).map_err(errors::internal)
    }

    /// Changes what is said about a version; its bytes and time stay.
    pub async fn amend(
        &self,
        caller: &Caller,
        at: At,
        change: impl FnOnce(&BucketRow, &mut Attributes) -> S3Result<()> + Send + 'static,
    ) -> S3Result<VersionRow> {
        let caller = caller.clone();
        self.commit(None, move |write| {
            let bucket = write.bucket(&at.bucket, &caller.account)?;
            let (seq, mut row, mut object) = write.find_object(&at)?;
            change(&bucket, &mut object.attributes)?;
            row.object = Some(object);
            write.put_version(version_key(&at.bucket, &at.key, seq), row.clone());
            Ok(row)
        })
        .await
    }
}

impl Write<'_> {
    /// A new current version, and the news of it.
    pub fn add_object(
        &mut self,
        caller: &Caller,
        at: &At,
        bucket: &BucketRow,
        object: ObjectRow,
        random: [u8; 16],
    ) -> S3Result<VersionRow> {
        let info = |row: &VersionRow, object: &ObjectRow| info(&at.key, bucket, row, object);
        let row = self.add_version(
            (&at.bucket, bucket),
            &at.key,
            Some(object),
            caller.now,
            random,
        )?;
        if let Some(object) = &row.object {
            self.news.push(ObjectCreated {
                owner: bucket.owner.clone(),
                region: bucket.region.clone(),
                bucket: at.bucket.clone(),
                object: info(&row, object),
            });
        }
        Ok(row)
    }

    /// Refuses when the source of a copy has left since it was looked at.
    pub fn still_there(&mut self, at: &At, seq: u64, body: &Body) -> S3Result<()> {
        let row = self.get(&version_key(&at.bucket, &at.key, seq))?;
        let there = row
            .and_then(|row| row.object)
            .is_some_and(|object| object.body == *body);
        there.then_some(()).ok_or_else(errors::no_such_key)
    }
}

fn copied(source: ObjectRow, attributes: Attributes, sums: Option<Sums>) -> ObjectRow {
    let Some(sums) = sums else {
        return ObjectRow {
            attributes,
            parts: None,
            ..source
        };
    };
    ObjectRow {
        size: source.size,
        body: source.body,
        etag: sums.etag(),
        checksum: sums.kept(),
        parts: None,
        attributes,
    }
}

/// What the engines are told.
pub fn info(key: &str, bucket: &BucketRow, row: &VersionRow, object: &ObjectRow) -> ObjectInfo {
    ObjectInfo {
        key: key.to_owned(),
        size: object.size,
        etag: object.etag.clone(),
        version: bucket
            .versioning
            .was_ever_enabled()
            .then(|| row.shown_id().to_owned()),
        modified: row.modified,
        metadata: object.attributes.metadata.clone(),
    }
}

pub(super) fn random() -> [u8; 16] {
    *uuid::Uuid::new_v4().as_bytes()
}

/// A stream's own error may be an S3 error already.
fn refused_body(failure: ReceiveError) -> S3Error {
    match failure {
        ReceiveError::TooLarge(_) => errors::entity_too_large(),
        ReceiveError::Disk(failure) => {
            errors::internal(format!("the body cannot be stored: {failure}"))
        }
        ReceiveError::Sender(failure) => sender_error(failure),
    }
}

fn sender_error(failure: std::io::Error) -> S3Error {
    let carried = failure.get_ref().and_then(|inner| find_s3_error(inner));
    carried.unwrap_or_else(errors::incomplete_body)
}

fn find_s3_error(error: &(dyn Error + 'static)) -> Option<S3Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<S3Error>() {
            return Some(again(found));
        }
        next = error.source();
    }
    None
}

/// S3 errors cannot be cloned.
fn again(error: &S3Error) -> S3Error {
    let mut same = S3Error::with_message(
        error.code().clone(),
        error.message().unwrap_or_default().to_owned(),
    );
    if let Some(status) = error.status_code() {
        same.set_status_code(status);
    }
    same
}
