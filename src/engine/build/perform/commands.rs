//! INSTALL, PRE_BUILD, BUILD, POST_BUILD: runs the items of one phase, one after the other, and tells the log.

use super::Inner;
use super::bystander::FailedAt;
use super::session::{Placed, Session, Understood, platform};
use crate::engine::build::buildspec::spec::{PhaseSpec, Version};
use crate::engine::build::event::{Event, Failure};
use crate::engine::build::logs::Note;
use crate::engine::build::sequence::{self, Sequence};
use crate::engine::build::state::Phase;
use crate::sandbox::{Exit, SandboxError};
use bytes::Bytes;
use tokio::sync::mpsc;

/// Chunks of output that may wait for the log.
const WAITING: usize = 64;

pub async fn run(
    house: &Inner,
    session: &Session,
    phase: Phase,
    succeeding: bool,
) -> Result<Event, Failure> {
    session.note(Note::Entering(phase)).await;
    let placed = session.placed()?;
    let known = session.understood();
    let spec = known.and_then(|known| known.spec.phase(phase).map(|spec| (known, spec)));
    if let Some((known, spec)) = spec {
        items(house, session, placed, known, spec, succeeding).await?;
    }
    Ok(Event::CommandsSucceeded(phase))
}

/// One command that the engine itself has chosen, as root.
pub async fn one(session: &Session, placed: &Placed, command: String) -> Result<(), Failure> {
    session.note(Note::Running(command.clone())).await;
    let script = placed.places().item(&command, true);
    match reason(item(session, &script, None).await)? {
        None => Ok(()),
        Some(reason) => {
            let failure = sequence::failure(&command, &reason);
            session.note(Note::CommandFailed { command, reason }).await;
            Err(failure)
        }
    }
}

async fn items(
    house: &Inner,
    session: &Session,
    placed: &Placed,
    known: &Understood,
    spec: &PhaseSpec,
    succeeding: bool,
) -> Result<(), Failure> {
    let mut sequence = Sequence::of(spec);
    let mut succeeding = succeeding;
    let user = spec.run_as.clone().or_else(|| known.spec.run_as.clone());
    while let Some(command) = sequence.next_item() {
        session.note(Note::Running(command.clone())).await;
        let script = match known.spec.version {
            Version::V02 => placed.places().item(&command, succeeding),
            Version::V01 => placed.places().single(&command, succeeding),
        };
        let result = item(session, &script, user.clone()).await;
        if let Some(reason) = reason(result)? {
            let failure = sequence::failure(&command, &reason);
            session.note(Note::CommandFailed { command, reason }).await;
            if let Some(bystander) = house.bystander.get() {
                if let Some(log) = session.log.get() {
                    log.flush().await;
                }
                let at = FailedAt::new(placed, known, user.clone());
                bystander.command_failed(at).await;
            }
            sequence.failed(failure);
            succeeding = false;
        }
    }
    sequence.result()
}

/// `None`: it succeeded. A user or a shell that is not there is the customer's affair, a dead sandbox is not.
fn reason(result: Result<Exit, SandboxError>) -> Result<Option<String>, Failure> {
    match result {
        Ok(exit) => Ok(sequence::reason(exit)),
        Err(SandboxError::Failed(why)) => Ok(Some(why)),
        Err(error) => Err(platform(&error)),
    }
}

async fn item(session: &Session, script: &str, user: Option<String>) -> Result<Exit, SandboxError> {
    let (output, mut chunks) = mpsc::channel::<Bytes>(WAITING);
    let pump = async {
        let Some(log) = session.log.get() else {
            return;
        };
        while let Some(chunk) = chunks.recv().await {
            log.output(chunk).await;
        }
        log.output_ended().await;
    };
    let (exit, ()) = tokio::join!(session.script(script, user, output), pump);
    exit
}
