//! RUN_SANDBOX: commands of whoever holds the sandbox, with their output apart.
//!
//! They run as a build's items do: directory and exported variables last from one to the next.

use super::session::{Placed, Session};
use crate::engine::build::command_run::CommandRan;
use crate::engine::build::logs::Note;
use crate::engine::build::script::quote;
use crate::engine::build::sequence;
use crate::sandbox::{Exec, SandboxError};
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use tokio::sync::mpsc;

/// Bytes that are kept of each of a command's outputs.
const KEPT: usize = 256 * 1024;

/// Runs one command to its end. What goes wrong with the sandbox is told as the command's own complaint.
pub async fn run(session: &Session, id: &str, command: &str) -> CommandRan {
    session.note(Note::Running(command.to_owned())).await;
    let ran = attempt(session, id, command)
        .await
        .unwrap_or_else(|error| CommandRan {
            exit: None,
            out: String::new(),
            err: error.to_string(),
        });
    if let Some(log) = session.log.get() {
        for text in [&ran.out, &ran.err] {
            if !text.is_empty() {
                log.output(Bytes::from(text.clone())).await;
            }
        }
        log.output_ended().await;
    }
    ran
}

async fn attempt(session: &Session, id: &str, command: &str) -> Result<CommandRan, SandboxError> {
    let gone = || SandboxError::Died("The sandbox is gone.".to_owned());
    let placed = session.placed().map_err(|_| gone())?;
    let places = placed.places();
    let (out, err) = (
        places.tmp.join(format!("{id}.out")),
        places.tmp.join(format!("{id}.err")),
    );
    let script = format!(
        "exec >| {} 2>| {}\n{}",
        quote(out.as_str()),
        quote(err.as_str()),
        places.item(command, true)
    );
    // Nothing is left to say when its output goes to files.
    let (output, mut rest) = mpsc::channel::<Bytes>(16);
    let drain = async { while rest.recv().await.is_some() {} };
    let (exit, ()) = tokio::join!(session.script(&script, None, output), drain);
    let exit = exit?;
    let mut complaint = read(placed, &err).await?;
    // A signal is told as the shell would.
    if let crate::sandbox::Exit::Signal(_) = exit
        && let Some(reason) = sequence::reason(exit)
    {
        complaint.push_str(&reason);
    }
    Ok(CommandRan {
        exit: Some(exit.code()),
        out: read(placed, &out).await?,
        err: complaint,
    })
}

/// The beginning of a file, as text; it is removed.
async fn read(placed: &Placed, file: &Utf8Path) -> Result<String, SandboxError> {
    let read = format!("head -c {KEPT} \"$0\"; rm -f \"$0\"");
    let exec = Exec {
        argv: ["sh", "-c", &read, file.as_str()]
            .map(str::to_owned)
            .to_vec(),
        env: Vec::new(),
        dir: Utf8PathBuf::from("/codebuild/output"),
        user: None,
    };
    let (output, mut chunks) = mpsc::channel::<Bytes>(16);
    let collect = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = chunks.recv().await {
            let room = KEPT.saturating_sub(bytes.len());
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        bytes
    };
    let (exit, bytes) = tokio::join!(placed.sandbox.exec(&exec, output), collect);
    exit.map(|_| String::from_utf8_lossy(&bytes).into_owned())
}
