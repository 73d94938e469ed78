//! UPLOAD_ARTIFACTS: packs what the buildspec names and writes it to S3.

use super::collect::collect;
use super::expand::expand;
use super::session::{Session, platform};
use super::{Inner, streams};
use crate::companions::{ByteStream, ObjectError, ObjectMeta, ObjectRef};
use crate::engine::build::archive::Spool;
use crate::engine::build::archive::spool::{self, Item};
use crate::engine::build::archive::zipper::{self, Zipped};
use crate::engine::build::artifacts::{key_in_folder, no_counterpart, stored_name, upload_failed};
use crate::engine::build::buildspec::spec::{ArtifactsBlock, ArtifactsSpec};
use crate::engine::build::event::Failure;
use crate::engine::build::logs::Note;
use crate::engine::build::plan::{Artifacts, BuildPlan, Packaging, S3Artifacts};
use crate::engine::build::source::s3_words;
use crate::engine::build::state::ArtifactResult;
use crate::engine::world::BuildTarget;
use camino::Utf8Path;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Objects of a folder that are written at the same time.
const AT_ONCE: usize = 8;

pub async fn upload(
    house: &Inner,
    session: &Session,
    succeeding: bool,
) -> Result<Vec<ArtifactResult>, Failure> {
    let plan = &session.placed()?.plan;
    let block = session
        .understood()
        .and_then(|known| known.spec.artifacts.as_ref());
    if plan.artifacts.is_none() && plan.secondary_artifacts.is_empty() {
        return Ok(Vec::new());
    }
    let Some(block) = block else {
        session.note(Note::NoArtifactsBlock).await;
        return Ok(Vec::new());
    };
    // A build without commands has its directories all the same.
    session.lay().await.map_err(|error| platform(&error))?;
    let mut results = Vec::new();
    if let Some(target) = &plan.artifacts {
        let job = Job {
            house,
            session,
            plan,
            target,
            identifier: None,
        };
        results.push(job.run(&block.primary, succeeding).await?);
    }
    secondary(house, session, block, succeeding, &mut results).await?;
    Ok(results)
}

async fn secondary(
    house: &Inner,
    session: &Session,
    block: &ArtifactsBlock,
    succeeding: bool,
    results: &mut Vec<ArtifactResult>,
) -> Result<(), Failure> {
    let plan = &session.placed()?.plan;
    if block.secondary.is_empty() {
        session.note(Note::NoSecondaryArtifacts).await;
    }
    for (id, spec) in &block.secondary {
        session.note(Note::CopyingSecondary(id.clone())).await;
        let mut configured = plan.secondary_artifacts.iter();
        let target = configured.find(|artifacts| artifacts.identifier == *id);
        let target = &target.ok_or_else(|| no_counterpart(id))?.artifacts;
        let identifier = Some(id.clone());
        let job = Job {
            house,
            session,
            plan,
            target,
            identifier,
        };
        results.push(job.run(spec, succeeding).await?);
    }
    Ok(())
}

/// One block on its way to one target.
struct Job<'a> {
    house: &'a Inner,
    session: &'a Session,
    plan: &'a BuildPlan,
    target: &'a Artifacts,
    identifier: Option<String>,
}

impl Job<'_> {
    async fn run(self, spec: &ArtifactsSpec, succeeding: bool) -> Result<ArtifactResult, Failure> {
        let spec = expand(self.session, spec, succeeding).await?;
        self.check_region().await?;
        let zipped = match self.target {
            Artifacts::Pipeline(_) => true,
            Artifacts::S3(target) => target.packaging == Packaging::Zip,
        };
        let limits = self.house.options.limits;
        let spool = collect(self.session, limits, &spec, zipped).await?;
        match self.target {
            Artifacts::Pipeline(target) => self.for_pipeline(target, spool).await,
            Artifacts::S3(target) => self.for_s3(target, &spec, spool).await,
        }
    }

    async fn check_region(&self) -> Result<(), Failure> {
        let bucket = match self.target {
            Artifacts::Pipeline(target) => &target.bucket,
            Artifacts::S3(target) => &target.bucket,
        };
        let info = self.house.world.companions().bucket(bucket).await;
        let info = info.map_err(|error| self.refused(&error, &self.target.location(self.plan)))?;
        match info.region == self.plan.scope.region {
            true => Ok(()),
            false => Err(Failure::client("Failed to upload artifacts: Invalid arn")),
        }
    }

    async fn for_pipeline(
        self,
        target: &BuildTarget,
        spool: Spool,
    ) -> Result<ArtifactResult, Failure> {
        let meta = ObjectMeta {
            // The account's key when the store names none.
            kms_key: Some(target.kms_key.clone().unwrap_or_default()),
            ..ObjectMeta::default()
        };
        self.zip(&target.bucket, &target.key, meta, spool).await
    }

    async fn for_s3(
        self,
        target: &S3Artifacts,
        spec: &ArtifactsSpec,
        spool: Spool,
    ) -> Result<ArtifactResult, Failure> {
        let name = stored_name(target, spec.name.as_deref())?.to_owned();
        let mut target = target.clone();
        target.path = spec.s3_prefix.clone().unwrap_or(target.path);
        let meta = ObjectMeta {
            canned_acl: target.bucket_owner_access.canned_acl().map(str::to_owned),
            kms_key: (!target.encryption_disabled).then(|| self.plan.encryption_key.clone()),
            ..ObjectMeta::default()
        };
        match target.packaging {
            Packaging::Zip => {
                // A zip has to be called something.
                let name = if name == "/" {
                    &self.plan.project
                } else {
                    &name
                };
                let key = target.key(&self.plan.uuid, name);
                self.zip(&target.bucket, &key, meta, spool).await
            }
            Packaging::Folder => self.folder(&target, &name, meta, spool).await,
        }
    }

    async fn zip(
        self,
        bucket: &str,
        key: &str,
        mut meta: ObjectMeta,
        spool: Spool,
    ) -> Result<ArtifactResult, Failure> {
        let zipped = streams::on_thread(move || zipper::zip(&spool)).await;
        let zipped = zipped.map_err(|error| Failure::platform(error.to_string()))?;
        meta.metadata = checksums(self.plan, &zipped);
        self.write(bucket, key, meta, streams::of_file(zipped.file))
            .await?;
        Ok(ArtifactResult {
            identifier: self.identifier,
            location: self.plan.s3_arn(&format!("{bucket}/{key}")),
            md5: zipped.md5,
            sha256: zipped.sha256,
        })
    }

    async fn folder(
        self,
        target: &S3Artifacts,
        name: &str,
        meta: ObjectMeta,
        spool: Spool,
    ) -> Result<ArtifactResult, Failure> {
        let folder = target.key(&self.plan.uuid, name);
        let spool = Arc::new(spool);
        let items: Vec<(String, Item)> = spool
            .items()
            .iter()
            .map(|(file, item): (_, &Item)| {
                (key_in_folder(&folder, Utf8Path::new(file)), item.clone())
            })
            .collect();
        let writes = items.into_iter().map(|(key, item)| {
            let body = contents(spool.clone(), item);
            let meta = meta.clone();
            let job = &self;
            async move { job.write(&target.bucket, &key, meta, body).await }
        });
        stream::iter(writes)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        Ok(ArtifactResult {
            identifier: self.identifier,
            location: target.location(self.plan, name),
            md5: String::new(),
            sha256: String::new(),
        })
    }

    async fn write(
        &self,
        bucket: &str,
        key: &str,
        meta: ObjectMeta,
        body: ByteStream,
    ) -> Result<(), Failure> {
        let at = ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: None,
        };
        let companions = self.house.world.companions();
        let written = companions
            .write_object(&self.plan.scope, &at, meta, body)
            .await;
        let location = || self.plan.s3_arn(&format!("{bucket}/{key}"));
        written
            .map(|_| ())
            .map_err(|error| self.refused(&error, &location()))
    }

    fn refused(&self, error: &ObjectError, location: &str) -> Failure {
        upload_failed(&s3_words(error, &crate::aws::ids::uuid()), location)
    }
}

/// What an item of a spool holds.
pub(super) fn contents(spool: Arc<Spool>, item: Item) -> ByteStream {
    let (body, _) = streams::written(move |mut out| spool::copy(&spool, &item, &mut out));
    body
}

/// What AWS writes on every zip.
fn checksums(plan: &BuildPlan, zipped: &Zipped) -> BTreeMap<String, String> {
    let pairs = [
        ("codebuild-buildarn", plan.arn()),
        ("codebuild-content-md5", zipped.md5.clone()),
        ("codebuild-content-sha256", zipped.sha256.clone()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}
