//! Effects → World → events: the only place where the pipeline engine waits for anybody.
//!
//! Everything here may be done again: objects are written whole, to the same place, and builds are launched by effect id.

mod alarms;
mod approval;
mod containers;
mod entries;
mod extract;
mod function;
mod launch;
mod watch;

pub use alarms::{AlarmIndex, on_alarm_changed};
pub use containers::{ServiceIndex, on_service_changed};
pub use watch::{SourceIndex, Watched, catch_up, declare, on_object_created};

use super::effect::{DeployToS3, FetchSource, Order, SERVICE};
use super::event::{ActionToken, Outcome};
use super::execution::{ActionError, ErrorCode};
use super::providers::{nested, s3_deploy, s3_source, worker};
use super::{Effect, Event, Key, Pipelines};
use crate::aws::Scope;
use crate::companions::{ByteStream, Companions, ObjectError, ObjectMeta, ObjectRef, RoleError};
use crate::engine::EffectId;
use crate::engine::driver::{Mailbox, Perform};
use crate::engine::world::{BuildTarget, World};
use async_trait::async_trait;
use std::sync::Arc;

/// Performs what pipelines ask for.
pub struct Performer {
    world: Arc<dyn World>,
}

impl Performer {
    pub fn new(world: Arc<dyn World>) -> Self {
        Self { world }
    }

    fn companions(&self) -> &dyn Companions {
        &**self.world.companions()
    }

    /// The service assumes the pipeline's role, and that one the action's own.
    async fn check_roles(&self, order: &Order) -> Result<(), ActionError> {
        let pipeline = &order.role_arn;
        let check = self.companions().check_role(pipeline, SERVICE).await;
        check.map_err(|error| not_assumable("CodePipeline", pipeline, &error))?;
        let Some(own) = &order.own_role_arn else {
            return Ok(());
        };
        let check = self.companions().check_role(own, pipeline).await;
        check.map_err(|error| not_assumable(pipeline, own, &error))
    }

    async fn fetch(&self, key: &Key, job: &FetchSource) -> Result<Outcome, ActionError> {
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
        s3_source::check_size(&job.from, &info)?;
        let version = info.version.as_deref();
        let version = version.ok_or_else(|| s3_source::unversioned(&bucket.name))?;
        let (body, verdict) = entries::bounded(body, s3_source::MOST_ENTRIES);
        let home = home(key, &job.order);
        let kept = self.keep_artifact(&home, &job.into, body).await;
        if verdict.too_many() {
            return Err(s3_source::too_many_entries(&job.from));
        }
        kept?;
        Ok(s3_source::fetched(&job.from.bucket, &info, version))
    }

    /// Writes an artifact as CodePipeline does.
    async fn keep_artifact(
        &self,
        home: &Scope,
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
        let written = self.companions().write_object(home, &at, meta, body).await;
        written.map(drop).map_err(|error| store_error(&at, &error))
    }

    async fn deploy(&self, key: &Key, job: &DeployToS3) -> Result<Outcome, ActionError> {
        let home = home(key, &job.order);
        let read = self.companions().read_object(&home, &job.artifact).await;
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
        let archive = extract::download(body).await.map_err(|error| {
            let error = ObjectError::Failed(error.to_string());
            s3_deploy::unreadable(&job.artifact, &error)
        })?;
        let mut files = extract::files(archive);
        while let Some((name, body)) = files.next().await {
            let key = s3_deploy::entry_key(job.object_key.as_deref(), &name)?;
            let kind = s3_deploy::content_type(&name);
            if let Err(error) = self.put(job, key, kind, body).await {
                // A damaged archive breaks its last file off; then the archive is to blame.
                return Err(files.end().await.err().unwrap_or(error));
            }
        }
        files.end().await
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
        let token = effect.order().map(|order| order.token.clone());
        let news = self.news(key, id, effect).await;
        match (news, token) {
            (Ok(event), _) => event,
            (Err(error), Some(token)) => Some(finished(token, error.into())),
            (Err(error), None) => {
                tracing::warn!(
                    ?key,
                    message = error.message,
                    "nobody waits for this failure"
                );
                None
            }
        }
    }
}

impl Performer {
    /// What the effect leads to; an error ends the attempt that asked for it.
    async fn news(
        &self,
        key: &Key,
        id: EffectId,
        effect: Effect,
    ) -> Result<Option<Event>, ActionError> {
        if let Some(order) = effect.order() {
            self.check_roles(order).await?;
        }
        match effect {
            Effect::FetchSource(job) => {
                let outcome = self.fetch(key, &job).await?;
                Ok(Some(finished(job.order.token, outcome)))
            }
            Effect::DeployToS3(job) => {
                let outcome = self.deploy(key, &job).await?;
                Ok(Some(finished(job.order.token, outcome)))
            }
            Effect::LaunchBuild(job) => self.launch_build(key, id, *job).await,
            Effect::RunCommands(job) => self.launch_commands(key, id, *job).await,
            Effect::LaunchDeployment(job) => self.launch_deployment(key, id, *job).await,
            Effect::DeployTaskSet(job) => self.deploy_task_set(key, id, *job).await,
            Effect::DeployService(job) => self.deploy_service(key, *job).await,
            Effect::LaunchPipeline(job) => self.launch_pipeline(key, id, *job).await,
            Effect::InvokeFunction(job) => self.invoke(key, &job).await.map(|()| None),
            Effect::NotifyApproval(job) => self.notify(&job).await.map(|()| None),
            Effect::LookForType { order, kind } => {
                let there = self.world.has_action_type(&home(key, &order), &kind);
                match there {
                    true => Ok(None),
                    false => Err(worker::deleted(&kind)),
                }
            }
            Effect::ReadAlarm { order, alarm } => Ok(Some(self.read_alarm(order, alarm).await)),
            Effect::StopBuild { scope, build } => {
                self.world.stop_build(&scope, &build).await;
                Ok(None)
            }
            Effect::TellParent {
                parent,
                execution,
                status,
            } => {
                let outcome = nested::outcome(execution, status);
                let news = finished(parent.token, outcome);
                self.world.tell_pipeline(&parent.pipeline, news).await;
                Ok(None)
            }
            Effect::LookAtSource { plan, action, seed } => {
                let look = watch::look(self.companions(), plan, action, seed).await;
                Ok(Some(Event::SourceSeen(Box::new(look))))
            }
        }
    }
}

/// Where artifacts are kept: in the pipeline's account, whoever acts.
fn home(key: &Key, order: &Order) -> Scope {
    Scope::new(key.0.account.clone(), order.scope.region.clone())
}

/// Rules 16 and 17 of the contract's section 4.2, at run time, and why.
fn not_assumable(who: &str, role: &str, error: &RoleError) -> ActionError {
    let text = format!("{who} is not authorized to perform AssumeRole on role {role}: {error}");
    ActionError::new(ErrorCode::PermissionError, text)
}

fn finished(token: ActionToken, outcome: Outcome) -> Event {
    Event::ActionFinished {
        token,
        outcome: Box::new(outcome),
    }
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

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
