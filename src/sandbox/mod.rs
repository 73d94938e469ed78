//! Where commands run: containers or host processes behind one trait.
//!
//! Knows neither services nor engines. Paths given to a sandbox are the paths a container would show
//! (`/codebuild/output/…`); `Sandbox::path` says where such a path really is for the commands inside.

//!
//! - `choose.rs` decides which kind a server uses
//! - `docker/` runs commands in containers, `process/` as processes of this machine, `scripted.rs` in memory for tests of engines
//! - `machines.rs`: containers that somebody else has started, where there are such
//! - `pods.rs`: groups of containers that run their images' own programs, where the kind has containers
//! - `file_systems.rs`: folders that outlive sandboxes, and who may read an image
//! - `images.rs` maps image names, `limits.rs` and `tarball.rs` bound and stream archives, `names.rs` makes safe names of ids

pub mod choose;
pub mod docker;
pub mod file_systems;
pub mod images;
pub mod limits;
pub mod machines;
mod names;
pub mod pods;
pub mod process;
pub mod scripted;
pub mod scripted_pods;
mod tarball;

pub use choose::choose;
pub use file_systems::{FileSystem, Layers, RegistryLogin};
pub(crate) use tarball::written;

use crate::companions::ByteStream;
use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// What every sandbox has from the beginning.
const DIRECTORIES: [&str; 2] = ["/codebuild/output/tmp", "/codebuild/readonly"];

const STOPPED: &str = "The sandbox was stopped.";

/// Which technology runs the commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Docker,
    Host,
}

/// What a sandbox is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SandboxSpec {
    /// Unique and stable for one attempt; a second `prepare` with the same id first removes what the earlier one left.
    pub id: String,
    /// The image as the project names it; the Docker side maps AWS's own names to public ones. Ignored on the host.
    pub image: String,
    pub privileged: bool,
    /// Upper bounds; clipped to what the machine has. `None`: no bound.
    pub memory_bytes: Option<u64>,
    pub cpus: Option<u32>,
    /// Whom the image's registry is asked as when the image is pulled; `None`: nobody in particular.
    pub registry: Option<RegistryLogin>,
    pub file_systems: Vec<FileSystem>,
    /// Where the layers of a Docker engine inside are kept; on the host there is none.
    pub layers: Option<Layers>,
}

/// One command: an argument vector, never a shell string built here.
#[derive(Clone, PartialEq, Eq)]
pub struct Exec {
    pub argv: Vec<String>,
    /// The whole environment, beside what the image itself sets.
    pub env: Vec<(String, String)>,
    pub dir: Utf8PathBuf,
    /// `None`: root in a container, the server's own user on the host.
    pub user: Option<String>,
}

impl std::fmt::Debug for Exec {
    /// Values of the environment may be secrets and stay out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.env.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Exec")
            .field("argv", &self.argv)
            .field("env", &names)
            .field("dir", &self.dir)
            .field("user", &self.user)
            .finish()
    }
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Exit {
    Code(i32),
    Signal(i32),
}

impl Exit {
    /// The number a shell would show: signals as 128 and more.
    pub fn code(self) -> i32 {
        match self {
            Exit::Code(code) => code,
            Exit::Signal(signal) => 128 + signal,
        }
    }
}

/// Why a sandbox failed us; the texts are for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The engine's own words about the image.
    #[error("{0}")]
    CannotPull(String),
    /// The sandbox is gone: removed, out of memory, engine lost.
    #[error("{0}")]
    Died(String),
    #[error("no such path in the sandbox: {0}")]
    NoSuchPath(String),
    #[error("{0}")]
    Failed(String),
}

/// Output of commands, standard output and error interleaved in arrival order. A full channel slows the command down.
pub type Output = mpsc::Sender<Bytes>;

/// Makes sandboxes of one kind.
#[async_trait]
pub trait Sandboxes: Send + Sync + 'static {
    fn kind(&self) -> Kind;
    /// Pulls the image if need be (progress lines go to `progress`) and starts an empty sandbox with the directories
    /// `/codebuild/output/tmp` and `/codebuild/readonly`.
    async fn prepare(
        &self,
        spec: &SandboxSpec,
        progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError>;
    /// Removes what a crashed server of this data folder left behind. Call only while holding the folder's lock.
    async fn sweep(&self) -> Result<(), SandboxError>;
    /// Removes what outlives sandboxes, such as file systems; call it when none of them is left.
    async fn empty(&self) -> Result<(), SandboxError> {
        Ok(())
    }
    /// Makes pods, where there is a container engine. They are swept with the rest.
    fn pods(&self) -> Option<Arc<dyn pods::Pods>> {
        None
    }
}

/// One place where commands run, one after the other or side by side, until `remove`.
#[async_trait]
pub trait Sandbox: Send + Sync + 'static {
    /// Where `path` (as a container would show it) is for commands inside.
    fn path(&self, path: &Utf8Path) -> Utf8PathBuf;
    /// Runs one command to its end. Standard input is empty.
    async fn exec(&self, exec: &Exec, output: Output) -> Result<Exit, SandboxError>;
    /// What a short script of the engine's prints, run beside all commands: as root, in the image's own environment, with empty input
    /// and complaints unheard. `None`: nobody here runs it, or not now; `exec` does.
    async fn ask(&self, script: &str) -> Option<Vec<u8>> {
        let _ = script;
        None
    }
    /// Runs a command for a person: its input and output are the terminal of this very process, which must have one.
    async fn attend(&self, exec: &Exec) -> Result<Exit, SandboxError> {
        let _ = exec;
        Err(SandboxError::Failed(
            "this sandbox has no place for a person".to_owned(),
        ))
    }
    /// Unpacks a tar stream into `dir` (created when absent), modes and symlinks kept.
    async fn copy_in(&self, dir: &Utf8Path, tar: ByteStream) -> Result<(), SandboxError>;
    /// The file or tree at `path` as a tar stream; entry names begin with the last component of `path`.
    async fn copy_out(&self, path: &Utf8Path) -> Result<ByteStream, SandboxError>;
    /// Ends every process inside: politely first, after `grace` by force. The sandbox is of no further use.
    async fn stop(&self, grace: Duration);
    /// Removes everything; harmless when repeated.
    async fn remove(&self);
}
