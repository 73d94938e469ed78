//! Caches on their way into and out of the sandbox. What goes wrong is told to the log and fails no build.

use super::collect::gather;
use super::session::{Placed, Session};
use super::shelf::Shelf;
use super::{Inner, expand, streams};
use crate::companions::ByteStream;
use crate::engine::build::archive::{Limits, cached};
use crate::engine::build::buildspec::spec::{ArtifactsSpec, CacheSpec};
use crate::engine::build::cache::{Paths, Place, lookups, paths, target, words};
use crate::engine::build::compute::home;
use crate::engine::build::event::Failure;
use crate::engine::build::logs::Note;
use crate::engine::build::plan::{Cache, CachePlace};
use crate::sandbox::Kind;
use camino::Utf8Path;
use std::fs::File;
use std::sync::Arc;

/// Groups of an archive: what lies in the source, and what lies elsewhere.
const SOURCE: &str = "source";
const ELSEWHERE: &str = "root";

const ROOT: &str = "/";

/// What keeps a cache from being used; a text for the log.
struct Refused(String);

impl From<String> for Refused {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self(failure.context.message)
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Brings what an earlier build left.
pub async fn restore(house: &Inner, session: &Session) {
    if let Some((placed, spec, place)) = wanted(session)
        && spec.action.restores()
    {
        told(session, find(house, session, placed, spec, place).await).await;
    }
}

/// Keeps what later builds may want.
pub async fn save(house: &Inner, session: &Session) {
    if let Some((placed, spec, place)) = wanted(session)
        && spec.action.saves()
    {
        told(session, keep(house, session, placed, spec, place).await).await;
    }
}

fn wanted(session: &Session) -> Option<(&Placed, &CacheSpec, &CachePlace)> {
    let placed = session.placed().ok()?;
    let spec = &session.understood()?.spec.cache;
    match &placed.plan.cache {
        Cache::At(place) if !spec.paths.is_empty() => Some((placed, spec, place)),
        _ => None,
    }
}

async fn told(session: &Session, result: Result<(), Refused>) {
    if let Err(Refused(why)) = result {
        session.note(Note::CacheFailed(why)).await;
    }
}

async fn find(
    house: &Inner,
    session: &Session,
    placed: &Placed,
    spec: &CacheSpec,
    place: &CachePlace,
) -> Result<(), Refused> {
    for path in &spec.paths {
        session.note(Note::CachePath(path.clone())).await;
    }
    let spec = evaluated(session, house.options.limits, spec).await?;
    let Some(shelf) = Shelf::of(house, &placed.plan, &place.store) else {
        return Err(Refused("this server keeps no local caches".to_owned()));
    };
    let store = words(&place.store);
    session.note(Note::CacheDownloading(store)).await;
    let limits = house.options.limits;
    let Some(packed) = shelf.find(&lookups(place, &spec), limits.bytes).await? else {
        session.note(Note::CacheAbsent(store)).await;
        return Ok(());
    };
    session.note(Note::CacheUnarchiving).await;
    let packed = Arc::new(packed);
    let primary = placed.directories.primary.as_path();
    for (group, dir) in [(SOURCE, primary), (ELSEWHERE, Utf8Path::new(ROOT))] {
        unpack(placed, packed.clone(), group, dir, limits).await?;
    }
    Ok(())
}

async fn unpack(
    placed: &Placed,
    packed: Arc<File>,
    group: &'static str,
    dir: &Utf8Path,
    limits: Limits,
) -> Result<(), Refused> {
    let (tar, thread): (ByteStream, _) =
        streams::written(move |out| cached::unpack(&packed, group, out, &limits));
    let copied = placed.sandbox.copy_in(dir, tar).await;
    if let Ok(Err(error)) = thread.await {
        return Err(Refused(error.to_string()));
    }
    copied.map_err(|error| Refused(error.to_string()))
}

async fn keep(
    house: &Inner,
    session: &Session,
    placed: &Placed,
    spec: &CacheSpec,
    place: &CachePlace,
) -> Result<(), Refused> {
    let limits = house.options.limits;
    let spec = evaluated(session, limits, spec).await?;
    let Some(target) = target(place, &spec) else {
        return Err(Refused("the cache key is empty or too long".to_owned()));
    };
    let Some(shelf) = Shelf::of(house, &placed.plan, &place.store) else {
        return Err(Refused("this server keeps no local caches".to_owned()));
    };
    if target.immutable && shelf.has(&target).await? {
        session.note(Note::CacheUnchanged).await;
        return Ok(());
    }
    let Paths {
        source,
        elsewhere,
        refused,
    } = sorted(placed, &spec.paths);
    for path in refused {
        session.note(Note::CachePathRefused(path)).await;
    }
    let primary = placed.directories.primary.as_path();
    let source = gather(placed, limits, &block(source), primary).await?;
    let elsewhere = gather(placed, limits, &block(elsewhere), Utf8Path::new(ROOT)).await?;
    if source.items().is_empty() && elsewhere.items().is_empty() {
        return Err(Refused("no files found to be cached".to_owned()));
    }
    let packed =
        streams::on_thread(move || cached::pack(&[(SOURCE, &source), (ELSEWHERE, &elsewhere)]));
    let packed = packed.await?;
    let store = words(&place.store);
    session.note(Note::CacheUploading(store)).await;
    if !shelf.put(&target, packed).await? {
        session.note(Note::CacheUnchanged).await;
    }
    Ok(())
}

fn sorted(placed: &Placed, texts: &[String]) -> Paths {
    let texts: Vec<String> = texts
        .iter()
        .map(|text| placed.shown(Utf8Path::new(text)).into_string())
        .collect();
    let place = Place {
        source: &placed.directories.primary,
        home: home(placed.kind),
        confined: placed.kind == Kind::Host,
    };
    paths(&texts, place)
}

/// Links stay links: a folder of modules has many.
fn block(files: Vec<String>) -> ArtifactsSpec {
    ArtifactsSpec {
        files,
        enable_symlinks: true,
        ..ArtifactsSpec::default()
    }
}

/// The texts of a cache with their variables, and with hashes of files in place of `$(codebuild-hash-files …)`.
async fn evaluated(
    session: &Session,
    limits: Limits,
    spec: &CacheSpec,
) -> Result<CacheSpec, Refused> {
    let mut spec = spec.clone();
    for key in spec.key.iter_mut().chain(&mut spec.fallback_keys) {
        *key = hashed(session, limits, key).await?;
    }
    expand::expand_cache(session, &mut spec).await?;
    Ok(spec)
}

const HASH: &str = "$(codebuild-hash-files ";

async fn hashed(session: &Session, limits: Limits, key: &str) -> Result<String, Refused> {
    let mut key = key.to_owned();
    while let Some((before, rest)) = key.split_once(HASH) {
        let Some((files, after)) = rest.split_once(')') else {
            return Err(Refused(format!("the cache key cannot be read: {key}")));
        };
        let unquoted = |word: &str| word.trim_matches(['"', '\'']).to_owned();
        let files = files.split_whitespace().map(unquoted).collect();
        let placed = session.placed()?;
        let spool = gather(placed, limits, &block(files), &placed.directories.primary).await?;
        let hash = streams::on_thread(move || cached::hash(&spool)).await?;
        key = format!("{before}{hash}{after}");
    }
    Ok(key)
}
