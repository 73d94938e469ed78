//! The agent at work: ask for a command, acknowledge it, carry it out, say how it ended; again and again.
//!
//! Invariant: the end of a command is told once. AWS's agent tells a failure twice, and the second one counts for nothing. Source:
//! contract, codedeploy section 8.8.

mod running;

use super::command::{Command, Tools};
use super::envelope;
use super::errors::{self, Code, Fault};
use super::ongoing::{self, Ongoing};
use super::specification::Specification;
use crate::cli::remote::caller::{Api, CallError, Remote};
use crate::codedeploy::agents::protocol::*;
use running::{Busy, Running};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between two questions, so that a server that answers at once is not asked without a pause.
const BETWEEN: Duration = Duration::from_secs(1);
/// After errors: doubled each time, up to this.
const MOST_PATIENCE: Duration = Duration::from_secs(90);

/// An agent of one host.
#[derive(Clone)]
pub struct Agent {
    remote: Remote,
    host: String,
    tools: Tools,
    news: Arc<dyn Fn(&News) + Send + Sync>,
    /// Commands that are being carried out: one that is given twice is done once.
    busy: Arc<Mutex<HashSet<String>>>,
}

/// What whoever started the agent may want to show.
#[derive(Clone, Debug)]
pub enum News {
    Begun {
        deployment: String,
        command: String,
    },
    Ended {
        deployment: String,
        command: String,
        fault: Option<Fault>,
    },
    /// The server could not be asked; it is asked again.
    Trouble(String),
}

impl Agent {
    /// `host`: the ARN under which the server knows this host.
    pub fn new(
        remote: Remote,
        host: String,
        tools: Tools,
        news: impl Fn(&News) + Send + Sync + 'static,
    ) -> Self {
        let news = Arc::new(news);
        Self {
            remote,
            host,
            tools,
            news,
            busy: Arc::default(),
        }
    }

    /// Fails what ran when the agent of this root ended last.
    pub async fn recover(&self) -> Result<(), CallError> {
        for (command, mark) in ongoing::left_behind(&self.tools.root) {
            let told = self
                .complete(&command, Err(&errors::failed_after_restart()), "")
                .await;
            match told {
                Ok(()) => mark.clear(),
                // The server does not wait for it any more.
                Err(CallError::Refused { .. }) => mark.clear(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Works until it is told to stop; commands that run then are finished first.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut running = Running::default();
        let mut patience = BETWEEN;
        while let Some(asked) = running.beside(self.ask(), stop).await {
            patience = match asked {
                Ok(Some(command)) => {
                    let (agent, stop) = (self.clone(), stop.clone());
                    running.start(async move { agent.handle(command, &stop).await });
                    BETWEEN
                }
                Ok(None) => {
                    running.beside(tokio::time::sleep(BETWEEN), stop).await;
                    BETWEEN
                }
                Err(error) => {
                    (self.news)(&News::Trouble(error.to_string()));
                    running.beside(tokio::time::sleep(patience), stop).await;
                    longer(patience)
                }
            };
        }
        running.finish().await;
    }

    /// Asks once and does what there is; whether there was anything.
    pub async fn once(&self) -> Result<bool, CallError> {
        match self.ask().await? {
            Some(command) => {
                self.handle(command, &CancellationToken::new()).await;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn ask(&self) -> Result<Option<HostCommand>, CallError> {
        let input = PollHostCommandInput {
            host_identifier: self.host.clone(),
        };
        let output: PollHostCommandOutput = self.call("PollHostCommand", &input).await?;
        let Some(command) = output.host_command else {
            return Ok(None);
        };
        match self.host.contains(&command.host_identifier) {
            true => Ok(Some(command)),
            false => Err(CallError::Foreign {
                url: self.remote.url().to_owned(),
                what: format!(
                    "Host Identifier mismatch: {} != {}",
                    self.host, command.host_identifier
                ),
            }),
        }
    }

    /// From the specification to the completion. A server that is gone meanwhile hears of it when it is back, or after the next start
    /// of an agent that is told to stop before.
    async fn handle(&self, command: HostCommand, stop: &CancellationToken) {
        let id = command.host_command_identifier.clone();
        let Some(_busy) = Busy::mark(&self.busy, &id) else {
            return;
        };
        let told = match self.prepare(&command).await {
            Ok(Some((work, spec))) => self.work(&id, &work, &spec, stop).await,
            Ok(None) => Ok(()),
            Err(Refused::Fault(fault)) => self.complete(&id, Err(&fault), "").await,
            Err(Refused::Call(error)) => Err(error),
        };
        if let Err(error) = told {
            (self.news)(&News::Trouble(format!("{}: {error}", command.command_name)));
        }
    }

    /// `None`: the server does not want it done any more.
    async fn prepare(
        &self,
        command: &HostCommand,
    ) -> Result<Option<(Work, Specification)>, Refused> {
        let spec = self.specification(command).await?;
        let work = Work {
            name: command.command_name.clone(),
            command: Command::parse(&command.command_name)?,
        };
        let (tools, asked, spec_again) = (self.tools.clone(), work.command.clone(), spec.clone());
        let noop = tokio::task::spawn_blocking(move || asked.is_noop(&tools, &spec_again));
        let is_command_noop = noop.await.map_err(Fault::unknown)??;
        let status = self.acknowledge(command, is_command_noop).await?;
        match status.as_str() {
            command_status::SUCCEEDED => Ok(None),
            command_status::FAILED if is_command_noop => {
                let id = &command.host_command_identifier;
                self.complete(id, Ok(()), "CompletedNoopCommand").await?;
                Ok(None)
            }
            command_status::FAILED => Ok(None),
            _ => Ok(Some((work, spec))),
        }
    }

    async fn specification(&self, command: &HostCommand) -> Result<Specification, Refused> {
        let input = GetDeploymentSpecificationInput {
            deployment_execution_id: command.deployment_execution_id.clone(),
            host_identifier: self.host.clone(),
        };
        let output: GetDeploymentSpecificationOutput =
            self.call("GetDeploymentSpecification", &input).await?;
        if output.deployment_system != DEPLOYMENT_SYSTEM {
            let system = output.deployment_system;
            return Err(Fault::unknown(format!(
                "Deployment System mismatch: {DEPLOYMENT_SYSTEM} != {system}"
            ))
            .into());
        }
        let json = envelope::open(&output.deployment_specification.generic_envelope)?;
        Ok(Specification::parse(&json)?)
    }

    async fn acknowledge(
        &self,
        command: &HostCommand,
        is_command_noop: bool,
    ) -> Result<String, CallError> {
        let input = PutHostCommandAcknowledgementInput {
            host_command_identifier: command.host_command_identifier.clone(),
            diagnostics: Some(diagnostics(&Noop { is_command_noop })),
        };
        let output: PutHostCommandAcknowledgementOutput =
            self.call("PutHostCommandAcknowledgement", &input).await?;
        Ok(output.command_status)
    }

    async fn work(
        &self,
        id: &str,
        work: &Work,
        spec: &Specification,
        stop: &CancellationToken,
    ) -> Result<(), CallError> {
        let (deployment, command) = (spec.deployment_id.clone(), work.name.clone());
        (self.news)(&News::Begun {
            deployment: deployment.clone(),
            command: command.clone(),
        });
        let mark = Ongoing::mark(&self.tools.root, &spec.deployment_id, id);
        let (mark, done) = match mark {
            Ok(mark) => (Some(mark), work.command.run(&self.tools, spec).await),
            Err(fault) => (None, Err(fault)),
        };
        let told = self.tell(id, done.as_ref().copied(), stop).await;
        (self.news)(&News::Ended {
            deployment,
            command,
            fault: done.err(),
        });
        // Refused means that the server has made up its mind already.
        let heard = matches!(told, Ok(()) | Err(CallError::Refused { .. }));
        if let Some(mark) = mark.filter(|_| heard) {
            mark.clear();
        }
        told
    }

    /// Says how a command ended, again and again until the server has heard it: nobody would do the work twice.
    async fn tell(
        &self,
        id: &str,
        done: Result<(), &Fault>,
        stop: &CancellationToken,
    ) -> Result<(), CallError> {
        let mut patience = BETWEEN;
        loop {
            let told = self.complete(id, done, "").await;
            let Err(error) = &told else { return told };
            if matches!(error, CallError::Refused { .. }) {
                return told;
            }
            (self.news)(&News::Trouble(error.to_string()));
            tokio::select! {
                () = stop.cancelled() => return told,
                () = tokio::time::sleep(patience) => patience = longer(patience),
            }
        }
    }

    async fn complete(
        &self,
        command: &str,
        done: Result<(), &Fault>,
        detail: &str,
    ) -> Result<(), CallError> {
        let (status, report) = match done {
            Ok(()) => (command_status::SUCCEEDED, success(detail)),
            Err(fault) => (command_status::FAILED, report(fault)),
        };
        let input = PutHostCommandCompleteInput {
            host_command_identifier: command.to_owned(),
            command_status: status.to_owned(),
            diagnostics: Some(diagnostics(&report)),
        };
        let _: serde_json::Value = self.call("PutHostCommandComplete", &input).await?;
        Ok(())
    }

    async fn call<O: DeserializeOwned>(
        &self,
        operation: &str,
        input: &impl Serialize,
    ) -> Result<O, CallError> {
        self.remote.call(Api::Commands, operation, input).await
    }
}

/// How long to wait after one more error.
fn longer(patience: Duration) -> Duration {
    (patience * 2).min(MOST_PATIENCE)
}

struct Work {
    name: String,
    command: Command,
}

/// Why a command is not carried out.
enum Refused {
    /// The server is to be told.
    Fault(Fault),
    /// The server cannot be told.
    Call(CallError),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<CallError> for Refused {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

fn success(detail: &str) -> Report {
    Report {
        error_code: i64::from(Code::Succeeded.number()),
        message: format!("Succeeded: {detail}"),
        ..Report::default()
    }
}

fn report(fault: &Fault) -> Report {
    Report {
        error_code: i64::from(fault.code.number()),
        script_name: fault.script.clone(),
        message: fault.message.clone(),
        log: fault.log.clone(),
    }
}

fn diagnostics(payload: &impl Serialize) -> Envelope {
    Envelope {
        format: JSON.to_owned(),
        payload: serde_json::to_string(payload).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
