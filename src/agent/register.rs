//! Who this host is to the server: an on-premises instance, registered when asked for, or an instance of EC2.

use crate::cli::remote::caller::{Api, CallError, Remote};
use codedeploy_api::input::{
    AddTagsToOnPremisesInstancesInput, GetOnPremisesInstanceInput, RegisterOnPremisesInstanceInput,
};
use codedeploy_api::model::Tag;
use codedeploy_api::output::GetOnPremisesInstanceOutput;
use serde_json::Value;

/// The account of a server that was told none.
const DEFAULT_ACCOUNT: &str = "000000000000";

/// The ARN under which the server knows the instance: its user's or its session's. `None`: it is not registered.
pub async fn identity(remote: &Remote, name: &str) -> Result<Option<String>, CallError> {
    let input = GetOnPremisesInstanceInput::new(name);
    let found: Result<GetOnPremisesInstanceOutput, CallError> = remote
        .call(Api::CodeDeploy, "GetOnPremisesInstance", &input)
        .await;
    match found {
        Ok(found) => {
            let info = found
                .instance_info
                .filter(|info| info.deregister_time.is_none());
            Ok(info.and_then(|info| info.iam_user_arn.or(info.iam_session_arn)))
        }
        Err(error) if error.is("InstanceNotRegisteredException") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Registers the instance unless it is already, and adds the tags; its ARN.
pub async fn register(
    remote: &Remote,
    name: &str,
    tags: &[(String, String)],
) -> Result<String, CallError> {
    let arn = match identity(remote, name).await? {
        Some(arn) => arn,
        None => new(remote, name).await?,
    };
    if !tags.is_empty() {
        let tag = |(key, value): &(String, String)| Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        };
        let tags = tags.iter().map(tag).collect::<Vec<_>>();
        let input = AddTagsToOnPremisesInstancesInput::new(tags, vec![name.to_owned()]);
        let _: Value = remote
            .call(Api::CodeDeploy, "AddTagsToOnPremisesInstances", &input)
            .await?;
    }
    Ok(arn)
}

/// The ARN of an instance of EC2 in the caller's account and region.
pub fn of_ec2(remote: &Remote, id: &str) -> String {
    let account = remote.account().unwrap_or(DEFAULT_ACCOUNT);
    let region = remote.region();
    format!("arn:aws:ec2:{region}:{account}:instance/{id}")
}

/// As a user of its own: two instances cannot share one.
async fn new(remote: &Remote, name: &str) -> Result<String, CallError> {
    let account = remote.account().unwrap_or(DEFAULT_ACCOUNT);
    let arn = format!("arn:aws:iam::{account}:user/{name}");
    let input = RegisterOnPremisesInstanceInput {
        iam_user_arn: Some(arn.clone()),
        ..RegisterOnPremisesInstanceInput::new(name)
    };
    let _: Value = remote
        .call(Api::CodeDeploy, "RegisterOnPremisesInstance", &input)
        .await?;
    Ok(arn)
}
