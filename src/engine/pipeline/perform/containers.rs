//! Deployments to ECS: task definitions from artifacts, services that are changed, and looks at services that are waited for.
//!
//! A task definition that is registered twice, because the server ended in between, is one revision more and nothing else.

use super::super::effect::{DeployService, DeployTaskSet, FileAt};
use super::super::execution::ActionError;
use super::super::providers::{codedeploy_ecs, ecs, s3_deploy};
use super::super::{Event, Key, Pipelines};
use super::{Performer, extract, home};
use crate::aws::Scope;
use crate::companions::containers::{ServiceChanged, ServiceError, ServiceRef};
use crate::companions::{Companions, ObjectError, ObjectRef};
use crate::engine::EffectId;
use crate::engine::build::archive::peek;
use crate::engine::driver::Driver;
use crate::engine::world::{DeploymentRevision, World};
use crate::store::{Direction, Index};
use camino::Utf8PathBuf;
use std::io::BufReader;

/// Pipelines by the services that their running actions wait for: scope, cluster, service.
pub type ServiceIndex = Index<(Scope, String, String), Key>;

impl Performer {
    /// Registers the task definition, fills the AppSpec in, and starts the deployment.
    pub(super) async fn deploy_task_set(
        &self,
        key: &Key,
        effect: EffectId,
        job: DeployTaskSet,
    ) -> Result<Option<Event>, ActionError> {
        let home = home(key, &job.order);
        let read = async |file: &FileAt, missing: fn(&FileAt) -> ActionError| {
            let limit = codedeploy_ecs::LARGEST;
            let found = self.file_of(&home, &file.at, &file.path, limit).await?;
            found.ok_or_else(|| missing(file))
        };
        let mut images = Vec::new();
        for (name, file) in &job.images {
            let bytes = read(file, codedeploy_ecs::no_image).await?;
            images.push((name.clone(), codedeploy_ecs::image(file, &bytes)?));
        }
        let template = read(&job.definition, codedeploy_ecs::no_definition).await?;
        let definition = codedeploy_ecs::definition(&job.definition, &template, &images)?;
        let app_spec = read(&job.app_spec, codedeploy_ecs::no_app_spec).await?;
        let containers = self.companions().containers();
        let arn = containers
            .register_task_definition(&job.order.scope, definition)
            .await;
        let arn = arn.map_err(|error| codedeploy_ecs::not_registered(&error))?;
        let content = codedeploy_ecs::app_spec(&app_spec, &arn);
        self.launch_revision(
            key,
            effect,
            super::launch::Wanted {
                order: job.order,
                pipeline: job.pipeline,
                application: job.application,
                group: job.group,
                revision: DeploymentRevision::AppSpec(content),
            },
        )
        .await
    }

    /// Registers a revision with the new images, lets the service run it, and looks at it.
    pub(super) async fn deploy_service(
        &self,
        key: &Key,
        job: DeployService,
    ) -> Result<Option<Event>, ActionError> {
        let home = home(key, &job.order);
        let bytes = self
            .file_of(&home, &job.artifact, &job.file, ecs::LARGEST)
            .await?;
        let ObjectRef {
            bucket, key: at, ..
        } = &job.artifact;
        let bytes = bytes.ok_or_else(|| ecs::no_images(&job.file, bucket, at))?;
        let images = ecs::images(&job.file, &bytes)?;
        let (scope, place) = (&job.order.scope, &job.place);
        let refused = |error: ServiceError| ecs::refused(place, &error);
        let containers = self.companions().containers();
        let service = containers.service(scope, place).await.map_err(refused)?;
        let known = containers.task_definition(scope, &service.task_definition);
        let definition = ecs::revised(known.await.map_err(refused)?, &images)?;
        let arn = containers.register_task_definition(scope, definition).await;
        let arn = arn.map_err(refused)?;
        let service = containers.update_service(scope, place, &arn).await;
        let service = service.map_err(refused)?;
        let rollout = service.rollouts.iter().find(|of| of.task_definition == arn);
        let rollout = rollout.ok_or_else(|| {
            refused(ServiceError::Failed(
                "it has begun no deployment".to_owned(),
            ))
        })?;
        let token = job.order.token.clone();
        let launched = Event::Launched {
            token: token.clone(),
            id: rollout.id.clone(),
            log_stream_arn: None,
        };
        // From here on news of the service finds the action; what came before is seen now.
        self.world.tell_pipeline(key, launched).await;
        Ok(see(self.companions(), scope, place)
            .await
            .map(|service| Event::ServiceSeen { token, service }))
    }

    /// A file in an artifact that is a zip; `None`: it is not there, or too large.
    async fn file_of(
        &self,
        home: &Scope,
        at: &ObjectRef,
        path: &str,
        limit: u64,
    ) -> Result<Option<Vec<u8>>, ActionError> {
        let read = self.companions().read_object(home, at).await;
        let (info, body) = read.map_err(|error| s3_deploy::unreadable(at, &error))?;
        if info.size > LARGEST {
            let error = ObjectError::Failed(format!("it is larger than {LARGEST} bytes"));
            return Err(s3_deploy::unreadable(at, &error));
        }
        let archive = extract::download(body).await.map_err(|error| {
            let error = ObjectError::Failed(error.to_string());
            s3_deploy::unreadable(at, &error)
        })?;
        let path = Utf8PathBuf::from(path);
        let found =
            tokio::task::spawn_blocking(move || peek(BufReader::new(archive), &path, limit));
        Ok(found.await.unwrap_or_default())
    }
}

/// Bytes of an artifact that one file is read of.
const LARGEST: u64 = 1 << 30;

/// A service has changed: tells the actions that wait for it. Returns when that is durable.
pub async fn on_service_changed(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    index: &ServiceIndex,
    news: ServiceChanged,
) {
    let at = (news.scope, news.at.cluster, news.at.service);
    for (_, key) in index.range(at.clone()..=at.clone(), Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at).await;
    }
}

/// Looks at all services that actions wait for, for what changed while nobody listened. Once, after a start.
pub(super) async fn catch_up(driver: &Driver<Pipelines>, world: &dyn World, index: &ServiceIndex) {
    for (at, key) in index.range(.., Direction::Forward, usize::MAX) {
        look_at(driver, world, &key, &at).await;
    }
}

async fn look_at(
    driver: &Driver<Pipelines>,
    world: &dyn World,
    key: &Key,
    at: &(Scope, String, String),
) {
    let place = ServiceRef {
        cluster: at.1.clone(),
        service: at.2.clone(),
    };
    let Some(service) = see(&**world.companions(), &at.0, &place).await else {
        return;
    };
    let Some(state) = driver.state(key) else {
        return;
    };
    for (_, token) in ecs::awaited(&state).into_iter().filter(|(of, _)| of == at) {
        let service = service.clone();
        let news = Event::ServiceSeen { token, service };
        driver.event(key.clone(), news).await;
    }
}

/// Looks at a service; `Some(None)`: it is gone. What cannot be read is no news.
async fn see(
    companions: &dyn Companions,
    scope: &Scope,
    place: &ServiceRef,
) -> Option<Option<Box<crate::companions::containers::ServiceInfo>>> {
    match companions.containers().service(scope, place).await {
        Ok(service) if service.status != "INACTIVE" => Some(Some(Box::new(service))),
        Ok(_) | Err(ServiceError::NoSuchService | ServiceError::NoSuchCluster) => Some(None),
        Err(error) => {
            tracing::warn!(?place, %error, "a service cannot be looked at");
            None
        }
    }
}
