//! Effects of builds → companions and sandboxes → events: the only asynchronous code of the build engine.
//!
//! What lives only as long as the server does is a session, one for each build, from the queue to `Release`. `Release` may come at
//! any moment: it ends whatever effect is being performed, and an effect that comes after it does nothing.

pub mod bystander;
mod cache;
mod collect;
mod commands;
mod download;
mod expand;
mod finish;
mod fleets;
mod git;
mod log;
mod provision;
mod reports;
mod runtimes;
mod sandbox;
mod scripts;
mod session;
mod shelf;
mod sources;
pub(in crate::engine) mod streams;
#[cfg(test)]
mod tests;
mod upload;
mod variables;

use super::archive::Limits;
use super::effect::{BuildEnded, Effect};
use super::event::{Blame, Event, Failure};
use super::logs::Note;
use super::plan::BuildPlan;
use super::state::Phase;
use super::{Build, machine::Key};
use crate::aws::Scope;
use crate::engine::batch::event::{ChildEnded, Membership};
use crate::engine::clock::Clock;
use crate::engine::driver::{Mailbox, Perform};
use crate::engine::world::{BuildListener, World};
use crate::engine::{EffectId, batch, pipeline};
use crate::git::Git;
use async_trait::async_trait;
use bystander::Bystander;
pub use fleets::FleetRoom;
use fleets::Fleets;
use session::{Session, Sessions};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// What a server allows its builds.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Builds beyond this many wait in QUEUED.
    pub parallel: usize,
    /// Bounds on sources and artifacts.
    pub limits: Limits,
    pub git: Git,
    /// Where local caches are kept; `None`: nowhere.
    pub caches: Option<PathBuf>,
}

impl Default for BuildOptions {
    fn default() -> Self {
        Self {
            parallel: 20,
            limits: Limits::default(),
            git: Git::default(),
            caches: None,
        }
    }
}

/// Performs the effects of builds. Clones are the same performer.
#[derive(Clone)]
pub struct BuildPerformer(Arc<Inner>);

struct Inner {
    world: Arc<dyn World>,
    clock: Clock,
    options: BuildOptions,
    rooms: Arc<Semaphore>,
    fleets: Fleets,
    sessions: Sessions,
    bystander: OnceLock<Arc<dyn Bystander>>,
}

impl BuildPerformer {
    pub fn new(world: Arc<dyn World>, clock: Clock, options: BuildOptions) -> Self {
        Self(Arc::new(Inner {
            world,
            clock,
            rooms: Arc::new(Semaphore::new(options.parallel)),
            options,
            fleets: Fleets::default(),
            sessions: Sessions::default(),
            bystander: OnceLock::new(),
        }))
    }

    /// Somebody who is shown where commands fail; the first one stays.
    pub fn attend(&self, bystander: Arc<dyn Bystander>) {
        let _ = self.0.bystander.set(bystander);
    }

    /// A fleet has changed: builds that wait for it look again.
    pub fn fleet_changed(&self) {
        self.0.fleets.look_again();
    }

    /// Ends and removes the sandboxes of all builds, whatever they do. Call it when the server ends and when the store is
    /// emptied, after the driver was halted.
    pub async fn close(&self) {
        let ends = self.0.sessions.take_all();
        let ends = ends.into_iter().map(|session| async move {
            session.stop().await;
            session.remove().await;
        });
        futures::future::join_all(ends).await;
    }

    async fn await_capacity(&self, key: &Key) -> Option<Event> {
        let session = self.0.sessions.open(key)?;
        let world = &self.0.world;
        let places = async {
            let fleet = self.0.fleets.enter(|| world.fleet_room(key)).await;
            let room = self.0.rooms.clone().acquire_owned().await;
            room.ok().map(|room| (fleet, room))
        };
        let (fleet, room) = session.unless_released(places).await??;
        session.occupy(fleet, room);
        Some(Event::Admitted)
    }

    async fn provision(&self, key: &Key, plan: BuildPlan) -> Option<Event> {
        let session = self.0.sessions.open(key)?;
        let phase = Phase::Provisioning;
        let work = provision::provision(&self.0, &session, plan);
        let result = session.unless_released(work).await?;
        Some(result.map_or_else(
            |failure| Event::PhaseFailed(phase, failure),
            |()| Event::Provisioned,
        ))
    }

    async fn download(&self, session: &Arc<Session>) -> Result<Event, Failure> {
        download::download(&self.0, session)
            .await
            .map(Event::SourceReady)
    }

    /// Artifacts, then reports: those of a build whose artifacts cannot be uploaded tell why it matters.
    async fn upload(
        &self,
        session: &Arc<Session>,
        succeeding: bool,
        mailbox: &Mailbox<Build>,
    ) -> Result<Event, Failure> {
        let results = upload::upload(&self.0, session, succeeding).await;
        if let Err(failure) = &results
            && failure.blame == Blame::Platform
        {
            return Err(failure.clone());
        }
        let reported = reports::report(&self.0, session, succeeding, mailbox).await;
        let results = results?;
        reported?;
        if succeeding {
            cache::save(&self.0, session).await;
        }
        Ok(Event::ArtifactsUploaded(results))
    }

    /// Runs the work of a phase, tells the log how it ended, and says so.
    async fn phase(
        &self,
        session: &Session,
        phase: Phase,
        work: impl Future<Output = Result<Event, Failure>>,
    ) -> Option<Event> {
        let result = session.unless_released(work).await?;
        session
            .note(match &result {
                Ok(_) => Note::PhaseSucceeded(phase),
                Err(failure) => Note::PhaseFailed(phase, failure.clone()),
            })
            .await;
        // The build ends with a fault of the platform: its log is whole by then.
        if result
            .as_ref()
            .is_err_and(|failure| failure.blame == Blame::Platform)
            && let Some(log) = session.log.get()
        {
            log.flush().await;
        }
        Some(result.unwrap_or_else(|failure| Event::PhaseFailed(phase, failure)))
    }

    async fn finalize(&self, session: &Arc<Session>) -> Option<Event> {
        let work = finish::finalize(&self.0, session);
        session.unless_released(work).await.map(Event::Finalized)
    }

    async fn release(&self, key: &Key) {
        if let Some(session) = self.0.sessions.close(key) {
            session.stop().await;
            finish::write_log_object(&self.0, &session).await;
            session.remove().await;
            self.0.sessions.forget(key);
        }
    }

    async fn tell_batch(&self, scope: &Scope, member: Membership, ended: ChildEnded) {
        let key = (scope.clone(), member.batch);
        let news = batch::Event::BuildFinished(member.token, Box::new(ended));
        self.0.world.tell_batch(&key, news).await;
    }

    async fn tell(&self, listener: BuildListener, ended: &BuildEnded) {
        let news = pipeline::Event::BuildFinished {
            token: listener.token,
            build: Box::new(ended.news()),
        };
        self.0.world.tell_pipeline(&listener.pipeline, news).await;
    }

    /// The effects that need a sandbox.
    async fn inside(
        &self,
        session: &Arc<Session>,
        effect: Effect,
        mailbox: &Mailbox<Build>,
    ) -> Option<Event> {
        match effect {
            Effect::DownloadSource => {
                let work = Box::pin(self.download(session));
                self.phase(session, Phase::DownloadSource, work).await
            }
            Effect::RunCommands { phase, succeeding } => {
                let work = commands::run(&self.0, session, phase, succeeding);
                self.phase(session, phase, Box::pin(work)).await
            }
            Effect::UploadArtifacts { succeeding } => {
                let work = Box::pin(self.upload(session, succeeding, mailbox));
                self.phase(session, Phase::UploadArtifacts, work).await
            }
            Effect::KeepSandbox => session.unless_released(std::future::pending()).await,
            Effect::RunCommand(run) => {
                let work = Box::pin(sandbox::run(session, &run.id, &run.command));
                let ran = session.unless_released(work).await?;
                Some(Event::CommandRan(run.id, ran))
            }
            Effect::Finalize => Box::pin(self.finalize(session)).await,
            _ => None,
        }
    }
}

#[async_trait]
impl Perform<Build> for BuildPerformer {
    async fn perform(
        &self,
        key: &Key,
        _: EffectId,
        effect: Effect,
        mailbox: &Mailbox<Build>,
    ) -> Option<Event> {
        match effect {
            Effect::AwaitCapacity => self.await_capacity(key).await,
            Effect::Provision { plan } => Box::pin(self.provision(key, *plan)).await,
            Effect::Release => {
                self.release(key).await;
                None
            }
            Effect::TellPipeline { listener, ended } => {
                self.tell(listener, &ended).await;
                None
            }
            Effect::Retry { uuid } => {
                self.0.world.retry_build(&key.0, &key.1, &uuid).await;
                None
            }
            Effect::TellBatch { member, ended } => {
                self.tell_batch(&key.0, member, *ended).await;
                None
            }
            effect => match self.0.sessions.get(key) {
                Some(session) => self.inside(&session, effect, mailbox).await,
                None => super::machine::phase_of(&effect).map(Event::SandboxLost),
            },
        }
    }
}
