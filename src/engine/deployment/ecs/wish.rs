//! The task set that a deployment asks for.
//!
//! What the AppSpec does not say is as the service has it, but for the platform version. Source: contract, codedeploy sections 7.1
//! and 7.4 row 2.

use super::effect::Route;
use crate::companions::containers::{CapacityShare, Registration, ServiceInfo, TaskSetWish};
use crate::engine::deployment::appspec::EcsSpec;

/// The platform version of Fargate that an AppSpec means which names none.
const NEWEST: &str = "LATEST";

/// `id` is the deployment, by which the task set is found again.
pub fn wish(service: &ServiceInfo, spec: &EcsSpec, route: &Route, id: &str) -> TaskSetWish {
    let capacity = match spec.capacity.is_empty() {
        true => service.capacity.clone(),
        false => spec.capacity.clone(),
    };
    let launch_type = service.launch_type.clone();
    let launch_type = launch_type.filter(|_| capacity.is_empty());
    let version = spec.platform_version.clone();
    let newest = || is_fargate(launch_type.as_deref(), &capacity).then(|| NEWEST.to_owned());
    TaskSetWish {
        external_id: id.to_owned(),
        task_definition: spec.task_definition.clone(),
        platform_version: version.or_else(newest),
        launch_type,
        capacity,
        network: spec.network.clone().or_else(|| service.network.clone()),
        load_balancers: vec![Registration {
            target_group_arn: route.green.clone(),
            container: spec.container.clone(),
            port: spec.port,
        }],
        registries: service.registries.clone(),
    }
}

fn is_fargate(launch_type: Option<&str>, capacity: &[CapacityShare]) -> bool {
    let named = capacity.first().map(|share| share.provider.as_str());
    launch_type == Some("FARGATE") || named.is_some_and(|name| name.starts_with("FARGATE"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companions::containers::{NetworkPlace, Registry};
    use crate::engine::deployment::appspec::ecs;

    const BARE: &str = r#"{"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {
        "TaskDefinition": "web:2", "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80}}}}]}"#;

    const FULL: &str = r#"{"version": 0.0, "Resources": [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": {
        "TaskDefinition": "web:2", "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80}, "PlatformVersion": "1.3.0",
        "NetworkConfiguration": {"AwsvpcConfiguration":
            {"Subnets": ["other"], "SecurityGroups": ["sg"], "AssignPublicIp": "ENABLED"}},
        "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]}}}]}"#;

    fn network(subnet: &str) -> NetworkPlace {
        NetworkPlace {
            subnets: vec![subnet.to_owned()],
            ..NetworkPlace::default()
        }
    }

    fn wished(service: &ServiceInfo, spec: &str) -> TaskSetWish {
        let route = Route {
            listener: "l".to_owned(),
            blue: "arn-blue".to_owned(),
            green: "arn-green".to_owned(),
        };
        wish(service, &ecs(spec.as_bytes()).unwrap(), &route, "d-1")
    }

    // Witness: contract codedeploy §7.1 (what is optional, LATEST), §7.4 row 2, §10.1 F20.
    #[test]
    fn a_task_set_is_as_the_appspec_says_and_otherwise_as_the_service_is() {
        let service = ServiceInfo {
            launch_type: Some("FARGATE".to_owned()),
            platform_version: Some("1.3.0".to_owned()),
            network: Some(network("own")),
            registries: vec![Registry {
                arn: "registry".to_owned(),
                ..Registry::default()
            }],
            ..ServiceInfo::default()
        };
        let bare = TaskSetWish {
            external_id: "d-1".to_owned(),
            task_definition: "web:2".to_owned(),
            launch_type: Some("FARGATE".to_owned()),
            capacity: Vec::new(),
            platform_version: Some("LATEST".to_owned()),
            network: Some(network("own")),
            load_balancers: vec![Registration {
                target_group_arn: "arn-green".to_owned(),
                container: "web".to_owned(),
                port: 80,
            }],
            registries: service.registries.clone(),
        };
        assert_eq!(wished(&service, BARE), bare);
        let full = TaskSetWish {
            launch_type: None,
            capacity: vec![CapacityShare {
                provider: "FARGATE_SPOT".to_owned(),
                base: None,
                weight: Some(1),
            }],
            platform_version: Some("1.3.0".to_owned()),
            network: Some(NetworkPlace {
                security_groups: vec!["sg".to_owned()],
                public_ip: Some("ENABLED".to_owned()),
                ..network("other")
            }),
            ..bare
        };
        assert_eq!(wished(&service, FULL), full);
        let own = ServiceInfo {
            launch_type: Some("EC2".to_owned()),
            ..ServiceInfo::default()
        };
        assert_eq!(wished(&own, BARE).platform_version, None);
        let strategy = ServiceInfo {
            capacity: full.capacity.clone(),
            ..ServiceInfo::default()
        };
        let wished = wished(&strategy, BARE);
        assert_eq!(wished.capacity, full.capacity);
        assert_eq!(wished.platform_version.as_deref(), Some("LATEST"));
    }
}
