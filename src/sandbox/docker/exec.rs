//! One command in a running container, from start to end.
//!
//! Invariant: a command whose container died is never reported as a command that failed.

use super::container::Container;
use super::create::ROOT;
use super::errors::{about_container, found_dead, message, status};
use super::wrapper::{self, Scanned, Scanner};
use crate::sandbox::{Exec, Exit, Output, STOPPED, SandboxError};
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::query_parameters::{EventsOptionsBuilder, WaitContainerOptions};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use std::collections::HashMap;
use std::pin::{Pin, pin};
use std::time::{Duration, SystemTime};
use tokio::io::AsyncWrite;

/// What a shell answers for a process that was killed.
const KILLED: i32 = 137;

/// The output of an exec ends a moment before the engine knows that the container is dead.
const DEATH_IS_KNOWN_WITHIN: Duration = Duration::from_secs(2);

/// The kernel's news of a killed process come beside the process's own end.
const NEWS_OF_MEMORY_WITHIN: Duration = Duration::from_millis(500);

/// The engine's complaint about a command that it could not start is one line.
const COMPLAINT: usize = 4096;

type Pieces = BoxStream<'static, Result<LogOutput, Error>>;
type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// How the stream of output ended.
enum End {
    /// With the command's mark.
    Marked(Exit),
    /// Without; the first bytes of it may be the engine's complaint.
    Cut(String),
}

/// Runs a command, forwarding its output. Processes that it leaves in the background keep running.
pub async fn run(
    container: &Container,
    exec: &Exec,
    output: &Output,
) -> Result<Exit, SandboxError> {
    let mark = wrapper::new_mark();
    let id = create(container, exec, &mark).await?;
    let (mut pieces, input) = start(container, &id).await?;
    let end = forward(container, &mut pieces, &mark, output).await;
    match end {
        End::Marked(exit) => {
            tokio::spawn(hold(pieces, input));
            marked(container, exit).await
        }
        End::Cut(text) => cut(container, &id, text).await,
    }
}

async fn create(container: &Container, exec: &Exec, mark: &str) -> Result<String, SandboxError> {
    let env = exec
        .env
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    let options = CreateExecOptions {
        // The wrapper waits on it for as long as it has to stay.
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        cmd: Some(wrapper::argv(mark, &exec.argv)),
        env: Some(env.collect()),
        user: Some(exec.user.clone().unwrap_or_else(|| ROOT.to_owned())),
        working_dir: Some(exec.dir.to_string()),
        ..Default::default()
    };
    let made = container.docker.create_exec(&container.id, options).await;
    Ok(made.map_err(|e| about_container(&e))?.id)
}

async fn start(container: &Container, id: &str) -> Result<(Pieces, Input), SandboxError> {
    match container.docker.start_exec(id, None).await {
        Ok(StartExecResults::Attached { output, input }) => Ok((output.boxed(), input)),
        Ok(StartExecResults::Detached) => Err(SandboxError::Failed(
            "the engine does not attach to commands".to_owned(),
        )),
        Err(e) => Err(about_container(&e)),
    }
}

async fn forward(container: &Container, pieces: &mut Pieces, mark: &str, output: &Output) -> End {
    let mut scanner = Scanner::new(mark);
    let mut complaint = Vec::new();
    // An error is the end too: what it means, the engine says when asked.
    while let Some(Ok(piece)) = pieces.next().await {
        match scanner.feed(&piece.into_bytes()) {
            Scanned::Output(bytes) => {
                complaint.extend(bytes.iter().take(COMPLAINT - complaint.len()));
                send(container, output, bytes).await;
            }
            Scanned::End(bytes, exit) => {
                send(container, output, bytes).await;
                return End::Marked(exit);
            }
        }
    }
    send(container, output, scanner.rest()).await;
    End::Cut(String::from_utf8_lossy(&complaint).trim_end().to_owned())
}

/// Waits for the receiver, which slows the command down, but not longer than until the sandbox is silenced.
/// A receiver that has gone away wants no more.
async fn send(container: &Container, output: &Output, bytes: Bytes) {
    if bytes.is_empty() {
        return;
    }
    tokio::select! {
        biased;
        _ = output.send(bytes) => {}
        () = container.silenced.cancelled() => {}
    }
}

/// Reads on, and keeps the wrapper's input open, until nobody has the pipe any more.
async fn hold(mut pieces: Pieces, input: Input) {
    while let Some(Ok(_)) = pieces.next().await {}
    drop(input);
}

async fn marked(container: &Container, exit: Exit) -> Result<Exit, SandboxError> {
    if container.stopped.is_cancelled() {
        return Err(SandboxError::Died(STOPPED.to_owned()));
    }
    match exit.code() == KILLED && ran_out_of_memory(container).await {
        true => Err(found_dead()),
        false => Ok(exit),
    }
}

/// No mark: the container died, the wrapper was killed, or nothing was started.
async fn cut(container: &Container, id: &str, text: String) -> Result<Exit, SandboxError> {
    if container.stopped.is_cancelled() {
        return Err(SandboxError::Died(STOPPED.to_owned()));
    }
    let found = match container.docker.inspect_exec(id).await {
        Ok(found) => found,
        Err(e) if status(&e) == Some(404) => return Err(found_dead()),
        Err(e) => return Err(SandboxError::Died(message(&e))),
    };
    let code = found.exit_code.and_then(|code| i32::try_from(code).ok());
    match (found.pid, code) {
        // What the engine complains of may be the end of the container, in any words.
        (None | Some(0), _) if is_dead(container).await => Err(found_dead()),
        (None | Some(0), _) => Err(SandboxError::Failed(text)),
        (_, Some(KILLED)) if is_dead(container).await => Err(found_dead()),
        (_, Some(KILLED)) if ran_out_of_memory(container).await => Err(found_dead()),
        (_, Some(code)) => Ok(Exit::Code(code)),
        (_, None) => Err(found_dead()),
    }
}

async fn is_dead(container: &Container) -> bool {
    let mut end = container
        .docker
        .wait_container(&container.id, None::<WaitContainerOptions>);
    tokio::time::timeout(DEATH_IS_KNOWN_WITHIN, end.next())
        .await
        .is_ok()
}

/// Whether the kernel killed something in the container for want of memory. The container's own state tells only when its first
/// process was killed, the engine's events tell of any.
async fn ran_out_of_memory(container: &Container) -> bool {
    let filters = HashMap::from([("container", vec![&*container.id]), ("event", vec!["oom"])]);
    let until = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        + NEWS_OF_MEMORY_WITHIN;
    let options = EventsOptionsBuilder::default()
        .since("0")
        .until(&format!("{}.{:09}", until.as_secs(), until.subsec_nanos()))
        .filters(&filters)
        .build();
    let mut events = pin!(container.docker.events(Some(options)));
    matches!(events.next().await, Some(Ok(_)))
}
