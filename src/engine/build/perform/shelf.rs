//! Where caches are kept: in a bucket of the customer's, or in a folder of this server.
//!
//! A cache is there whole or not at all. Errors are texts for the log: no build fails because of a cache.

use super::{Inner, streams};
use crate::companions::{ObjectError, ObjectInfo, ObjectMeta, ObjectRef};
use crate::engine::build::archive::cached::Packed;
use crate::engine::build::cache::{Lookup, Target, object};
use crate::engine::build::plan::{BuildPlan, CacheStore};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

/// Objects asked for at once.
const PAGE: usize = 1000;

/// Names in metadata.
const DIGEST: &str = "codebuild-cache-sha256";

pub enum Shelf<'a> {
    Bucket {
        house: &'a Inner,
        plan: &'a BuildPlan,
        location: &'a str,
    },
    Folder(PathBuf),
}

type Said<T> = Result<T, String>;

impl<'a> Shelf<'a> {
    /// `None`: this server has no place for local caches.
    pub fn of(house: &'a Inner, plan: &'a BuildPlan, store: &'a CacheStore) -> Option<Self> {
        match store {
            CacheStore::S3 { location } => Some(Shelf::Bucket {
                house,
                plan,
                location,
            }),
            CacheStore::Local => house.options.caches.clone().map(Shelf::Folder),
        }
    }

    /// The first cache that is there, in a file of at most `limit` bytes.
    pub async fn find(&self, lookups: &[Lookup], limit: u64) -> Said<Option<File>> {
        for lookup in lookups {
            let found = match self {
                Shelf::Bucket { .. } => self.in_bucket(lookup, limit).await?,
                Shelf::Folder(folder) => {
                    let (folder, lookup) = (folder.clone(), lookup.clone());
                    let found = streams::on_thread(move || in_folder(&folder, &lookup)).await;
                    found.map_err(|error| error.to_string())?
                }
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Whether what is there under this name stays as it is.
    pub async fn has(&self, target: &Target) -> Said<bool> {
        match self {
            Shelf::Bucket { .. } => Ok(self.info(&target.name).await?.is_some()),
            Shelf::Folder(folder) => Ok(folder.join(file_name(&target.name)).exists()),
        }
    }

    /// Keeps a cache, unless the same is there. Says whether it was written.
    pub async fn put(&self, target: &Target, packed: Packed) -> Said<bool> {
        match self {
            Shelf::Bucket { .. } => self.write_object(target, packed).await,
            Shelf::Folder(folder) => {
                let path = folder.join(file_name(&target.name));
                let written = streams::on_thread(move || write_file(&path, packed)).await;
                written.map(|()| true).map_err(|error| error.to_string())
            }
        }
    }

    fn at(&self, name: &str) -> ObjectRef {
        let (bucket, key) = match self {
            Shelf::Bucket { location, .. } => object(location, name),
            Shelf::Folder(_) => Default::default(),
        };
        ObjectRef {
            bucket,
            key,
            version: None,
        }
    }

    async fn info(&self, name: &str) -> Said<Option<ObjectInfo>> {
        let Shelf::Bucket { house, plan, .. } = self else {
            return Ok(None);
        };
        let companions = house.world.companions();
        let found = companions.stat_object(&plan.scope, &self.at(name)).await;
        match found {
            Ok(info) => Ok(Some(info)),
            Err(ObjectError::NoSuchKey(_)) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn in_bucket(&self, lookup: &Lookup, limit: u64) -> Said<Option<File>> {
        let Shelf::Bucket { house, plan, .. } = self else {
            return Ok(None);
        };
        let at = match lookup {
            Lookup::Exact(name) => self.at(name),
            Lookup::Newest(prefix) => match self.newest(prefix).await? {
                Some(at) => at,
                None => return Ok(None),
            },
        };
        let companions = house.world.companions();
        let body = match companions.read_object(&plan.scope, &at).await {
            Ok((_, body)) => body,
            Err(ObjectError::NoSuchKey(_)) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let file = streams::to_file(body, limit).await;
        file.map(Some).map_err(|error| error.to_string())
    }

    async fn newest(&self, prefix: &str) -> Said<Option<ObjectRef>> {
        let Shelf::Bucket { house, plan, .. } = self else {
            return Ok(None);
        };
        let at = self.at(prefix);
        let companions = house.world.companions();
        let mut newest: Option<ObjectInfo> = None;
        let mut after: Option<String> = None;
        loop {
            let scope = &plan.scope;
            let listed =
                companions.list_objects(scope, &at.bucket, &at.key, after.as_deref(), PAGE);
            let listed = listed.await.map_err(|error| error.to_string())?;
            let is_last = listed.len() < PAGE;
            after = listed.last().map(|info| info.key.clone());
            let seen = newest.into_iter().chain(listed);
            newest = seen.max_by_key(|info| info.modified);
            if is_last {
                break;
            }
        }
        Ok(newest.map(|info| ObjectRef {
            key: info.key,
            ..at
        }))
    }

    async fn write_object(&self, target: &Target, packed: Packed) -> Said<bool> {
        let Shelf::Bucket { house, plan, .. } = self else {
            return Ok(false);
        };
        let old = self.info(&target.name).await?;
        if old.is_some_and(|old| old.metadata.get(DIGEST) == Some(&packed.digest)) {
            return Ok(false);
        }
        let meta = ObjectMeta {
            kms_key: Some(plan.encryption_key.clone()),
            metadata: [(DIGEST.to_owned(), packed.digest)].into(),
            ..ObjectMeta::default()
        };
        let (at, body) = (self.at(&target.name), streams::of_file(packed.file));
        let companions = house.world.companions();
        let written = companions.write_object(&plan.scope, &at, meta, body);
        written
            .await
            .map(|_| true)
            .map_err(|error| error.to_string())
    }
}

/// A name as one file: names have at most one slash.
fn file_name(name: &str) -> String {
    name.replace('/', "-")
}

fn in_folder(folder: &std::path::Path, lookup: &Lookup) -> io::Result<Option<File>> {
    let path = match lookup {
        Lookup::Exact(name) => Some(folder.join(file_name(name))),
        Lookup::Newest(prefix) => newest_file(folder, &file_name(prefix))?,
    };
    match path.map(File::open) {
        None => Ok(None),
        Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Some(opened) => opened.map(Some),
    }
}

fn newest_file(folder: &std::path::Path, prefix: &str) -> io::Result<Option<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut newest = None;
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            let modified = entry.metadata()?.modified()?;
            newest = newest.max(Some((modified, entry.path())));
        }
    }
    Ok(newest.map(|(_, path)| path))
}

fn write_file(path: &std::path::Path, mut packed: Packed) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::copy(&mut packed.file, &mut file)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
