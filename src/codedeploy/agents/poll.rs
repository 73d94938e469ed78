//! PollHostCommand: the next command for an agent, as soon as there is one.
//!
//! Invariant: who waits holds nothing but a place in the queue of those that hear of changes.

use super::caller::{Refused, check};
use super::protocol::{HostCommand, PollHostCommandInput, PollHostCommandOutput};
use crate::aws::Scope;
use crate::codedeploy::CodeDeploy;
use crate::engine::deployment::server::agent::{self, Command};
use crate::store::{Direction, WriteError};
use std::time::Duration;

/// How long an agent waits at most. It gives a request up after 80 seconds.
pub const LONGEST: Duration = Duration::from_secs(50);

/// Answers with a command, or with none when `stop` comes first or nothing happens for [`LONGEST`].
pub async fn poll_host_command(
    service: &CodeDeploy,
    scope: &Scope,
    input: PollHostCommandInput,
    stop: impl Future<Output = ()>,
) -> Result<PollHostCommandOutput, Refused> {
    let wait = wait(service, scope, &input.host_identifier);
    let found = tokio::select! {
        found = tokio::time::timeout(LONGEST, wait) => found.unwrap_or(Ok(None))?,
        () = stop => None,
    };
    Ok(PollHostCommandOutput {
        host_command: found.map(shown),
    })
}

async fn wait(service: &CodeDeploy, scope: &Scope, host: &str) -> Result<Option<Command>, Refused> {
    let mut changes = service.engine.changes();
    loop {
        changes.mark_unchanged();
        check(service, scope, host)?;
        if let Some(command) = take(service, scope, host).await? {
            return Ok(Some(command));
        }
        if changes.changed().await.is_err() {
            // The server ends.
            return Ok(None);
        }
    }
}

/// A command that waits for this agent, if one still does when it is taken.
async fn take(service: &CodeDeploy, scope: &Scope, host: &str) -> Result<Option<Command>, Refused> {
    let at = (scope.clone(), host.to_owned());
    let waiting = service
        .commands
        .range(at.clone()..=at.clone(), Direction::Forward, MOST);
    for (_, key) in waiting {
        let host = host.to_owned();
        let taken = service.engine.command(key, move |live, now, _| {
            let (step, command) = agent::poll(live.ok_or(())?, now, &host);
            Ok::<_, ()>((step, command.ok_or(())?))
        });
        match taken.await {
            Ok(command) => return Ok(Some(command)),
            // Somebody else was faster.
            Err(WriteError::Refused(())) => {}
            Err(WriteError::Storage(error)) => return Err(Refused::Server(error.to_string())),
        }
    }
    Ok(None)
}

/// Groups that deploy to one instance at a time.
const MOST: usize = 100;

fn shown(of: Command) -> HostCommand {
    HostCommand {
        host_command_identifier: of.id,
        host_identifier: of.host,
        deployment_execution_id: of.execution,
        command_name: of.event,
        nonce: 0,
    }
}
