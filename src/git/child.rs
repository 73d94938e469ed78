//! One run of `git`: its own environment, no input, bounded output; its whole process group ends with it.

use super::error::{GitError, understood};
use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// The last words of git that are kept.
const WORDS: usize = 16 * 1024;
/// Refs of large repositories are many.
const ANSWER: usize = 32 << 20;

/// What of this process's environment git may know: how to reach hosts, and whom to trust.
const PASSED: [&str; 13] = [
    "PATH",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "all_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "ALL_PROXY",
];

/// Where git runs and what it may do.
pub struct Child<'a> {
    /// The command, looked for in `PATH`.
    pub program: &'a str,
    /// A folder of its own, with its `settings`.
    pub home: &'a Path,
    /// Protocols it may speak, separated by colons.
    pub protocols: String,
    /// It has somebody's credentials.
    pub logged_in: bool,
    /// Bytes of a file it may write, at most.
    pub largest: u64,
}

impl Child<'_> {
    /// What git prints.
    pub async fn run(&self, dir: &Path, arguments: &[&str]) -> Result<String, GitError> {
        let mut command = Command::new(self.program);
        command
            .args(arguments)
            .current_dir(dir)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => GitError::NotInstalled,
            _ => GitError::Io(error),
        })?;
        let group = child.id().map(Group);
        if let Some(group) = &group {
            group.limit(self.largest);
        }
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let (out, err, status) = tokio::join!(first(out), last(err), child.wait());
        let (out, words, status) = (out?, err?, status?);
        drop(group);
        match status.success() {
            true => String::from_utf8(out)
                .map_err(|_| GitError::Failed("git's answer is no text".to_owned())),
            false => Err(understood(&String::from_utf8_lossy(&words), self.logged_in)),
        }
    }

    fn environment(&self) -> Vec<(OsString, OsString)> {
        let passed = PASSED.iter().filter_map(|name| {
            let value = std::env::var_os(name)?;
            Some((OsString::from(name), value))
        });
        let home = self.home.as_os_str();
        let settings = self.home.join("settings");
        let own = [
            ("HOME", home.to_owned()),
            ("XDG_CONFIG_HOME", home.to_owned()),
            ("GIT_CONFIG_GLOBAL", settings.into_os_string()),
            ("GIT_CONFIG_NOSYSTEM", "1".into()),
            ("GIT_TERMINAL_PROMPT", "0".into()),
            ("GIT_ASKPASS", "".into()),
            ("GIT_SSH_COMMAND", "ssh -oBatchMode=yes".into()),
            ("GIT_ALLOW_PROTOCOL", self.protocols.clone().into()),
            ("LC_ALL", "C".into()),
        ];
        let own = own.map(|(name, value)| (OsString::from(name), value));
        passed.chain(own).collect()
    }
}

/// The process group of a run, which ends when this is dropped.
struct Group(u32);

impl Group {
    fn pid(&self) -> Option<rustix::process::Pid> {
        i32::try_from(self.0)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
    }

    /// No file of the group gets larger. The helpers that git starts have the limit too.
    #[cfg(target_os = "linux")]
    fn limit(&self, largest: u64) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let limit = Rlimit {
            current: Some(largest),
            maximum: Some(largest),
        };
        if let Err(error) = prlimit(self.pid(), Resource::Fsize, limit) {
            tracing::debug!(%error, "files of git are not limited");
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn limit(&self, _largest: u64) {}
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.pid() {
            // It has ended, as a rule.
            let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
        }
    }
}

/// Everything, unless it is too much.
async fn first(from: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, GitError> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let most = u64::try_from(ANSWER).unwrap_or(u64::MAX);
        from.take(most + 1).read_to_end(&mut bytes).await?;
    }
    match bytes.len() > ANSWER {
        true => Err(GitError::TooMuch(ANSWER)),
        false => Ok(bytes),
    }
}

/// The end of what is said.
async fn last(from: Option<impl AsyncRead + Unpin>) -> Result<Vec<u8>, GitError> {
    let mut words = Vec::new();
    let Some(mut from) = from else {
        return Ok(words);
    };
    let mut chunk = [0; 4096];
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(words);
        }
        words.extend_from_slice(&chunk[..read]);
        let excess = words.len().saturating_sub(WORDS);
        words.drain(..excess);
    }
}
