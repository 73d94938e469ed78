//! Creating, finding, changing and deleting buckets.

use super::acl::Acl;
use super::caller::Caller;
use super::companion::S3;
use super::errors;
use super::list::after_bucket;
use super::names::{self, Tags};
use super::store::{BucketRow, Versioning};
use super::subresources;
use super::write::Write;
use crate::aws::{Account, Region};
use crate::store::Direction;
use s3s::S3Result;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Buckets of one account.
const MOST_BUCKETS: usize = 10_000;
/// Uploads that go with a deleted bucket in one commit.
const UPLOADS_AT_ONCE: usize = 16;

/// What is asked for with a new bucket.
#[derive(Clone, Debug, Default)]
pub struct NewBucket {
    /// As in the request's body.
    pub location: Option<String>,
    pub acl: Acl,
    /// `BucketOwnerEnforced` when absent.
    pub ownership: Option<String>,
    pub object_lock: bool,
    pub tags: Tags,
}

impl S3 {
    /// Errors: `InvalidBucketName`, `BucketAlreadyExists`, `BucketAlreadyOwnedByYou`, those of locations, ownership and ACLs.
    pub async fn create_bucket(
        &self,
        caller: &Caller,
        name: &str,
        asked: NewBucket,
    ) -> S3Result<()> {
        if !names::is_bucket_name(name) {
            return Err(errors::invalid_bucket_name());
        }
        let row = new_row(caller, asked)?;
        let (name, caller) = (name.to_owned(), caller.clone());
        self.commit(None, move |write| {
            if let Some(old) = write.tx.get(&write.tables.buckets, &name) {
                return again(&old, &caller, &row.region);
            }
            if write
                .tables
                .by_owner
                .range(owned_by(&caller.account), Direction::Forward, MOST_BUCKETS)
                .len()
                >= MOST_BUCKETS
            {
                return Err(errors::too_many_buckets());
            }
            write.put_bucket(&name, row);
            Ok(())
        })
        .await
    }

    /// A bucket of the caller's account. Errors: `NoSuchBucket`, `AccessDenied`.
    pub fn bucket(&self, caller: &Caller, name: &str) -> S3Result<Arc<BucketRow>> {
        self.bucket_of(caller, name)
    }

    /// The account's buckets by name, at most `limit`, after a name.
    pub fn list_buckets(
        &self,
        account: &Account,
        after: &str,
        limit: usize,
    ) -> Vec<(String, Arc<BucketRow>)> {
        let start = (
            account.clone(),
            if after.is_empty() {
                String::new()
            } else {
                after_bucket(after)
            },
        );
        let (_, end) = owned_by(account).into_inner();
        let names = self
            .tables
            .by_owner
            .range(start..=end, Direction::Forward, limit);
        let row = |(_, name): ((Account, String), String)| {
            Some((name.clone(), self.tables.buckets.get(&name)?))
        };
        names.into_iter().filter_map(row).collect()
    }

    /// Changes a bucket's row.
    pub async fn change_bucket(
        &self,
        caller: &Caller,
        name: &str,
        change: impl FnOnce(&mut BucketRow) -> S3Result<()> + Send + 'static,
    ) -> S3Result<()> {
        let (name, account) = (name.to_owned(), caller.account.clone());
        self.commit(None, move |write| {
            let mut row = (*write.bucket(&name, &account)?).clone();
            change(&mut row)?;
            write.put_bucket(&name, row);
            Ok(())
        })
        .await
    }

    /// Errors: `BucketNotEmpty` while there are objects, versions or markers. Unfinished uploads go with the bucket.
    pub async fn delete_bucket(&self, caller: &Caller, name: &str) -> S3Result<()> {
        loop {
            let (name, account) = (name.to_owned(), caller.account.clone());
            let done = self.commit(None, move |write| {
                let row = write.bucket(&name, &account)?;
                write.check_empty(&name, &row)?;
                let done = write.drop_uploads(&name);
                if done {
                    write.tx.remove(&write.tables.buckets, &name);
                }
                Ok(done)
            });
            if done.await? {
                return Ok(());
            }
        }
    }
}

impl Write<'_> {
    fn check_empty(&mut self, name: &str, row: &BucketRow) -> S3Result<()> {
        let all = (name.to_owned(), String::new(), 0)..(after_bucket(name), String::new(), 0);
        let rows = self
            .tx
            .range_records(&self.tables.versions, all, Direction::Forward, 1);
        match rows.is_empty() {
            true => Ok(()),
            false => Err(errors::bucket_not_empty(row.versioning.was_ever_enabled())),
        }
    }

    /// Whether none is left.
    fn drop_uploads(&mut self, name: &str) -> bool {
        let text = String::new;
        let all = (name.to_owned(), text(), text())..(after_bucket(name), text(), text());
        let rows = self.tx.range_records(
            &self.tables.uploads,
            all,
            Direction::Forward,
            UPLOADS_AT_ONCE,
        );
        let done = rows.len() < UPLOADS_AT_ONCE;
        for (key, _) in rows {
            self.drop_upload(&key);
        }
        done
    }
}

fn owned_by(account: &Account) -> std::ops::RangeInclusive<(Account, String)> {
    (account.clone(), String::new())..=(account.clone(), char::MAX.to_string())
}

fn new_row(caller: &Caller, asked: NewBucket) -> S3Result<BucketRow> {
    let ownership = asked.ownership.as_deref().unwrap_or(subresources::ENFORCED);
    if ownership == subresources::ENFORCED && asked.acl != Acl::Private {
        return Err(errors::acl_with_enforced_ownership());
    }
    let mut configurations = BTreeMap::new();
    configurations.insert(
        "publicAccessBlock".to_owned(),
        subresources::BLOCK_ALL.to_owned(),
    );
    configurations.insert(
        "ownershipControls".to_owned(),
        subresources::ownership(ownership)?,
    );
    if asked.object_lock {
        configurations.insert(
            "object-lock".to_owned(),
            subresources::LOCK_ENABLED.to_owned(),
        );
    }
    Ok(BucketRow {
        owner: caller.account.clone(),
        region: region_of(caller, asked.location.as_deref())?,
        created: caller.now,
        versioning: if asked.object_lock {
            Versioning::Enabled
        } else {
            Versioning::Never
        },
        acl: asked.acl,
        tags: asked.tags,
        configurations,
    })
}

/// Where the bucket will be: only us-east-1 takes requests for elsewhere, and only it takes none.
fn region_of(caller: &Caller, location: Option<&str>) -> S3Result<Region> {
    let here = caller.region.as_str();
    let there = match location.filter(|location| !location.is_empty()) {
        None if here == "us-east-1" => return Ok(caller.region.clone()),
        None => return Err(errors::unspecified_location()),
        Some("us-east-1") => return Err(errors::invalid_location()),
        Some("EU") => "eu-west-1",
        Some(name) => name,
    };
    let region = Region::parse(there).ok_or_else(errors::invalid_location)?;
    match here == "us-east-1" || here == there {
        true => Ok(region),
        false => Err(errors::illegal_location(there)),
    }
}

fn again(old: &BucketRow, caller: &Caller, region: &Region) -> S3Result<()> {
    if old.owner != caller.account {
        return Err(errors::bucket_already_exists());
    }
    let in_the_first_region = |region: &Region| region.as_str() == "us-east-1";
    match in_the_first_region(&old.region)
        && in_the_first_region(region)
        && in_the_first_region(&caller.region)
    {
        true => Ok(()),
        false => Err(errors::bucket_already_owned_by_you()),
    }
}
