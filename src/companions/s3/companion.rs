//! `S3`: the companion as a value that everything else hangs on.

use super::bodies::Bodies;
use super::caller::Caller;
use super::errors;
use super::news::News;
use super::store::{BucketRow, Tables};
use super::write::owned;
use crate::store::Store;
use s3s::S3Result;
use std::io;
use std::sync::Arc;

/// Buckets and objects. Clones share them.
#[derive(Clone)]
pub struct S3 {
    pub(super) store: Store,
    pub(super) tables: Tables,
    pub(super) bodies: Bodies,
    pub(super) news: News,
}

impl S3 {
    /// Bodies are kept in `objects` in the store's folder.
    pub fn open(store: Store, tables: Tables) -> io::Result<Self> {
        let bodies = Bodies::open(&store.folder().join("objects"))?;
        Ok(Self {
            store,
            tables,
            bodies,
            news: News::default(),
        })
    }

    /// Removes bodies that no row names: after a crash, and after the store was emptied. Safe beside running requests. Returns
    /// how many.
    pub async fn sweep(&self) -> io::Result<usize> {
        let this = self.clone();
        let sweep = move || {
            // A row that cannot be read keeps its file.
            this.bodies.sweep(|file| {
                this.tables
                    .files
                    .get(&file.to_owned())
                    .map_or(true, |row| row.is_some())
            })
        };
        tokio::task::spawn_blocking(sweep)
            .await
            .map_err(io::Error::other)?
    }

    /// The bucket, if the caller's account may use it.
    pub(super) fn bucket_of(&self, caller: &Caller, name: &str) -> S3Result<Arc<BucketRow>> {
        owned(self.tables.buckets.get(&name.to_owned()), &caller.account)
    }

    /// Reads rows outside a write.
    pub(super) fn committed(&self) -> super::versions::Committed<'_> {
        super::versions::Committed(&self.tables)
    }
}

/// A read of the store, in S3's words.
pub(super) fn read<T>(result: Result<T, crate::store::StoreError>) -> S3Result<T> {
    result.map_err(errors::from_store)
}
