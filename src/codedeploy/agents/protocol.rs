//! The command protocol of the agent: what travels between an agent and the service, both ways.
//!
//! awsJson 1.1 with members in upper camel case; `X-Amz-Target` is one of [`TARGETS`], a dot and an operation's name. Agents of this
//! program use the same types. Source: contract, codedeploy section 8.8.

use serde::{Deserialize, Serialize};

/// What the target header begins with: AWS's agents use the second form where their policy asks for it.
pub const TARGETS: [&str; 2] = [
    "CodeDeployCommandService_v20141006",
    "CodeDeployCommandService",
];

/// The names in credential scopes that belong to them.
pub const SIGNING_NAMES: [&str; 2] = ["codedeploy-commands", "codedeploy-commands-secure"];

/// The format of diagnostics.
pub const JSON: &str = "JSON";
/// The format of a signed specification: PEM of a CMS message that holds JSON.
pub const SIGNED: &str = "PKCS7/JSON";
/// Who deploys, in answers to `GetDeploymentSpecification`.
pub const DEPLOYMENT_SYSTEM: &str = "CodeDeploy";

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PollHostCommandInput {
    /// ARN of the instance, or of the IAM user or session that an on-premises instance is.
    pub host_identifier: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PollHostCommandOutput {
    /// Absent when there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_command: Option<HostCommand>,
}

/// One lifecycle event that an agent is to carry out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostCommand {
    /// Opaque; names the command in everything that follows.
    pub host_command_identifier: String,
    pub host_identifier: String,
    /// Four parts with slashes between; the third is the deployment's id.
    pub deployment_execution_id: String,
    /// `DownloadBundle`, `Install` or the name of a hook.
    pub command_name: String,
    pub nonce: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetDeploymentSpecificationInput {
    pub deployment_execution_id: String,
    pub host_identifier: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GetDeploymentSpecificationOutput {
    pub deployment_system: String,
    pub deployment_specification: DeploymentSpecification,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentSpecification {
    pub generic_envelope: Envelope,
}

/// A text and what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Envelope {
    pub format: String,
    pub payload: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutHostCommandAcknowledgementInput {
    pub host_command_identifier: String,
    /// Its payload is a [`Noop`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Envelope>,
}

/// What an agent knows of a command before it begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Noop {
    /// The AppSpec has no script for the event.
    pub is_command_noop: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutHostCommandAcknowledgementOutput {
    /// Anything but `Succeeded` and `Failed` tells the agent to go on.
    pub command_status: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PutHostCommandCompleteInput {
    pub host_command_identifier: String,
    /// `Succeeded` or `Failed`.
    pub command_status: String,
    /// Its payload is a [`Report`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Envelope>,
}

/// How a command ended, as the agent tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// 0: well; 1 script missing, 2 not executable, 3 timed out, 4 failed, 5 unknown, 6 output left open, 7 agent restarted.
    pub error_code: i64,
    pub script_name: String,
    pub message: String,
    /// The last lines that the script wrote.
    pub log: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PostHostCommandUpdateInput {
    pub host_command_identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimated_completion_time: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagnostics: Option<Envelope>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PostHostCommandUpdateOutput {
    pub command_status: String,
}

/// What `CommandStatus` says.
pub mod command_status {
    pub const IN_PROGRESS: &str = "InProgress";
    pub const SUCCEEDED: &str = "Succeeded";
    pub const FAILED: &str = "Failed";
}
