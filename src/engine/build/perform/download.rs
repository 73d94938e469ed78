//! DOWNLOAD_SOURCE: brings the sources, finds and reads the buildspec, and makes the environment of the commands.

use super::session::{Placed, Session, TMP, Understood, platform};
use super::variables::{Resolved, resolve};
use super::{Inner, cache, runtimes, sources, streams};
use crate::companions::ObjectRef;
use crate::engine::batch::spec::BatchSpec;
use crate::engine::build::archive::tarball::{Single, Small};
use crate::engine::build::beginning::{Beginning, ROOT};
use crate::engine::build::buildspec::locate::absolute;
use crate::engine::build::buildspec::spec::{Buildspec, FailureRule};
use crate::engine::build::buildspec::{self, Location, locate, yaml};
use crate::engine::build::compute::home;
use crate::engine::build::environment::{Surroundings, environment};
use crate::engine::build::event::{Blame, Failure, SourceReady};
use crate::engine::build::logs::Note;
use crate::engine::build::plan::{BuildPlan, Cache, Purpose, Source};
use crate::engine::build::retry::RetryRule;
use crate::engine::build::script::{SAVED_DIR, SAVED_ENV, SCRIPT};
use crate::engine::build::source::{Directories, s3_words};
use crate::engine::build::state::Phase;
use crate::engine::build::{git, helpers};
use crate::sandbox::{Kind, SandboxError};
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::io::Read;

/// Where a buildspec lies that does not come with the source.
const READONLY: &str = "/codebuild/readonly/buildspec.yml";

pub async fn download(house: &Inner, session: &Session) -> Result<SourceReady, Failure> {
    let placed = session.placed()?;
    let plan = &placed.plan;
    let dirs = &placed.directories;
    let file = match locate(plan.buildspec.as_deref()) {
        Location::File(path) => Some(absolute(&path, &dirs.primary, &dirs.secondary)),
        _ => None,
    };
    // Copies take their time, so they are made side by side.
    let (delivered, laid) = tokio::join!(
        sources::deliver(house, placed, file.as_deref()),
        lay(house, session)
    );
    let delivered = delivered?;
    let resolved_version = delivered.version;
    let seen = as_seen(placed);
    session.note(in_place(&seen)).await;
    let read = read_buildspec(session, placed, laid?, delivered.buildspec).await;
    let (spec, batchspec) = match read {
        // A sandbox needs no buildspec; of one that can be read it has the variables.
        Err(failure) if failure.blame == Blame::Customer && plan.purpose == Purpose::Sandbox => {
            (Buildspec::without_phases(), None)
        }
        read => read?,
    };
    let logins = match spec.env.git_credentials {
        true => sources::logins(house, placed).await?,
        false => Vec::new(),
    };
    let primary = seen.primary.to_string();
    let variables = set_up(house, session, &spec, &logins).await?;
    let around = Surroundings {
        directories: seen,
        home: placed
            .sandbox
            .path(Utf8Path::new(home(placed.kind)))
            .into_string(),
        endpoint: placed.endpoint.clone(),
        credentials: Some(placed.credentials.clone()),
        resolved_source_version: resolved_version.clone(),
        file_systems: file_systems(placed),
    };
    let mut env = environment(plan, variables.given, &around);
    git::offer(&mut env, &logins);
    let on_failure = spec.phases.iter().filter_map(|phase| {
        let rule = phase.on_failure.as_ref()?;
        Some((phase.phase, rule.transition()))
    });
    let ready = SourceReady {
        resolved_version,
        on_failure: on_failure.collect(),
        retries: retries(&spec),
        batchspec,
    };
    session.understand(Understood {
        spec,
        env,
        confined: variables.confined,
    });
    if !plan.reads_batchspec() {
        runtimes::install(session).await?;
    }
    session.note(Note::MovingTo(primary)).await;
    if let Some(known) = session.understood() {
        for note in cache_notes(plan, &known.spec) {
            session.note(note).await;
        }
        cache::restore(house, session).await;
        announce(session, plan, &known.spec).await;
    }
    Ok(ready)
}

/// Those that have a name, as the commands see them.
fn file_systems(placed: &Placed) -> Vec<(String, String)> {
    let all = placed.plan.environment.file_systems.iter();
    let named = all.filter_map(|of| Some((of.identifier.clone()?, &of.mount_point)));
    named
        .map(|(identifier, at)| {
            (
                identifier,
                placed.sandbox.path(Utf8Path::new(at)).into_string(),
            )
        })
        .collect()
}

/// What the engine itself puts into the sandbox: the state that the first command finds, open to whatever user runs it, a home,
/// the directories of sources that bring nothing, and a buildspec that does not come with the source.
async fn lay(house: &Inner, session: &Session) -> Result<Laid, Failure> {
    let placed = session.placed()?;
    let laid = match locate(placed.plan.buildspec.as_deref()) {
        Location::Inline(text) => Laid::Here(text.into_bytes()),
        Location::Object { bucket, key } => {
            Laid::Here(fetch_buildspec(house, &placed.plan, bucket, key).await?)
        }
        Location::File(path) => Laid::InSource(path),
    };
    session.begin_with(Beginning::new(entries(placed, &laid)));
    // A copy is cheap here. In a container the first command brings all of it along.
    if placed.kind == Kind::Host {
        session.lay().await.map_err(|error| platform(&error))?;
    }
    Ok(laid)
}

/// A buildspec that is known, or the path of one in a source.
enum Laid {
    Here(Vec<u8>),
    InSource(String),
}

fn entries(placed: &Placed, laid: &Laid) -> Vec<Small> {
    let below = |path: &str| {
        path.trim_start_matches(ROOT)
            .trim_start_matches('/')
            .to_owned()
    };
    let saved =
        |file: &str, bytes: &[u8]| Small::file(below(&format!("{TMP}/{file}")), 0o666, bytes);
    let first = format!("{}\n", placed.sandbox.path(&placed.directories.primary));
    let mut entries = Vec::new();
    if placed.kind == Kind::Host {
        entries.push(Small::directory(&below(home(placed.kind))));
    }
    if placed.plan.source == Source::Nothing {
        let dir = below(placed.directories.primary.as_str());
        entries.push(Small::directory(&dir));
    }
    if let Laid::Here(bytes) = laid {
        entries.push(Small::file(below(READONLY), 0o644, bytes.as_slice()));
    }
    let places = placed.places();
    entries.extend(helpers::entries(helpers::Around {
        debug: placed.plan.debug,
        shard: placed.plan.shard,
        dir: &places.programs,
        tmp: &places.tmp,
    }));
    entries.push(saved(SCRIPT, b""));
    entries.push(saved(SAVED_ENV, b""));
    entries.push(saved(SAVED_DIR, first.as_bytes()));
    entries
}

/// The directories as the commands see them.
fn as_seen(placed: &Placed) -> Directories {
    let seen = |path: &Utf8PathBuf| placed.sandbox.path(path);
    let dirs = &placed.directories;
    let secondary = dirs.secondary.iter();
    Directories {
        root: seen(&dirs.root),
        primary: seen(&dirs.primary),
        secondary: secondary.map(|(id, dir)| (id.clone(), seen(dir))).collect(),
    }
}

fn in_place(seen: &Directories) -> Note {
    let secondary = seen.secondary.iter();
    Note::SourceInPlace {
        dir: seen.primary.to_string(),
        secondary: secondary
            .map(|(id, dir)| (id.clone(), dir.to_string()))
            .collect(),
    }
}

async fn read_buildspec(
    session: &Session,
    placed: &Placed,
    laid: Laid,
    seen_on_the_way: Option<Vec<u8>>,
) -> Result<(Buildspec, Option<BatchSpec>), Failure> {
    let (path, bytes) = match laid {
        Laid::Here(bytes) => (Utf8PathBuf::from(READONLY), bytes),
        Laid::InSource(path) => {
            let dirs = &placed.directories;
            let path = absolute(&path, &dirs.primary, &dirs.secondary);
            let bytes = match seen_on_the_way {
                Some(bytes) => bytes,
                None => read_file(placed, &path).await?,
            };
            (path, bytes)
        }
    };
    let seen = placed.sandbox.path(&path);
    session.note(Note::YamlLocation(seen.into_string())).await;
    match placed.plan.reads_batchspec() {
        true => {
            buildspec::batchspec(&bytes).map(|batch| (Buildspec::without_phases(), Some(batch)))
        }
        false => buildspec::parse(&bytes).map(|spec| (spec, None)),
    }
    .map_err(|error| Failure::yaml(error.to_string()))
}

async fn fetch_buildspec(
    house: &Inner,
    plan: &BuildPlan,
    bucket: String,
    key: String,
) -> Result<Vec<u8>, Failure> {
    let arn = plan.s3_arn(&format!("{bucket}/{key}"));
    let at = ObjectRef {
        bucket,
        key,
        version: None,
    };
    let read = house.world.companions().read_object(&plan.scope, &at).await;
    let words = |error| s3_words(&error, &crate::aws::ids::uuid());
    let (_, body) =
        read.map_err(|error| Failure::client(format!("{} for buildspec {arn}", words(error))))?;
    let bytes = streams::blocking(body, |reader| {
        let mut bytes = Vec::new();
        // One byte too many, so that the parser says that it is too large.
        let most = yaml::MAX_BYTES as u64 + 1;
        reader.take(most).read_to_end(&mut bytes).map(|_| bytes)
    });
    bytes
        .await
        .map_err(|error| Failure::client(format!("{error} for buildspec {arn}")))
}

async fn read_file(placed: &Placed, path: &Utf8Path) -> Result<Vec<u8>, Failure> {
    let seen = placed.sandbox.path(path);
    match placed.read_file(path, yaml::MAX_BYTES as u64).await {
        Ok(Single::File(bytes)) => Ok(bytes),
        Ok(Single::Directory) => Err(Failure::yaml(format!("read {seen}: is a directory"))),
        Ok(Single::TooLarge) => Err(Failure::yaml(format!(
            "file is larger than {} bytes at line 1",
            yaml::MAX_BYTES
        ))),
        Ok(Single::Link(_)) | Err(SandboxError::NoSuchPath(_)) => Err(Failure::yaml(format!(
            "stat {seen}: no such file or directory"
        ))),
        Err(error) => Err(platform(&error)),
    }
}

/// What the agent does and says before it knows the phases.
async fn set_up(
    house: &Inner,
    session: &Session,
    spec: &Buildspec,
    logins: &[git::HostLogin],
) -> Result<Resolved, Failure> {
    let placed = session.placed()?;
    let plan = &placed.plan;
    match &plan.source {
        Source::S3 { .. } => session.note(Note::HigherTimeoutForS3).await,
        Source::Git { provider, .. } if provider.starts_with("GITHUB") => {
            session.note(Note::HigherTimeoutForGitHub).await;
        }
        _ => {}
    }
    session.note(Note::ProcessingVariables).await;
    resolve(house, session, placed, &spec.env, git::secrets(logins)).await
}

fn cache_notes(plan: &BuildPlan, spec: &Buildspec) -> Vec<Note> {
    match (spec.cache.paths.is_empty(), &plan.cache) {
        (true, _) => vec![Note::CacheNotDefined, Note::CacheSkipped],
        (false, Cache::Off | Cache::S3 | Cache::Local) => vec![Note::CacheOff],
        (false, Cache::At(_)) => Vec::new(),
    }
}

/// What the phases say about retries.
fn retries(spec: &Buildspec) -> BTreeMap<Phase, RetryRule> {
    let rules = spec
        .phases
        .iter()
        .filter_map(|phase| match &phase.on_failure {
            Some(FailureRule::Retry { count, pattern }) => {
                let (count, pattern) = (*count, pattern.clone());
                Some((phase.phase, RetryRule { count, pattern }))
            }
            _ => None,
        });
    rules.collect()
}

async fn announce(session: &Session, plan: &BuildPlan, spec: &Buildspec) {
    for phase in &spec.phases {
        if !plan.heeds_retry_rules() && matches!(phase.on_failure, Some(FailureRule::Retry { .. }))
        {
            session.note(Note::RetryNotOffered(phase.phase)).await;
        }
    }
    session.note(Note::Registering).await;
    let phases = spec.phases.iter();
    let counts = phases
        .map(|phase| (phase.phase, phase.commands.len()))
        .collect();
    session.note(Note::PhasesFound(counts)).await;
}
