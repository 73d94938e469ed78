//! UpdateFleet (contract codebuild §3.7).

use super::flock::{NOBODY, created, fleet, shown};
use crate::support::caller::{CODEBUILD, Caller, both, tags, with};
use expect_test::expect;
use serde_json::json;

const UPDATE: &str = "UpdateFleet";

#[tokio::test]
async fn members_that_are_given_are_replaced_and_others_stay() {
    // contract codebuild §3.7: member-wise; UPDATING, then ACTIVE
    let text = both(CODEBUILD, async |caller| {
        let body = with(fleet("fleet"), "/tags", tags(&[("a", "1")]));
        let body = with(body, "/imageId", json!("ami-1"));
        let made = caller.ok("CreateFleet", body).await;
        let scaling = json!({"scalingType": "TARGET_TRACKING_SCALING", "maxCapacity": 4});
        let body = json!({"arn": made["fleet"]["arn"], "baseCapacity": 3, "scalingConfiguration": scaling,
            "overflowBehavior": "ON_DEMAND", "tags": []});
        let after = caller.ok(UPDATE, body).await;
        let active = json!({"statusCode": "ACTIVE"});
        let expected = with(after["fleet"].clone(), "/status", active);
        assert_eq!(shown(&caller, "fleet").await, expected);
        after
    });
    expect![[r#"
        {
          "fleet": {
            "arn": "arn:aws:codebuild:us-east-1:000000000000:fleet/fleet:<id:1>",
            "baseCapacity": 3,
            "computeType": "BUILD_GENERAL1_SMALL",
            "created": "<time>",
            "environmentType": "LINUX_CONTAINER",
            "id": "<id:1>",
            "imageId": "ami-1",
            "lastModified": "<time>",
            "name": "fleet",
            "overflowBehavior": "ON_DEMAND",
            "scalingConfiguration": {
              "desiredCapacity": 3,
              "maxCapacity": 4,
              "scalingType": "TARGET_TRACKING_SCALING"
            },
            "status": {
              "statusCode": "UPDATING"
            },
            "tags": []
          }
        }
    "#]]
    .assert_eq(&text.await);
}

#[tokio::test]
async fn empty_structures_take_members_away() {
    // contract codebuild §3.7: `scalingConfiguration:{}` clears
    let caller = Caller::new(CODEBUILD).await;
    let arn = created(&caller, "fleet").await;
    let plain = shown(&caller, "fleet").await;
    let set = json!({
        "arn": arn, "computeType": "CUSTOM_INSTANCE_TYPE", "computeConfiguration": {"instanceType": "t3.large"},
        "scalingConfiguration": {"scalingType": "TARGET_TRACKING_SCALING", "maxCapacity": 4},
        "vpcConfig": {"vpcId": "vpc-1", "subnets": ["s-1"], "securityGroupIds": ["g-1"]},
        "proxyConfiguration": {"defaultBehavior": "ALLOW_ALL"},
    });
    let full = caller.ok(UPDATE, set).await["fleet"].clone();
    let members = [
        "computeConfiguration",
        "proxyConfiguration",
        "scalingConfiguration",
        "vpcConfig",
    ];
    for member in members {
        assert!(full.get(member).is_some(), "{member} in {full}");
    }
    let clear = json!({
        "arn": arn, "computeType": "BUILD_GENERAL1_SMALL", "scalingConfiguration": {}, "vpcConfig": {}, "proxyConfiguration": {},
    });
    caller.ok(UPDATE, clear).await;
    let after = shown(&caller, "fleet").await;
    let timeless = |fleet| with(fleet, "/lastModified", json!(0));
    assert_eq!(timeless(after), timeless(plain));
}

#[tokio::test]
async fn a_fleet_that_is_not_there_and_a_broken_rule_are_refused() {
    // contract codebuild §3.7: NotFound if absent; an ARN with another id is another fleet's
    let caller = Caller::new(CODEBUILD).await;
    let arn = created(&caller, "fleet").await;
    let said = format!("Fleet cannot be found: {NOBODY}");
    let body = json!({"arn": NOBODY});
    caller
        .expect_refusal(UPDATE, body, "ResourceNotFoundException", &said)
        .await;
    for (body, said) in [
        (
            json!({"arn": "fleet"}),
            "Invalid ARN provided: 'fleet' is not the ARN of a fleet",
        ),
        (
            json!({"arn": arn, "baseCapacity": 0}),
            "Invalid base capacity: 0 should be 1 or more",
        ),
    ] {
        caller
            .expect_refusal(UPDATE, body, "InvalidInputException", said)
            .await;
    }
}
