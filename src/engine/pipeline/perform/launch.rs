//! What runs outside and is waited for: builds, commands, deployments, executions of other pipelines.
//!
//! Each is launched under the effect's id, so that performing the effect again launches nothing new.

use super::Performer;
use crate::engine::EffectId;
use crate::engine::pipeline::effect::{
    LaunchBuild, LaunchDeployment, LaunchPipeline, Order, RunCommands,
};
use crate::engine::pipeline::event::ActionToken;
use crate::engine::pipeline::execution::{ActionError, Listener};
use crate::engine::pipeline::providers::{codebuild, codedeploy};
use crate::engine::pipeline::run::ErrorCode;
use crate::engine::pipeline::{Event, Key};
use crate::engine::world::{
    BuildListener, BuildRequest, CommandsRequest, DeploymentRequest, DeploymentRevision,
    LaunchRefused, LaunchedBuild, PipelineRefused, PipelineRequest,
};

/// A deployment that an action wants, whatever its revision is.
pub(super) struct Wanted {
    pub order: Order,
    pub pipeline: String,
    pub application: String,
    pub group: String,
    pub revision: DeploymentRevision,
}

impl Performer {
    pub(super) async fn launch_build(
        &self,
        key: &Key,
        effect: EffectId,
        job: LaunchBuild,
    ) -> Result<Option<Event>, ActionError> {
        let token = job.order.token;
        let project = job.project.clone();
        let launched = self.world.launch_build(BuildRequest {
            effect,
            scope: job.order.scope,
            project: job.project,
            sources: job.sources,
            primary: job.primary,
            outputs: job.outputs,
            variables: job.variables,
            buildspec: job.buildspec,
            service_role: job.service_role,
            batch: job.batch,
            initiator: initiator(&job.pipeline),
            listener: listener(key, &token),
        });
        let launched = launched.await;
        let launched = launched.map_err(|refusal| codebuild::refused(&project, &refusal))?;
        Ok(Some(build_launched(token, launched)))
    }

    pub(super) async fn launch_commands(
        &self,
        key: &Key,
        effect: EffectId,
        job: RunCommands,
    ) -> Result<Option<Event>, ActionError> {
        let token = job.order.token.clone();
        let launched = self.world.launch_commands(CommandsRequest {
            effect,
            commands: job,
            listener: listener(key, &token),
        });
        let launched = launched.await.map_err(|refusal| match refusal {
            LaunchRefused::NoSuchProject(what) | LaunchRefused::Refused(what) => {
                ActionError::new(ErrorCode::JobFailed, what)
            }
        })?;
        Ok(Some(build_launched(token, launched)))
    }

    pub(super) async fn launch_deployment(
        &self,
        key: &Key,
        effect: EffectId,
        job: LaunchDeployment,
    ) -> Result<Option<Event>, ActionError> {
        let wanted = Wanted {
            order: job.order,
            pipeline: job.pipeline,
            application: job.application,
            group: job.group,
            revision: DeploymentRevision::Bundle(job.revision),
        };
        self.launch_revision(key, effect, wanted).await
    }

    pub(super) async fn launch_revision(
        &self,
        key: &Key,
        effect: EffectId,
        job: Wanted,
    ) -> Result<Option<Event>, ActionError> {
        let token = job.order.token;
        let launched = self.world.launch_deployment(DeploymentRequest {
            effect,
            scope: job.order.scope,
            application: job.application,
            group: job.group,
            revision: job.revision,
            initiator: initiator(&job.pipeline),
            listener: listener(key, &token),
        });
        let launched = launched.await;
        let id = launched.map_err(|refusal| codedeploy::refused(&refusal))?;
        Ok(Some(Event::Launched {
            token,
            id,
            log_stream_arn: None,
        }))
    }

    pub(super) async fn launch_pipeline(
        &self,
        key: &Key,
        effect: EffectId,
        job: LaunchPipeline,
    ) -> Result<Option<Event>, ActionError> {
        let caller_arn = job.order.actor().to_owned();
        let token = job.order.token;
        let launched = self.world.launch_pipeline(PipelineRequest {
            effect,
            scope: job.order.scope,
            name: job.name,
            seed: job.seed,
            caller_arn,
            variables: job.variables,
            revisions: job.revisions,
            listener: Listener {
                pipeline: key.clone(),
                token: token.clone(),
            },
        });
        let id = launched.await.map_err(|refusal| refused(&refusal))?;
        Ok(Some(Event::Launched {
            token,
            id,
            log_stream_arn: None,
        }))
    }
}

fn refused(refusal: &PipelineRefused) -> ActionError {
    match refusal {
        PipelineRefused::NoSuchPipeline(name) => {
            ActionError::configuration(format!("The pipeline '{name}' does not exist."))
        }
        PipelineRefused::Refused(what) => ActionError::new(ErrorCode::JobFailed, what.clone()),
    }
}

fn build_launched(token: ActionToken, build: LaunchedBuild) -> Event {
    Event::Launched {
        token,
        id: build.id,
        log_stream_arn: build.log_stream_arn,
    }
}

fn initiator(pipeline: &str) -> String {
    format!("codepipeline/{pipeline}")
}

fn listener(key: &Key, token: &ActionToken) -> BuildListener {
    BuildListener {
        pipeline: key.clone(),
        token: token.clone(),
    }
}
