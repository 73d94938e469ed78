//! A command in a container at the terminal of this process.
//!
//! Invariant: however the command ends, the terminal is left as it was found.

use super::container::Container;
use super::create::ROOT;
use super::errors::about_container;
use crate::sandbox::{Exec, Exit, SandboxError};
use bollard::exec::{CreateExecOptions, ResizeExecOptions, StartExecOptions, StartExecResults};
use bytes::Bytes;
use futures::StreamExt;
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Mutex, mpsc};

/// Runs a command to its end; keys go to it as they are pressed.
pub async fn attend(container: &Container, exec: &Exec) -> Result<Exit, SandboxError> {
    let docker = &container.docker;
    let made = docker.create_exec(&container.id, options(exec)).await;
    let id = made.map_err(|e| about_container(&e))?.id;
    let start = StartExecOptions {
        tty: true,
        ..Default::default()
    };
    let started = docker.start_exec(&id, Some(start)).await;
    let StartExecResults::Attached { mut output, input } =
        started.map_err(|e| about_container(&e))?
    else {
        return Err(failed("the engine does not attach to commands"));
    };
    let raw = Raw::begin().map_err(failed)?;
    let show = async {
        while let Some(Ok(piece)) = output.next().await {
            let mut screen = io::stdout().lock();
            let _ = screen
                .write_all(&piece.into_bytes())
                .and_then(|()| screen.flush());
        }
    };
    tokio::select! {
        () = show => {}
        never = type_in(input) => never,
        never = keep_size(container, &id) => never,
    }
    drop(raw);
    let found = docker.inspect_exec(&id).await;
    let code = found.map_err(|e| about_container(&e))?.exit_code;
    let code = code.and_then(|code| i32::try_from(code).ok());
    Ok(Exit::Code(code.unwrap_or_default()))
}

fn failed(why: impl ToString) -> SandboxError {
    SandboxError::Failed(why.to_string())
}

fn options(exec: &Exec) -> CreateExecOptions<String> {
    let env = exec.env.iter();
    let env = env.map(|(name, value)| format!("{name}={value}"));
    let term = std::env::var("TERM").unwrap_or_else(|_| "xterm".to_owned());
    CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        tty: Some(true),
        cmd: Some(exec.argv.clone()),
        env: Some(env.chain([format!("TERM={term}")]).collect()),
        user: Some(exec.user.clone().unwrap_or_else(|| ROOT.to_owned())),
        working_dir: Some(exec.dir.to_string()),
        ..Default::default()
    }
}

type Input = Pin<Box<dyn AsyncWrite + Send>>;

/// Hands on what is typed, for ever.
async fn type_in(mut input: Input) -> ! {
    let keys = keyboard();
    let mut keys = keys.lock().await;
    while let Some(typed) = keys.recv().await {
        if input.write_all(&typed).await.is_err() || input.flush().await.is_err() {
            break;
        }
    }
    // Without a keyboard, the command learns of it and ends.
    let _ = input.shutdown().await;
    std::future::pending().await
}

type Keys = Arc<Mutex<mpsc::Receiver<Bytes>>>;

/// One thread reads the keyboard of this process: a read that waits cannot be taken back, so it is left to the next command.
fn keyboard() -> Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    let begin = || {
        let (sender, keys) = mpsc::channel(16);
        std::thread::spawn(move || {
            let mut typed = [0; 1024];
            while let Ok(length @ 1..) = io::stdin().lock().read(&mut typed) {
                if sender
                    .blocking_send(Bytes::copy_from_slice(&typed[..length]))
                    .is_err()
                {
                    return;
                }
            }
        });
        Arc::new(Mutex::new(keys))
    };
    KEYS.get_or_init(begin).clone()
}

/// The command learns how large the terminal is, now and whenever that changes.
async fn keep_size(container: &Container, id: &str) -> ! {
    let mut changes = signal(SignalKind::window_change()).ok();
    loop {
        if let Ok(size) = tcgetwinsize(io::stdin()) {
            let size = ResizeExecOptions {
                height: size.ws_row,
                width: size.ws_col,
            };
            let _ = container.docker.resize_exec(id, size).await;
        }
        match &mut changes {
            Some(changes) => drop(changes.recv().await),
            None => std::future::pending().await,
        }
    }
}

/// The terminal hands on every key and shows nothing by itself, until this is dropped.
struct Raw(Termios);

impl Raw {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(io::stdin(), OptionalActions::Now, &raw)?;
        Ok(Self(before))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
