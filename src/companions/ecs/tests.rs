//! Services and tasks with scripted pods and target groups: what is registered when, and what a restart leaves.

use super::Ecs;
use super::operations::{create_service, register_task_definition};
use super::rows::{Cluster, Service, ServiceKey, Task, TaskStatus};
use super::run::Runner;
use super::targets::{Found, Target, TargetError, TargetKind, Targets};
use crate::aws::{Scope, Time};
use crate::companions::containers::{
    Containers, Registration, ServiceChanged, ServiceListener, ServiceRef, TaskSetWish,
};
use crate::sandbox::scripted_pods::ScriptedPods;
use crate::server::Call;
use async_trait::async_trait;
use ecs_api::input::{CreateServiceInput, RegisterTaskDefinitionInput};
use ecs_api::model::*;
use futures::future::BoxFuture;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// A target group's journal; the group `ip` takes addresses, `instance` ports of this machine. All targets are found to be as `find`
/// said last: well, at first.
struct Journal(Mutex<Vec<String>>, watch::Sender<Found>, AtomicBool);

impl Default for Journal {
    fn default() -> Self {
        Self(
            Mutex::default(),
            watch::Sender::new(Found::Well),
            AtomicBool::default(),
        )
    }
}

impl Journal {
    fn note(&self, what: &str, group: &str, target: Target) {
        let place = target
            .address
            .map_or("here".to_owned(), |address| address.to_string());
        self.0
            .lock()
            .unwrap()
            .push(format!("{what} {group} {place}:{}", target.port));
    }

    fn find(&self, found: Found) {
        self.1.send_replace(found);
    }

    /// Targets are not well, and nobody has been told yet.
    fn doubt(&self, doubts: bool) {
        self.2.store(doubts, Ordering::SeqCst);
    }

    fn said(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

#[async_trait]
impl Targets for Journal {
    async fn kind(&self, _scope: &Scope, group: &str) -> Option<TargetKind> {
        match group {
            "ip" => Some(TargetKind::Ip),
            "instance" => Some(TargetKind::Instance),
            _ => None,
        }
    }

    async fn register(
        &self,
        _scope: &Scope,
        group: &str,
        target: Target,
    ) -> Result<(), TargetError> {
        self.note("+", group, target);
        Ok(())
    }

    async fn deregister(
        &self,
        _scope: &Scope,
        group: &str,
        target: Target,
    ) -> Result<(), TargetError> {
        self.note("-", group, target);
        Ok(())
    }

    async fn turned(&self, _scope: &Scope, _: &str, _: Target, known: Found) -> Found {
        let mut finds = self.1.subscribe();
        *finds.wait_for(|found| *found != known).await.unwrap()
    }

    fn all_well(&self, _scope: &Scope, _: &str, _: &[Target]) -> bool {
        *self.1.borrow() == Found::Well && !self.2.load(Ordering::SeqCst)
    }

    async fn drained(&self, _scope: &Scope, group: &str, target: Target) {
        self.note("drained", group, target);
    }
}

struct House {
    ecs: Ecs,
    pods: ScriptedPods,
    targets: Arc<Journal>,
    scope: Scope,
    /// Of the application that owns the rows.
    _call: Call,
}

impl House {
    /// A cluster `c`; waits of less than an hour pass at once, and the clock with them.
    async fn new() -> Self {
        let call = Call::test();
        let mut ecs = call.app.ecs.clone();
        let (pods, targets) = (ScriptedPods::default(), Arc::new(Journal::default()));
        let clock = Arc::new(AtomicI64::new(1_800_000_000_000));
        let read = clock.clone();
        ecs.outside.pods = Some(Arc::new(pods.clone()));
        ecs.outside.targets = targets.clone();
        ecs.outside.now = Arc::new(move || Time::from_millis(read.load(Ordering::SeqCst)));
        ecs.outside.wait = Arc::new(move |span: Duration| -> BoxFuture<'static, ()> {
            let clock = clock.clone();
            Box::pin(async move {
                if span >= Duration::from_secs(3000) {
                    std::future::pending::<()>().await;
                }
                clock.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
            })
        });
        ecs.runner = Runner::default();
        ecs.runner.open();
        let house = Self {
            scope: call.scope.clone(),
            ecs,
            pods,
            targets,
            _call: call,
        };
        let key = (house.scope.clone(), "c".to_owned());
        let cluster = Cluster {
            active: true,
            settings: Vec::new(),
            configuration: None,
            namespace: None,
            capacity_providers: Vec::new(),
            strategy: Vec::new(),
            tags: Vec::new(),
        };
        let put = house.ecs.write::<_, ()>(move |tables, tx| {
            tx.put(&tables.clusters, key, cluster);
            Ok(())
        });
        put.await.unwrap();
        house
    }

    /// A revision of the family `web` whose container answers at 80.
    async fn define(&self, image: &str, mode: NetworkMode) -> String {
        let port = PortMapping {
            container_port: Some(80),
            ..PortMapping::default()
        };
        let container = ContainerDefinition {
            name: Some("web".to_owned()),
            image: Some(image.to_owned()),
            memory: Some(64),
            port_mappings: Some(vec![port]),
            ..ContainerDefinition::default()
        };
        let mut input = RegisterTaskDefinitionInput::new("web", vec![container]);
        input.network_mode = Some(mode);
        let now = self.ecs.now();
        let made =
            register_task_definition::register(&self.ecs, &self.scope, input, "me".to_owned(), now);
        made.await.unwrap().shape.task_definition_arn.unwrap()
    }

    async fn serve(
        &self,
        definition: &str,
        desired: i32,
        group: &str,
        controller: DeploymentControllerType,
    ) -> ServiceKey {
        let mut input = CreateServiceInput::new("s");
        input.cluster = Some("c".to_owned());
        input.task_definition = Some(definition.to_owned());
        input.desired_count = Some(desired);
        input.deployment_controller = Some(DeploymentController::new(controller));
        if group == "ip" {
            input.network_configuration = Some(NetworkConfiguration {
                awsvpc_configuration: Some(AwsVpcConfiguration::new(vec!["subnet-1".to_owned()])),
            });
        }
        if !group.is_empty() {
            input.load_balancers = Some(vec![LoadBalancer {
                target_group_arn: Some(group.to_owned()),
                container_name: Some("web".to_owned()),
                container_port: Some(80),
                ..LoadBalancer::default()
            }]);
        }
        let now = self.ecs.now();
        let made = create_service::create(&self.ecs, &self.scope, "me".to_owned(), input, now);
        made.await.unwrap().0
    }

    /// Waits for the service to become what is wanted.
    async fn until(&self, key: &ServiceKey, wanted: impl Fn(&Service) -> bool) -> Arc<Service> {
        let mut changes = self.ecs.tables.services.changes();
        let waiting = async {
            loop {
                changes.borrow_and_update();
                let row = self.ecs.tables.services.get(key);
                if let Some(row) = row.filter(|row| wanted(row)) {
                    return row;
                }
                changes.changed().await.unwrap();
            }
        };
        let row = tokio::time::timeout(Duration::from_secs(20), waiting);
        let row = row.await.unwrap();
        // Rows of other tables, of the same commit, may be shown a moment later; a write that follows it is answered after that.
        self.ecs.store.write(|_| Ok::<_, ()>(())).await.unwrap();
        row
    }

    fn tasks(&self) -> Vec<Arc<Task>> {
        let rows = self
            .ecs
            .tables
            .tasks
            .range(.., crate::store::Direction::Forward, usize::MAX);
        rows.into_iter().map(|(_, task)| task).collect()
    }

    fn at(&self) -> ServiceRef {
        ServiceRef {
            cluster: "c".to_owned(),
            service: "s".to_owned(),
        }
    }
}

use DeploymentControllerType::{CodeDeploy, Ecs as Rolling};

// Witness: Developer Guide, "Use load balancing to distribute Amazon ECS service traffic".
#[tokio::test]
async fn tasks_are_registered_when_they_run_and_deregistered_before_they_stop() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", Rolling).await;
    house.until(&key, |service| service.steady).await;
    assert_eq!(house.targets.said(), ["+ ip 10.0.0.1:80"]);
    let now = house.ecs.now();
    let scaled = house
        .ecs
        .change_service::<_, ecs_api::error::UpdateServiceError>(&key, now, |_, _, service| {
            service.desired = 0;
            Ok(())
        });
    scaled.await.unwrap();
    house.until(&key, |service| service.tasks.is_empty()).await;
    let said = [
        "+ ip 10.0.0.1:80",
        "- ip 10.0.0.1:80",
        "drained ip 10.0.0.1:80",
    ];
    assert_eq!(house.targets.said(), said);
    let task = &house.tasks()[0];
    assert_eq!(
        (task.status, task.containers[0].exit_code),
        (TaskStatus::Stopped, Some(143))
    );
    let ending = task.ending.clone().unwrap();
    assert_eq!(ending.code, TaskStopCode::ServiceSchedulerInitiated);
    assert!(house.pods.running().is_empty());
}

// Witness: API reference, PortMapping: host ports of bridge networks.
#[tokio::test]
async fn a_task_of_a_bridge_network_is_registered_by_its_port_on_this_machine() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Bridge).await;
    let key = house.serve(&definition, 1, "instance", Rolling).await;
    house.until(&key, |service| service.steady).await;
    assert_eq!(house.targets.said(), ["+ instance here:32769"]);
}

// Witness: API reference, TaskSet.stabilityStatus; contract codedeploy §7.4 row 2.
#[tokio::test]
async fn a_task_set_is_steady_only_when_its_load_balancer_finds_its_tasks_healthy() {
    let house = House::new().await;
    house.targets.find(Found::Unknown);
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", CodeDeploy).await;
    let running = |service: &Service| !service.tasks.is_empty();
    house.until(&key, running).await;
    let task = async || {
        let rows = house.tasks();
        rows.into_iter()
            .find(|task| task.status == TaskStatus::Running)
    };
    let mut rows = house.ecs.tables.tasks.changes();
    while task().await.is_none() {
        rows.changed().await.unwrap();
    }
    let seen = async || {
        let ecs: &dyn Containers = &house.ecs;
        ecs.service(&house.scope, &house.at())
            .await
            .unwrap()
            .task_sets[0]
            .clone()
    };
    let before = seen().await;
    assert_eq!((before.running, before.steady), (1, false));
    house.targets.find(Found::Well);
    house.until(&key, |service| service.steady).await;
    assert!(seen().await.steady);
    house.targets.find(Found::Unknown);
    house.until(&key, |service| !service.steady).await;
    assert!(!seen().await.steady);
}

// Witness: contract codedeploy §7.4 row 2: health reaches a deployment through its service, as it is when it looks.
#[tokio::test]
async fn who_looks_before_a_task_has_heard_of_its_health_is_not_told_that_it_is_steady() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", CodeDeploy).await;
    house.until(&key, |service| service.steady).await;
    let told = Arc::new(Told::default());
    house.ecs.listen_services(told.clone());
    let ecs: &dyn Containers = &house.ecs;
    let seen = async || {
        let service = ecs.service(&house.scope, &house.at()).await.unwrap();
        service.task_sets[0].steady
    };
    assert!(seen().await);
    house.targets.doubt(true);
    assert!(!seen().await);
    assert!(
        house.until(&key, |_| true).await.steady,
        "the row knows nothing of it"
    );
    // Whoever was told so is told again to look.
    told.0.notified().await;
    house.targets.doubt(false);
    assert!(seen().await);
}

#[derive(Default)]
struct Told(tokio::sync::Notify);

impl ServiceListener for Told {
    fn service_changed(&self, _: &ServiceChanged) {
        self.0.notify_one();
    }
}

// Witness: contract codedeploy §7.1 (the container is in the task definition), §7.2 (target types).
#[tokio::test]
async fn a_task_set_that_cannot_be_is_refused_in_the_words_of_ecs() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", CodeDeploy).await;
    house.until(&key, |service| service.steady).await;
    let ecs: &dyn Containers = &house.ecs;
    let before = ecs.service(&house.scope, &house.at()).await.unwrap();
    let refused = async |definition: &str, group: &str, container: &str, port: u32| {
        let wish = TaskSetWish {
            external_id: "d-1".to_owned(),
            task_definition: definition.to_owned(),
            network: before.network.clone(),
            launch_type: before.launch_type.clone(),
            load_balancers: vec![Registration {
                target_group_arn: group.to_owned(),
                container: container.to_owned(),
                port,
            }],
            ..TaskSetWish::default()
        };
        let made = ecs.create_task_set(&house.scope, &house.at(), wish).await;
        made.unwrap_err().to_string()
    };
    for (definition, group, container, port, said) in [
        (
            &*definition,
            "ip",
            "api",
            80,
            "The container api does not exist in the task definition.",
        ),
        (
            &*definition,
            "ip",
            "web",
            81,
            "The container web did not have a container port 81 defined.",
        ),
        (
            &*definition,
            "instance",
            "web",
            80,
            "target type instance, which is incompatible with the awsvpc network mode",
        ),
        ("web:9", "ip", "web", 80, ""),
    ] {
        let text = refused(definition, group, container, port).await;
        assert!(text.contains(said), "{text}");
    }
    assert_eq!(house.until(&key, |_| true).await.sets.len(), 1);
}

// Witness: Developer Guide, "Stopped tasks error codes" and `healthCheckGracePeriodSeconds`.
#[tokio::test]
async fn a_task_that_its_load_balancer_finds_unhealthy_is_replaced_when_its_grace_is_over() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", Rolling).await;
    house.until(&key, |service| service.steady).await;
    let now = house.ecs.now();
    let grace = house
        .ecs
        .change_service::<_, ecs_api::error::UpdateServiceError>(&key, now, |_, _, service| {
            service.settings.health_check_grace_period_seconds = Some(30);
            Ok(())
        });
    grace.await.unwrap();
    house.targets.find(Found::Unwell);
    let replaced = |service: &Service| {
        let mut events = service.events.iter();
        events.any(|event| {
            event
                .message
                .contains("Task failed ELB health checks in (target-group ip)")
        })
    };
    house.until(&key, replaced).await;
    house.targets.find(Found::Well);
    house.until(&key, |service| service.steady).await;
    let lost = house.tasks().into_iter();
    let lost = lost.min_by_key(|task| task.created).unwrap();
    let ending = lost.ending.clone().unwrap();
    assert_eq!(ending.code, TaskStopCode::ServiceSchedulerInitiated);
    let lived = lost.stopping.unwrap().since(lost.started.unwrap());
    assert!(lived >= Duration::from_secs(30), "{lived:?}");
    assert!(
        house
            .targets
            .said()
            .contains(&"+ ip 10.0.0.2:80".to_owned())
    );
}

// Witness: contract codedeploy §7.4 rows 2, 7, 10.
#[tokio::test]
async fn a_deployment_of_code_deploy_finds_its_verbs() {
    let house = House::new().await;
    let first = house.define("web:1", NetworkMode::Awsvpc).await;
    let second = house.define("web:2", NetworkMode::Awsvpc).await;
    let key = house.serve(&first, 2, "ip", CodeDeploy).await;
    house.until(&key, |service| service.steady).await;
    let ecs: &dyn Containers = &house.ecs;
    let (scope, at) = (&house.scope, house.at());
    let before = ecs.service(scope, &at).await.unwrap();
    assert_eq!(
        (before.controller.as_str(), before.running),
        ("CODE_DEPLOY", 2)
    );
    let blue = &before.task_sets[0];
    assert_eq!(
        (blue.status.as_str(), blue.steady, blue.desired),
        ("PRIMARY", true, 2)
    );
    let wish = TaskSetWish {
        external_id: "d-1".to_owned(),
        task_definition: second.clone(),
        network: before.network.clone(),
        launch_type: before.launch_type.clone(),
        load_balancers: vec![Registration {
            target_group_arn: "ip".to_owned(),
            container: "web".to_owned(),
            port: 80,
        }],
        ..TaskSetWish::default()
    };
    let green = ecs.create_task_set(scope, &at, wish).await.unwrap();
    assert_eq!(
        (green.status.as_str(), green.steady, green.desired),
        ("ACTIVE", false, 2)
    );
    house.until(&key, |service| service.steady).await;
    assert_eq!(ecs.service(scope, &at).await.unwrap().running, 4);
    ecs.set_primary_task_set(scope, &at, &green.arn)
        .await
        .unwrap();
    let shifted = ecs.service(scope, &at).await.unwrap();
    assert_eq!(shifted.task_definition, second);
    ecs.delete_task_set(scope, &at, &blue.id).await.unwrap();
    house.until(&key, |service| service.sets.len() == 1).await;
    let after = ecs.service(scope, &at).await.unwrap();
    assert_eq!(after.running, 2);
    assert_eq!(after.task_sets[0].external_id.as_deref(), Some("d-1"));
    let refused = ecs
        .update_service(scope, &at, &first)
        .await
        .unwrap_err()
        .to_string();
    assert!(refused.ends_with("Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."), "{refused}");
}

// Witness: Developer Guide, "deployment circuit breaker"; the texts are the real service's.
#[tokio::test]
async fn a_rollout_that_fails_goes_back_where_that_is_wanted() {
    let house = House::new().await;
    let good = house.define("web", NetworkMode::Bridge).await;
    let bad = house.define("missing", NetworkMode::Bridge).await;
    let key = house.serve(&good, 1, "", Rolling).await;
    house.until(&key, |service| service.steady).await;
    let now = house.ecs.now();
    let breaker = house
        .ecs
        .change_service::<_, ecs_api::error::UpdateServiceError>(&key, now, |_, _, service| {
            service.settings.deployment_configuration = Some(DeploymentConfiguration {
                deployment_circuit_breaker: Some(DeploymentCircuitBreaker::new(true, true)),
                ..DeploymentConfiguration::default()
            });
            Ok(())
        });
    breaker.await.unwrap();
    house
        .ecs
        .update_service(&house.scope, &house.at(), &bad)
        .await
        .unwrap();
    let back = house
        .until(&key, |service| service.sets.len() == 1 && service.steady)
        .await;
    assert_eq!(back.sets[0].definition, good);
    let failed = house
        .tasks()
        .into_iter()
        .filter(|task| task.definition == bad);
    let failed: Vec<_> = failed.collect();
    assert_eq!(failed.len(), 3);
    let ending = failed[0].ending.clone().unwrap();
    assert_eq!(ending.code, TaskStopCode::TaskFailedToStart);
    assert_eq!(
        ending.reason,
        "CannotPullContainerError: no such image: missing"
    );
    let said = |text: &str| back.events.iter().any(|event| event.message.contains(text));
    assert!(
        said("deployment failed: tasks failed to start."),
        "{:?}",
        back.events
    );
    assert!(said("rolling back to"), "{:?}", back.events);
}

#[tokio::test]
async fn tasks_that_went_with_a_server_have_stopped_and_are_replaced() {
    let house = House::new().await;
    let definition = house.define("web", NetworkMode::Awsvpc).await;
    let key = house.serve(&definition, 1, "ip", Rolling).await;
    house.until(&key, |service| service.steady).await;
    house.ecs.halt().await;
    assert!(house.pods.running().is_empty());
    assert_eq!(house.tasks()[0].status, TaskStatus::Running);
    house.ecs.resume().await;
    house.until(&key, |service| service.steady).await;
    let lost = house
        .tasks()
        .into_iter()
        .find(|task| task.status == TaskStatus::Stopped)
        .unwrap();
    let ending = lost.ending.clone().unwrap();
    assert_eq!(ending.code, TaskStopCode::TerminationNotice);
    assert_eq!(house.pods.running().len(), 1);
    assert_eq!(
        house.targets.said(),
        ["+ ip 10.0.0.1:80", "- ip 10.0.0.1:80", "+ ip 10.0.0.2:80"]
    );
}

// Witness: contract codepipeline §6.5, the ECS action: a new revision of the service's definition with other images.
#[tokio::test]
async fn a_pipeline_registers_what_it_was_shown_with_another_image() {
    let house = House::new().await;
    let first = house.define("web:1", NetworkMode::Bridge).await;
    let ecs: &dyn Containers = &house.ecs;
    let mut shown = ecs.task_definition(&house.scope, &first).await.unwrap();
    assert_eq!(shown["containerDefinitions"][0]["image"], "web:1");
    shown["containerDefinitions"][0]["image"] = "web:2".into();
    let made = ecs.register_task_definition(&house.scope, shown).await;
    let made = made.unwrap();
    assert!(made.ends_with(":task-definition/web:2"), "{made}");
    let shown = ecs.task_definition(&house.scope, "web").await.unwrap();
    assert_eq!(shown["containerDefinitions"][0]["image"], "web:2");
    assert_eq!(shown["revision"], 2);
    let absent = ecs.task_definition(&house.scope, "none").await;
    assert_eq!(
        absent.unwrap_err().to_string(),
        "the task definition does not exist"
    );
}
