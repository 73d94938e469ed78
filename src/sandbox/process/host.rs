//! Sandboxes that are folders of this machine.
//!
//! Invariant: after `stop` no process of the sandbox lives and none is started; after `remove` its folder is gone too.

use super::command::Command;
use super::control::Run;
use super::{folder, pack, unpack, user};
use crate::companions::ByteStream;
use crate::sandbox::limits::Limits;
use crate::sandbox::names::{below, safe_name};
use crate::sandbox::{DIRECTORIES, Exec, Exit, FileSystem, Kind, Output, STOPPED};
use crate::sandbox::{Sandbox, SandboxError, SandboxSpec, Sandboxes};
use async_trait::async_trait;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// What commands find when they bring no `PATH`.
const MINIMAL_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Beyond the grace: how long the supervisors may take to kill what is left.
const FORCE: Duration = Duration::from_secs(15);

/// Where and how commands run on this machine.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// The folder that holds the sandboxes' folders; nothing else may be in it.
    pub root: Utf8PathBuf,
    /// A program that calls `supervise` first: this one.
    pub supervisor: PathBuf,
    /// `PATH` of commands that bring none.
    pub path: String,
    pub limits: Limits,
    /// The folder that holds the file systems that outlive sandboxes.
    pub file_systems: Utf8PathBuf,
}

impl HostOptions {
    /// The usual: this very program, which must call `supervise` first in its `main`, and a minimal `PATH`.
    /// File systems lie beside the sandboxes' folder.
    pub fn new(root: impl Into<Utf8PathBuf>) -> HostOptions {
        let root = root.into();
        HostOptions {
            file_systems: root.with_file_name("file-systems"),
            root,
            supervisor: this_program(),
            path: MINIMAL_PATH.to_owned(),
            limits: Limits::default(),
        }
    }
}

/// Stays right when the file is replaced while we run.
fn this_program() -> PathBuf {
    match Path::new("/proc/self/exe") {
        linux if linux.exists() => linux.to_owned(),
        _ => std::env::current_exe().unwrap_or_else(|_| "slipway".into()),
    }
}

/// Makes sandboxes on this machine.
pub struct HostSandboxes {
    options: Arc<HostOptions>,
    /// By folder name; for the second `prepare` with an id.
    alive: Mutex<HashMap<String, Weak<HostSandbox>>>,
}

impl HostSandboxes {
    pub fn new(options: HostOptions) -> HostSandboxes {
        HostSandboxes {
            options: Arc::new(options),
            alive: Mutex::default(),
        }
    }

    /// Remembers the sandbox and gives the earlier one of the same name.
    fn remember(&self, name: &str, sandbox: &Arc<HostSandbox>) -> Option<Arc<HostSandbox>> {
        let mut alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|_, sandbox| sandbox.strong_count() > 0);
        alive
            .insert(name.to_owned(), Arc::downgrade(sandbox))?
            .upgrade()
    }
}

#[async_trait]
impl Sandboxes for HostSandboxes {
    fn kind(&self) -> Kind {
        Kind::Host
    }

    async fn prepare(
        &self,
        spec: &SandboxSpec,
        _progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        let name = safe_name(&spec.id);
        let sandbox = Arc::new(HostSandbox {
            root: self.options.root.join(&name),
            options: self.options.clone(),
            orders: watch::Sender::new(None),
            commands: TaskTracker::new(),
            removed: tokio::sync::Mutex::new(false),
        });
        if let Some(earlier) = self.remember(&name, &sandbox) {
            earlier.remove().await;
        }
        let (options, root) = (self.options.clone(), sandbox.root.clone());
        let file_systems = spec.file_systems.clone();
        blocking(move || {
            begin(&root)?;
            let trees = &options.file_systems;
            let mut all = file_systems.iter();
            all.try_for_each(|of| link(trees, &root, of))
        })
        .await?;
        Ok(sandbox)
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        let root = self.options.root.clone();
        blocking(move || remove_all_in(&root)).await
    }

    async fn empty(&self) -> Result<(), SandboxError> {
        let trees = self.options.file_systems.clone();
        blocking(move || remove_all_in(&trees)).await
    }
}

fn begin(root: &Utf8Path) -> std::io::Result<()> {
    folder::remove(root.as_std_path())?;
    DIRECTORIES
        .iter()
        .try_for_each(|path| std::fs::create_dir_all(below(root, Utf8Path::new(path))))
}

/// Leads from where commands look to the directory of the file system's tree.
fn link(trees: &Utf8Path, root: &Utf8Path, of: &FileSystem) -> std::io::Result<()> {
    let dir = of.dir_below(&trees.join(safe_name(&of.id)));
    std::fs::create_dir_all(&dir)?;
    let at = below(root, &of.at);
    if let Some(parent) = at.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::os::unix::fs::symlink(dir, at)
}

fn remove_all_in(root: &Utf8Path) -> std::io::Result<()> {
    match root.read_dir() {
        Ok(mut entries) => entries.try_for_each(|entry| folder::remove(&entry?.path())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(e),
    }
}

fn no_command() -> std::io::Error {
    std::io::Error::other("no command")
}

async fn blocking(
    work: impl FnOnce() -> std::io::Result<()> + Send + 'static,
) -> Result<(), SandboxError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|lost| Err(std::io::Error::other(lost)))
        .map_err(|e| SandboxError::Failed(format!("cannot prepare a build folder: {e}")))
}

struct HostSandbox {
    root: Utf8PathBuf,
    options: Arc<HostOptions>,
    /// Once set, no command is started; a shorter grace may follow a longer one.
    orders: watch::Sender<Option<Duration>>,
    /// One task for each supervisor, ended when it is.
    commands: TaskTracker,
    /// Set when the folder is gone: a later one of the same name is not ours.
    removed: tokio::sync::Mutex<bool>,
}

impl HostSandbox {
    fn check_alive(&self) -> Result<(), SandboxError> {
        match *self.orders.borrow() {
            Some(_) => Err(SandboxError::Died(STOPPED.to_owned())),
            None => Ok(()),
        }
    }

    fn run(&self, exec: &Exec, dir: Utf8PathBuf) -> Run {
        let mut env = exec.env.clone();
        if !env.iter().any(|(name, _)| name == "PATH") {
            env.push(("PATH".to_owned(), self.options.path.clone()));
        }
        Run {
            argv: exec.argv.clone(),
            env,
            dir: dir.into_string(),
        }
    }

    fn start(&self, run: Run) -> Result<Command, SandboxError> {
        // Counted before the order is read, so that a `stop` that comes now waits for this command.
        let counted = self.commands.token();
        let orders = self.orders.subscribe();
        self.check_alive()?;
        let (command, watch) = Command::start(&self.options.supervisor, run, orders)
            .map_err(|e| SandboxError::Failed(format!("cannot start a supervisor: {e}")))?;
        self.commands.spawn(watch);
        drop(counted);
        Ok(command)
    }
}

#[async_trait]
impl Sandbox for HostSandbox {
    fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        below(&self.root, path)
    }

    async fn exec(&self, exec: &Exec, output: Output) -> Result<Exit, SandboxError> {
        self.check_alive()?;
        if let Some(name) = &exec.user {
            user::check(name)?;
        }
        let dir = self.path(&exec.dir);
        if !dir.is_dir() {
            return Err(SandboxError::Failed(format!(
                "cannot run in {}: no such directory",
                exec.dir
            )));
        }
        let run = self.run(exec, dir);
        self.start(run)?.follow(output).await
    }

    /// Without a supervisor: a shell needs to be in the session of its terminal.
    async fn attend(&self, exec: &Exec) -> Result<Exit, SandboxError> {
        self.check_alive()?;
        if let Some(name) = &exec.user {
            user::check(name)?;
        }
        let run = self.run(exec, self.path(&exec.dir));
        let failed = |e: std::io::Error| SandboxError::Failed(format!("cannot start a shell: {e}"));
        let (program, arguments) = run.argv.split_first().ok_or_else(|| failed(no_command()))?;
        let mut command = tokio::process::Command::new(program);
        command.args(arguments).env_clear().envs(run.env);
        if let Some(term) = std::env::var_os("TERM") {
            command.env("TERM", term);
        }
        let mut child = command
            .current_dir(run.dir)
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let mut orders = self.orders.subscribe();
        tokio::select! {
            status = child.wait() => {
                let code = status.map_err(failed)?.code();
                Ok(Exit::Code(code.unwrap_or(1)))
            }
            _ = orders.wait_for(Option::is_some) => Err(SandboxError::Died(STOPPED.to_owned())),
        }
    }

    async fn copy_in(&self, dir: &Utf8Path, tar: ByteStream) -> Result<(), SandboxError> {
        unpack::unpack(self.path(dir).into(), tar, self.options.limits).await
    }

    async fn copy_out(&self, path: &Utf8Path) -> Result<ByteStream, SandboxError> {
        let real = self.path(path);
        match std::fs::symlink_metadata(&real) {
            Ok(_) => Ok(pack::pack(real.into())),
            Err(_) => Err(SandboxError::NoSuchPath(path.to_string())),
        }
    }

    async fn stop(&self, grace: Duration) {
        self.orders.send_replace(Some(grace));
        self.commands.close();
        if tokio::time::timeout(grace + FORCE, self.commands.wait())
            .await
            .is_err()
        {
            tracing::error!(sandbox = %self.root, "processes of a build cannot be killed");
        }
    }

    async fn remove(&self) {
        let mut removed = self.removed.lock().await;
        if *removed {
            return;
        }
        self.stop(Duration::ZERO).await;
        let root = self.root.clone();
        if let Err(e) = blocking(move || folder::remove(root.as_std_path())).await {
            tracing::warn!(sandbox = %self.root, "{e}");
        }
        *removed = true;
    }
}
