//! A service of ECS with its task sets, and a load balancer before it, in memory, as a test says.
//!
//! Invariant: what is changed is remembered in its order, and whoever listens to services hears of every change of the service.

use super::silence::Silence;
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway::aws::{Account, Region, Scope};
use slipway::companions::balancing::*;
use slipway::companions::containers::*;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::watch;

const DEFINITIONS: &str = "arn:aws:ecs:us-east-1:000000000000:task-definition/";

/// What outlives a server: the service `web` that CodeDeploy controls, with two listeners and two target groups, and the service
/// `rolling` that ECS does.
pub struct Services {
    pub silence: Silence,
    inner: Mutex<Inner>,
    changed: watch::Sender<()>,
    /// The calls of AWS that all neighbours were asked for, by their actions.
    calls: Mutex<Vec<&'static str>>,
}

struct Inner {
    /// The load balancer is a network load balancer, and finds what it gets to know unhealthy.
    tcp: bool,
    sets: Vec<TaskSetInfo>,
    created: usize,
    forwards: BTreeMap<String, Forward>,
    /// Of the service `rolling`, whose controller is ECS.
    rollouts: Vec<Rollout>,
    /// Tasks do not come up by themselves.
    holds: bool,
    /// The service does not exist.
    missing: bool,
    log: Vec<String>,
    listeners: Vec<Arc<dyn ServiceListener>>,
}

impl Default for Services {
    fn default() -> Self {
        let forward = |group: &str| Forward {
            groups: vec![GroupWeight {
                target_group_arn: format!("arn-{group}"),
                weight: 1,
            }],
        };
        let blue = TaskSetInfo {
            status: "PRIMARY".to_owned(),
            ..set(1, "", "blue", 1)
        };
        let inner = Inner {
            tcp: false,
            sets: vec![blue],
            created: 1,
            forwards: BTreeMap::from([
                ("production".to_owned(), forward("blue")),
                ("rule".to_owned(), forward("blue")),
                ("other".to_owned(), forward("other")),
                ("test".to_owned(), forward("green")),
            ]),
            rollouts: Vec::new(),
            holds: false,
            missing: false,
            log: Vec::new(),
            listeners: Vec::new(),
        };
        Self {
            silence: Silence::default(),
            inner: Mutex::new(inner),
            changed: watch::Sender::default(),
            calls: Mutex::default(),
        }
    }
}

fn set(number: usize, of: &str, group: &str, running: u32) -> TaskSetInfo {
    TaskSetInfo {
        id: format!("ecs-svc/{number}"),
        arn: format!("arn-set-{number}"),
        external_id: (!of.is_empty()).then(|| of.to_owned()),
        status: "ACTIVE".to_owned(),
        desired: 1,
        running,
        pending: 1 - running,
        steady: running == 1,
        load_balancers: vec![Registration {
            target_group_arn: format!("arn-{group}"),
            container: "web".to_owned(),
            port: 80,
        }],
        ..TaskSetInfo::default()
    }
}

impl Services {
    /// One of the neighbours is asked for an action.
    pub fn call(&self, action: &'static str) {
        self.calls.lock().unwrap().push(action);
    }

    /// What the neighbours were asked for.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|action| (*action).to_owned()).collect()
    }

    /// From now on the load balancer is a network load balancer; what gets its traffic is unhealthy until all tasks are `up`.
    pub fn tcp(&self) {
        self.inner().tcp = true;
    }

    /// What was changed, such as `production blue:90 green:10`.
    pub fn log(&self) -> Vec<String> {
        self.inner().log.clone()
    }

    /// Task sets, such as `ecs-svc/1 PRIMARY`.
    pub fn sets(&self) -> Vec<String> {
        let inner = self.inner();
        let sets = inner.sets.iter();
        sets.map(|set| format!("{} {}", set.id, set.status))
            .collect()
    }

    /// Where a listener or a rule leads, such as `blue:90 green:10`.
    pub fn leads(&self, to: &str) -> String {
        shown(&self.inner().forwards[to])
    }

    /// Tasks of new task sets wait for `up`.
    pub fn hold(&self) {
        self.inner().holds = true;
    }

    /// All tasks come up.
    pub fn up(&self) {
        self.change(|inner| {
            inner.holds = false;
            for set in &mut inner.sets {
                (set.running, set.pending, set.steady) = (set.desired, 0, true);
            }
        });
    }

    /// All tasks come up, and none answers its load balancer.
    pub fn sicken(&self) {
        self.change(|inner| {
            for set in &mut inner.sets {
                let is_new = set.status != "PRIMARY";
                (set.running, set.pending, set.steady) = (set.desired, 0, !is_new);
            }
        });
    }

    /// The newest rollout ends so.
    pub fn finish(&self, state: &str) {
        self.change(|inner| {
            let rollout = inner.rollouts.first_mut().unwrap();
            state.clone_into(&mut rollout.state);
            rollout.reason = Some("tasks failed to start.".to_owned());
        });
    }

    /// The newest task set loses its tasks.
    pub fn crash(&self) {
        self.change(|inner| {
            let set = inner.sets.last_mut().unwrap();
            (set.running, set.pending, set.steady) = (0, set.desired, false);
        });
    }

    pub fn lose(&self) {
        self.change(|inner| inner.missing = true);
    }

    /// Somebody else changes a listener or a rule.
    pub fn meddle(&self, what: &str, group: &str) {
        let groups = vec![GroupWeight {
            target_group_arn: format!("arn-{group}"),
            weight: 1,
        }];
        let forward = Forward { groups };
        self.inner().forwards.insert(what.to_owned(), forward);
    }

    /// Waits until this was changed.
    pub async fn saw(&self, entry: &str) {
        let mut changed = self.changed.subscribe();
        while !self.log().iter().any(|known| known.starts_with(entry)) {
            changed.changed().await.unwrap();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let listeners = {
            let mut inner = self.inner();
            change(&mut inner);
            inner.listeners.clone()
        };
        for service in ["web", "rolling"] {
            let news = ServiceChanged {
                scope: Scope::new(
                    Account::parse("000000000000").unwrap(),
                    Region::parse("us-east-1").unwrap(),
                ),
                at: ServiceRef {
                    cluster: "c".to_owned(),
                    service: service.to_owned(),
                },
            };
            for listener in &listeners {
                listener.service_changed(&news);
            }
        }
        self.changed.send_replace(());
    }

    fn lead(&self, what: &str, forward: Forward) {
        let mut inner = self.inner();
        inner.log.push(format!("{what} {}", shown(&forward)));
        let to = forward
            .groups
            .first()
            .map(|group| group.target_group_arn.clone());
        inner.forwards.insert(what.to_owned(), forward);
        let tcp = inner.tcp;
        for set in inner.sets.iter_mut().filter(|_| tcp) {
            let group = set.load_balancers.first();
            set.steady &= group.map(|of| &of.target_group_arn) != to.as_ref();
        }
        drop(inner);
        self.changed.send_replace(());
    }
}

fn shown(forward: &Forward) -> String {
    let groups = forward.groups.iter().map(|group| {
        let name = group.target_group_arn.trim_start_matches("arn-");
        format!("{name}:{}", group.weight)
    });
    groups.collect::<Vec<_>>().join(" ")
}

fn check(inner: &Inner, at: &ServiceRef) -> Result<(), ServiceError> {
    match (at.cluster.as_str(), at.service.as_str()) {
        ("c", "web" | "rolling") if !inner.missing => Ok(()),
        ("c", _) => Err(ServiceError::NoSuchService),
        _ => Err(ServiceError::NoSuchCluster),
    }
}

#[async_trait]
impl Containers for Services {
    async fn service(&self, _: &Scope, at: &ServiceRef) -> Result<ServiceInfo, ServiceError> {
        self.call("ecs:DescribeServices");
        let inner = self.inner();
        check(&inner, at)?;
        if at.service == "rolling" {
            return Ok(ServiceInfo {
                name: "rolling".to_owned(),
                status: "ACTIVE".to_owned(),
                controller: "ECS".to_owned(),
                task_definition: format!("{DEFINITIONS}web:6"),
                rollouts: inner.rollouts.clone(),
                ..ServiceInfo::default()
            });
        }
        Ok(ServiceInfo {
            arn: "arn:aws:ecs:us-east-1:000000000000:service/c/web".to_owned(),
            cluster_arn: "arn:aws:ecs:us-east-1:000000000000:cluster/c".to_owned(),
            name: "web".to_owned(),
            status: "ACTIVE".to_owned(),
            controller: "CODE_DEPLOY".to_owned(),
            desired: 1,
            launch_type: Some("FARGATE".to_owned()),
            network: Some(NetworkPlace {
                subnets: vec!["subnet-1".to_owned()],
                ..NetworkPlace::default()
            }),
            task_sets: inner.sets.clone(),
            ..ServiceInfo::default()
        })
    }

    async fn create_task_set(
        &self,
        _: &Scope,
        at: &ServiceRef,
        wish: TaskSetWish,
    ) -> Result<TaskSetInfo, ServiceError> {
        self.call("ecs:CreateTaskSet");
        check(&self.inner(), at)?;
        assert_eq!(wish.launch_type.as_deref(), Some("FARGATE"));
        assert_eq!(wish.network.unwrap().subnets, ["subnet-1"]);
        let group = wish.load_balancers[0].target_group_arn.clone();
        let group = group.trim_start_matches("arn-");
        let mut made = TaskSetInfo::default();
        self.change(|inner| {
            inner.created += 1;
            let running = u32::from(!inner.holds);
            made = set(inner.created, &wish.external_id, group, running);
            let (_, definition) = wish.task_definition.rsplit_once('/').unwrap();
            inner
                .log
                .push(format!("create {} of {definition} behind {group}", made.id));
            inner.sets.push(made.clone());
        });
        self.silence.keep().await;
        Ok(made)
    }

    async fn set_primary_task_set(
        &self,
        _: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        self.call("ecs:UpdateServicePrimaryTaskSet");
        check(&self.inner(), at)?;
        self.change(|inner| {
            inner.log.push(format!("primary {task_set}"));
            for set in &mut inner.sets {
                let status = if set.id == task_set {
                    "PRIMARY"
                } else {
                    "ACTIVE"
                };
                status.clone_into(&mut set.status);
            }
        });
        self.silence.keep().await;
        Ok(())
    }

    async fn delete_task_set(
        &self,
        _: &Scope,
        at: &ServiceRef,
        task_set: &str,
    ) -> Result<(), ServiceError> {
        self.call("ecs:DeleteTaskSet");
        check(&self.inner(), at)?;
        self.change(|inner| {
            inner.log.push(format!("delete {task_set}"));
            inner.sets.retain(|set| set.id != task_set);
        });
        self.silence.keep().await;
        Ok(())
    }

    fn listen_services(&self, listener: Arc<dyn ServiceListener>) {
        self.inner().listeners = vec![listener];
    }

    async fn task_definition(&self, _: &Scope, of: &str) -> Result<Value, ServiceError> {
        match of.ends_with("/web:6") {
            true => Ok(
                json!({"family": "web", "revision": 6, "status": "ACTIVE", "taskDefinitionArn": of,
                "containerDefinitions": [{"name": "web", "image": "web:old", "memory": 64}]}),
            ),
            false => Err(ServiceError::NoSuchDefinition),
        }
    }

    async fn register_task_definition(
        &self,
        _: &Scope,
        definition: Value,
    ) -> Result<String, ServiceError> {
        let Some(family) = definition["family"].as_str() else {
            return Err(ServiceError::Refused("Family cannot be blank.".to_owned()));
        };
        let mut inner = self.inner();
        inner.log.push(format!("register {definition}"));
        Ok(format!("{DEFINITIONS}{family}:7"))
    }

    async fn update_service(
        &self,
        scope: &Scope,
        at: &ServiceRef,
        task_definition: &str,
    ) -> Result<ServiceInfo, ServiceError> {
        check(&self.inner(), at)?;
        self.change(|inner| {
            let (_, name) = task_definition.rsplit_once('/').unwrap();
            inner.log.push(format!("update {} to {name}", at.service));
            let id = format!("ecs-svc/{}", 100 + inner.rollouts.len());
            let state = if inner.holds {
                "IN_PROGRESS"
            } else {
                "COMPLETED"
            };
            let rollout = Rollout {
                id,
                status: "PRIMARY".to_owned(),
                task_definition: task_definition.to_owned(),
                state: state.to_owned(),
                ..Rollout::default()
            };
            inner.rollouts.insert(0, rollout);
        });
        self.service(scope, at).await
    }
}

#[async_trait]
impl Balancers for Services {
    async fn target_groups(
        &self,
        _: &Scope,
        names: &[String],
    ) -> Result<Vec<TargetGroupInfo>, BalancerError> {
        self.call("elasticloadbalancing:DescribeTargetGroups");
        let info = |name: &String, kind: &str| TargetGroupInfo {
            arn: format!("arn-{name}"),
            name: name.clone(),
            target_type: kind.to_owned(),
        };
        let group = |name: &String| match name.as_str() {
            "blue" | "green" => Ok(info(name, "ip")),
            "host-1" | "host-2" => Ok(info(name, "instance")),
            _ => Err(BalancerError::NoSuchTargetGroup(name.clone())),
        };
        names.iter().map(group).collect()
    }

    async fn listener(&self, _: &Scope, arn: &str) -> Result<ListenerInfo, BalancerError> {
        self.call("elasticloadbalancing:DescribeListeners");
        let forward = self.inner().forwards.get(arn).cloned();
        let kind = if self.inner().tcp {
            "network"
        } else {
            "application"
        };
        let forward = forward.ok_or_else(|| BalancerError::NoSuchListener(arn.to_owned()))?;
        Ok(ListenerInfo {
            arn: arn.to_owned(),
            kind: kind.to_owned(),
            forward: Some(forward),
        })
    }

    async fn rules(&self, _: &Scope, listener: &str) -> Result<Vec<RuleInfo>, BalancerError> {
        self.call("elasticloadbalancing:DescribeRules");
        let names: &[&str] = match listener {
            _ if self.inner().tcp => &[],
            "production" => &["rule", "other"],
            _ => &[],
        };
        let inner = self.inner();
        let rules = names.iter().map(|name| RuleInfo {
            arn: (*name).to_owned(),
            forward: inner.forwards.get(*name).cloned(),
        });
        Ok(rules.collect())
    }

    async fn set_listener_forward(
        &self,
        _: &Scope,
        listener: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        self.call("elasticloadbalancing:ModifyListener");
        self.lead(listener, forward);
        self.silence.keep().await;
        Ok(())
    }

    async fn set_rule_forward(
        &self,
        _: &Scope,
        rule: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        self.call("elasticloadbalancing:ModifyRule");
        self.lead(rule, forward);
        self.silence.keep().await;
        Ok(())
    }
}
