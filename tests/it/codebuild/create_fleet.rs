//! CreateFleet (contract codebuild §1.3, §3.7, §12.4).

use super::flock::{created, fleet, shown};
use crate::support::caller::{CODEBUILD, Caller, ROLE, both, tags, with};
use expect_test::expect;
use serde_json::{Value, json};

const CREATE: &str = "CreateFleet";
const INVALID: &str = "InvalidInputException";

#[tokio::test]
async fn a_minimal_fleet_is_creating_and_then_active() {
    // contract codebuild §3.1.2, §3.7, §12.4
    let text = both(CODEBUILD, async |caller| {
        let made = caller.ok(CREATE, fleet("fleet")).await;
        let got = shown(&caller, "fleet").await;
        let active = json!({"statusCode": "ACTIVE"});
        assert_eq!(got, with(made["fleet"].clone(), "/status", active));
        made
    });
    expect![[r#"
        {
          "fleet": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:fleet/fleet:<id:1>",
            "baseCapacity": 1,
            "computeType": "BUILD_GENERAL1_SMALL",
            "created": "<time>",
            "environmentType": "LINUX_CONTAINER",
            "id": "<id:1>",
            "lastModified": "<time>",
            "name": "fleet",
            "overflowBehavior": "QUEUE",
            "status": {
              "statusCode": "CREATING"
            },
            "tags": []
          }
        }
    "#]]
    .assert_eq(&text.await);
}

#[tokio::test]
async fn a_full_fleet_comes_back_as_given_with_the_capacity_it_wants() {
    // contract codebuild §12.4: desiredCapacity is added
    let text = both(CODEBUILD, async |caller| {
        let mut full = fleet("fleet");
        let more = json!({
            "baseCapacity": 2, "computeType": "ATTRIBUTE_BASED_COMPUTE",
            "computeConfiguration": {"vCpu": 2, "memory": 4, "disk": 10, "machineType": "NVME"},
            "scalingConfiguration": {"scalingType": "TARGET_TRACKING_SCALING", "maxCapacity": 5,
                "targetTrackingScalingConfigs": [{"metricType": "FLEET_UTILIZATION_RATE", "targetValue": 97.5}]},
            "overflowBehavior": "ON_DEMAND",
            "vpcConfig": {"vpcId": "vpc-1", "subnets": ["s-1"], "securityGroupIds": ["g-1"]},
            "proxyConfiguration": {"defaultBehavior": "DENY_ALL",
                "orderedProxyRules": [{"type": "DOMAIN", "effect": "ALLOW", "entities": ["example.com"]}]},
            "imageId": "ami-1", "fleetServiceRole": ROLE, "tags": tags(&[("a", "1")]),
        });
        full.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        caller.ok(CREATE, full).await
    });
    expect![[r#"
        {
          "fleet": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:fleet/fleet:<id:1>",
            "baseCapacity": 2,
            "computeConfiguration": {
              "disk": 10,
              "machineType": "NVME",
              "memory": 4,
              "vCpu": 2
            },
            "computeType": "ATTRIBUTE_BASED_COMPUTE",
            "created": "<time>",
            "environmentType": "LINUX_CONTAINER",
            "fleetServiceRole": "arn:aws:iam::000000000000:role/delivery",
            "id": "<id:1>",
            "imageId": "ami-1",
            "lastModified": "<time>",
            "name": "fleet",
            "overflowBehavior": "ON_DEMAND",
            "proxyConfiguration": {
              "defaultBehavior": "DENY_ALL",
              "orderedProxyRules": [
                {
                  "effect": "ALLOW",
                  "entities": [
                    "example.com"
                  ],
                  "type": "DOMAIN"
                }
              ]
            },
            "scalingConfiguration": {
              "desiredCapacity": 2,
              "maxCapacity": 5,
              "scalingType": "TARGET_TRACKING_SCALING",
              "targetTrackingScalingConfigs": [
                {
                  "metricType": "FLEET_UTILIZATION_RATE",
                  "targetValue": 97.5
                }
              ]
            },
            "status": {
              "statusCode": "CREATING"
            },
            "tags": [
              {
                "key": "a",
                "value": "1"
              }
            ],
            "vpcConfig": {
              "securityGroupIds": [
                "g-1"
              ],
              "subnets": [
                "s-1"
              ],
              "vpcId": "vpc-1"
            }
          }
        }
    "#]]
    .assert_eq(&text.await);
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused() {
    // contract codebuild §1.1, §3.7
    let caller = Caller::new(CODEBUILD).await;
    let arn = created(&caller, "fleet").await;
    created(&caller.in_region("eu-west-1"), "fleet").await;
    let said = format!("Fleet already exists : {arn}");
    let code = "ResourceAlreadyExistsException";
    caller
        .expect_refusal(CREATE, fleet("fleet"), code, &said)
        .await;
}

#[tokio::test]
async fn every_rule_of_a_fleet_is_told() {
    // contract codebuild §1.3, §3.7; the text about the instance type is AWS's, the others are ours
    let caller = Caller::new(CODEBUILD).await;
    let of = |member: &str, value: Value| with(fleet("fleet"), member, value);
    let configured = |kind: &str, configuration: Value| {
        with(
            of("/computeType", json!(kind)),
            "/computeConfiguration",
            configuration,
        )
    };
    for (body, said) in [
        (
            of("/baseCapacity", json!(0)),
            "Invalid base capacity: 0 should be 1 or more",
        ),
        (
            of("/environmentType", json!("LINUX_LAMBDA_CONTAINER")),
            "Invalid environment type: fleets have no LINUX_LAMBDA_CONTAINER",
        ),
        (
            of("/computeType", json!("ATTRIBUTE_BASED_COMPUTE")),
            "Invalid compute configuration: compute type ATTRIBUTE_BASED_COMPUTE needs a computeConfiguration",
        ),
        (
            configured("BUILD_GENERAL1_SMALL", json!({"vCpu": 2})),
            "Invalid compute configuration: compute type BUILD_GENERAL1_SMALL should have no computeConfiguration",
        ),
        (
            configured("CUSTOM_INSTANCE_TYPE", json!({"disk": 2})),
            "Invalid instance type: InstanceType should be a valid EC2 instance type",
        ),
        (
            of("/scalingConfiguration", json!({"maxCapacity": 2})),
            "Invalid scaling configuration: a scalingType is required",
        ),
        (
            of(
                "/scalingConfiguration",
                json!({"scalingType": "TARGET_TRACKING_SCALING", "maxCapacity": 0}),
            ),
            "Invalid scaling configuration: maxCapacity 0 is less than baseCapacity 1",
        ),
        (
            of("/vpcConfig", json!({"vpcId": "vpc-1"})),
            "Invalid vpc config: vpcId, subnets and securityGroupIds are all required",
        ),
        (
            of(
                "/fleetServiceRole",
                json!("arn:aws:iam::000000000000:role/none"),
            ),
            "CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/none",
        ),
        (
            of("/name", json!("-fleet")),
            "1 validation error detected: Value '-fleet' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9][A-Za-z0-9\\-_]{1,127}",
        ),
    ] {
        caller.expect_refusal(CREATE, body, INVALID, said).await;
    }
}
