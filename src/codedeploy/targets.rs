//! Targets of deployments: their ids, which of them a list shows, and what the wire shows of one.
//!
//! Source: contract, codedeploy sections 2.1, 5.4, 6.7, 7.6 and 8.9.

use super::{errors, pages};
use crate::aws::{Arn, Scope, Time, page as cursor};
use crate::engine::deployment::DeploymentState;
use crate::engine::deployment::appspec::function_name;
use crate::engine::deployment::color::Color;
use crate::engine::deployment::ecs::target::{EcsTarget, SetSeen};
use crate::engine::deployment::lifecycle::{EventStatus, Lifecycle, LifecycleEvent as Happened};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::server::fleet::Instance;
use crate::engine::deployment::server::plan::Style;
use crate::engine::deployment::server::report::Report;
use crate::engine::deployment::state::{LambdaTarget as Alias, Target, TargetStatus as Standing};
use codedeploy_api::error::{
    DeploymentNotStartedException, InvalidComputePlatformException,
    InvalidDeploymentInstanceTypeException,
};
use codedeploy_api::model::{
    DeploymentTarget, DeploymentTargetType, Diagnostics, ECSTarget, ECSTaskSet, InstanceStatus,
    InstanceSummary, InstanceTarget, InstanceType, LambdaFunctionInfo, LambdaTarget,
    LifecycleErrorCode, LifecycleEvent, LifecycleEventStatus, TargetGroupInfo, TargetLabel,
    TargetStatus,
};

/// One target, by platform.
#[derive(Clone, Copy)]
pub enum Seen<'a> {
    Lambda(&'a Alias),
    Ecs(&'a EcsTarget),
    Server(&'a Instance),
}

/// All targets in their order, once they are known.
pub fn all(state: &DeploymentState) -> Result<Vec<Seen<'_>>, DeploymentNotStartedException> {
    let target = state.target.as_ref();
    let target = target.ok_or_else(|| errors::deployment_not_started(&state.plan.id))?;
    Ok(match target {
        Target::Lambda(alias) => vec![Seen::Lambda(alias)],
        Target::Ecs(service) => vec![Seen::Ecs(service)],
        Target::Server(fleet) => {
            let instances = fleet.instances.iter();
            instances.map(|one| Seen::Server(one)).collect()
        }
    })
}

/// The target of this id, if it is known.
pub fn find<'a>(state: &'a DeploymentState, id: &str) -> Option<Seen<'a>> {
    let mut all = all(state).ok()?.into_iter();
    all.find(|target| target.is_called(id))
}

/// How many targets one call may ask for.
pub fn most(state: &DeploymentState) -> usize {
    match state.plan.work {
        Work::Server(_) => 25,
        Work::Lambda(_) | Work::Ecs(_) => 1,
    }
}

/// The operations for instances know no deployments to ECS.
pub fn has_instances(state: &DeploymentState) -> Result<(), InvalidComputePlatformException> {
    match state.plan.work {
        Work::Ecs(_) => Err(errors::no_instances_of_ecs(&state.plan.id)),
        Work::Lambda(_) | Work::Server(_) => Ok(()),
    }
}

/// What a list of targets asks for: one of the statuses, and one of the labels.
#[derive(Debug, Default)]
pub struct Wanted {
    pub statuses: Vec<String>,
    /// `Blue` and `Green`.
    pub labels: Vec<String>,
}

impl Wanted {
    /// Labels can only be asked for where instances take the place of others.
    pub fn check(
        &self,
        state: &DeploymentState,
    ) -> Result<(), InvalidDeploymentInstanceTypeException> {
        let has_labels = match &state.plan.work {
            Work::Server(work) => work.style != Style::InPlace,
            Work::Lambda(_) | Work::Ecs(_) => false,
        };
        match has_labels || self.labels.is_empty() {
            true => Ok(()),
            false => Err(errors::no_instance_types(&state.plan.id)),
        }
    }

    fn includes(&self, target: &Seen<'_>) -> bool {
        let label = target.label().map(Color::as_str);
        let has_label = || label.is_some_and(|label| self.labels.iter().any(|of| of == label));
        target.has_status(&self.statuses) && (self.labels.is_empty() || has_label())
    }
}

/// A page of the ids of those that are wanted, and the token of the next one.
pub fn page(
    all: &[Seen<'_>],
    wanted: &Wanted,
    binding: &str,
    token: Option<&str>,
) -> pages::Page<String> {
    let after: Option<u64> = pages::position(binding, token)?;
    let numbered = (1..).zip(all);
    let left = numbered.filter(|(number, target)| {
        after.is_none_or(|after| *number > after) && wanted.includes(target)
    });
    let left: Vec<(u64, &Seen<'_>)> = left.take(pages::PAGE + 1).collect();
    let (shown, next) = cursor::cut(left, pages::PAGE, |(number, _)| *number);
    let ids = shown.into_iter().map(|(_, target)| target.id()).collect();
    Ok((ids, next.map(|at| cursor::token(binding, &at))))
}

impl Seen<'_> {
    pub fn id(&self) -> String {
        match self {
            Self::Lambda(of) => of.spec.target_id(),
            Self::Ecs(of) => of.id(),
            Self::Server(of) => of.id.clone(),
        }
    }

    /// Whether this is the target's id; of a function its name alone is one too.
    pub fn is_called(&self, id: &str) -> bool {
        match self {
            Self::Lambda(of) => id == of.spec.target_id() || id == function_name(&of.spec.function),
            Self::Ecs(of) => id == of.id(),
            Self::Server(of) => id == of.id,
        }
    }

    /// Whether its status is among these names; none of them asks for none.
    fn has_status(&self, names: &[String]) -> bool {
        let status = self.status().as_str();
        names.is_empty() || names.iter().any(|name| name == status)
    }

    /// Of instances that replace others or are replaced.
    fn label(&self) -> Option<Color> {
        match self {
            Self::Server(of) => of.label,
            Self::Lambda(_) | Self::Ecs(_) => None,
        }
    }

    fn status(&self) -> Standing {
        match self {
            Self::Lambda(of) => of.status,
            Self::Ecs(of) => of.status,
            Self::Server(of) => of.status,
        }
    }

    fn updated(&self) -> Time {
        match self {
            Self::Lambda(of) => of.updated,
            Self::Ecs(of) => of.updated,
            Self::Server(of) => of.updated,
        }
    }

    fn arn(&self, scope: &Scope) -> String {
        match self {
            Self::Lambda(of) => {
                let resource = format!("function:{}", of.spec.target_id());
                Arn::regional("lambda", scope, resource).to_string()
            }
            Self::Ecs(of) => service_arn(scope, of),
            Self::Server(of) => of.arn.clone(),
        }
    }

    fn events(&self) -> Vec<LifecycleEvent> {
        match self {
            Self::Lambda(of) => events(&of.lifecycle, |event| {
                event.diagnostics.as_deref().map(unknown)
            }),
            Self::Ecs(of) => events(&of.lifecycle, |event| {
                event.diagnostics.as_deref().map(unknown)
            }),
            Self::Server(of) => events(&of.lifecycle, |event| match event.status {
                EventStatus::Succeeded => Some(reported(&Report::success())),
                _ => of.reports.get(&event.name).map(reported),
            }),
        }
    }

    /// The target as the current operations show it.
    pub fn target(&self, state: &DeploymentState) -> DeploymentTarget {
        let label = self.label().map(Color::as_str);
        match self {
            Self::Lambda(of) => DeploymentTarget {
                deployment_target_type: Some(DeploymentTargetType::LambdaTarget),
                lambda_target: Some(self.lambda(of, state)),
                ..DeploymentTarget::default()
            },
            Self::Ecs(of) => DeploymentTarget {
                deployment_target_type: Some(DeploymentTargetType::ECSTarget),
                ecs_target: Some(ECSTarget {
                    deployment_id: Some(state.plan.id.clone()),
                    target_id: Some(self.id()),
                    target_arn: Some(self.arn(&state.plan.scope)),
                    last_updated_at: Some(self.updated().wire()),
                    lifecycle_events: Some(self.events()),
                    status: TargetStatus::try_from(self.status().as_str()).ok(),
                    task_sets_info: Some(of.sets.iter().map(|set| task_set(of, set)).collect()),
                }),
                ..DeploymentTarget::default()
            },
            Self::Server(_) => DeploymentTarget {
                deployment_target_type: Some(DeploymentTargetType::InstanceTarget),
                instance_target: Some(InstanceTarget {
                    deployment_id: Some(state.plan.id.clone()),
                    target_id: Some(self.id()),
                    target_arn: Some(self.arn(&state.plan.scope)),
                    status: TargetStatus::try_from(self.status().as_str()).ok(),
                    last_updated_at: Some(self.updated().wire()),
                    lifecycle_events: Some(self.events()),
                    instance_label: label.and_then(|of| TargetLabel::try_from(of).ok()),
                }),
                ..DeploymentTarget::default()
            },
        }
    }

    fn lambda(&self, of: &Alias, state: &DeploymentState) -> LambdaTarget {
        let spec = &of.spec;
        LambdaTarget {
            deployment_id: Some(state.plan.id.clone()),
            target_id: Some(self.id()),
            target_arn: Some(self.arn(&state.plan.scope)),
            status: TargetStatus::try_from(self.status().as_str()).ok(),
            last_updated_at: Some(self.updated().wire()),
            lifecycle_events: Some(self.events()),
            lambda_function_info: Some(LambdaFunctionInfo {
                function_name: Some(function_name(&spec.function).to_owned()),
                function_alias: Some(spec.alias.clone()),
                current_version: Some(spec.current.clone()),
                target_version: Some(spec.target.clone()),
                target_version_weight: Some(f64::from(of.weight)),
            }),
        }
    }

    /// The target as the operations for instances show it, which are older than targets.
    pub fn summary(&self, state: &DeploymentState) -> InstanceSummary {
        let label = self.label().map(Color::as_str);
        InstanceSummary {
            deployment_id: Some(state.plan.id.clone()),
            instance_id: Some(self.arn(&state.plan.scope)),
            status: InstanceStatus::try_from(self.status().as_str()).ok(),
            last_updated_at: Some(self.updated().wire()),
            lifecycle_events: Some(self.events()),
            instance_type: label.and_then(|of| InstanceType::try_from(of).ok()),
        }
    }
}

/// As ECS spells it, once the service has been looked at.
fn service_arn(scope: &Scope, of: &EcsTarget) -> String {
    let known = of.setting.as_ref().map(|known| known.service_arn.clone());
    known.unwrap_or_else(|| {
        let resource = format!("service/{}/{}", of.place.cluster, of.place.service);
        Arn::regional("ecs", scope, resource).to_string()
    })
}

fn task_set(of: &EcsTarget, set: &SetSeen) -> ECSTaskSet {
    let group = of.setting.as_ref().map(|setting| match set.color {
        Color::Blue => &setting.blue_group,
        Color::Green => &setting.green_group,
    });
    ECSTaskSet {
        identifer: Some(set.id.clone()),
        desired_count: Some(i64::from(set.desired)),
        pending_count: Some(i64::from(set.pending)),
        running_count: Some(i64::from(set.running)),
        status: Some(set.status.clone()),
        traffic_weight: Some(f64::from(of.weight_of(set.color))),
        target_group: group.map(|group| TargetGroupInfo {
            name: Some(group.name.clone()),
        }),
        task_set_label: TargetLabel::try_from(set.color.as_str()).ok(),
    }
}

fn events(
    of: &Lifecycle,
    diagnostics: impl Fn(&Happened) -> Option<Diagnostics>,
) -> Vec<LifecycleEvent> {
    let events = of.events().iter();
    events.map(|of| event(of, diagnostics(of))).collect()
}

fn event(of: &Happened, diagnostics: Option<Diagnostics>) -> LifecycleEvent {
    LifecycleEvent {
        lifecycle_event_name: Some(of.name.clone()),
        diagnostics,
        start_time: of.start.map(Time::wire),
        end_time: of.end.map(Time::wire),
        status: Some(match of.status {
            EventStatus::Pending => LifecycleEventStatus::Pending,
            EventStatus::InProgress => LifecycleEventStatus::InProgress,
            EventStatus::Succeeded => LifecycleEventStatus::Succeeded,
            EventStatus::Failed => LifecycleEventStatus::Failed,
            EventStatus::Skipped => LifecycleEventStatus::Skipped,
        }),
    }
}

fn unknown(why: &str) -> Diagnostics {
    Diagnostics {
        error_code: Some(LifecycleErrorCode::UnknownError),
        script_name: None,
        message: Some(why.to_owned()),
        log_tail: None,
    }
}

fn reported(of: &Report) -> Diagnostics {
    Diagnostics {
        error_code: LifecycleErrorCode::try_from(of.code.as_str()).ok(),
        script_name: Some(of.script.clone()),
        message: Some(of.message.clone()),
        log_tail: Some(of.log.clone()),
    }
}
