//! COMBINE_ARTIFACTS: puts what the builds uploaded into one place, streamed from S3 to S3.

use crate::companions::{Companions, ObjectMeta, ObjectRef};
use crate::engine::batch::effect::{Combine, Place};
use crate::engine::build::archive::{Limits, merge, zipper::Zipped};
use crate::engine::build::artifacts::key_in_folder;
use crate::engine::build::perform::streams;
use crate::engine::build::plan::{Artifacts, Packaging, S3Artifacts, s3_arn};
use crate::engine::build::source::s3_words;
use crate::engine::build::state::{ArtifactResult, Context};
use crate::engine::world::World;
use camino::Utf8Path;

/// Objects asked for at once.
const PAGE: usize = 1000;

/// What lies where in the end, or why it does not.
pub async fn combine(
    world: &dyn World,
    limits: Limits,
    job: Combine,
) -> Result<Vec<ArtifactResult>, Context> {
    let mut results = Vec::new();
    for place in &job.places {
        let work = Work {
            companions: &**world.companions(),
            limits,
            job: &job,
            place,
        };
        results.push(work.run().await?);
    }
    Ok(results)
}

/// One place that is filled.
struct Work<'a> {
    companions: &'a dyn Companions,
    limits: Limits,
    job: &'a Combine,
    place: &'a Place,
}

impl Work<'_> {
    async fn run(&self) -> Result<ArtifactResult, Context> {
        match &self.place.into.at {
            Artifacts::Pipeline(at) => {
                let meta = ObjectMeta {
                    // The account's key when the store names none.
                    kms_key: Some(at.kms_key.clone().unwrap_or_default()),
                    ..ObjectMeta::default()
                };
                self.zip(&at.bucket, &at.key, meta).await
            }
            Artifacts::S3(at) => match at.packaging {
                Packaging::Zip => {
                    let key = at.key(&self.job.uuid, &at.name);
                    self.zip(&at.bucket, &key, self.meta(at)).await
                }
                Packaging::Folder => self.folder(at).await,
            },
        }
    }

    fn meta(&self, at: &S3Artifacts) -> ObjectMeta {
        let key = &self.place.into.encryption_key;
        ObjectMeta {
            canned_acl: at.bucket_owner_access.canned_acl().map(str::to_owned),
            kms_key: (!at.encryption_disabled).then(|| key.clone()),
            ..ObjectMeta::default()
        }
    }

    async fn zip(
        &self,
        bucket: &str,
        key: &str,
        meta: ObjectMeta,
    ) -> Result<ArtifactResult, Context> {
        let mut zips = Vec::new();
        for part in &self.place.parts {
            let at = object(&part.location);
            let read = self.companions.read_object(&self.job.scope, &at).await;
            let (_, body) = read.map_err(|error| self.refused(&error, &part.location))?;
            let file = streams::to_file(body, self.limits.bytes).await;
            zips.push(file.map_err(|error| failed(&error, &part.location))?);
        }
        let limits = self.limits;
        let merged = streams::on_thread(move || merge(zips, limits)).await;
        let location = s3_arn(&self.job.scope, &format!("{bucket}/{key}"));
        let Zipped {
            file, md5, sha256, ..
        } = merged.map_err(|error| failed(&error, &location))?;
        let at = ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: None,
        };
        let body = streams::of_file(file);
        let written = self
            .companions
            .write_object(&self.job.scope, &at, meta, body)
            .await;
        written.map_err(|error| self.refused(&error, &location))?;
        Ok(ArtifactResult {
            identifier: self.place.into.identifier.clone(),
            location,
            md5,
            sha256,
        })
    }

    async fn folder(&self, at: &S3Artifacts) -> Result<ArtifactResult, Context> {
        let folder = at.key(&self.job.uuid, &at.name);
        for part in &self.place.parts {
            self.copy_folder(at, &folder, part).await?;
        }
        Ok(ArtifactResult {
            identifier: self.place.into.identifier.clone(),
            location: s3_arn(&self.job.scope, &format!("{}/{folder}", at.bucket)),
            md5: String::new(),
            sha256: String::new(),
        })
    }

    async fn copy_folder(
        &self,
        at: &S3Artifacts,
        folder: &str,
        part: &ArtifactResult,
    ) -> Result<(), Context> {
        let from = object(&part.location);
        let prefix = match from.key.as_str() {
            "" => String::new(),
            key => format!("{}/", key.trim_end_matches('/')),
        };
        let mut after: Option<String> = None;
        let mut counted = (0, 0);
        loop {
            let page = self.companions.list_objects(
                &self.job.scope,
                &from.bucket,
                &prefix,
                after.as_deref(),
                PAGE,
            );
            let page = page
                .await
                .map_err(|error| self.refused(&error, &part.location))?;
            for object in &page {
                let counting = self.limits.count(&mut counted, object.size);
                counting.map_err(|error| failed(&error, &part.location))?;
                let name = object.key.strip_prefix(&prefix).unwrap_or_default();
                let key = key_in_folder(folder, Utf8Path::new(name));
                self.copy(at, &from.bucket, &object.key, &key).await?;
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
                _ => return Ok(()),
            }
        }
    }

    async fn copy(&self, at: &S3Artifacts, from: &str, key: &str, to: &str) -> Result<(), Context> {
        let object = |bucket: &str, key: &str| ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: None,
        };
        let scope = &self.job.scope;
        let location = |bucket: &str, key: &str| s3_arn(scope, &format!("{bucket}/{key}"));
        let read = self.companions.read_object(scope, &object(from, key)).await;
        let (_, body) = read.map_err(|error| self.refused(&error, &location(from, key)))?;
        let target = object(&at.bucket, to);
        let written = self
            .companions
            .write_object(scope, &target, self.meta(at), body)
            .await;
        written.map_err(|error| self.refused(&error, &location(&at.bucket, to)))?;
        Ok(())
    }

    fn refused(&self, error: &crate::companions::ObjectError, location: &str) -> Context {
        failed(&s3_words(error, &crate::aws::ids::uuid()), location)
    }
}

fn failed(what: &impl std::fmt::Display, location: &str) -> Context {
    Context::new(
        "CLIENT_ERROR",
        format!("Failed to combine artifacts: {what} for {location}"),
    )
}

/// The object or folder that an ARN of S3 names.
fn object(arn: &str) -> ObjectRef {
    let path = arn.split_once(":::").map_or(arn, |(_, path)| path);
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    }
}
