//! The AppSpec of an ECS deployment: which task definition a service gets, behind which container port.
//!
//! Source: contract, codedeploy section 7.1.

use super::reader::{self, AppSpecError, Read, find, items, required, required_text, text};
use crate::aws::Arn;
use crate::companions::containers::{CapacityShare, NetworkPlace};
use crate::engine::build::buildspec::yaml::Node;
use serde::{Deserialize, Serialize};

/// An AppSpec that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcsSpec {
    /// ARN, or `family:revision`.
    pub task_definition: String,
    pub container: String,
    pub port: u32,
    /// What is absent here is as the service has it.
    pub platform_version: Option<String>,
    pub network: Option<NetworkPlace>,
    pub capacity: Vec<CapacityShare>,
    pub hooks: EcsHooks,
}

/// Functions by name or ARN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcsHooks {
    pub before_install: Option<String>,
    pub after_install: Option<String>,
    pub after_allow_test_traffic: Option<String>,
    pub before_allow_traffic: Option<String>,
    pub after_allow_traffic: Option<String>,
}

/// Reads an AppSpec, JSON or YAML.
pub fn ecs(bytes: &[u8]) -> Read<EcsSpec> {
    let root = reader::root(bytes)?;
    let (path, properties) = reader::resource(&root, "AWS::ECS::Service")?;
    let task_definition = task_definition(properties, &path)?;
    let balancer = required(properties, "LoadBalancerInfo", &path)?;
    let at = format!("{path}.LoadBalancerInfo");
    let container = required_text(balancer, "ContainerName", &at)?.to_owned();
    let port = required(balancer, "ContainerPort", &at)?;
    let port = number(port, &format!("{at}.ContainerPort"), 1, 65_535)?;
    let version = find(properties, "PlatformVersion");
    let version = version.map(|node| text(node, &format!("{path}.PlatformVersion")));
    Ok(EcsSpec {
        task_definition,
        container,
        port,
        platform_version: version.transpose()?.map(str::to_owned),
        network: network(properties, &path)?,
        capacity: capacity(properties, &path)?,
        hooks: hooks(&root)?,
    })
}

fn task_definition(properties: &Node, path: &str) -> Read<String> {
    let node = required(properties, "TaskDefinition", path)?;
    let path = format!("{path}.TaskDefinition");
    let given = text(node, &path)?;
    let name = match Arn::parse(given) {
        Some(_) => given.split_once(":task-definition/").map(|(_, name)| name),
        None => Some(given),
    };
    match name.is_some_and(is_definition) {
        true => Ok(given.to_owned()),
        false => Err(AppSpecError::at(
            &path,
            format!("expected the ARN of a task definition, found {given}"),
            node,
        )),
    }
}

/// A family, and perhaps a revision.
fn is_definition(name: &str) -> bool {
    let (family, revision) = name.split_once(':').unwrap_or((name, "1"));
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let digits = revision.bytes().all(|byte| byte.is_ascii_digit());
    !family.is_empty() && family.bytes().all(letters) && digits && !revision.is_empty()
}

fn number(node: &Node, path: &str, least: u32, most: u32) -> Read<u32> {
    let given = text(node, path)?;
    let number = given.parse().ok();
    let number = number.filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        let what = format!("expected a number from {least} to {most}, found {given}");
        AppSpecError::at(path, what, node)
    })
}

/// All three members, or none of them.
fn network(properties: &Node, path: &str) -> Read<Option<NetworkPlace>> {
    let Some(network) = find(properties, "NetworkConfiguration") else {
        return Ok(None);
    };
    let path = format!("{path}.NetworkConfiguration");
    let place = required(network, "AwsvpcConfiguration", &path)?;
    let path = format!("{path}.AwsvpcConfiguration");
    let names = ["Subnets", "SecurityGroups", "AssignPublicIp"];
    if names.iter().all(|name| find(place, name).is_none()) {
        return Ok(None);
    }
    let list = |name: &str| {
        let at = format!("{path}.{name}");
        let node = required(place, name, &path)?;
        let of = items(node, &at)?.iter();
        let texts: Read<Vec<String>> = of.map(|item| Ok(text(item, &at)?.to_owned())).collect();
        texts
    };
    let [subnets, groups, public] = names;
    let (subnets, security_groups) = (list(subnets)?, list(groups)?);
    let public_ip = required_text(place, public, &path)?;
    if !["ENABLED", "DISABLED"].contains(&public_ip) {
        return Err(AppSpecError::at(
            &format!("{path}.{public}"),
            format!("expected ENABLED or DISABLED, found {public_ip}"),
            place,
        ));
    }
    Ok(Some(NetworkPlace {
        subnets,
        security_groups,
        public_ip: Some(public_ip.to_owned()),
    }))
}

/// The most that a base or a weight can be.
const MOST: (u32, u32) = (100_000, 1000);

/// At most one has a base, and some weight is more than nothing.
fn capacity(properties: &Node, path: &str) -> Read<Vec<CapacityShare>> {
    let Some(list) = find(properties, "CapacityProviderStrategy") else {
        return Ok(Vec::new());
    };
    let path = format!("{path}.CapacityProviderStrategy");
    let mut shares = Vec::new();
    for (place, item) in items(list, &path)?.iter().enumerate() {
        let path = format!("{path}.{place}");
        let optional = |key: &str, most| {
            let node = find(item, key);
            let number = node.map(|node| number(node, &format!("{path}.{key}"), 0, most));
            number.transpose()
        };
        shares.push(CapacityShare {
            provider: required_text(item, "CapacityProvider", &path)?.to_owned(),
            base: optional("Base", MOST.0)?,
            weight: optional("Weight", MOST.1)?,
        });
    }
    let refused = |what: &str| Err(AppSpecError::at(&path, what, list));
    if shares.iter().filter(|share| share.base > Some(0)).count() > 1 {
        return refused("only one capacity provider can have a Base");
    }
    if !shares.iter().any(|share| share.weight > Some(0)) {
        return refused("some capacity provider needs a Weight of more than 0");
    }
    Ok(shares)
}

fn hooks(root: &Node) -> Read<EcsHooks> {
    let names = [
        "BeforeInstall",
        "AfterInstall",
        "AfterAllowTestTraffic",
        "BeforeAllowTraffic",
        "AfterAllowTraffic",
    ];
    let [
        before_install,
        after_install,
        after_allow_test_traffic,
        before_allow_traffic,
        after_allow_traffic,
    ] = reader::hooks(root, names)?;
    Ok(EcsHooks {
        before_install,
        after_install,
        after_allow_test_traffic,
        before_allow_traffic,
        after_allow_traffic,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: arn:aws:ecs:us-east-1:000000000000:task-definition/web:2
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 80
        PlatformVersion: 1.4.0
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: [subnet-1, subnet-2]
            SecurityGroups: [sg-1]
            AssignPublicIp: ENABLED
        CapacityProviderStrategy:
          - Base: 1
            CapacityProvider: FARGATE
            Weight: 1
          - CapacityProvider: FARGATE_SPOT
            Weight: 2
Hooks:
  - BeforeInstall: one
  - AfterInstall: two
  - AfterAllowTestTraffic: three
  - BeforeAllowTraffic: four
  - AfterAllowTraffic: five
";

    const JSON: &str = r#"{"version": 0.0, "resources": [{"x": {"type": "AWS::ECS::Service", "properties": {
        "taskdefinition": "arn:aws:ecs:us-east-1:000000000000:task-definition/web:2",
        "loadbalancerinfo": {"containername": "web", "containerport": "80"}, "platformversion": "1.4.0",
        "networkconfiguration": {"awsvpcconfiguration": {"subnets": ["subnet-1", "subnet-2"], "securitygroups": ["sg-1"],
            "assignpublicip": "ENABLED"}},
        "capacityproviderstrategy": [{"base": 1, "capacityprovider": "FARGATE", "weight": 1},
            {"capacityprovider": "FARGATE_SPOT", "weight": 2}]}}}],
        "hooks": [{"beforeInstall": "one"}, {"afterInstall": "two"}, {"afterAllowTestTraffic": "three"},
            {"beforeAllowTraffic": "four"}, {"afterAllowTraffic": "five"}]}"#;

    fn share(provider: &str, base: Option<u32>, weight: u32) -> CapacityShare {
        CapacityShare {
            provider: provider.to_owned(),
            base,
            weight: Some(weight),
        }
    }

    // Witness: contract codedeploy §7.1; the case of keys: §6.1.
    #[test]
    fn yaml_and_json_in_either_spelling_are_one_specification() {
        let function = |name: &str| Some(name.to_owned());
        let expected = EcsSpec {
            task_definition: "arn:aws:ecs:us-east-1:000000000000:task-definition/web:2".to_owned(),
            container: "web".to_owned(),
            port: 80,
            platform_version: Some("1.4.0".to_owned()),
            network: Some(NetworkPlace {
                subnets: ["subnet-1", "subnet-2"].map(str::to_owned).to_vec(),
                security_groups: vec!["sg-1".to_owned()],
                public_ip: Some("ENABLED".to_owned()),
            }),
            capacity: vec![share("FARGATE", Some(1), 1), share("FARGATE_SPOT", None, 2)],
            hooks: EcsHooks {
                before_install: function("one"),
                after_install: function("two"),
                after_allow_test_traffic: function("three"),
                before_allow_traffic: function("four"),
                after_allow_traffic: function("five"),
            },
        };
        assert_eq!(ecs(YAML.as_bytes()).unwrap(), expected);
        assert_eq!(ecs(JSON.as_bytes()).unwrap(), expected);
    }

    // Witness: contract codedeploy §7.1: what is optional.
    #[test]
    fn a_task_definition_and_a_container_port_are_enough() {
        let bare = YAML.split("        PlatformVersion").next().unwrap();
        let bare = bare.replace(
            "arn:aws:ecs:us-east-1:000000000000:task-definition/web:2",
            "web:2",
        );
        let spec = ecs(bare.as_bytes()).unwrap();
        assert_eq!(spec.task_definition, "web:2");
        assert_eq!((spec.platform_version, spec.network), (None, None));
        assert_eq!(
            (spec.capacity, spec.hooks),
            (Vec::new(), EcsHooks::default())
        );
    }

    // Witness: contract codedeploy §7.1: all three members or none; none leaves the service's.
    #[test]
    fn a_network_of_nothing_is_the_service_s_own() {
        let (before, rest) = YAML.split_once("            Subnets").unwrap();
        let (_, after) = rest.split_once("        CapacityProviderStrategy").unwrap();
        let text = format!("{before}            Other: 1\n        CapacityProviderStrategy{after}");
        assert_eq!(ecs(text.as_bytes()).unwrap().network, None);
    }

    #[track_caller]
    fn refused(from: &str, to: &str, said: &str) {
        let text = YAML.replacen(from, to, 1);
        assert_ne!(text, YAML, "{from} is not there");
        let error = ecs(text.as_bytes()).unwrap_err().to_string();
        let at = "Resources.0.TargetService.Properties";
        assert_eq!(error, said.replace('@', at));
    }

    // Witness: contract codedeploy §7.1.
    #[test]
    fn each_rule_says_what_is_wrong_and_where() {
        refused(
            "AWS::ECS::Service",
            "AWS::Lambda::Function",
            "Resources.0.TargetService.Type: expected AWS::ECS::Service, found AWS::Lambda::Function at line 4",
        );
        refused(
            "TaskDefinition: ",
            "Other: ",
            "@: TaskDefinition is missing at line 6",
        );
        for given in [
            "<TASK_DEFINITION>",
            "arn:aws:ecs:us-east-1:000000000000:service/web",
            "web:x",
        ] {
            refused(
                "arn:aws:ecs:us-east-1:000000000000:task-definition/web:2",
                given,
                &format!(
                    "@.TaskDefinition: expected the ARN of a task definition, found {given} at line 6"
                ),
            );
        }
        refused(
            "LoadBalancerInfo",
            "Other",
            "@: LoadBalancerInfo is missing at line 6",
        );
        refused(
            "ContainerName",
            "Other",
            "@.LoadBalancerInfo: ContainerName is missing at line 8",
        );
        refused(
            "ContainerPort",
            "Other",
            "@.LoadBalancerInfo: ContainerPort is missing at line 8",
        );
        for port in ["0", "web", "65536", "-1"] {
            refused(
                "ContainerPort: 80",
                &format!("ContainerPort: {port}"),
                &format!(
                    "@.LoadBalancerInfo.ContainerPort: expected a number from 1 to 65535, found {port} at line 9"
                ),
            );
        }
        let network = "@.NetworkConfiguration.AwsvpcConfiguration";
        for name in ["Subnets", "SecurityGroups", "AssignPublicIp"] {
            refused(
                &format!("{name}: "),
                "Other: ",
                &format!("{network}: {name} is missing at line 13"),
            );
        }
        refused(
            "ENABLED",
            "maybe",
            &format!(
                "{network}.AssignPublicIp: expected ENABLED or DISABLED, found maybe at line 13"
            ),
        );
        refused(
            "          - CapacityProvider: FARGATE_SPOT",
            "          - Base: 2\n            CapacityProvider: FARGATE_SPOT",
            "@.CapacityProviderStrategy: only one capacity provider can have a Base at line 17",
        );
        refused(
            "            Weight: 1\n          - CapacityProvider: FARGATE_SPOT\n            Weight: 2\n",
            "            Weight: 0\n",
            "@.CapacityProviderStrategy: some capacity provider needs a Weight of more than 0 at line 17",
        );
        refused(
            "BeforeInstall: one",
            "AllowTraffic: one",
            "Hooks.0: AllowTraffic is none of BeforeInstall, AfterInstall, AfterAllowTestTraffic, BeforeAllowTraffic, AfterAllowTraffic at line 23",
        );
    }
}
