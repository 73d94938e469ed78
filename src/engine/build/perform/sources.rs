//! Brings the sources into the sandbox, those from S3 through temporary files and streams.

use super::session::{Placed, platform};
use super::{Inner, streams};
use crate::companions::{ObjectError, ObjectInfo, ObjectRef};
use crate::engine::build::archive::{ArchiveError, peek, relative, tarball, zip_to_tar};
use crate::engine::build::buildspec::yaml;
use crate::engine::build::event::Failure;
use crate::engine::build::git::{self, HostLogin};
use crate::engine::build::plan::Source;
use crate::engine::build::source::{
    EMPTY_FOLDER, Fetch, OTHER_REGION, Which, fetch, refused, s3_words,
};
use crate::sandbox::SandboxError;
use bytes::Bytes;
use camino::Utf8Path;
use futures::StreamExt;
use std::io;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Objects asked for at once.
const PAGE: usize = 1000;

/// What the sources brought.
#[derive(Default)]
pub struct Delivered {
    /// The version of the primary source, if it has any.
    pub version: Option<String>,
    /// The buildspec, when it was seen on the way: a look into the sandbox is saved.
    pub buildspec: Option<Vec<u8>>,
}

/// One source on its way.
pub struct Delivery<'a> {
    pub house: &'a Inner,
    pub placed: &'a Placed,
    which: Which<'a>,
    fetch: Fetch,
    dir: &'a Utf8Path,
    /// The buildspec's path, wherever it lies.
    buildspec: Option<&'a Utf8Path>,
}

/// All sources of the build. `buildspec`: its path, if it comes with one of them.
pub async fn deliver(
    house: &Inner,
    placed: &Placed,
    buildspec: Option<&Utf8Path>,
) -> Result<Delivered, Failure> {
    let plan = &placed.plan;
    let dirs = &placed.directories;
    let delivery = |which, fetch, dir| Delivery {
        house,
        placed,
        which,
        fetch,
        dir,
        buildspec,
    };
    let primary = fetch(&plan.source, plan.source_version.as_deref())?;
    let primary = delivery(Which::Primary, primary, dirs.primary.as_path());
    let mut all = primary.run(&plan.source).await?;
    for (source, (id, dir)) in plan.secondary_sources.iter().zip(&dirs.secondary) {
        let secondary = fetch(&source.source, source.version.as_deref())?;
        let secondary = delivery(Which::Secondary(id), secondary, dir.as_path());
        let brought = secondary.run(&source.source).await?;
        all.buildspec = all.buildspec.or(brought.buildspec);
    }
    Ok(all)
}

/// Whom the hosts of the build's repositories are asked as, each host once.
pub async fn logins(house: &Inner, placed: &Placed) -> Result<Vec<HostLogin>, Failure> {
    let plan = &placed.plan;
    let secondary = plan.secondary_sources.iter();
    let secondary = secondary.map(|of| (Which::Secondary(&of.identifier), &of.source));
    let mut logins: Vec<HostLogin> = Vec::new();
    for (which, source) in [(Which::Primary, &plan.source)]
        .into_iter()
        .chain(secondary)
    {
        let delivery = Delivery {
            house,
            placed,
            which,
            fetch: fetch(source, None)?,
            dir: &placed.directories.primary,
            buildspec: None,
        };
        let Fetch::Git(from) = &delivery.fetch else {
            continue;
        };
        let Some((origin, said)) = git::origin(&from.location) else {
            continue;
        };
        if logins.iter().all(|known| known.origin != origin)
            && let Some(login) = delivery.login(from).await?.or(said)
        {
            logins.push(HostLogin { origin, login });
        }
    }
    Ok(logins)
}

impl Delivery<'_> {
    async fn run(&self, source: &Source) -> Result<Delivered, Failure> {
        let mut brought = match &self.fetch {
            // Its directory comes with the engine's own.
            Fetch::Nothing => Delivered::default(),
            Fetch::Zip(at) => self.zip(at).await?,
            Fetch::Git(repository) => self.repository(repository).await?,
            Fetch::Tree { bucket, prefix } => {
                self.tree(bucket, prefix).await?;
                Delivered::default()
            }
        };
        if let Source::Pipeline(input) = source {
            brought.version = input.revision.clone();
        }
        Ok(brought)
    }

    pub fn refused(&self, what: &str) -> Failure {
        refused(&self.placed.plan, self.which, &self.fetch, what)
    }

    fn s3_refused(&self, error: &ObjectError) -> Failure {
        self.refused(&s3_words(error, &crate::aws::ids::uuid()))
    }

    pub async fn copy_in(&self, tar: crate::companions::ByteStream) -> Result<(), Failure> {
        let copied = self.placed.sandbox.copy_in(self.dir, tar).await;
        copied.map_err(|error| match error {
            SandboxError::Died(_) => platform(&error),
            error => self.refused(&error.to_string()),
        })
    }

    async fn check_region(&self, bucket: &str) -> Result<(), Failure> {
        let info = self.house.world.companions().bucket(bucket).await;
        let info = info.map_err(|error| self.s3_refused(&error))?;
        match info.region == self.placed.plan.scope.region {
            true => Ok(()),
            false => Err(self.refused(OTHER_REGION)),
        }
    }

    /// The version is the object's, in a bucket that has versions.
    async fn zip(&self, at: &ObjectRef) -> Result<Delivered, Failure> {
        self.check_region(&at.bucket).await?;
        let companions = self.house.world.companions();
        let read = companions.read_object(&self.placed.plan.scope, at).await;
        let (info, body) = read.map_err(|error| self.s3_refused(&error))?;
        let limits = self.house.options.limits;
        let file = streams::to_file(body, limits.bytes).await;
        let file = file.map_err(|error| self.refused(&error.to_string()))?;
        let wanted = self
            .buildspec
            .and_then(|path| path.strip_prefix(self.dir).ok());
        let wanted = wanted.map(Utf8Path::to_owned);
        let (file, buildspec) = streams::on_thread(move || {
            let found = wanted.and_then(|name| peek(&file, &name, yaml::MAX_BYTES as u64));
            (file, found)
        })
        .await;
        let (tar, thread) = streams::written(move |out| zip_to_tar(file, out, &limits));
        let copied = self.copy_in(tar).await;
        match thread.await {
            Ok(Ok(())) => copied?,
            // The sandbox refused what came before.
            Ok(Err(ArchiveError::Io(_))) if copied.is_err() => copied?,
            Ok(Err(error)) => return Err(self.refused(&error.to_string())),
            Err(lost) => return Err(Failure::platform(lost.to_string())),
        }
        Ok(Delivered {
            version: info.version,
            buildspec,
        })
    }

    async fn tree(&self, bucket: &str, prefix: &str) -> Result<(), Failure> {
        self.check_region(bucket).await?;
        let (chunks, receiver) = mpsc::channel(8);
        let copy = self.copy_in(streams::from_channel(receiver));
        let (sent, copied) = tokio::join!(self.send_tree(bucket, prefix, chunks), copy);
        sent?;
        copied
    }

    /// All objects below the prefix as the entries of a tar.
    async fn send_tree(
        &self,
        bucket: &str,
        prefix: &str,
        chunks: mpsc::Sender<io::Result<Bytes>>,
    ) -> Result<(), Failure> {
        let mut counted = (0, 0);
        let mut after: Option<String> = None;
        loop {
            let page = self.page(bucket, prefix, after.as_deref()).await?;
            for object in &page {
                let counting = self.house.options.limits.count(&mut counted, object.size);
                counting.map_err(|error| self.refused(&error.to_string()))?;
                if chunks.is_closed() {
                    return Ok(());
                }
                self.send_object(bucket, prefix, object, &chunks).await?;
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
                _ => break,
            }
        }
        if counted.0 == 0 {
            return Err(self.refused(EMPTY_FOLDER));
        }
        send(&chunks, Bytes::from(tarball::empty())).await;
        Ok(())
    }

    async fn page(
        &self,
        bucket: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<ObjectInfo>, Failure> {
        let companions: &Arc<dyn crate::companions::Companions> = self.house.world.companions();
        let scope = &self.placed.plan.scope;
        let page = companions.list_objects(scope, bucket, prefix, after, PAGE);
        page.await.map_err(|error| self.s3_refused(&error))
    }

    /// Keys that end with a slash are folders that consoles make; the tree has its own.
    async fn send_object(
        &self,
        bucket: &str,
        prefix: &str,
        object: &ObjectInfo,
        chunks: &mpsc::Sender<io::Result<Bytes>>,
    ) -> Result<(), Failure> {
        let name = object.key.strip_prefix(prefix).unwrap_or_default();
        if name.is_empty() || name.ends_with('/') {
            return Ok(());
        }
        let at = ObjectRef {
            bucket: bucket.to_owned(),
            key: object.key.clone(),
            version: object.version.clone(),
        };
        let companions = self.house.world.companions();
        let read = companions.read_object(&self.placed.plan.scope, &at).await;
        let (info, mut body) = read.map_err(|error| self.s3_refused(&error))?;
        let modified = u64::try_from(info.modified.millis() / 1000).unwrap_or(0);
        let header = header(name, info.size, modified).map_err(|what| self.refused(&what))?;
        send(chunks, header).await;
        while let Some(chunk) = body.next().await {
            send(
                chunks,
                chunk.map_err(|error| self.refused(&error.to_string()))?,
            )
            .await;
        }
        send(chunks, Bytes::from(vec![0; tarball::padding(info.size)])).await;
        Ok(())
    }
}

/// A name that climbs or begins with a slash is not taken; neither is one that a file system cannot hold.
fn header(name: &str, size: u64, modified: u64) -> Result<Bytes, String> {
    let refused = || format!("the key of an object cannot be a file: {name}");
    let path = relative(name).ok_or_else(refused)?;
    let header = tarball::header(path.as_str(), 0o644, size, modified);
    header.map(Bytes::from).map_err(|_| refused())
}

/// A sandbox that takes no more says so itself.
async fn send(chunks: &mpsc::Sender<io::Result<Bytes>>, chunk: Bytes) {
    if !chunk.is_empty() {
        let _ = chunks.send(Ok(chunk)).await;
    }
}
