//! Effects → World → events: the only place where the pipeline engine waits for anybody.
//!
//! Everything here may be done again: objects are written whole, to the same place, and builds are launched by effect id.

use super::effect::{DeployToS3, FetchSource, LaunchBuild, Order};
use super::event::{ActionToken, Outcome, Seen, SourceLook};
use super::execution::{ActionError, ErrorCode};
use super::providers::{codebuild, s3_deploy, s3_source};
use super::unpack::{self, Bounds, Piece, UnpackError};
use super::{Effect, Event, Key, Pipelines, Plan, Seed, source};
use crate::companions::{
    ByteStream, Companions, ObjectCreated, ObjectError, ObjectMeta, ObjectRef,
};
use crate::engine::EffectId;
use crate::engine::driver::{Driver, DriverTables, Mailbox, Perform};
use crate::engine::world::{BuildListener, BuildRequest, BuildTarget, World};
use crate::store::{Builder, Direction, Index};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use std::io;
use std::sync::Arc;
use tokio::io::AsyncSeekExt;
use tokio::sync::mpsc;
use tokio_util::io::StreamReader;
use uuid::Uuid;

/// Performs what pipelines ask for.
pub struct Performer {
    world: Arc<dyn World>,
}

/// Pipelines by the objects they watch.
pub type SourceIndex = Index<(String, String), Key>;

const SERVICE: &str = "codepipeline.amazonaws.com";

/// Declares the tables of the pipelines' driver and the index by which news of objects finds them.
pub fn declare(builder: &mut Builder) -> (DriverTables<Pipelines>, SourceIndex) {
    let tables = Driver::<Pipelines>::declare(builder);
    let index = builder.index(&tables.live, |_, row| source::watched_objects(&row.0));
    (tables, index)
}

/// A new version of an object is there: starts executions of the pipelines that watch it. Returns when they are durable.
pub async fn on_object_created(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    index: &SourceIndex,
    news: &ObjectCreated,
) {
    let at = (news.bucket.clone(), news.object.key.clone());
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        if key.0.account == news.owner {
            look_at(driver, world, &key, &at).await;
        }
    }
}

/// Looks at all watched sources, for what came in while nobody listened. Once, after a start.
pub async fn catch_up(driver: &Driver<Pipelines>, world: &dyn World, index: &SourceIndex) {
    for (at, key) in index.range(.., Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at).await;
    }
}

/// What is there *now* counts, not what the news says: of several quick uploads the last one is run.
async fn look_at(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    key: &Key,
    (bucket, object): &(String, String),
) {
    let Some((plan, state)) = world.pipeline_plan(key).zip(driver.state(key)) else {
        return;
    };
    for action in source::watchers(&state, bucket, object) {
        let seed = Seed::new(Uuid::new_v4());
        let look = look(&**world.companions(), plan.clone(), action, seed).await;
        if source::is_news(&state, &look) {
            driver
                .event(key.clone(), Event::SourceSeen(Box::new(look)))
                .await;
        }
    }
}

impl Performer {
    pub fn new(world: Arc<dyn World>) -> Self {
        Self { world }
    }

    fn companions(&self) -> &dyn Companions {
        &**self.world.companions()
    }

    async fn check_role(&self, order: &Order) -> Result<(), ActionError> {
        let role = &order.role_arn;
        let check = self.companions().check_role(role, SERVICE).await;
        check.map_err(|error| {
            let text = format!(
                "CodePipeline is not authorized to perform AssumeRole on role {role}: {error}"
            );
            ActionError::new(ErrorCode::PermissionError, text)
        })
    }

    async fn fetch(&self, job: &FetchSource) -> Result<Outcome, ActionError> {
        self.check_role(&job.order).await?;
        let who = &job.order.scope;
        let unreadable = |error| s3_source::unreadable(&job.from, &error);
        let bucket = self
            .companions()
            .bucket(&job.from.bucket)
            .await
            .map_err(unreadable)?;
        if !bucket.versioned {
            return Err(s3_source::unversioned(&bucket.name));
        }
        let read = self.companions().read_object(who, &job.from).await;
        let (info, body) = read.map_err(unreadable)?;
        let version = info.version.as_deref();
        let version = version.ok_or_else(|| s3_source::unversioned(&bucket.name))?;
        self.keep_artifact(&job.order, &job.into, body).await?;
        Ok(s3_source::fetched(&job.from.bucket, &info, version))
    }

    /// Writes an artifact as CodePipeline does.
    async fn keep_artifact(
        &self,
        order: &Order,
        into: &BuildTarget,
        body: ByteStream,
    ) -> Result<(), ActionError> {
        let at = ObjectRef {
            bucket: into.bucket.clone(),
            key: into.key.clone(),
            version: None,
        };
        let meta = ObjectMeta {
            content_type: Some("binary/octet-stream".to_owned()),
            kms_key: Some(into.kms_key.clone().unwrap_or_default()),
            ..ObjectMeta::default()
        };
        let written = self
            .companions()
            .write_object(&order.scope, &at, meta, body)
            .await;
        written.map(drop).map_err(|error| store_error(&at, &error))
    }

    async fn launch(
        &self,
        key: &Key,
        id: EffectId,
        job: LaunchBuild,
    ) -> Result<Event, ActionError> {
        self.check_role(&job.order).await?;
        let token = job.order.token.clone();
        let request = request(key, id, job);
        let project = request.project.clone();
        let launched = self.world.launch_build(request).await;
        let launched = launched.map_err(|refusal| codebuild::refused(&project, &refusal))?;
        Ok(Event::BuildLaunched {
            token,
            build: launched.id,
            log_stream_arn: launched.log_stream_arn,
        })
    }

    async fn deploy(&self, job: &DeployToS3) -> Result<Outcome, ActionError> {
        self.check_role(&job.order).await?;
        let read = self
            .companions()
            .read_object(&job.order.scope, &job.artifact)
            .await;
        let (_, body) = read.map_err(|error| s3_deploy::unreadable(&job.artifact, &error))?;
        match (&job.object_key, job.extract) {
            (Some(key), false) => {
                self.put(job, key.clone(), "application/octet-stream", body)
                    .await?;
            }
            _ => self.extract(job, body).await?,
        }
        Ok(s3_deploy::deployed(job))
    }

    async fn extract(&self, job: &DeployToS3, body: ByteStream) -> Result<(), ActionError> {
        let archive = download(body).await.map_err(|error| {
            let error = ObjectError::Failed(error.to_string());
            s3_deploy::unreadable(&job.artifact, &error)
        })?;
        let (files, mut next) = mpsc::channel(1);
        let unpacking = tokio::task::spawn_blocking(move || unpack_into(archive, &files));
        while let Some(File { name, body }) = next.recv().await {
            let key = s3_deploy::entry_key(job.object_key.as_deref(), &name)?;
            let kind = s3_deploy::content_type(&name);
            let body = tokio_stream(body);
            if let Err(error) = self.put(job, key, kind, body).await {
                drop(next);
                // A damaged archive breaks its last file off; then the archive is to blame.
                return Err(unpacked(unpacking.await).err().unwrap_or(error));
            }
        }
        unpacked(unpacking.await)
    }

    async fn put(
        &self,
        job: &DeployToS3,
        key: String,
        content_type: &str,
        body: ByteStream,
    ) -> Result<(), ActionError> {
        let at = ObjectRef {
            bucket: job.bucket.clone(),
            key,
            version: None,
        };
        let meta = ObjectMeta {
            content_type: Some(content_type.to_owned()),
            cache_control: job.cache_control.clone(),
            canned_acl: job.canned_acl.clone(),
            kms_key: job.kms_key.clone(),
            ..ObjectMeta::default()
        };
        let written = self
            .companions()
            .write_object(&job.order.scope, &at, meta, body)
            .await;
        written
            .map(drop)
            .map_err(|error| s3_deploy::unwritable(&at.bucket, &at.key, &error))
    }
}

#[async_trait]
impl Perform<Pipelines> for Performer {
    async fn perform(
        &self,
        key: &Key,
        id: EffectId,
        effect: Effect,
        _: &Mailbox<Pipelines>,
    ) -> Option<Event> {
        match effect {
            Effect::FetchSource(job) => {
                let outcome = self.fetch(&job).await;
                Some(finished(job.order.token, outcome))
            }
            Effect::DeployToS3(job) => {
                let outcome = self.deploy(&job).await;
                Some(finished(job.order.token, outcome))
            }
            Effect::LaunchBuild(job) => {
                let token = job.order.token.clone();
                let launched = self.launch(key, id, *job).await;
                Some(launched.unwrap_or_else(|error| finished(token, Err(error))))
            }
            Effect::StopBuild { scope, build } => {
                self.world.stop_build(&scope, &build).await;
                None
            }
            Effect::LookAtSource { plan, action, seed } => {
                let look = look(self.companions(), plan, action, seed).await;
                Some(Event::SourceSeen(Box::new(look)))
            }
        }
    }
}

fn finished(token: ActionToken, outcome: Result<Outcome, ActionError>) -> Event {
    Event::ActionFinished {
        token,
        outcome: Box::new(outcome.unwrap_or_else(Outcome::from)),
    }
}

fn request(key: &Key, effect: EffectId, job: LaunchBuild) -> BuildRequest {
    BuildRequest {
        effect,
        scope: job.order.scope,
        project: job.project,
        sources: job.sources,
        primary: job.primary,
        outputs: job.outputs,
        variables: job.variables,
        buildspec: job.buildspec,
        service_role: job.service_role,
        initiator: format!("codepipeline/{}", job.pipeline),
        listener: BuildListener {
            pipeline: key.clone(),
            token: job.order.token,
        },
    }
}

/// Looks at a watched source.
async fn look(
    companions: &dyn Companions,
    plan: Arc<Plan>,
    action: String,
    seed: Seed,
) -> SourceLook {
    let seen = see(companions, &plan, &action).await;
    SourceLook {
        plan,
        action,
        seed,
        seen,
    }
}

async fn see(companions: &dyn Companions, plan: &Plan, action: &str) -> Result<Seen, ActionError> {
    let text = |key| {
        plan.source(action)
            .and_then(|source| source.config(key))
            .unwrap_or_default()
    };
    let at = ObjectRef {
        bucket: text("S3Bucket").to_owned(),
        key: text("S3ObjectKey").to_owned(),
        version: None,
    };
    let unreadable = |error| s3_source::unreadable(&at, &error);
    let bucket = companions.bucket(&at.bucket).await.map_err(unreadable)?;
    let object = companions
        .stat_object(&plan.scope, &at)
        .await
        .map_err(unreadable)?;
    let version = object.version.filter(|_| bucket.versioned);
    Ok(Seen {
        revision: version.ok_or_else(|| s3_source::unversioned(&at.bucket))?,
        modified: object.modified,
    })
}

fn store_error(at: &ObjectRef, error: &ObjectError) -> ActionError {
    let bucket = &at.bucket;
    match error {
        ObjectError::NoSuchBucket(_) | ObjectError::NoSuchKey(_) => ActionError::configuration(
            format!("The artifact store bucket \"{bucket}\" does not exist."),
        ),
        ObjectError::AccessDenied(_) => ActionError::new(
            ErrorCode::PermissionError,
            format!("The pipeline has no permission to write to its artifact store \"{bucket}\"."),
        ),
        ObjectError::Failed(what) => ActionError::new(
            ErrorCode::JobFailed,
            format!(
                "The artifact could not be written to \"{bucket}/{}\": {what}",
                at.key
            ),
        ),
    }
}

/// A stream into a file that has no name and goes away when it is closed.
async fn download(body: ByteStream) -> io::Result<std::fs::File> {
    let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
    tokio::io::copy(&mut StreamReader::new(body), &mut file).await?;
    file.rewind().await?;
    Ok(file.into_std().await)
}

/// A file on its way out of an archive.
struct File {
    name: String,
    body: mpsc::Receiver<io::Result<Bytes>>,
}

fn tokio_stream(mut body: mpsc::Receiver<io::Result<Bytes>>) -> ByteStream {
    futures::stream::poll_fn(move |context| body.poll_recv(context)).boxed()
}

/// Runs on a thread of its own; waits whenever the other side is slower, ends when it is gone.
fn unpack_into(archive: std::fs::File, files: &mpsc::Sender<File>) -> Result<(), UnpackError> {
    let mut current: Option<mpsc::Sender<io::Result<Bytes>>> = None;
    let archive = io::BufReader::new(archive);
    let result = unpack::unpack(archive, Bounds::default(), |piece| match piece {
        Piece::Begin(name) => {
            let (sender, body) = mpsc::channel(4);
            current = Some(sender);
            files.blocking_send(File { name, body }).is_ok()
        }
        Piece::Data(data) => {
            let sent = current.as_ref().map(|body| body.blocking_send(Ok(data)));
            sent.is_some_and(|sent| sent.is_ok())
        }
        Piece::End => {
            current = None;
            true
        }
    });
    if let (Err(_), Some(body)) = (&result, current) {
        // The file that was being written must not become visible.
        let _ = body.blocking_send(Err(io::ErrorKind::InvalidData.into()));
    }
    result
}

fn unpacked(
    result: Result<Result<(), UnpackError>, tokio::task::JoinError>,
) -> Result<(), ActionError> {
    let too = |what: &str| {
        ActionError::new(
            ErrorCode::JobFailed,
            format!("The archive is too large: it has too many {what}."),
        )
    };
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(UnpackError::TooManyEntries)) => Err(too("entries")),
        Ok(Err(UnpackError::TooLarge)) => Err(too("bytes")),
        Ok(Err(UnpackError::Malformed)) | Err(_) => Err(s3_deploy::malformed()),
    }
}
