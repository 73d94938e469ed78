//! Trees into and out of a container, as the engine's own tar streams.
//!
//! Invariant: streams pass through; nothing is collected.

use super::container::Container;
use super::errors::{about_container, about_path, status};
use super::reroot::reroot;
use crate::companions::ByteStream;
use crate::sandbox::SandboxError;
use crate::sandbox::limits::Limits;
use crate::sandbox::names::below;
use bollard::body_try_stream;
use bollard::query_parameters::{
    ContainerArchiveInfoOptionsBuilder, DownloadFromContainerOptionsBuilder,
    UploadToContainerOptionsBuilder,
};
use bytes::Bytes;
use camino::Utf8Path;
use futures::{StreamExt, TryStreamExt, stream};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tar::{Builder, EntryType, Header};

/// The engine answers an upload when all of it is unpacked.
const UPLOAD_WITHIN: Duration = Duration::from_secs(4 * 3600);

pub async fn copy_in(
    container: &Container,
    dir: &Utf8Path,
    tar: ByteStream,
    limits: Limits,
) -> Result<(), SandboxError> {
    let (broken, any) = (Broken::default(), Arc::new(AtomicBool::new(false)));
    let tar = reroot(below_root(dir), tar, limits, any.clone());
    let sent = upload(container, broken.watch(tar)).await;
    match (sent, broken.take()) {
        (_, Some(why)) => Err(SandboxError::Failed(format!("cannot unpack: {why}"))),
        (Err(e), None) => Err(about_container(&e)),
        (Ok(()), None) if any.load(Ordering::Relaxed) => Ok(()),
        (Ok(()), None) => make_directory(container, dir).await,
    }
}

/// For an archive without entries. A directory that exists must not be named to the engine, for its mode would change.
async fn make_directory(container: &Container, dir: &Utf8Path) -> Result<(), SandboxError> {
    if exists(container, dir).await? {
        return Ok(());
    }
    let tar = directory(&below_root(dir)).map_err(|e| SandboxError::Failed(e.to_string()))?;
    let made = upload(container, stream::iter([Ok(tar.into())]).boxed()).await;
    made.map_err(|e| about_container(&e))
}

async fn upload(container: &Container, tar: ByteStream) -> Result<(), bollard::errors::Error> {
    let options = UploadToContainerOptionsBuilder::default().path("/").build();
    let docker = container.docker.clone().with_timeout(UPLOAD_WITHIN);
    docker
        .upload_to_container(&container.id, Some(options), body_try_stream(tar))
        .await
}

/// `dir` relative to the root, without any `..`.
fn below_root(dir: &Utf8Path) -> PathBuf {
    below(Utf8Path::new(""), dir).into()
}

pub async fn copy_out(container: &Container, path: &Utf8Path) -> Result<ByteStream, SandboxError> {
    let options = DownloadFromContainerOptionsBuilder::default().path(path.as_str());
    let mut tar = container
        .docker
        .download_from_container(&container.id, Some(options.build()))
        .boxed();
    // The first chunk tells whether there is anything at all.
    let first: Option<Bytes> = tar
        .try_next()
        .await
        .map_err(|e| about_path(&e, path.as_str()))?;
    let rest = tar.map_err(io::Error::other);
    Ok(stream::iter(first.map(Ok)).chain(rest).boxed())
}

async fn exists(container: &Container, dir: &Utf8Path) -> Result<bool, SandboxError> {
    let options = ContainerArchiveInfoOptionsBuilder::default().path(dir.as_str());
    let found = container
        .docker
        .get_container_archive_info(&container.id, Some(options.build()))
        .await;
    match found {
        Ok(_) => Ok(true),
        // An answer to HEAD has no body: a container that is gone is noticed by what follows.
        Err(e) if status(&e) == Some(404) => Ok(false),
        Err(e) => Err(about_container(&e)),
    }
}

fn directory(path: &Path) -> io::Result<Vec<u8>> {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Directory);
    header.set_mode(0o755);
    header.set_size(0);
    let mut tar = Builder::new(Vec::new());
    tar.append_data(&mut header, path, io::empty())?;
    tar.into_inner()
}

/// Remembers why a stream broke: the HTTP client tells only that it did.
#[derive(Clone, Default)]
struct Broken(Arc<Mutex<Option<String>>>);

impl Broken {
    fn watch(&self, tar: ByteStream) -> ByteStream {
        let broken = self.clone();
        tar.inspect_err(move |e| *broken.lock() = Some(e.to_string()))
            .boxed()
    }

    fn take(&self) -> Option<String> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
