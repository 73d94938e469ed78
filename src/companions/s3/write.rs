//! One write: what S3's operations do to rows, inside the store's writer.
//!
//! Counts references to files and manifests; what reaches zero is reported, and unlinked when the write is durable.

use super::bodies::{Draft, Slice};
use super::companion::S3;
use super::errors;
use super::store::{Body, BucketRow, FileRow, Manifest, Tables};
use crate::aws::Account;
use crate::companions::ObjectCreated;
use crate::store::Txn;
use s3s::{S3Error, S3Result};
use std::sync::Arc;

/// The argument of a write's function.
pub struct Write<'a> {
    pub tx: &'a mut Txn,
    pub tables: &'a Tables,
    gone: Vec<String>,
    pub news: Vec<ObjectCreated>,
}

impl S3 {
    /// Commits rows, `draft`'s among them, then unlinks the files that nothing names any more and tells the news. Goes on to its
    /// end when the caller is dropped.
    pub(super) async fn commit<T, F>(&self, draft: Option<Draft>, function: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> S3Result<T> + Send + 'static,
    {
        let whole = self.clone().commit_now(draft, function);
        tokio::spawn(whole).await.map_err(errors::internal)?
    }

    async fn commit_now<T, F>(self, mut draft: Option<Draft>, function: F) -> S3Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Write<'_>) -> S3Result<T> + Send + 'static,
    {
        draft.iter_mut().for_each(Draft::entrust);
        let tables = self.tables.clone();
        let written = self.store.write(move |tx| run(tx, &tables, function)).await;
        match written {
            Ok((value, gone, news)) => {
                drop(draft);
                self.bodies.remove(gone).await;
                self.news.tell(&news);
                Ok(value)
            }
            Err(refusal) => {
                draft.into_iter().for_each(Draft::discard);
                Err(errors::from_write(refusal))
            }
        }
    }
}

type Done<T> = (T, Vec<String>, Vec<ObjectCreated>);

fn run<T>(
    tx: &mut Txn,
    tables: &Tables,
    function: impl FnOnce(&mut Write<'_>) -> S3Result<T>,
) -> Result<Done<T>, S3Error> {
    let mut write = Write {
        tx,
        tables,
        gone: Vec::new(),
        news: Vec::new(),
    };
    let value = function(&mut write)?;
    Ok((value, write.gone, write.news))
}

impl Write<'_> {
    /// The bucket, if the account may use it.
    pub fn bucket(&self, name: &str, account: &Account) -> S3Result<Arc<BucketRow>> {
        let bucket = self.tx.get(&self.tables.buckets, &name.to_owned());
        owned(bucket, account)
    }

    pub fn put_bucket(&mut self, name: &str, row: BucketRow) {
        self.tx.put(&self.tables.buckets, name.to_owned(), row);
    }

    /// One more row shows the body.
    pub fn share(&mut self, body: &Body) {
        match body {
            Body::Empty => {}
            Body::File(file) => self.share_file(file),
            Body::Parts(id) => self.share_manifest(id),
        }
    }

    /// One row less shows the body.
    pub fn release(&mut self, body: &Body) {
        match body {
            Body::Empty => {}
            Body::File(file) => self.release_file(file),
            Body::Parts(id) => self.release_manifest(id),
        }
    }

    pub fn share_slices(&mut self, slices: &[Slice]) {
        slices.iter().for_each(|slice| self.share_file(&slice.file));
    }

    pub fn release_slices(&mut self, slices: &[Slice]) {
        slices
            .iter()
            .for_each(|slice| self.release_file(&slice.file));
    }

    pub fn manifest(&mut self, id: &String) -> Option<Manifest> {
        self.tx.get_record(&self.tables.manifests, id)
    }

    /// The row of a new manifest with one reference.
    pub fn put_manifest(&mut self, id: String, manifest: Manifest) {
        self.tx.put_record(&self.tables.manifests, id, manifest);
    }

    fn share_file(&mut self, file: &str) {
        let file = file.to_owned();
        let refs = self
            .tx
            .get_record(&self.tables.files, &file)
            .map_or(0, |row| row.refs);
        self.tx
            .put_record(&self.tables.files, file, FileRow { refs: refs + 1 });
    }

    fn release_file(&mut self, file: &str) {
        let file = file.to_owned();
        let refs = self
            .tx
            .get_record(&self.tables.files, &file)
            .map_or(0, |row| row.refs);
        if refs > 1 {
            self.tx
                .put_record(&self.tables.files, file, FileRow { refs: refs - 1 });
            return;
        }
        self.tx.remove_record(&self.tables.files, &file);
        self.gone.push(file);
    }

    fn share_manifest(&mut self, id: &String) {
        if let Some(mut manifest) = self.manifest(id) {
            manifest.refs += 1;
            self.put_manifest(id.clone(), manifest);
        }
    }

    fn release_manifest(&mut self, id: &String) {
        let Some(mut manifest) = self.manifest(id) else {
            return;
        };
        manifest.refs -= 1;
        if manifest.refs > 0 {
            return self.put_manifest(id.clone(), manifest);
        }
        self.tx.remove_record(&self.tables.manifests, id);
        manifest
            .parts
            .iter()
            .for_each(|part| self.release_slices(&part.slices));
    }
}

/// Differs from AWS: a request signed for another region than the bucket's is served, not redirected.
pub(super) fn owned(bucket: Option<Arc<BucketRow>>, account: &Account) -> S3Result<Arc<BucketRow>> {
    let bucket = bucket.ok_or_else(errors::no_such_bucket)?;
    match bucket.owner == *account {
        true => Ok(bucket),
        false => Err(errors::access_denied()),
    }
}
