//! Effects of deployments to ECS: looks at services and load balancers, and changes of them; what is decided is in
//! `deployment::ecs`.
//!
//! Each looks before it acts, so that performing it again does no harm.

use super::DeploymentPerformer;
use super::revision;
use crate::aws::Scope;
use crate::companions::Companions;
use crate::companions::balancing::BalancerError;
use crate::companions::containers::{ServiceError, ServiceInfo, ServiceRef, TaskSetInfo};
use crate::engine::deployment::appspec::EcsSpec;
use crate::engine::deployment::ecs::effect::{Effect, Route, Which};
use crate::engine::deployment::ecs::event::Event;
use crate::engine::deployment::ecs::inspect::{
    self, Led, Seen, not_updated, unbalanced, ungrouped, unreadable,
};
use crate::engine::deployment::ecs::listener::{self, Change};
use crate::engine::deployment::ecs::plan::{EcsSource, Pair};
use crate::engine::deployment::ecs::target::Setting;
use crate::engine::deployment::ecs::wish::wish;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::{Deployment, Key};
use crate::engine::driver::Mailbox;

impl DeploymentPerformer {
    pub(super) async fn perform_ecs(
        &self,
        key: &Key,
        effect: Effect,
        news: &Mailbox<Deployment>,
    ) -> Option<Event> {
        let world = Reached {
            companions: self.companions(),
            scope: &key.0,
        };
        Some(match effect {
            Effect::ReadSpec {
                source,
                role,
                group,
            } => Event::SpecRead(Box::new(self.spec(key, *source, &role, &group).await)),
            Effect::Inspect {
                place,
                pair,
                gradual,
            } => Event::Inspected(Box::new(world.inspect(&place, &pair, gradual).await)),
            Effect::Create {
                place,
                spec,
                route,
                id,
            } => Event::Created(world.create(&place, &spec, &route, &id).await),
            Effect::Look { place } => {
                let at = (key.0.clone(), place.cluster.clone(), place.service.clone());
                let told = self.looks.turn(&at, async {
                    if let Some(seen) = look(world.companions, world.scope, &place).await {
                        news.send(super::Event::Ecs(seen)).await;
                    }
                });
                told.await;
                return None;
            }
            Effect::Test { route, to } => {
                let result = world.shift(&route, to).await;
                Event::Tested { to, result }
            }
            Effect::Shift { route, to, alarms } => {
                let result = match self.check_alarms(world.scope, &alarms, news).await {
                    Ok(()) => world.shift(&route, to).await,
                    Err(fault) => Err(fault),
                };
                Event::Shifted { to, result }
            }
            Effect::Promote { place, task_set } => {
                Event::Promoted(world.promote(&place, &task_set).await)
            }
            Effect::Remove { place, which } => Event::Removed(world.remove(&place, &which).await),
            Effect::Discard { place, which } => {
                if let Err(fault) = world.remove(&place, &which).await {
                    tracing::warn!(%fault, "a task set that is of no use was not deleted");
                }
                return None;
            }
        })
    }

    async fn spec(
        &self,
        key: &Key,
        source: EcsSource,
        role: &str,
        group: &str,
    ) -> Result<EcsSpec, Fault> {
        self.check_role(role, group).await?;
        revision::read_ecs(self.companions(), &key.0, source).await
    }
}

/// The service as it is now. What cannot be read is no news.
pub(super) async fn look(
    companions: &dyn Companions,
    scope: &Scope,
    place: &ServiceRef,
) -> Option<Event> {
    match companions.containers().service(scope, place).await {
        Ok(service) if service.status != "INACTIVE" => Some(Event::Seen(Some(service.task_sets))),
        Ok(_) | Err(ServiceError::NoSuchService | ServiceError::NoSuchCluster) => {
            Some(Event::Seen(None))
        }
        Err(error) => {
            tracing::warn!(?place, %error, "a service cannot be looked at");
            None
        }
    }
}

/// What is reached, for one deployment.
struct Reached<'a> {
    companions: &'a dyn Companions,
    scope: &'a Scope,
}

impl Reached<'_> {
    async fn service(&self, place: &ServiceRef) -> Result<ServiceInfo, ServiceError> {
        let containers = self.companions.containers();
        containers.service(self.scope, place).await
    }

    async fn inspect(
        &self,
        place: &ServiceRef,
        pair: &Pair,
        gradual: bool,
    ) -> Result<(Setting, TaskSetInfo), Fault> {
        let service = self.service(place).await;
        let service = service.map_err(|error| unreadable(place, &error))?;
        let balancers = self.companions.balancers();
        let groups = balancers.target_groups(self.scope, &pair.groups).await;
        let groups = groups.map_err(|error| ungrouped(&error))?;
        let led = async |arn: &str| self.led(arn).await.map_err(|error| unbalanced(&error));
        let seen = Seen {
            service,
            groups,
            production: led(&pair.production).await?,
            test: match &pair.test {
                Some(test) => Some(led(test).await?),
                None => None,
            },
        };
        inspect::setting(place, pair, gradual, &seen)
    }

    async fn led(&self, arn: &str) -> Result<Led, BalancerError> {
        let balancers = self.companions.balancers();
        Ok(Led {
            listener: balancers.listener(self.scope, arn).await?,
            rules: balancers.rules(self.scope, arn).await?,
        })
    }

    // Differs from AWS: a deployment to ECS weighs the production listener when it installs, not when its deployment group is created.

    /// The free target group comes behind the listener with no weight, so that its targets are checked; then the task set is
    /// created. Task sets that ended deployments have left behind that group would get its traffic, so they go.
    async fn create(
        &self,
        place: &ServiceRef,
        spec: &EcsSpec,
        route: &Route,
        id: &str,
    ) -> Result<(), Fault> {
        let service = self.service(place).await;
        let service = service.map_err(|error| unreadable(place, &error))?;
        if find(&service, &Which::Of(id.to_owned())).is_some() {
            return Ok(());
        }
        self.shift(route, 0).await?;
        let containers = self.companions.containers();
        for left in left_over(&service) {
            let deleted = containers.delete_task_set(self.scope, place, left);
            gone(deleted.await).map_err(|error| not_updated(place, &error))?;
        }
        let wish = wish(&service, spec, route, id);
        let created = containers.create_task_set(self.scope, place, wish).await;
        created
            .map(drop)
            .map_err(|error| not_updated(place, &error))
    }

    async fn shift(&self, route: &Route, to: u32) -> Result<(), Fault> {
        let led = self.led(&route.listener).await;
        let led = led.map_err(|error| unbalanced(&error))?;
        let balancers = self.companions.balancers();
        for change in listener::shift(route, to, &led.listener, &led.rules)? {
            let changed = match change {
                Change::Listener(forward) => {
                    let listener = &route.listener;
                    balancers.set_listener_forward(self.scope, listener, forward)
                }
                Change::Rule(ref rule, forward) => {
                    balancers.set_rule_forward(self.scope, rule, forward)
                }
            };
            changed.await.map_err(|error| unbalanced(&error))?;
        }
        Ok(())
    }

    async fn promote(&self, place: &ServiceRef, task_set: &str) -> Result<(), Fault> {
        let service = self.service(place).await;
        let service = service.map_err(|error| unreadable(place, &error))?;
        let known = find(&service, &Which::Id(task_set.to_owned()));
        if known.is_some_and(|set| set.status == "PRIMARY") {
            return Ok(());
        }
        let containers = self.companions.containers();
        let set = containers.set_primary_task_set(self.scope, place, task_set);
        set.await.map_err(|error| not_updated(place, &error))
    }

    async fn remove(&self, place: &ServiceRef, which: &Which) -> Result<(), Fault> {
        let service = match self.service(place).await {
            Ok(service) => service,
            Err(ServiceError::NoSuchService | ServiceError::NoSuchCluster) => return Ok(()),
            Err(error) => return Err(unreadable(place, &error)),
        };
        let Some(set) = find(&service, which).filter(|set| set.status != "DRAINING") else {
            return Ok(());
        };
        let containers = self.companions.containers();
        let deleted = containers.delete_task_set(self.scope, place, &set.id).await;
        gone(deleted).map_err(|error| not_updated(place, &error))
    }
}

fn find<'a>(service: &'a ServiceInfo, which: &Which) -> Option<&'a TaskSetInfo> {
    let mut sets = service.task_sets.iter();
    sets.find(|set| match which {
        Which::Id(id) => set.id == *id,
        Which::Of(deployment) => set.external_id.as_ref() == Some(deployment),
    })
}

/// Task sets that serve no more.
fn left_over(service: &ServiceInfo) -> impl Iterator<Item = &str> {
    let sets = service.task_sets.iter();
    sets.filter(|set| set.status == "ACTIVE")
        .map(|set| set.id.as_str())
}

/// One that is gone needs no deletion.
fn gone(deleted: Result<(), ServiceError>) -> Result<(), ServiceError> {
    match deleted {
        Err(ServiceError::NoSuchTaskSet) => Ok(()),
        other => other,
    }
}
