//! Things that need nothing but a name.

use crate::support::caller::{Caller, ROLE};
use serde_json::{Value, json};

pub async fn app(caller: &Caller, name: &str, platform: &str) {
    let body = json!({"applicationName": name, "computePlatform": platform});
    caller.ok("CreateApplication", body).await;
}

/// A group of an application of the platform Server.
pub async fn group(caller: &Caller, app: &str, name: &str) {
    let body = json!({"applicationName": app, "deploymentGroupName": name, "serviceRoleArn": ROLE});
    caller.ok("CreateDeploymentGroup", body).await;
}

pub async fn config(caller: &Caller, name: &str) {
    let body = json!({"deploymentConfigName": name, "minimumHealthyHosts": {"type": "HOST_COUNT", "value": 1}});
    caller.ok("CreateDeploymentConfig", body).await;
}

/// An archive in the bucket `b`.
pub async fn revision(caller: &Caller, app: &str, key: &str) {
    let location = json!({"bucket": "b", "key": key, "bundleType": "zip"});
    let body =
        json!({"applicationName": app, "revision": {"revisionType": "S3", "s3Location": location}});
    caller.ok("RegisterApplicationRevision", body).await;
}

/// An on-premises instance with the IAM user of its name.
pub async fn instance(caller: &Caller, name: &str) {
    let user = format!("arn:aws:iam::000000000000:user/{name}");
    let body = json!({"instanceName": name, "iamUserArn": user});
    caller.ok("RegisterOnPremisesInstance", body).await;
}

/// The codes of the errors that these requests get.
pub async fn refusals(
    caller: &Caller,
    operation: &str,
    bodies: impl IntoIterator<Item = Value>,
) -> Vec<String> {
    let mut codes = Vec::new();
    for body in bodies {
        codes.push(caller.refused(operation, body).await.code);
    }
    codes
}
