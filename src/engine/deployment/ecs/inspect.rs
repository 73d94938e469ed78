//! Whether a service, its target groups and its listeners are as a deployment needs them.
//!
//! Which target group serves follows from the primary task set, never from the order in which the group names them. Source:
//! contract, codedeploy section 7.2.

use super::listener;
use super::plan::Pair;
use super::target::Setting;
use crate::companions::balancing::{BalancerError, ListenerInfo, RuleInfo, TargetGroupInfo};
use crate::companions::containers::{ServiceError, ServiceInfo, ServiceRef, TaskSetInfo};
use crate::engine::deployment::fault::Fault;

/// What AWS says of a network load balancer whose traffic is to be on both task sets for a while.
pub const ONLY_ALB: &str = "Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group.";

/// A listener with its rules.
pub struct Led {
    pub listener: ListenerInfo,
    pub rules: Vec<RuleInfo>,
}

/// All that is looked at.
pub struct Seen {
    pub service: ServiceInfo,
    /// In the order of the pair.
    pub groups: Vec<TargetGroupInfo>,
    pub production: Led,
    pub test: Option<Led>,
}

/// What the deployment begins with, and the task set that serves now.
pub fn setting(
    place: &ServiceRef,
    pair: &Pair,
    gradual: bool,
    seen: &Seen,
) -> Result<(Setting, TaskSetInfo), Fault> {
    let service = &seen.service;
    check_service(place, service)?;
    let primary = service.task_sets.iter().find(|set| set.status == "PRIMARY");
    // In AWS's words, which are the same whether its group is no target of the task set or not behind the listener.
    let unknown = || listener::not_behind(&pair.production);
    let primary = primary.ok_or_else(unknown)?;
    let (blue, green) = sides(primary, &seen.groups).ok_or_else(unknown)?;
    if let Some(misfit) = misfit(service, &seen.groups) {
        return Err(Fault::service_update(misfit));
    }
    let led = &seen.production;
    if !listener::leads_to(&blue.arn, &led.listener, &led.rules) {
        return Err(listener::not_behind(&pair.production));
    }
    if gradual && listener::is_plain(&led.listener) {
        return Err(Fault::balancing(ONLY_ALB));
    }
    if let (Some(led), Some(arn)) = (&seen.test, &pair.test) {
        let leads =
            |group: &TargetGroupInfo| listener::leads_to(&group.arn, &led.listener, &led.rules);
        if !leads(blue) && !leads(green) {
            return Err(listener::not_behind(arn));
        }
    }
    let setting = Setting {
        service_arn: service.arn.clone(),
        blue: primary.id.clone(),
        blue_group: blue.clone(),
        green_group: green.clone(),
        production: pair.production.clone(),
        test: pair.test.clone(),
    };
    Ok((setting, primary.clone()))
}

fn check_service(place: &ServiceRef, service: &ServiceInfo) -> Result<(), Fault> {
    let name = &place.service;
    if service.status != "ACTIVE" {
        return Err(Fault::service(format!(
            "The Amazon ECS service {name} is {}, not ACTIVE.",
            service.status
        )));
    }
    match service.controller.as_str() {
        "CODE_DEPLOY" => Ok(()),
        _ => Err(Fault::service(
            "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller",
        )),
    }
}

/// The target group that serves, and the one that is free.
fn sides<'a>(
    primary: &TaskSetInfo,
    groups: &'a [TargetGroupInfo],
) -> Option<(&'a TargetGroupInfo, &'a TargetGroupInfo)> {
    let registered = |group: &&TargetGroupInfo| {
        let mut at = primary.load_balancers.iter();
        at.any(|at| at.target_group_arn == group.arn)
    };
    let (live, free): (Vec<_>, Vec<_>) = groups.iter().partition(registered);
    match (&live[..], &free[..]) {
        ([blue], [green]) => Some((blue, green)),
        _ => None,
    }
}

/// What is wrong with a target group of a service whose tasks have addresses of their own: they are registered by these.
pub fn misfit(service: &ServiceInfo, groups: &[TargetGroupInfo]) -> Option<String> {
    let odd = groups.iter().find(|group| group.target_type != "ip");
    let odd = odd.filter(|_| service.network.is_some())?;
    Some(format!(
        "The target group {} has the target type {}, which is incompatible with the awsvpc network mode of the service.",
        odd.name, odd.target_type
    ))
}

/// What is said of a service that could not be read.
pub fn unreadable(place: &ServiceRef, error: &ServiceError) -> Fault {
    let ServiceRef { cluster, service } = place;
    match error {
        ServiceError::NoSuchCluster => {
            Fault::service(format!("The Amazon ECS cluster {cluster} does not exist."))
        }
        ServiceError::NoSuchService => Fault::service(format!(
            "The Amazon ECS service {service} does not exist in the cluster {cluster}."
        )),
        error => Fault::service(format!(
            "The Amazon ECS service {service} of the cluster {cluster} cannot be used: {error}"
        )),
    }
}

/// What is said of a change that ECS did not make.
pub fn not_updated(place: &ServiceRef, error: &ServiceError) -> Fault {
    match error {
        ServiceError::NoSuchCluster | ServiceError::NoSuchService => unreadable(place, error),
        error => Fault::service_update(format!(
            "The ECS service cannot be updated due to an unexpected error: {error}"
        )),
    }
}

/// What is said of target groups that could not be read.
pub fn ungrouped(error: &BalancerError) -> Fault {
    match error {
        BalancerError::NoSuchTargetGroup(_) => Fault::service_update(format!(
            "The ECS service cannot be updated due to an unexpected error: {error}"
        )),
        error => unbalanced(error),
    }
}

/// What is said of a load balancer that could not be read or changed.
pub fn unbalanced(error: &BalancerError) -> Fault {
    Fault::balancing(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companions::balancing::{Forward, GroupWeight};
    use crate::companions::containers::{NetworkPlace, Registration};

    fn pair() -> Pair {
        Pair {
            groups: ["one", "two"].map(str::to_owned),
            production: "listener".to_owned(),
            test: Some("test".to_owned()),
        }
    }

    fn led(kind: &str, group: &str) -> Led {
        let groups = vec![GroupWeight {
            target_group_arn: group.to_owned(),
            weight: 1,
        }];
        Led {
            listener: ListenerInfo {
                arn: "listener".to_owned(),
                kind: kind.to_owned(),
                forward: Some(Forward { groups }),
            },
            rules: Vec::new(),
        }
    }

    fn seen() -> Seen {
        let group = |name: &str| TargetGroupInfo {
            arn: format!("arn-{name}"),
            name: name.to_owned(),
            target_type: "ip".to_owned(),
        };
        let primary = TaskSetInfo {
            id: "ecs-svc/1".to_owned(),
            status: "PRIMARY".to_owned(),
            load_balancers: vec![Registration {
                target_group_arn: "arn-two".to_owned(),
                ..Registration::default()
            }],
            ..TaskSetInfo::default()
        };
        Seen {
            service: ServiceInfo {
                arn: "arn".to_owned(),
                status: "ACTIVE".to_owned(),
                controller: "CODE_DEPLOY".to_owned(),
                task_sets: vec![TaskSetInfo::default(), primary],
                ..ServiceInfo::default()
            },
            groups: vec![group("one"), group("two")],
            production: led("application", "arn-two"),
            test: Some(led("application", "arn-one")),
        }
    }

    fn place() -> ServiceRef {
        ServiceRef {
            cluster: "c".to_owned(),
            service: "web".to_owned(),
        }
    }

    // Witness: contract codedeploy §7.2: blue is derived from the primary task set.
    #[test]
    fn the_primary_task_set_says_which_group_serves() {
        let (setting, primary) = setting(&place(), &pair(), true, &seen()).unwrap();
        assert_eq!(
            (setting.blue.as_str(), primary.id),
            ("ecs-svc/1", "ecs-svc/1".to_owned())
        );
        assert_eq!(setting.blue_group.name, "two");
        assert_eq!(setting.green_group.name, "one");
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Seen), code: &str, message: &str) {
        let mut seen = seen();
        change(&mut seen);
        let fault = setting(&place(), &pair(), true, &seen).unwrap_err();
        assert_eq!(
            (fault.code.as_str(), fault.message.as_str()),
            (code, message)
        );
    }

    // Witness: contract codedeploy §7.2, §5.6, §1.4; texts that are not there are ours.
    #[test]
    fn each_precondition_has_its_error() {
        refused(
            |seen| seen.service.status = "DRAINING".to_owned(),
            "INVALID_ECS_SERVICE",
            "The Amazon ECS service web is DRAINING, not ACTIVE.",
        );
        refused(
            |seen| seen.service.controller = "ECS".to_owned(),
            "INVALID_ECS_SERVICE",
            "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller",
        );
        refused(
            |seen| seen.service.task_sets.clear(),
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener listener",
        );
        refused(
            |seen| seen.service.task_sets[1].load_balancers.clear(),
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener listener",
        );
        refused(
            |seen| {
                let both = seen.groups.iter().map(|group| Registration {
                    target_group_arn: group.arn.clone(),
                    ..Registration::default()
                });
                seen.service.task_sets[1].load_balancers = both.collect();
            },
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener listener",
        );
        refused(
            |seen| seen.production = led("application", "arn-one"),
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener listener",
        );
        refused(
            |seen| seen.test = Some(led("application", "other")),
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener test",
        );
        refused(
            |seen| seen.production = led("network", "arn-two"),
            "ELASTIC_LOAD_BALANCING_INVALID",
            "The ELB could not be updated due to the following error: Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group.",
        );
        refused(
            |seen| {
                seen.service.network = Some(NetworkPlace::default());
                seen.groups[0].target_type = "instance".to_owned();
            },
            "ECS_UPDATE_ERROR",
            "The target group one has the target type instance, which is incompatible with the awsvpc network mode of the service.",
        );
    }

    // Witness: contract codedeploy §7.2 row 4; the text is ours.
    #[test]
    fn a_target_group_that_is_gone_is_an_error_of_the_update() {
        let fault = ungrouped(&BalancerError::NoSuchTargetGroup("two".to_owned()));
        assert_eq!(
            (fault.code.as_str(), fault.message.as_str()),
            (
                "ECS_UPDATE_ERROR",
                "The ECS service cannot be updated due to an unexpected error: the target group two does not exist"
            )
        );
        let fault = ungrouped(&BalancerError::NotServed);
        assert_eq!(fault.code.as_str(), "ELASTIC_LOAD_BALANCING_INVALID");
    }

    // Witness: contract codedeploy §7.2 row 3: it is enough when a rule of the listener leads there.
    #[test]
    fn a_rule_of_the_listener_may_lead_to_the_service() {
        let mut seen = seen();
        let led = led("application", "arn-two");
        seen.production.rules = vec![RuleInfo {
            arn: "rule".to_owned(),
            forward: led.listener.forward,
        }];
        seen.production.listener.forward = None;
        assert!(setting(&place(), &pair(), true, &seen).is_ok());
    }

    // Witness: contract codedeploy §7.2, §7.5.
    #[test]
    fn a_network_load_balancer_is_good_for_all_at_once() {
        let mut seen = seen();
        seen.production = led("network", "arn-two");
        assert!(setting(&place(), &pair(), false, &seen).is_ok());
    }
}
