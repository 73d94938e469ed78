//! Finds and reads the AppSpec of a deployment: text that came along, an object in S3, or a file in an archive there.
//!
//! What is read is bounded: an AppSpec by its own limit, an archive by `LARGEST`.

use crate::aws::Scope;
use crate::companions::{ByteStream, Companions, ObjectError};
use crate::engine::build::archive::peek;
use crate::engine::deployment::appspec::{self, EcsSpec, LambdaSpec, MAX_BYTES};
use crate::engine::deployment::ecs::plan::EcsSource;
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::plan::{Bundle, LambdaSource, RevisionObject};
use camino::Utf8Path;
use futures::TryStreamExt;
use std::io::{self, Read};
use tokio_util::io::{StreamReader, SyncIoBridge};

/// Bytes of an archive that holds an AppSpec.
const LARGEST: u64 = 1 << 30;
/// Entries of a tar that are looked at.
const MOST_ENTRIES: usize = 500_000;

/// Names of the AppSpec in an archive, the first that is there counts.
const NAMES: [&str; 3] = ["appspec.yml", "appspec.yaml", "appspec.json"];

/// What the deployment is to do.
pub async fn read(
    companions: &dyn Companions,
    scope: &Scope,
    source: LambdaSource,
) -> Result<LambdaSpec, Fault> {
    match source {
        LambdaSource::Given(spec) | LambdaSource::Restore { spec, .. } => Ok(spec),
        LambdaSource::Object(object) => {
            let bytes = fetch(companions, scope, object).await?;
            appspec::lambda(&bytes).map_err(Fault::invalid_revision)
        }
    }
}

/// The same for a deployment to ECS.
pub async fn read_ecs(
    companions: &dyn Companions,
    scope: &Scope,
    source: EcsSource,
) -> Result<EcsSpec, Fault> {
    match source {
        EcsSource::Given(spec) => Ok(spec),
        EcsSource::Restore(restore) => Ok(restore.spec),
        EcsSource::Object(object) => {
            let bytes = fetch(companions, scope, object).await?;
            appspec::ecs(&bytes).map_err(Fault::invalid_revision)
        }
    }
}

async fn fetch(
    companions: &dyn Companions,
    scope: &Scope,
    object: RevisionObject,
) -> Result<Vec<u8>, Fault> {
    let RevisionObject { at, e_tag, bundle } = object;
    let place = format!("s3://{}/{}", at.bucket, at.key);
    let read = companions.read_object(scope, &at).await;
    let (info, body) = read.map_err(|error| match error {
        ObjectError::NoSuchBucket(_) | ObjectError::NoSuchKey(_) => {
            Fault::revision_missing(format!("{place} does not exist"))
        }
        error => Fault::revision_missing(format!("{place}: {error}")),
    })?;
    if e_tag.is_some_and(|e_tag| e_tag != info.etag.trim_matches('"')) {
        return Err(Fault::revision_missing(format!(
            "{place} has another ETag than the revision says: {}",
            info.etag
        )));
    }
    let found = match bundle {
        Bundle::Text => text(body).await.map(Some),
        Bundle::Zip => on_thread(body, in_zip).await,
        Bundle::Tar => on_thread(body, in_tar).await,
        Bundle::Tgz => on_thread(body, |body| in_tar(flate2::read::GzDecoder::new(body))).await,
    };
    let unreadable = |error: io::Error| Fault::revision_missing(format!("{place}: {error}"));
    found.map_err(unreadable)?.ok_or_else(|| {
        Fault::invalid_revision(format!(
            "the archive {place} has none of {} at its root",
            NAMES.join(", ")
        ))
    })
}

/// One byte more than is allowed, so that the reader of AppSpecs says what is wrong.
async fn text(mut body: ByteStream) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.try_next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            bytes.truncate(MAX_BYTES + 1);
            break;
        }
    }
    Ok(bytes)
}

type Body = SyncIoBridge<StreamReader<ByteStream, bytes::Bytes>>;

/// Reads a body with blocking code; a panic in it is a panic here.
async fn on_thread<T: Send + 'static>(
    body: ByteStream,
    work: impl FnOnce(Body) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let body = SyncIoBridge::new(StreamReader::new(body));
    match tokio::task::spawn_blocking(move || work(body)).await {
        Ok(result) => result,
        Err(lost) if lost.is_panic() => std::panic::resume_unwind(lost.into_panic()),
        // Threads are only cancelled when the server ends, and then nobody waits.
        Err(_) => std::future::pending().await,
    }
}

fn in_zip(body: Body) -> io::Result<Option<Vec<u8>>> {
    let mut file = tempfile::tempfile()?;
    let copied = io::copy(&mut body.take(LARGEST + 1), &mut file)?;
    if copied > LARGEST {
        return Err(io::Error::other(format!(
            "it is larger than {LARGEST} bytes"
        )));
    }
    for name in NAMES {
        let file = io::BufReader::new(file.try_clone()?);
        if let Some(bytes) = peek(file, Utf8Path::new(name), MAX_BYTES as u64) {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

fn in_tar(body: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut found: Option<(usize, Vec<u8>)> = None;
    let mut archive = tar::Archive::new(body.take(LARGEST));
    for entry in archive.entries()?.take(MOST_ENTRIES) {
        let entry = entry?;
        let path = entry.path_bytes().into_owned();
        let path = String::from_utf8_lossy(&path).into_owned();
        let path = path.trim_start_matches("./");
        let rank = NAMES.iter().position(|name| *name == path);
        let is_file = entry.header().entry_type().is_file();
        let Some(rank) = rank.filter(|_| is_file) else {
            continue;
        };
        if found.as_ref().is_none_or(|(best, _)| rank < *best) {
            let mut bytes = Vec::new();
            entry.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
            found = Some((rank, bytes));
        }
    }
    Ok(found.map(|(_, bytes)| bytes))
}
