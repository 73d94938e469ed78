//! Stored definition and request → engine plan.
//!
//! Parse, don't validate: what the engine gets needs no further check. Source: contract, codedeploy sections 4, 5.1, 6.1 and 7.1.

use super::errors;
use super::revisions::content;
use crate::companions::ObjectRef;
use crate::companions::containers::ServiceRef;
use crate::engine::deployment::appspec::{ecs, lambda};
use crate::engine::deployment::ecs::plan::{EcsSource, EcsWork, Pair};
use crate::engine::deployment::plan::{
    AlarmWatch, Bundle, LambdaSource, LambdaWork, RevisionObject, RollbackPlan, Trigger, Work,
};
use crate::engine::deployment::traffic::Routing;
use codedeploy_api::error::InvalidRevisionException;
use codedeploy_api::model::{
    AlarmConfiguration, AutoRollbackConfiguration, AutoRollbackEvent, BundleType,
    DeploymentConfigInfo, DeploymentGroupInfo, DeploymentReadyAction, ECSService, RevisionLocation,
    S3Location, TrafficRoute, TriggerConfig,
};

/// What a Lambda deployment of this revision does.
pub fn lambda_work(
    revision: &RevisionLocation,
    config: &DeploymentConfigInfo,
) -> Result<Work, InvalidRevisionException> {
    let source = match &revision.s3_location {
        Some(s3) => LambdaSource::Object(object(s3)),
        None => {
            let text = content(revision).0.unwrap_or_default();
            let spec = lambda(text.as_bytes());
            LambdaSource::Given(spec.map_err(|error| errors::invalid_app_spec(&error.0))?)
        }
    };
    Ok(Work::Lambda(LambdaWork {
        source,
        routing: routing(config),
    }))
}

/// What a deployment of this revision to the group's ECS service does.
pub fn ecs_work(
    revision: &RevisionLocation,
    config: &DeploymentConfigInfo,
    group: &DeploymentGroupInfo,
) -> Result<Work, InvalidRevisionException> {
    let source = match &revision.s3_location {
        Some(s3) => EcsSource::Object(object(s3)),
        None => {
            let text = content(revision).0.unwrap_or_default();
            let spec = ecs(text.as_bytes());
            EcsSource::Given(spec.map_err(|error| errors::invalid_app_spec(&error.0))?)
        }
    };
    let blue_green = group.blue_green_deployment_configuration.as_ref();
    let ready = blue_green.and_then(|of| of.deployment_ready_option.as_ref());
    let ready = ready
        .filter(|ready| ready.action_on_timeout == Some(DeploymentReadyAction::StopDeployment));
    let terminate = blue_green
        .and_then(|of| of.terminate_blue_instances_on_deployment_success.as_ref())
        .and_then(|of| of.termination_wait_time_in_minutes);
    Ok(Work::Ecs(Box::new(EcsWork {
        source,
        routing: routing(config),
        // Groups are not kept without a service.
        place: place(group).unwrap_or_else(|| ServiceRef {
            cluster: String::new(),
            service: String::new(),
        }),
        pair: pair(group),
        ready_wait: ready.map(|ready| minutes(ready.wait_time_in_minutes)),
        termination_wait: minutes(terminate),
    })))
}

/// The group's only service of ECS.
pub fn place(group: &DeploymentGroupInfo) -> Option<ServiceRef> {
    let service: &ECSService = group.ecs_services.iter().flatten().next()?;
    let name = |of: &Option<String>| of.clone().unwrap_or_default();
    Some(ServiceRef {
        cluster: name(&service.cluster_name),
        service: name(&service.service_name),
    })
}

/// The group's only pair of target groups; groups are not kept without one.
pub fn pair(group: &DeploymentGroupInfo) -> Pair {
    let info = group.load_balancer_info.as_ref();
    let pair = info.and_then(|info| info.target_group_pair_info_list.as_ref()?.first());
    let groups = pair.and_then(|pair| pair.target_groups.as_deref());
    let name = |place: usize| {
        let group = groups.and_then(|groups| groups.get(place));
        group
            .and_then(|group| group.name.clone())
            .unwrap_or_default()
    };
    let listener = |route: Option<&TrafficRoute>| {
        route
            .and_then(|route| route.listener_arns.as_ref()?.first())
            .cloned()
    };
    Pair {
        groups: [name(0), name(1)],
        production: listener(pair.and_then(|pair| pair.prod_traffic_route.as_ref()))
            .unwrap_or_default(),
        test: listener(pair.and_then(|pair| pair.test_traffic_route.as_ref())),
    }
}

/// Minutes that are not given are none.
pub fn minutes(of: Option<i32>) -> u32 {
    of.and_then(|minutes| u32::try_from(minutes).ok())
        .unwrap_or_default()
}

fn object(s3: &S3Location) -> RevisionObject {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let e_tag = given(&s3.e_tag);
    RevisionObject {
        at: ObjectRef {
            bucket: s3.bucket.clone().unwrap_or_default(),
            key: s3.key.clone().unwrap_or_default(),
            version: given(&s3.version),
        },
        e_tag: e_tag.map(|e_tag| e_tag.trim_matches('"').to_owned()),
        bundle: match s3.bundle_type {
            Some(BundleType::Zip) => Bundle::Zip,
            Some(BundleType::Tar) => Bundle::Tar,
            Some(BundleType::Tgz) => Bundle::Tgz,
            Some(BundleType::Yaml | BundleType::Json) | None => Bundle::Text,
        },
    }
}

/// A configuration without a routing shifts all at once.
pub fn routing(config: &DeploymentConfigInfo) -> Routing {
    let number = |value: Option<i32>| value.and_then(|value| u32::try_from(value).ok());
    let Some(routing) = &config.traffic_routing_config else {
        return Routing::AllAtOnce;
    };
    if let Some(canary) = &routing.time_based_canary {
        return Routing::Canary {
            percent: number(canary.canary_percentage).unwrap_or(100),
            minutes: number(canary.canary_interval).unwrap_or(0),
        };
    }
    match &routing.time_based_linear {
        Some(linear) => Routing::Linear {
            // At least one, or it would have no end.
            percent: number(linear.linear_percentage).unwrap_or(100).max(1),
            minutes: number(linear.linear_interval).unwrap_or(0),
        },
        None => Routing::AllAtOnce,
    }
}

/// None when they are switched off.
pub fn alarms(of: Option<&AlarmConfiguration>) -> AlarmWatch {
    let Some(of) = of.filter(|of| of.enabled == Some(true)) else {
        return AlarmWatch::default();
    };
    let names = of.alarms.iter().flatten();
    AlarmWatch {
        names: names.filter_map(|alarm| alarm.name.clone()).collect(),
        ignore_failure: of.ignore_poll_alarm_failure == Some(true),
    }
}

/// The deployment that may follow, under an id that is given to it now.
pub fn rollback(id: String, seed: String, of: Option<&AutoRollbackConfiguration>) -> RollbackPlan {
    let of = of.filter(|of| of.enabled == Some(true));
    let events = of.and_then(|of| of.events.as_deref()).unwrap_or_default();
    let on = |event| events.contains(&event);
    RollbackPlan {
        id,
        seed,
        on_failure: on(AutoRollbackEvent::DeploymentFailure),
        on_alarm: on(AutoRollbackEvent::DeploymentStopOnAlarm),
        on_request: on(AutoRollbackEvent::DeploymentStopOnRequest),
    }
}

pub fn triggers(of: &[TriggerConfig]) -> Vec<Trigger> {
    let trigger = |of: &TriggerConfig| Trigger {
        name: of.trigger_name.clone().unwrap_or_default(),
        topic: of.trigger_target_arn.clone().unwrap_or_default(),
        events: of
            .trigger_events
            .iter()
            .flatten()
            .map(|event| event.as_str().to_owned())
            .collect(),
    };
    of.iter().map(trigger).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use codedeploy_api::model::Alarm;

    // Witness: contract codedeploy §5.9: alarms that are switched off are not looked at.
    #[test]
    fn only_alarms_that_are_switched_on_are_watched() {
        let of = |enabled: Option<bool>, ignore: Option<bool>| AlarmConfiguration {
            enabled,
            ignore_poll_alarm_failure: ignore,
            alarms: Some(vec![Alarm {
                name: Some("One".to_owned()),
            }]),
        };
        assert_eq!(alarms(None), AlarmWatch::default());
        for off in [None, Some(false)] {
            assert_eq!(alarms(Some(&of(off, Some(true)))), AlarmWatch::default());
        }
        for (ignore, expected) in [(None, false), (Some(false), false), (Some(true), true)] {
            let watch = alarms(Some(&of(Some(true), ignore)));
            assert_eq!(watch.names, ["One"]);
            assert_eq!(watch.ignore_failure, expected);
        }
    }

    // Witness: contract codedeploy §5.5: events count only while the rollback is enabled.
    #[test]
    fn rollbacks_follow_only_what_is_enabled() {
        let events = [
            AutoRollbackEvent::DeploymentFailure,
            AutoRollbackEvent::DeploymentStopOnAlarm,
            AutoRollbackEvent::DeploymentStopOnRequest,
        ];
        let of = |enabled: Option<bool>, events: &[AutoRollbackEvent]| {
            let configuration = AutoRollbackConfiguration {
                enabled,
                events: Some(events.to_vec()),
            };
            let plan = rollback(String::new(), String::new(), Some(&configuration));
            [plan.on_failure, plan.on_alarm, plan.on_request]
        };
        assert_eq!(of(None, &events), [false; 3]);
        assert_eq!(of(Some(false), &events), [false; 3]);
        assert_eq!(of(Some(true), &[]), [false; 3]);
        assert_eq!(of(Some(true), &events[..1]), [true, false, false]);
        assert_eq!(of(Some(true), &events[1..2]), [false, true, false]);
        assert_eq!(of(Some(true), &events[2..]), [false, false, true]);
    }
}
