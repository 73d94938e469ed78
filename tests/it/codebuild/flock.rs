//! Fleets, as customers ask for them.

use crate::support::caller::Caller;
use serde_json::{Value, json};

pub fn fleet(name: &str) -> Value {
    json!({"name": name, "baseCapacity": 1, "environmentType": "LINUX_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL"})
}

/// Makes a fleet and gives its ARN.
pub async fn created(caller: &Caller, name: &str) -> String {
    let made = caller.ok("CreateFleet", fleet(name)).await;
    made["fleet"]["arn"].as_str().unwrap().to_owned()
}

/// The fleet as BatchGetFleets shows it.
pub async fn shown(caller: &Caller, name: &str) -> Value {
    let got = caller.ok("BatchGetFleets", json!({"names": [name]})).await;
    got["fleets"][0].clone()
}

/// A well-formed ARN that no fleet has.
pub const NOBODY: &str =
    "arn:aws:codebuild:us-east-1:000000000000:fleet/fleet:11111111-2222-4333-8444-555555555555";
