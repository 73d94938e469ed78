//! What a build holds while it runs: its place, its sandbox, its log, and what is known about its source.

use super::fleets::Place;
use super::log::Log;
use super::streams;
use crate::companions::{ByteStream, SessionCredentials};
use crate::engine::build::archive::tarball::{self, Single, Small};
use crate::engine::build::beginning::Beginning;
use crate::engine::build::buildspec::Buildspec;
use crate::engine::build::compute::FOUND_DEAD;
use crate::engine::build::event::Failure;
use crate::engine::build::helpers;
use crate::engine::build::logs::Note;
use crate::engine::build::machine::Key;
use crate::engine::build::plan::BuildPlan;
use crate::engine::build::script::Places;
use crate::engine::build::source::Directories;
use crate::sandbox::{Kind, Sandbox, SandboxError};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

/// Where scripts and saved state lie, as a container shows it.
pub const TMP: &str = "/codebuild/output/tmp";

/// How many released builds are remembered, so that an effect that comes late finds no session.
const REMEMBERED: usize = 10_000;

/// The sessions of all builds.
#[derive(Default)]
pub struct Sessions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    open: HashMap<Key, Arc<Session>>,
    /// Released, but perhaps not removed yet: the server may end meanwhile.
    closing: HashMap<Key, Arc<Session>>,
    released: VecDeque<Key>,
}

impl Sessions {
    /// The build's session, new if there was none. `None`: it was released.
    pub fn open(&self, key: &Key) -> Option<Arc<Session>> {
        let mut inner = self.lock();
        if inner.released.contains(key) {
            return None;
        }
        Some(inner.open.entry(key.clone()).or_default().clone())
    }

    pub fn get(&self, key: &Key) -> Option<Arc<Session>> {
        self.lock().open.get(key).cloned()
    }

    /// Takes the session away for ever; `forget` it when it is removed.
    pub fn close(&self, key: &Key) -> Option<Arc<Session>> {
        let mut inner = self.lock();
        if inner.released.len() >= REMEMBERED {
            inner.released.pop_front();
        }
        inner.released.push_back(key.clone());
        let session = inner.open.remove(key)?;
        session.cancel.cancel();
        inner.closing.insert(key.clone(), session.clone());
        Some(session)
    }

    /// The session that was closed is removed.
    pub fn forget(&self, key: &Key) {
        self.lock().closing.remove(key);
    }

    /// Takes all sessions and forgets what was released: the store starts afresh.
    pub fn take_all(&self) -> Vec<Arc<Session>> {
        let mut inner = self.lock();
        inner.released.clear();
        let Inner { open, closing, .. } = &mut *inner;
        let sessions = open.drain().chain(closing.drain());
        let sessions: Vec<Arc<Session>> = sessions.map(|(_, session)| session).collect();
        for session in &sessions {
            session.cancel.cancel();
        }
        sessions
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One build's session. Its parts come one after the other and stay.
#[derive(Default)]
pub struct Session {
    cancel: CancellationToken,
    room: Mutex<Option<(Option<Place>, OwnedSemaphorePermit)>>,
    pub log: OnceLock<Log>,
    sandbox: OnceLock<Arc<dyn Sandbox>>,
    placed: OnceLock<Placed>,
    understood: OnceLock<Understood>,
    /// What is not in the sandbox yet, but will be before anything looks at it.
    unlaid: Mutex<Option<Beginning>>,
}

/// From the end of PROVISIONING.
pub struct Placed {
    pub plan: BuildPlan,
    pub kind: Kind,
    pub sandbox: Arc<dyn Sandbox>,
    /// As a container shows them.
    pub directories: Directories,
    pub credentials: SessionCredentials,
    pub endpoint: Option<String>,
}

/// From the end of DOWNLOAD_SOURCE.
pub struct Understood {
    pub spec: Buildspec,
    pub env: Vec<(String, String)>,
    /// Names of variables that must not be exported.
    pub confined: Vec<String>,
}

impl Session {
    /// Runs `work` unless the session is released before it is done; then nobody wants to know.
    pub async fn unless_released<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => None,
            result = work => Some(result),
        }
    }

    /// Takes charge of a sandbox. One that comes after the release is removed at once.
    pub async fn adopt(&self, sandbox: Arc<dyn Sandbox>) {
        let _ = self.sandbox.set(sandbox.clone());
        if self.cancel.is_cancelled() {
            sandbox.remove().await;
        }
    }

    /// A place in the build's fleet, if it has one, and room on this server.
    pub fn occupy(&self, place: Option<Place>, room: OwnedSemaphorePermit) {
        *self.room.lock().unwrap_or_else(PoisonError::into_inner) = Some((place, room));
    }

    pub fn place(&self, placed: Placed) {
        let _ = self.placed.set(placed);
    }

    /// What PROVISIONING made.
    pub fn placed(&self) -> Result<&Placed, Failure> {
        self.placed
            .get()
            .ok_or_else(|| Failure::platform(FOUND_DEAD))
    }

    pub fn understand(&self, understood: Understood) {
        let _ = self.understood.set(understood);
    }

    /// What DOWNLOAD_SOURCE found; nothing if it failed.
    pub fn understood(&self) -> Option<&Understood> {
        self.understood.get()
    }

    /// What is to be in the sandbox before the first command: `scripts.rs` sees to it.
    pub fn begin_with(&self, beginning: Beginning) {
        *self.unlaid() = Some(beginning);
    }

    pub fn unlaid(&self) -> MutexGuard<'_, Option<Beginning>> {
        self.unlaid.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the log.
    pub async fn note(&self, note: Note) {
        if let Some(log) = self.log.get() {
            log.note(note).await;
        }
    }

    /// Ends every process.
    pub async fn stop(&self) {
        if let Some(sandbox) = self.sandbox.get() {
            sandbox.stop(Duration::ZERO).await;
        }
    }

    /// Ends the log, removes the sandbox and makes room.
    pub async fn remove(&self) {
        if let Some(log) = self.log.get() {
            log.close().await;
        }
        if let Some(sandbox) = self.sandbox.get() {
            sandbox.remove().await;
        }
        self.room
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

impl Placed {
    /// Where scripts lie, as the commands see it.
    pub fn places(&self) -> Places {
        Places {
            tmp: self.sandbox.path(Utf8Path::new(TMP)),
            src: self.sandbox.path(&self.directories.primary),
            programs: self.sandbox.path(Utf8Path::new(helpers::DIR)),
        }
    }

    pub async fn copy_in(&self, dir: &str, entries: &[Small]) -> Result<(), SandboxError> {
        let tar = tarball::of(entries).map_err(|e| SandboxError::Failed(e.to_string()))?;
        let stream = streams::of_bytes(tar);
        self.sandbox.copy_in(Utf8Path::new(dir), stream).await
    }

    /// The file at a path as a container shows it; links are followed.
    pub async fn read_file(&self, path: &Utf8Path, limit: u64) -> Result<Single, SandboxError> {
        let mut path = path.to_owned();
        for _ in 0..8 {
            let tar = self.sandbox.copy_out(&path).await?;
            match single(tar, limit).await? {
                Single::Link(target) => path = self.follow(&path, &target),
                found => return Ok(found),
            }
        }
        Err(SandboxError::NoSuchPath(path.into_string()))
    }

    /// Where a link at `link` leads, as a container shows it.
    pub fn follow(&self, link: &Utf8Path, target: &str) -> Utf8PathBuf {
        let dir = link.parent().unwrap_or(link);
        let path = dir.join(self.shown(Utf8Path::new(target)));
        crate::engine::build::buildspec::locate::normal(&path)
    }

    /// A path the commands see, as a container would show it.
    pub fn shown(&self, path: &Utf8Path) -> Utf8PathBuf {
        let root = Utf8Path::new("/");
        match path.strip_prefix(self.sandbox.path(root)) {
            Ok(rest) => root.join(rest),
            Err(_) => path.to_owned(),
        }
    }
}

async fn single(tar: ByteStream, limit: u64) -> Result<Single, SandboxError> {
    let found = streams::blocking(tar, move |tar| tarball::single(tar, limit)).await;
    found.map_err(|error| SandboxError::Failed(error.to_string()))
}

/// A sandbox that failed where the customer can do nothing about it.
pub fn platform(error: &SandboxError) -> Failure {
    match error {
        SandboxError::Died(why) => {
            tracing::warn!(why, "a build's sandbox died");
            Failure::platform(FOUND_DEAD)
        }
        other => Failure::platform(format!("Internal Service Error: {other}")),
    }
}
