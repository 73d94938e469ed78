//! Tasks that fail: how long a service waits before it tries again, and when a rollout is given up.
//!
//! Invariant: the wait grows with each failure in a row, up to a bound; a task that was told to stop has not failed.

use super::super::rows::{Ending, Rollout, Service, Set, Task};
use crate::aws::Time;
use ecs_api::model::TaskStopCode;
use std::time::Duration;

/// A task that ran for so long did not fail for the reason that the last one did.
const KEPT_RUNNING: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Failures in a row until the service says so.
pub const SAID_AFTER: u32 = 3;

/// How the reason of a task begins that a load balancer found unhealthy. Witness: Developer Guide, "Stopped tasks error codes".
const UNHEALTHY: &str = "Task failed ELB health checks in ";

/// Why a task stops that a target group finds unhealthy.
pub fn unhealthy(group: &str) -> Ending {
    Ending {
        code: TaskStopCode::ServiceSchedulerInitiated,
        reason: format!("{UNHEALTHY}(target-group {group})"),
    }
}

/// Notes that a task of the service has stopped. True when it failed.
pub fn note(service: &mut Service, task: &Task, now: Time) -> bool {
    let failed = task.ending.as_ref().is_some_and(is_failure);
    let Some((_, id)) = task.owner.as_ref().filter(|_| failed) else {
        return false;
    };
    let Some(set) = service.sets.iter_mut().find(|set| set.id == *id) else {
        return false;
    };
    let ran = task.started.map(|started| now.since(started));
    set.row = match ran {
        Some(ran) if ran >= KEPT_RUNNING => 1,
        _ => set.row.saturating_add(1),
    };
    set.not_before = Some(now + delay(set.row));
    if set.rollout == Rollout::InProgress {
        set.failed = set.failed.saturating_add(1);
    }
    true
}

fn is_failure(ending: &Ending) -> bool {
    match ending.code {
        TaskStopCode::TaskFailedToStart | TaskStopCode::EssentialContainerExited => true,
        TaskStopCode::ServiceSchedulerInitiated => ending.reason.starts_with(UNHEALTHY),
        _ => false,
    }
}

/// The first failure is made good at once.
fn delay(row: u32) -> Duration {
    match row {
        0 | 1 => Duration::ZERO,
        more => LONGEST.min(Duration::from_secs(1 << more.saturating_sub(1).min(20))),
    }
}

/// Whether the rollout has failed, for a service whose circuit breaker is on. Witness: Developer Guide, "How the Amazon ECS deployment
/// circuit breaker detects failures": half of the desired count, 3 at least and 200 at most.
pub fn breaks(set: &Set, desired: u32) -> bool {
    let threshold = desired.div_ceil(2).clamp(3, 200);
    set.rollout == Rollout::InProgress && set.failed >= threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_a_bound() {
        let waits = [0, 1, 2, 3, 4, 11, 40, u32::MAX].map(|row| delay(row).as_secs());
        assert_eq!(waits, [0, 0, 2, 4, 8, 900, 900, 900]);
    }
}
