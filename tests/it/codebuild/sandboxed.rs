//! Sandboxes of a project that needs nothing, and news for them. The engine stands still.

use super::sample::tell;
use crate::support::caller::Caller;
use serde_json::{Value, json};
use slipway::engine::build::command_run::CommandRan;
use slipway::engine::build::event::{Event, SourceReady};

/// Starts a sandbox and gives its id.
pub async fn start(caller: &Caller, project: &str) -> String {
    let started = caller
        .ok("StartSandbox", json!({"projectName": project}))
        .await;
    started["sandbox"]["id"].as_str().unwrap().to_owned()
}

/// The same, brought to where commands run.
pub async fn running(caller: &Caller, project: &str) -> String {
    let id = start(caller, project).await;
    for event in [
        Event::Admitted,
        Event::Provisioned,
        Event::SourceReady(SourceReady::default()),
    ] {
        tell(caller, &id, event).await;
    }
    id
}

pub async fn sandbox(caller: &Caller, id: &str) -> Value {
    let got = caller.ok("BatchGetSandboxes", json!({"ids": [id]})).await;
    got["sandboxes"][0].clone()
}

/// Submits a command and gives its id.
pub async fn submit(caller: &Caller, sandbox: &str, command: &str) -> String {
    let input = json!({"sandboxId": sandbox, "command": command});
    let started = caller.ok("StartCommandExecution", input).await;
    started["commandExecution"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The running command ends like this.
pub async fn ran(caller: &Caller, sandbox: &str, command: &str, exit: i32, out: &str, err: &str) {
    let ran = CommandRan {
        exit: Some(exit),
        out: out.to_owned(),
        err: err.to_owned(),
    };
    tell(caller, sandbox, Event::CommandRan(command.to_owned(), ran)).await;
}

pub async fn command(caller: &Caller, sandbox: &str, id: &str) -> Value {
    let input = json!({"sandboxId": sandbox, "commandExecutionIds": [id]});
    let got = caller.ok("BatchGetCommandExecutions", input).await;
    got["commandExecutions"][0].clone()
}

pub fn sandbox_arn(id: &str) -> String {
    format!("arn:aws:codebuild:us-east-1:000000000000:sandbox/{id}")
}
