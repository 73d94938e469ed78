//! Rollbacks: whether one follows an end, and the deployment that it is.
//!
//! Source: contract, codedeploy sections 5.5, 6.6 and 7.7.

use super::ecs;
use super::lambda::ALLOW;
use super::plan::{AlarmWatch, DeploymentPlan, LambdaSource, LambdaWork, Work};
use super::server;
use super::state::{DeploymentState, Ending, LambdaTarget, Target};
use super::traffic::Routing;

/// The id of the deployment that rolls this one back, if one is to. What never knew its target has nothing to set back, and what
/// rolls back is not rolled back itself.
pub(super) fn follows(state: &DeploymentState, ending: &Ending) -> Option<String> {
    let rollback = state.plan.rollback.as_ref()?;
    if state.plan.rolls_back.is_some() {
        return None;
    }
    let possible = match state.target.as_ref()? {
        Target::Lambda(_) => true,
        Target::Ecs(_) => ecs::rollback::is_possible(state),
        Target::Server(fleet) => server::back::is_possible(fleet),
    };
    let wanted = match ending {
        // A wait that nobody ended has ended as Stopped: neither a failure nor an alarm, and no person has asked for it.
        Ending::Succeeded | Ending::Orphaned(_) | Ending::TimedOut(_) => false,
        Ending::Failed(_) => rollback.on_failure,
        Ending::Alarmed(_) => rollback.on_alarm,
        Ending::Requested { rollback: asked } => asked.unwrap_or(rollback.on_request),
    };
    (wanted && possible).then(|| rollback.id.clone())
}

/// The deployment that rolls back a finished one. It watches no alarms, since the one that caused it still rings, and is never
/// rolled back itself.
pub fn plan(of: &DeploymentState) -> Option<DeploymentPlan> {
    let id = of.rolled_back_by.clone()?;
    let rollback = of.plan.rollback.as_ref()?;
    let created = of.completed?;
    let work = match of.target.as_ref()? {
        Target::Lambda(target) => lambda_work(target),
        Target::Ecs(_) => ecs::rollback::work_of(of)?,
        Target::Server(fleet) => server::back::work_of(of, fleet)?,
    };
    Some(DeploymentPlan {
        id,
        seed: rollback.seed.clone(),
        work,
        alarms: AlarmWatch::default(),
        rollback: None,
        rolls_back: Some(of.plan.id.clone()),
        listener: None,
        created,
        ..of.plan.clone()
    })
}

/// The versions the other way round, all at once, without hooks.
fn lambda_work(target: &LambdaTarget) -> Work {
    let moved = target
        .lifecycle
        .get(ALLOW)
        .is_some_and(|event| event.start.is_some());
    let spec = super::appspec::LambdaSpec {
        current: target.spec.target.clone(),
        target: target.spec.current.clone(),
        before_allow_traffic: None,
        after_allow_traffic: None,
        ..target.spec.clone()
    };
    Work::Lambda(LambdaWork {
        source: LambdaSource::Restore { spec, moved },
        routing: Routing::AllAtOnce,
    })
}

/// What both say of a rollback.
pub struct Links {
    /// The deployment that rolls this one back.
    pub by: Option<String>,
    /// The deployment that this one rolls back.
    pub of: Option<String>,
    pub message: String,
}

/// What a deployment says of a rollback, in AWS's words.
pub fn links(state: &DeploymentState) -> Option<Links> {
    let id = &state.plan.id;
    if let Some(of) = &state.plan.rolls_back {
        return Some(Links {
            by: None,
            of: Some(of.clone()),
            message: format!("Deployment {id} is triggered to roll back deployment {of}."),
        });
    }
    let by = state.rolled_back_by.as_ref()?;
    Some(Links {
        by: Some(by.clone()),
        of: None,
        message: format!(
            "Deployment {id} terminated. Automatic rollback is triggered with a DeploymentId {by}."
        ),
    })
}
