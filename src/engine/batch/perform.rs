//! Effects of batches → builds, objects and pipelines → events: the only asynchronous code of this engine.

mod combine;

use super::effect::{Effect, LaunchBuild};
use super::event::Event;
use super::machine::{Batches, Key};
use crate::engine::build::archive::Limits;
use crate::engine::driver::{Mailbox, Perform};
use crate::engine::world::World;
use crate::engine::{EffectId, pipeline};
use async_trait::async_trait;
use std::sync::Arc;

/// Performs the effects of batches. Clones are the same performer.
#[derive(Clone)]
pub struct BatchPerformer {
    world: Arc<dyn World>,
    limits: Limits,
}

impl BatchPerformer {
    /// `limits` bound what is put together.
    pub fn new(world: Arc<dyn World>, limits: Limits) -> Self {
        Self { world, limits }
    }

    async fn launch(&self, job: LaunchBuild) -> Event {
        let token = job.token.clone();
        match self.world.launch_batch_build(job).await {
            Ok(build) => Event::BuildLaunched(token, build),
            Err(refused) => Event::BuildRefused(token, refused.to_string()),
        }
    }
}

#[async_trait]
impl Perform<Batches> for BatchPerformer {
    async fn perform(
        &self,
        _: &Key,
        _: EffectId,
        effect: Effect,
        _: &Mailbox<Batches>,
    ) -> Option<Event> {
        match effect {
            Effect::LaunchBuild(job) => Some(self.launch(*job).await),
            Effect::StopBuild { scope, build } => {
                self.world.stop_build(&scope, &build).await;
                None
            }
            Effect::CombineArtifacts(job) => {
                let phase = job.phase;
                let combined = combine::combine(&*self.world, self.limits, *job).await;
                Some(match combined {
                    Ok(results) => Event::ArtifactsCombined(phase, results),
                    Err(why) => Event::CombiningFailed(phase, why),
                })
            }
            Effect::TellPipeline { listener, ended } => {
                let news = pipeline::Event::BuildFinished {
                    token: listener.token,
                    build: Box::new(ended.news()),
                };
                self.world.tell_pipeline(&listener.pipeline, news).await;
                None
            }
        }
    }
}
