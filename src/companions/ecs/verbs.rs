//! What engines ask of ECS, in process.
//!
//! Invariant: a verb does what the operation of its name does, and says why it does not in that operation's words.

use super::companion::Ecs;
use super::definition;
use super::doubt::doubtful;
use super::names;
use super::operations::{
    create_task_set, delete_task_set, register_task_definition, update_service,
    update_service_primary_task_set,
};
use super::rows::{Rollout, Service, ServiceKey, Set, Standing};
use super::view::{self, Counts};
use crate::aws::Scope;
use crate::companions::containers::{
    self, CapacityShare, Containers, NetworkPlace, Registration, Registry, ServiceError,
    ServiceInfo, ServiceListener, ServiceRef, TaskSetInfo, TaskSetWish,
};
use async_trait::async_trait;
use ecs_api::error::*;
use ecs_api::input::{
    CreateTaskSetInput, DeleteTaskSetInput, RegisterTaskDefinitionInput, UpdateServiceInput,
    UpdateServicePrimaryTaskSetInput,
};
use ecs_api::model::{
    AssignPublicIp, AwsVpcConfiguration, CapacityProviderStrategyItem, LaunchType, LoadBalancer,
    NetworkConfiguration, Scale, ScaleUnit, ServiceRegistry,
};
use std::sync::Arc;
use std::time::Duration;

/// When a task set that was called steady, and is not, is looked at again.
const SOON: Duration = Duration::from_secs(1);

/// Who registers definitions for engines.
const PIPELINES: &str = "codepipeline.amazonaws.com";

#[async_trait]
impl Containers for Ecs {
    async fn service(&self, scope: &Scope, at: &ServiceRef) -> Result<ServiceInfo, ServiceError> {
        let (cluster, _) = self
            .cluster(scope, Some(&at.cluster))
            .map_err(|_| ServiceError::NoSuchCluster)?;
        let key = names::service(&cluster, &at.service).ok_or(ServiceError::NoSuchService)?;
        let row = self.tables.services.get(&key);
        let row = row.ok_or(ServiceError::NoSuchService)?;
        let mut info = info(self, &key, &row);
        let doubtful = doubtful(self, &key, &row);
        for set in &mut info.task_sets {
            set.steady &= !doubtful.contains(&set.id);
        }
        if !doubtful.is_empty() {
            // Rows will have caught up by then, and whoever looked is told.
            self.runner.wake(self, key, self.now() + SOON);
        }
        Ok(info)
    }

    async fn create_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        wish: TaskSetWish,
    ) -> Result<TaskSetInfo, ServiceError> {
        let input = task_set_input(at, wish)?;
        let made = create_task_set::create(self, scope, input, self.now()).await;
        let (key, service, id) = made.map_err(|error| match error {
            CreateTaskSetError::ClusterNotFoundException(_) => ServiceError::NoSuchCluster,
            CreateTaskSetError::ServiceNotFoundException(_) => ServiceError::NoSuchService,
            other => ServiceError::Refused(said(&other)),
        })?;
        let made = info(self, &key, &service).task_sets.into_iter();
        let mut made = made.filter(|set| set.id == id);
        made.next().ok_or(ServiceError::NoSuchTaskSet)
    }

    async fn set_primary_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        let input = UpdateServicePrimaryTaskSetInput {
            cluster: at.cluster.clone(),
            service: at.service.clone(),
            primary_task_set: task_set.to_owned(),
        };
        let set = update_service_primary_task_set::set_primary(self, scope, input, self.now());
        set.await.map(drop).map_err(|error| match error {
            UpdateServicePrimaryTaskSetError::ClusterNotFoundException(_) => {
                ServiceError::NoSuchCluster
            }
            UpdateServicePrimaryTaskSetError::ServiceNotFoundException(_) => {
                ServiceError::NoSuchService
            }
            UpdateServicePrimaryTaskSetError::TaskSetNotFoundException(_) => {
                ServiceError::NoSuchTaskSet
            }
            other => ServiceError::Refused(said(&other)),
        })
    }

    async fn delete_task_set(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        let input = DeleteTaskSetInput {
            cluster: at.cluster.clone(),
            service: at.service.clone(),
            task_set: task_set.to_owned(),
            force: Some(true),
        };
        let deleted = delete_task_set::delete(self, scope, input, self.now());
        deleted.await.map(drop).map_err(|error| match error {
            DeleteTaskSetError::ClusterNotFoundException(_) => ServiceError::NoSuchCluster,
            DeleteTaskSetError::ServiceNotFoundException(_) => ServiceError::NoSuchService,
            DeleteTaskSetError::TaskSetNotFoundException(_) => ServiceError::NoSuchTaskSet,
            other => ServiceError::Refused(said(&other)),
        })
    }

    fn listen_services(&self, listener: Arc<dyn ServiceListener>) {
        self.news.listen(listener);
    }

    async fn task_definition(
        &self,
        scope: &Scope,
        asked: &str,
    ) -> Result<serde_json::Value, ServiceError> {
        let key = definition::find(&self.tables, scope, asked);
        let row = key.and_then(|key| self.tables.definitions.get(&key));
        let row = row.ok_or(ServiceError::NoSuchDefinition)?;
        serde_json::to_value(&row.shape).map_err(|error| ServiceError::Failed(error.to_string()))
    }

    async fn register_task_definition(
        &self,
        scope: &Scope,
        definition: serde_json::Value,
    ) -> Result<String, ServiceError> {
        let input: RegisterTaskDefinitionInput = serde_json::from_value(definition)
            .map_err(|error| ServiceError::Refused(error.to_string()))?;
        let by = PIPELINES.to_owned();
        let made = register_task_definition::register(self, scope, input, by, self.now()).await;
        let row = made.map_err(|error| ServiceError::Refused(said(&error)))?;
        row.shape
            .task_definition_arn
            .ok_or(ServiceError::NoSuchDefinition)
    }

    async fn update_service(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_definition: &str,
    ) -> Result<ServiceInfo, ServiceError> {
        let mut input = UpdateServiceInput::new(at.service.clone());
        input.cluster = Some(at.cluster.clone());
        input.task_definition = Some(task_definition.to_owned());
        let updated = update_service::update(self, scope, input, self.now()).await;
        let (key, service) = updated.map_err(|error| match error {
            UpdateServiceError::ClusterNotFoundException(_) => ServiceError::NoSuchCluster,
            UpdateServiceError::ServiceNotFoundException(_) => ServiceError::NoSuchService,
            other => ServiceError::Refused(said(&other)),
        })?;
        Ok(info(self, &key, &service))
    }
}

/// An operation's refusal in its own words.
fn said(error: &dyn std::error::Error) -> String {
    error.to_string()
}

fn info(ecs: &Ecs, key: &ServiceKey, row: &Service) -> ServiceInfo {
    let counts = view::counts(ecs, key, row);
    let sum = |of: fn(&Counts) -> u32| counts.iter().map(of).sum();
    let newest = row.primary().or(row.sets.first());
    let both = || row.sets.iter().zip(&counts);
    let settings = &row.settings;
    let balancers = match newest {
        Some(set) => &set.load_balancers,
        None => settings
            .load_balancers
            .as_ref()
            .unwrap_or(const { &Vec::new() }),
    };
    ServiceInfo {
        arn: names::service_arn(key),
        cluster_arn: names::cluster_of(&key.0, &key.1),
        name: key.2.clone(),
        status: row.status.as_str().to_owned(),
        controller: row.controller.as_str().to_owned(),
        desired: row.desired,
        running: sum(|counts| counts.running),
        pending: sum(|counts| counts.pending),
        task_definition: newest.map(|set| set.definition.clone()).unwrap_or_default(),
        launch_type: newest
            .and_then(|set| set.launch_type)
            .map(|kind| kind.as_str().to_owned()),
        capacity: newest
            .map(|set| set.strategy.iter().map(share).collect())
            .unwrap_or_default(),
        platform_version: newest.and_then(|set| set.platform_version.clone()),
        network: newest
            .and_then(|set| set.network.as_ref())
            .and_then(network),
        load_balancers: balancers.iter().map(registration).collect(),
        registries: newest
            .map(|set| set.registries.iter().map(registry).collect())
            .unwrap_or_default(),
        task_sets: match row.rolls() {
            true => Vec::new(),
            false => both()
                .map(|(set, counts)| task_set(key, set, *counts))
                .collect(),
        },
        rollouts: match row.rolls() {
            true => both().map(|(set, counts)| rollout(set, *counts)).collect(),
            false => Vec::new(),
        },
    }
}

fn task_set(key: &ServiceKey, set: &Set, counts: Counts) -> TaskSetInfo {
    TaskSetInfo {
        id: set.id.clone(),
        arn: names::set_arn(key, &set.id),
        external_id: set.external_id.clone(),
        status: set.standing.as_str().to_owned(),
        task_definition: set.definition.clone(),
        desired: counts.desired,
        running: counts.running,
        pending: counts.pending,
        steady: set.stable,
        load_balancers: set.load_balancers.iter().map(registration).collect(),
    }
}

fn rollout(set: &Set, counts: Counts) -> containers::Rollout {
    let state = match set.rollout {
        Rollout::InProgress => "IN_PROGRESS",
        Rollout::Completed => "COMPLETED",
        Rollout::Failed => "FAILED",
    };
    let status = match set.standing {
        Standing::Primary => "PRIMARY",
        Standing::Active | Standing::Draining => "ACTIVE",
    };
    containers::Rollout {
        id: set.id.clone(),
        status: status.to_owned(),
        task_definition: set.definition.clone(),
        desired: counts.desired,
        running: counts.running,
        pending: counts.pending,
        state: state.to_owned(),
        reason: Some(set.rollout_reason.clone()),
    }
}

fn positive(number: Option<i32>) -> Option<u32> {
    number.and_then(|number| u32::try_from(number).ok())
}

fn signed(number: Option<u32>) -> Option<i32> {
    number.and_then(|number| i32::try_from(number).ok())
}

fn registration(balancer: &LoadBalancer) -> Registration {
    Registration {
        target_group_arn: balancer.target_group_arn.clone().unwrap_or_default(),
        container: balancer.container_name.clone().unwrap_or_default(),
        port: positive(balancer.container_port).unwrap_or_default(),
    }
}

fn share(item: &CapacityProviderStrategyItem) -> CapacityShare {
    CapacityShare {
        provider: item.capacity_provider.clone(),
        base: positive(item.base),
        weight: positive(item.weight),
    }
}

fn registry(registry: &ServiceRegistry) -> Registry {
    Registry {
        arn: registry.registry_arn.clone().unwrap_or_default(),
        port: positive(registry.port),
        container: registry.container_name.clone(),
        container_port: positive(registry.container_port),
    }
}

fn network(network: &NetworkConfiguration) -> Option<NetworkPlace> {
    let network = network.awsvpc_configuration.as_ref()?;
    Some(NetworkPlace {
        subnets: network.subnets.clone(),
        security_groups: network.security_groups.clone().unwrap_or_default(),
        public_ip: network.assign_public_ip.map(|ip| ip.as_str().to_owned()),
    })
}

fn task_set_input(at: &ServiceRef, wish: TaskSetWish) -> Result<CreateTaskSetInput, ServiceError> {
    let unknown = |what: &str| ServiceError::Refused(format!("{what} is not known"));
    let mut input =
        CreateTaskSetInput::new(at.service.clone(), at.cluster.clone(), wish.task_definition);
    input.external_id = Some(wish.external_id);
    input.platform_version = wish.platform_version;
    if let Some(kind) = wish.launch_type {
        let kind = LaunchType::try_from(kind.as_str()).map_err(|_| unknown(&kind))?;
        input.launch_type = Some(kind);
    }
    let capacity = wish
        .capacity
        .into_iter()
        .map(|share| CapacityProviderStrategyItem {
            capacity_provider: share.provider,
            weight: signed(share.weight),
            base: signed(share.base),
        });
    let capacity: Vec<_> = capacity.collect();
    if !capacity.is_empty() {
        input.launch_type = None;
        input.capacity_provider_strategy = Some(capacity);
    }
    input.network_configuration = match wish.network {
        None => None,
        Some(place) => Some(network_input(place).map_err(|word| unknown(&word))?),
    };
    let balancers = wish
        .load_balancers
        .into_iter()
        .map(|registration| LoadBalancer {
            target_group_arn: Some(registration.target_group_arn),
            container_name: Some(registration.container),
            container_port: signed(Some(registration.port)),
            ..LoadBalancer::default()
        });
    input.load_balancers = Some(balancers.collect());
    let registries = wish.registries.into_iter().map(|registry| ServiceRegistry {
        registry_arn: Some(registry.arn),
        port: signed(registry.port),
        container_name: registry.container,
        container_port: signed(registry.container_port),
    });
    input.service_registries = Some(registries.collect());
    input.scale = Some(Scale {
        value: Some(100.0),
        unit: Some(ScaleUnit::Percent),
    });
    Ok(input)
}

fn network_input(place: NetworkPlace) -> Result<NetworkConfiguration, String> {
    let public = match place.public_ip {
        None => None,
        Some(word) => Some(AssignPublicIp::try_from(word.as_str()).map_err(|_| word)?),
    };
    let mut network = AwsVpcConfiguration::new(place.subnets);
    network.security_groups = Some(place.security_groups).filter(|groups| !groups.is_empty());
    network.assign_public_ip = public;
    Ok(NetworkConfiguration {
        awsvpc_configuration: Some(network),
    })
}
