//! A sandbox for tests: a temporary folder, the machine's own shell, and faults on demand. Nothing is shut off from anything.

use crate::companions::ByteStream;
use crate::engine::build::perform::streams;
use crate::sandbox::{Exec, Exit, Kind, Output, Sandbox, SandboxError, SandboxSpec, Sandboxes};
use async_trait::async_trait;
use bytes::Bytes;
use camino::{Utf8Path, Utf8PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

/// What is to go wrong.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    pub prepare: Option<SandboxError>,
    /// For the item whose script has this text in it.
    pub exec: Option<(String, SandboxError)>,
    pub copy_out: Option<SandboxError>,
    /// `prepare` waits for this.
    pub gate: Option<CancellationToken>,
}

#[derive(Default)]
pub struct Places {
    pub faults: Mutex<Faults>,
    pub alive: Arc<AtomicUsize>,
    pub prepared: Mutex<Vec<SandboxSpec>>,
    /// Files of the image: paths and texts.
    pub image: Mutex<Vec<(String, String)>>,
    /// Says that it is a container.
    pub as_container: AtomicBool,
    /// Archives that went in.
    pub copies: Arc<AtomicUsize>,
}

struct Place {
    folder: TempDir,
    faults: Faults,
    stopped: CancellationToken,
    alive: Arc<AtomicUsize>,
    copies: Arc<AtomicUsize>,
}

#[async_trait]
impl Sandboxes for Places {
    fn kind(&self) -> Kind {
        match self.as_container.load(Ordering::SeqCst) {
            true => Kind::Docker,
            false => Kind::Host,
        }
    }

    async fn prepare(
        &self,
        spec: &SandboxSpec,
        progress: Output,
    ) -> Result<Arc<dyn Sandbox>, SandboxError> {
        let faults = self.faults.lock().unwrap().clone();
        let _ = progress.send(Bytes::from("pulling")).await;
        self.prepared.lock().unwrap().push(spec.clone());
        if let Some(gate) = &faults.gate {
            gate.cancelled().await;
        }
        if let Some(error) = faults.prepare {
            return Err(error);
        }
        let folder = tempfile::tempdir().unwrap();
        for dir in ["codebuild/output/tmp", "codebuild/readonly"] {
            std::fs::create_dir_all(folder.path().join(dir)).unwrap();
        }
        for (path, text) in self.image.lock().unwrap().iter() {
            let path = folder.path().join(path.trim_start_matches('/'));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        self.alive.fetch_add(1, Ordering::SeqCst);
        Ok(Arc::new(Place {
            folder,
            faults,
            stopped: CancellationToken::new(),
            alive: self.alive.clone(),
            copies: self.copies.clone(),
        }))
    }

    async fn sweep(&self) -> Result<(), SandboxError> {
        Ok(())
    }
}

impl Place {
    fn real(&self, path: &Utf8Path) -> std::path::PathBuf {
        self.path(path).into()
    }
}

#[async_trait]
impl Sandbox for Place {
    fn path(&self, path: &Utf8Path) -> Utf8PathBuf {
        let root = Utf8Path::from_path(self.folder.path()).unwrap();
        root.join(path.as_str().trim_start_matches('/'))
    }

    async fn exec(&self, exec: &Exec, output: Output) -> Result<Exit, SandboxError> {
        if let Some((text, error)) = &self.faults.exec
            && exec.argv.last().unwrap().contains(text.as_str())
        {
            return Err(error.clone());
        }
        if let Some(user) = &exec.user {
            return Err(SandboxError::Failed(format!("cannot run as {user}")));
        }
        let (reader, writer) = std::io::pipe().unwrap();
        let reader = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into());
        let mut reader = reader.unwrap();
        let mut child = tokio::process::Command::new(&exec.argv[0])
            .args(&exec.argv[1..])
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .envs(exec.env.iter().cloned())
            .current_dir(self.real(&exec.dir))
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| SandboxError::Failed(error.to_string()))?;
        let read = async {
            let mut chunk = vec![0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut chunk).await {
                let _ = output.send(Bytes::copy_from_slice(&chunk[..length])).await;
            }
        };
        tokio::select! {
            () = self.stopped.cancelled() => Err(SandboxError::Died("stopped".to_owned())),
            (status, ()) = async { tokio::join!(child.wait(), read) } => {
                use std::os::unix::process::ExitStatusExt;
                let status = status.unwrap();
                Ok(match status.code() {
                    Some(code) => Exit::Code(code),
                    None => Exit::Signal(status.signal().unwrap()),
                })
            }
        }
    }

    async fn copy_in(&self, dir: &Utf8Path, tar: ByteStream) -> Result<(), SandboxError> {
        let dir = self.real(dir);
        self.copies.fetch_add(1, Ordering::SeqCst);
        std::fs::create_dir_all(&dir).unwrap();
        let unpacked = streams::blocking(tar, move |tar| tar::Archive::new(tar).unpack(dir)).await;
        unpacked.map_err(|error| SandboxError::Failed(error.to_string()))
    }

    async fn copy_out(&self, path: &Utf8Path) -> Result<ByteStream, SandboxError> {
        if let Some(error) = &self.faults.copy_out {
            return Err(error.clone());
        }
        let real = self.real(path);
        let Ok(found) = std::fs::symlink_metadata(&real) else {
            return Err(SandboxError::NoSuchPath(path.to_string()));
        };
        let name = real.file_name().unwrap().to_owned();
        let mut tar = tar::Builder::new(Vec::new());
        tar.follow_symlinks(false);
        match found.is_dir() {
            true => tar.append_dir_all(&name, &real).unwrap(),
            false => tar.append_path_with_name(&real, &name).unwrap(),
        }
        Ok(streams::of_bytes(tar.into_inner().unwrap()))
    }

    async fn stop(&self, _: Duration) {
        self.stopped.cancel();
    }

    async fn remove(&self) {
        self.stopped.cancel();
        if self.folder.path().exists() {
            self.alive.fetch_sub(1, Ordering::SeqCst);
            std::fs::remove_dir_all(self.folder.path()).unwrap();
        }
    }
}
