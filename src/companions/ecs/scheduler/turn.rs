//! One look at a service, within a write: its rows to counts, the plan to rows and effects.
//!
//! Invariant: rows are changed before anything happens to containers; who performs the effects twice does no harm.

use super::super::definition;
use super::super::rows::{
    Ending, Event, Rollout, Service, ServiceKey, ServiceStatus, Set, Standing, Tables, Task,
    TaskKey, TaskStatus,
};
use super::super::{names, tasks};
use super::failures;
use super::plan::{self, Plan, SetView, TaskView, Wanted};
use crate::aws::{Time, ids};
use crate::store::Txn;
use ecs_api::model::{SchedulingStrategy, TaskStopCode};

/// Events that are kept of a service.
const EVENTS: usize = 100;

/// What is to happen after the write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Begin(TaskKey),
    End(TaskKey),
    Wake(ServiceKey, Time),
}

/// Brings the service nearer to what it wants, and puts its row.
pub fn turn(
    tables: &Tables,
    tx: &mut Txn,
    key: &ServiceKey,
    mut service: Service,
    now: Time,
) -> Vec<Effect> {
    break_circuit(key, &mut service, now);
    let rows = tables.tasks_of(tx, key, &service);
    let views = views(&service, &rows);
    let wanted = wanted(&service);
    let plan = plan::plan(&wanted, &views, now);
    let mut effects = Vec::new();
    stop(
        tables,
        tx,
        (key, &mut service),
        rows,
        &plan,
        now,
        &mut effects,
    );
    start(tables, tx, (key, &mut service), &plan, now, &mut effects);
    if let Some(time) = plan.wake {
        effects.push(Effect::Wake(key.clone(), time));
    }
    let rest = tables.tasks_of(tx, key, &service);
    let counts = self::views(&service, &rest);
    settle(&mut service, &wanted, &counts, now);
    for at in plan.gone.iter().rev() {
        service.sets.remove(*at);
    }
    conclude(key, &mut service, &counts, now);
    tx.put(&tables.services, key.clone(), service);
    effects
}

pub fn wanted(service: &Service) -> Wanted {
    let configuration = service.settings.deployment_configuration.as_ref();
    let percent = |given: Option<i32>, usual: u32| {
        given
            .and_then(|given| u32::try_from(given).ok())
            .unwrap_or(usual)
    };
    let daemon = service.settings.scheduling_strategy == Some(SchedulingStrategy::Daemon);
    let (least, most) = if daemon { (0, 100) } else { (100, 200) };
    Wanted {
        // One machine, one task on each.
        desired: if daemon { 1 } else { service.desired },
        rolls: service.rolls(),
        minimum: percent(configuration.and_then(|c| c.minimum_healthy_percent), least),
        maximum: percent(configuration.and_then(|c| c.maximum_percent), most),
        ends: service.status != ServiceStatus::Active,
    }
}

/// In the order of the service's sets.
pub fn views(service: &Service, rows: &[(TaskKey, Task)]) -> Vec<SetView> {
    let of = |set: &Set| {
        let tasks = rows.iter().filter(|(_, task)| {
            let owner = task.owner.as_ref();
            owner.is_some_and(|(_, id)| *id == set.id)
        });
        tasks
            .map(|(key, task)| TaskView {
                id: key.2.clone(),
                running: task.status == TaskStatus::Running,
                well: task.status == TaskStatus::Running && !task.unwell,
                ending: task.ending.is_some(),
            })
            .collect()
    };
    let sets = service.sets.iter();
    sets.map(|set| SetView {
        standing: set.standing,
        scale: set.scale,
        given_up: set.rollout == Rollout::Failed,
        not_before: set.not_before,
        tasks: of(set),
    })
    .collect()
}

pub fn note(service: &mut Service, at: Time, message: String) {
    let id = ids::uuid();
    service.events.insert(0, Event { id, at, message });
    service.events.truncate(EVENTS);
}

fn stop(
    tables: &Tables,
    tx: &mut Txn,
    (key, service): (&ServiceKey, &mut Service),
    rows: Vec<(TaskKey, Task)>,
    plan: &Plan,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    let mut said = Vec::new();
    for (task_key, mut task) in rows {
        let Some((at, _)) = plan.stop.iter().find(|(_, id)| *id == task_key.2) else {
            continue;
        };
        let of = match service.rolls() {
            true => "deployment",
            false => "task set",
        };
        let set = &service.sets[*at].id;
        task.ending = Some(Ending {
            code: TaskStopCode::ServiceSchedulerInitiated,
            reason: format!("Scaling activity initiated by ({of} {set})"),
        });
        task.version += 1;
        said.push(format!("(task {})", task_key.2));
        tx.put(&tables.tasks, task_key.clone(), task);
        effects.push(Effect::End(task_key));
    }
    if !said.is_empty() {
        let text = format!(
            "(service {}) has stopped {} running tasks: {}.",
            key.2,
            said.len(),
            said.join(" ")
        );
        note(service, now, text);
    }
}

fn start(
    tables: &Tables,
    tx: &mut Txn,
    (key, service): (&ServiceKey, &mut Service),
    plan: &Plan,
    now: Time,
    effects: &mut Vec<Effect>,
) {
    for (at, count) in &plan.start {
        let set = service.sets[*at].clone();
        let Some(definition) = definition::row(tables, tx, &key.0, &set.definition) else {
            continue;
        };
        let mut said = Vec::new();
        for _ in 0..*count {
            let task = tasks::of_service(key, service, &set, &definition, now);
            let task_key = (key.0.clone(), key.1.clone(), names::new_task_id());
            service.tasks.insert(task_key.2.clone());
            said.push(format!("(task {})", task_key.2));
            tx.put(&tables.tasks, task_key.clone(), task);
            effects.push(Effect::Begin(task_key));
        }
        let text = format!(
            "(service {}) has started {count} tasks: {}.",
            key.2,
            said.join(" ")
        );
        note(service, now, text);
    }
}

/// Which sets are stable now. Witness: API reference, TaskSet.stabilityStatus: all tasks run, and load balancers find them healthy.
fn settle(service: &mut Service, wanted: &Wanted, counts: &[SetView], now: Time) {
    for (set, view) in service.sets.iter_mut().zip(counts) {
        let target = plan::target(wanted, view);
        let stable = plan::live(view) == target && plan::well(view) == target;
        if stable != set.stable {
            set.stable = stable;
            set.stable_since = now;
            set.updated = now;
        }
    }
}

/// A rollout that is complete, a service that is steady, a service that is gone.
fn conclude(key: &ServiceKey, service: &mut Service, counts: &[SetView], now: Time) {
    let tasks: usize = counts.iter().map(|view| view.tasks.len()).sum();
    if service.status == ServiceStatus::Draining && tasks == 0 {
        service.status = ServiceStatus::Inactive;
        service.sets.clear();
        return;
    }
    let alone = service.sets.len() == 1;
    let rolls = service.rolls();
    if let [set] = &mut service.sets[..]
        && rolls
        && set.stable
        && set.rollout == Rollout::InProgress
    {
        set.rollout = Rollout::Completed;
        set.rollout_reason = format!("ECS deployment {} completed.", set.id);
        set.updated = now;
        let said = format!(
            "(service {}) (deployment {}) deployment completed.",
            key.2, set.id
        );
        service.proven = Some(Box::new(set.clone()));
        note(service, now, said);
    }
    let steady = service.status == ServiceStatus::Active
        && !service.sets.is_empty()
        && (alone || !rolls)
        && service.sets.iter().all(|set| set.stable);
    if steady && !service.steady {
        note(
            service,
            now,
            format!("(service {}) has reached a steady state.", key.2),
        );
    }
    service.steady = steady;
}

/// Gives a rollout up that keeps failing, and goes back to the last one that was completed where that is wanted.
fn break_circuit(key: &ServiceKey, service: &mut Service, now: Time) {
    let configuration = service.settings.deployment_configuration.as_ref();
    let breaker = configuration.and_then(|c| c.deployment_circuit_breaker.as_ref());
    let Some(rollback) = breaker.filter(|b| b.enable).map(|b| b.rollback) else {
        return;
    };
    let (rolls, desired) = (service.rolls(), service.desired);
    let broken = service
        .sets
        .iter_mut()
        .find(|set| rolls && set.standing == Standing::Primary && failures::breaks(set, desired));
    let Some(set) = broken else {
        return;
    };
    set.rollout = Rollout::Failed;
    set.rollout_reason = "ECS deployment circuit breaker: tasks failed to start.".to_owned();
    set.updated = now;
    let failed = set.id.clone();
    let said = format!(
        "(service {}) (deployment {failed}) deployment failed: tasks failed to start.",
        key.2
    );
    let proven = service.proven.clone().filter(|_| rollback);
    note(service, now, said);
    let Some(proven) = proven else {
        return;
    };
    let id = names::new_set_id();
    let reason = format!(
        "ECS deployment circuit breaker: rolling back to deploymentId {}.",
        proven.id
    );
    let said = format!("(service {}) rolling back to (deployment {id}).", key.2);
    note(service, now, said);
    supersede(
        service,
        Set {
            id,
            rollout_reason: reason,
            ..*proven
        },
        now,
    );
}

/// A new primary deployment before the others.
pub fn supersede(service: &mut Service, set: Set, now: Time) {
    for old in &mut service.sets {
        old.standing = Standing::Active;
        old.updated = now;
    }
    let fresh = Set {
        standing: Standing::Primary,
        rollout: Rollout::InProgress,
        created: now,
        updated: now,
        stable: false,
        stable_since: now,
        failed: 0,
        row: 0,
        not_before: None,
        ..set
    };
    service.sets.insert(0, fresh);
    service.steady = false;
}
