//! One script of an event: started, listened to, and ended when its time is over.
//!
//! Invariant: no shell sees the script's path unless another user is to run it, and then as one quoted word. The script has a process
//! group of its own, nothing to read, and the agent's own working directory. Source: contract, codedeploy section 8.6.

use super::appspec::Script;
use super::errors::{self, Done, Fault};
use super::place::Run;
use super::script_log::ScriptLog;
use crate::cli::words::quoted;
use camino::Utf8Path;
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

/// The log of an event; both streams of a script write to it.
pub type SharedLog = Arc<Mutex<ScriptLog>>;

/// Longest piece of a line that is kept together.
const MOST_OF_A_LINE: u64 = 64 * 1024;

/// Runs a script that is there and may be run.
pub async fn run(path: &Utf8Path, run: Run<'_>) -> Done<()> {
    let Run {
        script,
        environment,
        log,
    } = run;
    write(log, &format!("Script - {}", script.location));
    let deadline = Instant::now() + script.timeout;
    let mut child = start(script, path, environment)?;
    let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    let out = listen(child.stdout.take(), "[stdout]", log);
    let err = listen(child.stderr.take(), "[stderr]", log);
    let Ok(ended) = timeout_at(deadline, child.wait()).await else {
        end(group);
        return Err(errors::script_timed_out(
            &script.location,
            script.timeout.as_secs(),
        ));
    };
    let ended = ended.map_err(Fault::unknown)?;
    // Whatever holds the streams open has as long as the script would have had.
    for (stream, name) in [(out, "STDOUT"), (err, "STDERR")] {
        if timeout_at(deadline, stream).await.is_err() {
            return Err(errors::output_left_open(&script.location, name));
        }
    }
    match status(ended) {
        0 => Ok(()),
        other => Err(errors::script_failed(
            &script.location,
            script.runas.as_deref(),
            other,
        )),
    }
}

/// The arguments with which a script is started.
pub fn argv(script: &Script, path: &Utf8Path) -> Vec<String> {
    let mut argv = Vec::new();
    if script.sudo {
        argv.push("sudo".to_owned());
    }
    match &script.runas {
        Some(user) => argv.extend([
            "su".to_owned(),
            user.clone(),
            "-c".to_owned(),
            quoted(path.as_str()),
        ]),
        None => argv.push(path.to_string()),
    }
    argv
}

fn start(script: &Script, path: &Utf8Path, environment: &[(String, String)]) -> Done<Child> {
    let argv = argv(script, path);
    match spawn(&argv, environment) {
        // A script that does not say what reads it is the shell's.
        Err(error) if error.raw_os_error() == Some(Errno::NOEXEC.raw_os_error()) => {
            let argv = ["/bin/sh".to_owned(), path.to_string()];
            spawn(&argv, environment)
        }
        started => started,
    }
    .map_err(|error| Fault {
        script: script.location.clone(),
        ..Fault::file("run", path, &error)
    })
}

fn spawn(argv: &[String], environment: &[(String, String)]) -> std::io::Result<Child> {
    let (program, arguments) = argv.split_first().expect("a script has a path");
    Command::new(program)
        .args(arguments)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
}

fn listen<R>(stream: Option<R>, prefix: &'static str, log: &SharedLog) -> JoinHandle<()>
where
    R: AsyncRead + Unpin + Send + 'static,
{
    let log = log.clone();
    tokio::spawn(async move {
        let Some(stream) = stream else { return };
        let mut stream = BufReader::new(stream);
        loop {
            let mut line = Vec::new();
            let mut bounded = (&mut stream).take(MOST_OF_A_LINE);
            match bounded.read_until(b'\n', &mut line).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return,
            }
            let text = String::from_utf8_lossy(&line);
            write(&log, &format!("{prefix}{}", text.trim_end_matches('\n')));
        }
    })
}

pub fn write(log: &SharedLog, text: &str) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.line(text);
}

fn end(group: Option<Pid>) {
    if let Some(group) = group {
        // One that has just gone need not be ended.
        let _ = kill_process_group(group, Signal::TERM);
    }
}

/// A signal's number is told as a shell tells it.
fn status(ended: ExitStatus) -> i32 {
    let signal = || ended.signal().map(|signal| 128 + signal);
    ended.code().or_else(signal).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn script(runas: Option<&str>, sudo: bool) -> Script {
        Script {
            location: "s.sh".into(),
            timeout: Duration::from_secs(1),
            runas: runas.map(str::to_owned),
            sudo,
        }
    }

    /// Witness: contract §8.6, "Hook execution".
    #[test]
    fn other_users_run_scripts_by_su_and_sudo_comes_before() {
        let argv = |runas, sudo| argv(&script(runas, sudo), "/a/s.sh".into()).join(" ");
        assert_eq!(argv(None, false), "/a/s.sh");
        assert_eq!(argv(Some("web"), false), "su web -c /a/s.sh");
        assert_eq!(argv(None, true), "sudo /a/s.sh");
        assert_eq!(argv(Some("web"), true), "sudo su web -c /a/s.sh");
    }

    #[test]
    fn a_path_stays_one_word_for_the_shell_of_su() {
        let argv = argv(&script(Some("web"), false), "/a/b; touch c".into());
        assert_eq!(argv.last().unwrap(), "'/a/b; touch c'");
    }
}
