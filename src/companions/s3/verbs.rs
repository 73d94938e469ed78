//! What the engines ask of S3, in process: the object verbs of `companions::Companions`.

use super::acl::{Acl, Target};
use super::caller::Caller;
use super::claims::Claims;
use super::companion::S3;
use super::encryption;
use super::objects::info;
use super::store::{Attributes, BucketRow, Versioning};
use super::versions::At;
use super::walk::{Entry, Query, Start};
use crate::aws::{Scope, Time};
use crate::companions::{
    BucketInfo, ByteStream, ObjectError, ObjectInfo, ObjectListener, ObjectMeta, ObjectRef,
};
use s3s::{S3Error, S3ErrorCode};
use std::sync::Arc;

impl S3 {
    /// Any account's bucket: the engines compare owners themselves.
    pub fn bucket_info(&self, name: &str) -> Result<BucketInfo, ObjectError> {
        let row = self.tables.buckets.get(&name.to_owned());
        let row = row.ok_or_else(|| ObjectError::NoSuchBucket(name.to_owned()))?;
        Ok(BucketInfo {
            name: name.to_owned(),
            owner: row.owner.clone(),
            region: row.region.clone(),
            versioned: row.versioning == Versioning::Enabled,
        })
    }

    pub fn stat_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        now: Time,
    ) -> Result<ObjectInfo, ObjectError> {
        let found = self
            .find(&caller(who, now), &place(at))
            .map_err(refused(at))?;
        Ok(info(&at.key, &found.bucket, &found.row, &found.object))
    }

    pub fn read_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        now: Time,
    ) -> Result<(ObjectInfo, ByteStream), ObjectError> {
        let whole = |_: &S3, found: &super::objects::Found| Ok((0..found.object.size, ()));
        let opened = self.open_range(&caller(who, now), &place(at), whole);
        let (found, body, ()) = opened.map_err(refused(at))?;
        Ok((
            info(&at.key, &found.bucket, &found.row, &found.object),
            body,
        ))
    }

    /// Visible whole or not at all.
    pub async fn write_object(
        &self,
        who: &Scope,
        at: &ObjectRef,
        meta: ObjectMeta,
        body: ByteStream,
        now: Time,
    ) -> Result<ObjectInfo, ObjectError> {
        let caller = caller(who, now);
        let bucket = self.bucket_of(&caller, &at.bucket).map_err(refused(at))?;
        let attributes = attributes(&bucket, meta).map_err(refused(at))?;
        let claims = Claims::default();
        let stored = self.put(&caller, place(at), attributes, Vec::new(), body, &claims);
        let row = stored.await.map_err(refused(at))?;
        let object = row
            .object
            .as_ref()
            .ok_or_else(|| ObjectError::NoSuchKey(at.key.clone()))?;
        Ok(info(&at.key, &bucket, &row, object))
    }

    /// Current objects under a prefix in key order, after a key.
    pub fn list_object_infos(
        &self,
        who: &Scope,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Time,
    ) -> Result<Vec<ObjectInfo>, ObjectError> {
        let at = ObjectRef {
            bucket: bucket.to_owned(),
            key: prefix.to_owned(),
            version: None,
        };
        let caller = caller(who, now);
        let row = self.bucket_of(&caller, bucket).map_err(refused(&at))?;
        let start = after.map_or(Start::Beginning, |key| Start::AfterKey(key.to_owned()));
        let query = Query {
            prefix: prefix.to_owned(),
            limit,
            start,
            ..Query::default()
        };
        let page = self
            .list_objects(&caller, bucket, &query)
            .map_err(refused(&at))?;
        let info_of = |entry: &Entry<u64, super::store::VersionRow>| match entry {
            Entry::Row {
                key, row: version, ..
            } => Some(info(key, &row, version, version.object.as_ref()?)),
            Entry::Prefix(_) => None,
        };
        Ok(page.entries.iter().filter_map(info_of).collect())
    }

    /// From now on the listener hears of objects created by whomever.
    pub fn listen_objects(&self, listener: Arc<dyn ObjectListener>) {
        self.news.listen(listener);
    }
}

fn caller(who: &Scope, now: Time) -> Caller {
    Caller {
        account: who.account.clone(),
        region: who.region.clone(),
        principal: format!("arn:aws:iam::{}:root", who.account),
        request_id: String::new(),
        now,
        limits: None,
    }
}

fn place(at: &ObjectRef) -> At {
    At {
        bucket: at.bucket.clone(),
        key: at.key.clone(),
        version: at.version.clone(),
    }
}

fn attributes(bucket: &BucketRow, meta: ObjectMeta) -> Result<Attributes, S3Error> {
    let acl = match meta.canned_acl {
        Some(name) => encryption::acl_for(bucket, Acl::canned(&name, Target::Object)?)?,
        None => Acl::Private,
    };
    let algorithm = meta.kms_key.is_some().then_some("aws:kms");
    let key = meta.kms_key.as_deref().filter(|key| !key.is_empty());
    Ok(Attributes {
        content_type: meta.content_type,
        cache_control: meta.cache_control,
        content_encoding: meta.content_encoding,
        encryption: encryption::chosen(bucket, algorithm, key, None)?,
        metadata: meta.metadata,
        acl,
        ..Attributes::default()
    })
}

/// In the engines' words.
fn refused(at: &ObjectRef) -> impl Fn(S3Error) -> ObjectError {
    let (bucket, key) = (at.bucket.clone(), at.key.clone());
    move |error| match error.code() {
        S3ErrorCode::NoSuchBucket => ObjectError::NoSuchBucket(bucket.clone()),
        S3ErrorCode::NoSuchKey | S3ErrorCode::NoSuchVersion | S3ErrorCode::MethodNotAllowed => {
            ObjectError::NoSuchKey(key.clone())
        }
        S3ErrorCode::AccessDenied => ObjectError::AccessDenied(format!("{bucket}/{key}")),
        code => ObjectError::Failed(format!(
            "{}: {}",
            code.as_str(),
            error.message().unwrap_or_default()
        )),
    }
}
