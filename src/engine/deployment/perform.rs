//! Effects of deployments → companions → events: the only asynchronous code of the deployment engine.
//!
//! Each effect looks before it acts, so that performing it again does no harm.

mod alarms;
mod alias;
mod ecs;
mod revision;
mod server;
mod services;
#[cfg(test)]
mod tests;

pub use alarms::{AlarmIndex, Guarded, HostIndex, catch_up, declare, on_alarm_changed};
pub use services::{Looks, ServiceIndex, on_service_changed};

use super::alarm::verdict;
use super::effect::{Effect, Ended, Way};
use super::event::Event;
use super::fault::{ErrorCode, Fault};
use super::plan::AlarmWatch;
use super::{Deployment, Key};
use crate::aws::Scope;
use crate::companions::rights::Rights;
use crate::companions::{Companions, FunctionError, RoleError};
use crate::engine::driver::{Mailbox, Perform};
use crate::engine::pipeline::providers::codedeploy;
use crate::engine::world::{BuildListener, World};
use crate::engine::{EffectId, pipeline};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;

/// Performs the effects of deployments.
#[derive(Clone)]
pub struct DeploymentPerformer {
    world: Arc<dyn World>,
    /// The only way to companions: by the rights of a service role.
    rights: Rights,
    looks: Looks,
}

/// Who assumes a deployment group's role.
const SERVICE: &str = "codedeploy.amazonaws.com";

impl DeploymentPerformer {
    /// `looks`: shared with whoever hands on news of services.
    pub fn new(world: Arc<dyn World>, looks: Looks) -> Self {
        let rights = Rights::new(world.companions().clone());
        Self {
            world,
            rights,
            looks,
        }
    }

    fn companions(&self) -> &dyn Companions {
        &self.rights
    }

    async fn check_role(&self, role: &str, group: &str) -> Result<(), Fault> {
        let checked = self.companions().check_role(role, SERVICE).await;
        checked.map_err(|error| match error {
            RoleError::NoSuchRole(_) => Fault::role_missing(group),
            RoleError::NotTrusted(..) => Fault::new(
                ErrorCode::IamRolePermissions,
                format!("The IAM role {role} does not trust AWS CodeDeploy."),
            ),
            RoleError::Failed(what) => Fault::internal(&what),
        })
    }

    async fn invoke(
        &self,
        key: &Key,
        function: &str,
        execution: &str,
        role: &str,
    ) -> Result<(), Fault> {
        let (scope, id) = key;
        let invoked = self
            .companions()
            .invoke_function(scope, function, payload(id, execution))
            .await;
        invoked.map_err(|error| match error {
            FunctionError::NoSuchFunction => {
                Fault::function(format!("The Lambda function {function} does not exist."))
            }
            FunctionError::AccessDenied(_) => Fault::not_permitted(role, "AWSLambda"),
            FunctionError::Failed(what) => Fault::function(format!(
                "The Lambda function {function} cannot be invoked: {what}"
            )),
        })
    }

    /// No traffic moves while an alarm rings: the news of it comes before that of the shift.
    async fn shift(
        &self,
        scope: &Scope,
        way: &Way,
        to: u32,
        watch: &AlarmWatch,
        news: &Mailbox<Deployment>,
    ) -> Result<(), Fault> {
        self.check_alarms(scope, watch, news).await?;
        alias::shift(self.companions(), scope, way, to).await
    }

    async fn check_alarms(
        &self,
        scope: &Scope,
        watch: &AlarmWatch,
        news: &Mailbox<Deployment>,
    ) -> Result<(), Fault> {
        if watch.names.is_empty() {
            return Ok(());
        }
        let seen = alarms::look(self.companions(), scope, &watch.names).await;
        match verdict(watch, &seen) {
            None => Ok(()),
            Some(fault) => {
                news.send(Event::AlarmsSeen(seen)).await;
                Err(fault)
            }
        }
    }

    /// A topic that takes no message keeps no deployment from going on.
    async fn publish(&self, scope: &Scope, topic: &str, subject: &str, message: &str) {
        let sent = self
            .companions()
            .publish(scope, topic, subject, message)
            .await;
        if let Err(error) = sent {
            tracing::warn!(topic, %error, "a trigger's message was not published");
        }
    }

    async fn tell(&self, listener: BuildListener, ended: Ended) {
        let news = pipeline::Event::ActionFinished {
            token: listener.token,
            outcome: Box::new(codedeploy::outcome(ended.news())),
        };
        self.world.tell_pipeline(&listener.pipeline, news).await;
    }
}

/// What a hook's function gets, exactly.
fn payload(id: &str, execution: &str) -> Bytes {
    let (id, execution) = (serde_json::json!(id), serde_json::json!(execution));
    format!(r#"{{"DeploymentId":{id},"LifecycleEventHookExecutionId":{execution}}}"#).into()
}

#[async_trait]
impl Perform<Deployment> for DeploymentPerformer {
    async fn perform(
        &self,
        key: &Key,
        _: EffectId,
        effect: Effect,
        news: &Mailbox<Deployment>,
    ) -> Option<Event> {
        let scope = &key.0;
        match effect {
            Effect::ReadSpec {
                source,
                role,
                group,
            } => Some(Event::SpecRead(
                match self.check_role(&role, &group).await {
                    Ok(()) => revision::read(self.companions(), scope, *source).await,
                    Err(fault) => Err(fault),
                },
            )),
            Effect::FindInstances {
                selection,
                green,
                role,
                group,
            } => {
                let wanted = (&*selection, green.as_deref());
                let found = server::find(self, key, wanted, &role, &group).await;
                Some(Event::InstancesFound(found))
            }
            Effect::TerminateInstances { instances } => {
                let messages = server::terminate(self.companions(), scope, &instances).await;
                Some(Event::InstancesTerminated { messages })
            }
            Effect::MoveTraffic {
                instance,
                way,
                balancers,
            } => {
                let moved =
                    server::move_traffic(self.companions(), scope, &instance, way, &balancers);
                let result = moved.await;
                Some(Event::TrafficMoved {
                    instance,
                    way,
                    result,
                })
            }
            Effect::ReadAlarms { names } => {
                let seen = alarms::look(self.companions(), scope, &names).await;
                Some(Event::AlarmsSeen(seen))
            }
            Effect::CheckAlias { way } => Some(Event::AliasChecked(
                alias::check(self.companions(), scope, &way).await,
            )),
            Effect::InvokeHook {
                function,
                execution,
                role,
            } => {
                let invoked = self.invoke(key, &function, &execution, &role).await;
                let fault = invoked.err()?;
                Some(Event::HookRefused { execution, fault })
            }
            Effect::Shift { way, to, alarms } => {
                let result = self.shift(scope, &way, to, &alarms, news).await;
                Some(Event::Shifted { to, result })
            }
            Effect::Ecs(effect) => {
                let event = self.perform_ecs(key, effect, news).await?;
                Some(Event::Ecs(event))
            }
            Effect::Publish {
                topic,
                subject,
                message,
            } => {
                self.publish(scope, &topic, &subject, &message).await;
                None
            }
            Effect::RollBack { id } => {
                self.world.begin_rollback(scope, &id).await;
                None
            }
            Effect::TellPipeline { listener, ended } => {
                self.tell(listener, ended).await;
                None
            }
        }
    }
}
