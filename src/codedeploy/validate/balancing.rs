//! Rules of a group's load balancer.
//!
//! Source: contract, codedeploy sections 1.4, 2.3 and 3.4.1.

use crate::codedeploy::errors;
use codedeploy_api::error::{InvalidLoadBalancerInfoException, InvalidTargetGroupPairException};
use codedeploy_api::model::{
    ComputePlatform, DeploymentGroupInfo, DeploymentOption, LoadBalancerInfo, TargetGroupPairInfo,
    TrafficRoute,
};

/// Load balancers of a kind, and target groups.
const MOST: usize = 10;

/// `balanced` says whether deployments go with traffic control.
pub fn check<E>(
    platform: ComputePlatform,
    balanced: bool,
    info: Option<&LoadBalancerInfo>,
) -> Result<(), E>
where
    E: From<InvalidLoadBalancerInfoException> + From<InvalidTargetGroupPairException>,
{
    let balancers = info.and_then(|info| info.elb_info_list.as_ref());
    let balancers = balancers.map_or(0, Vec::len);
    let targets = info.and_then(|info| info.target_group_info_list.as_ref());
    let targets = targets.map_or(0, Vec::len);
    if balancers > MOST || targets > MOST {
        return Err(InvalidLoadBalancerInfoException::new(format!(
            "A deployment group has at most {MOST} load balancers and {MOST} target groups"
        ))
        .into());
    }
    let pairs = info.and_then(|info| info.target_group_pair_info_list.as_deref());
    match (platform, pairs.unwrap_or_default()) {
        (ComputePlatform::Ecs, []) => Err(InvalidLoadBalancerInfoException::new(
            "A deployment group associated with an application that uses the ECS compute platform must contain a valid pair of target groups that identify a load balancer.",
        )
        .into()),
        (ComputePlatform::Ecs, [one]) => Ok(pair(one)?),
        (ComputePlatform::Ecs, _) => Err(InvalidTargetGroupPairException::new(
            "A deployment group has exactly one pair of target groups",
        )
        .into()),
        (ComputePlatform::Server, _) if balanced && balancers + targets == 0 => {
            Err(InvalidLoadBalancerInfoException::new(
                "The specification for load balancing in the deployment group is invalid. The deploymentOption value is set to WITH_TRAFFIC_CONTROL, but either no load balancer was specified in elbInfoList or no target group was specified in targetGroupInfoList.",
            )
            .into())
        }
        (ComputePlatform::Server | ComputePlatform::Lambda, _) => Ok(()),
    }
}

/// Classic load balancers may be named, as long as nothing is deployed behind them.
pub fn reachable(group: &DeploymentGroupInfo) -> Result<(), InvalidLoadBalancerInfoException> {
    let style = group.deployment_style.as_ref();
    let option = style.and_then(|style| style.deployment_option);
    let info = group.load_balancer_info.as_ref();
    let info = info.filter(|_| option == Some(DeploymentOption::WithTrafficControl));
    let classic = info.and_then(|info| info.elb_info_list.as_ref()?.first());
    match classic {
        Some(one) => Err(errors::no_classic_balancers(
            one.name.as_deref().unwrap_or_default(),
        )),
        None => Ok(()),
    }
}

fn pair(pair: &TargetGroupPairInfo) -> Result<(), InvalidTargetGroupPairException> {
    let refused = |why: &str| Err(InvalidTargetGroupPairException::new(why));
    let groups = pair.target_groups.as_deref().unwrap_or_default();
    let names: Vec<&str> = groups
        .iter()
        .filter_map(|group| group.name.as_deref())
        .collect();
    match names[..] {
        [blue, green]
            if groups.len() == 2 && blue != green && !blue.is_empty() && !green.is_empty() => {}
        _ => return refused("A pair of target groups needs two different target groups"),
    }
    match (&pair.prod_traffic_route, &pair.test_traffic_route) {
        (Some(production), test)
            if has_listener(production) && test.as_ref().is_none_or(has_listener) =>
        {
            Ok(())
        }
        _ => refused(
            "A pair of target groups needs one listener in its prodTrafficRoute, and one in its testTrafficRoute if it has any",
        ),
    }
}

fn has_listener(route: &TrafficRoute) -> bool {
    route
        .listener_arns
        .as_ref()
        .is_some_and(|arns| arns.len() == 1 && !arns[0].is_empty())
}
