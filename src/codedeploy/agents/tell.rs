//! PutHostCommandAcknowledgement, PutHostCommandComplete and PostHostCommandUpdate: what an agent tells of a command.
//!
//! The first word on how a command ended counts. Later ones are taken and change nothing: agents tell of a failure twice.

use super::caller::{Refused, unknown};
use super::protocol::{
    Envelope, PostHostCommandUpdateInput, PostHostCommandUpdateOutput,
    PutHostCommandAcknowledgementInput, PutHostCommandAcknowledgementOutput,
    PutHostCommandCompleteInput, Report, command_status as status,
};
use crate::aws::Scope;
use crate::codedeploy::CodeDeploy;
use crate::codedeploy::deployments::DeploymentKey;
use crate::engine::deployment::server::agent::{self, Standing, UnknownCommand};
use crate::engine::deployment::server::report;
use crate::store::WriteError;

/// The agent is about to begin.
pub async fn put_host_command_acknowledgement(
    service: &CodeDeploy,
    scope: &Scope,
    input: PutHostCommandAcknowledgementInput,
) -> Result<PutHostCommandAcknowledgementOutput, Refused> {
    let id = input.host_command_identifier;
    let (key, known) = find(service, scope, &id)?;
    let command = id.clone();
    let acknowledged = service.engine.command(key, move |live, now, _| {
        let state = live.ok_or(UnknownCommand)?;
        agent::acknowledge(state, now, &command)
    });
    let standing = match acknowledged.await {
        Ok(standing) => standing,
        // The deployment is over by now.
        Err(WriteError::Refused(UnknownCommand)) => known,
        Err(WriteError::Storage(error)) => return Err(Refused::Server(error.to_string())),
    };
    Ok(PutHostCommandAcknowledgementOutput {
        command_status: shown(standing).to_owned(),
    })
}

/// The command has ended.
pub async fn put_host_command_complete(
    service: &CodeDeploy,
    scope: &Scope,
    input: PutHostCommandCompleteInput,
) -> Result<(), Refused> {
    let id = input.host_command_identifier;
    let (key, _) = find(service, scope, &id)?;
    let report = match input.command_status.as_str() {
        status::SUCCEEDED => report::Report::success(),
        status::FAILED => failure(input.diagnostics.as_ref()),
        other => {
            return Err(Refused::Client(format!(
                "The command status '{other}' is not valid: it is Succeeded or Failed"
            )));
        }
    };
    let completed = service.engine.command(key, move |live, now, _| {
        let state = live.ok_or(UnknownCommand)?;
        Ok((agent::complete(state, now, &id, report)?, ()))
    });
    match completed.await {
        Ok(()) | Err(WriteError::Refused(UnknownCommand)) => Ok(()),
        Err(WriteError::Storage(error)) => Err(Refused::Server(error.to_string())),
    }
}

/// The agent is still at it; nothing depends on that.
pub async fn post_host_command_update(
    service: &CodeDeploy,
    scope: &Scope,
    input: PostHostCommandUpdateInput,
) -> Result<PostHostCommandUpdateOutput, Refused> {
    let (_, standing) = find(service, scope, &input.host_command_identifier)?;
    Ok(PostHostCommandUpdateOutput {
        command_status: shown(standing).to_owned(),
    })
}

/// The deployment of a command, live or not, and where the command stands.
fn find(
    service: &CodeDeploy,
    scope: &Scope,
    id: &str,
) -> Result<(DeploymentKey, Standing), Refused> {
    let find = || {
        let deployment = agent::deployment_of(id)?;
        let key = (scope.clone(), deployment.to_owned());
        let (_, standing) = agent::lookup(&service.state(&key)?, id)?;
        Some((key, standing))
    };
    find().ok_or_else(|| unknown("host command", id))
}

fn shown(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => status::IN_PROGRESS,
        Standing::Ended(true) => status::SUCCEEDED,
        Standing::Ended(false) => status::FAILED,
    }
}

/// A payload that cannot be read is the message.
fn failure(diagnostics: Option<&Envelope>) -> report::Report {
    let payload = diagnostics.map_or("", |envelope| envelope.payload.as_str());
    match serde_json::from_str::<Report>(payload) {
        Ok(said) => {
            report::Report::failure(said.error_code, &said.script_name, &said.message, &said.log)
        }
        Err(_) => report::Report::failure(UNKNOWN, "", payload, ""),
    }
}

/// What agents call an error that none of theirs is.
const UNKNOWN: i64 = 5;
