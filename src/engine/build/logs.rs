//! The build log in AWS's words: where it is, and the lines an agent writes about what it does.
//!
//! Pure: what happened in, lines out. One log event is one line and ends with `\n`; only lines of the agent carry a time.

use super::event::Failure;
use super::plan::{BuildPlan, S3Logs};
use super::reports::{Kind, ReportError};
use super::state::{Context, LogLocations, LogStream, Phase, PhaseStatus};
use crate::aws::Time;
use jiff::Timestamp;
use std::time::Duration;

/// Longest line kept as one log event, in bytes; longer ones are cut into several.
pub const MAX_LINE: usize = 200 * 1024;

/// Something the agent tells the reader of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Started,
    /// Said once when there is no container.
    RunsOnHost {
        image: String,
    },
    /// Layers of a Docker engine are to be kept, and there is none inside.
    LayersNeedPrivileges,
    NoLayersOnHost,
    /// Sources are in place.
    SourceInPlace {
        dir: String,
        /// Identifier and directory of each secondary source.
        secondary: Vec<(String, String)>,
    },
    YamlLocation(String),
    HigherTimeoutForS3,
    HigherTimeoutForGitHub,
    ProcessingVariables,
    DecryptingParameters,
    NoRuntimeSelected,
    RuntimesSkipped,
    RuntimeSelected {
        runtime: String,
        version: String,
    },
    MovingTo(String),
    CacheNotDefined,
    CacheSkipped,
    /// The project has no cache, whatever the buildspec says.
    CacheOff,
    CachePath(String),
    CachePathRefused(String),
    /// `S3` or `local`.
    CacheDownloading(&'static str),
    CacheUnarchiving,
    CacheAbsent(&'static str),
    CacheUploading(&'static str),
    CacheUnchanged,
    /// A cache that cannot be had or kept.
    CacheFailed(String),
    RetryNotOffered(Phase),
    Registering,
    /// Phases of the buildspec and their numbers of commands, in life-cycle order.
    PhasesFound(Vec<(Phase, usize)>),
    Entering(Phase),
    Running(String),
    CommandFailed {
        command: String,
        /// Such as `exit status 3`.
        reason: String,
    },
    PhaseSucceeded(Phase),
    PhaseFailed(Phase, Failure),
    /// A base directory and the patterns below it are looked up.
    Expanding {
        base: String,
        patterns: Vec<String>,
    },
    SkippingInvalidPath(String),
    FilesFound(usize),
    NoSecondaryArtifacts,
    CopyingSecondary(String),
    NoArtifactsBlock,
    CopyingReport {
        kind: Kind,
        arn: String,
    },
    /// A file of a report cannot be understood.
    ReportFileRefused {
        path: String,
        error: ReportError,
    },
    /// A group of reports cannot be served.
    ReportRefused(String),
    DiscoveringReports,
    NoReportsDiscovered,
    DiscoveryTook(Duration),
}

/// The texts of a note; each may have several lines.
pub fn texts(note: &Note) -> Vec<String> {
    match note {
        Note::Started => started(),
        Note::RunsOnHost { image } => vec![runs_on_host(image)],
        Note::LayersNeedPrivileges => {
            one("Skip Docker layer cache due to: the build does not run in privileged mode")
        }
        Note::NoLayersOnHost => {
            one("Skip Docker layer cache due to: no Docker engine of the build's own is used")
        }
        Note::SourceInPlace { dir, secondary } => source_in_place(dir, secondary),
        Note::YamlLocation(path) => vec![format!("YAML location is {path}")],
        Note::HigherTimeoutForS3 => {
            one("Setting HTTP client timeout to higher timeout for S3 source")
        }
        Note::HigherTimeoutForGitHub => one(
            "Setting HTTP client timeout to higher timeout for Github and GitHub Enterprise sources",
        ),
        Note::ProcessingVariables => one("Processing environment variables"),
        Note::DecryptingParameters => one("Decrypting parameter store environment variables"),
        Note::NoRuntimeSelected => one("No runtime version selected in buildspec."),
        Note::RuntimesSkipped => one(
            "Skipping install of runtimes. Runtime version selection is not supported by this build image",
        ),
        Note::RuntimeSelected { runtime, version } => vec![format!(
            "Selecting '{runtime}' runtime version '{version}' based on manual selections..."
        )],
        Note::MovingTo(dir) => vec![format!("Moving to directory {dir}")],
        Note::CacheNotDefined => one("Cache is not defined in the buildspec"),
        Note::CacheSkipped => one("Skip cache due to: no paths specified to be cached"),
        Note::CacheOff => one("Skip cache due to: the project has no cache"),
        Note::CachePath(path) => vec![format!("Expanded cache path {path}")],
        Note::CachePathRefused(path) => vec![format!(
            "Skipping cache entry: path \"{path}\" is not within allowed cache paths"
        )],
        Note::CacheDownloading(store) => vec![format!("Downloading {store} cache...")],
        Note::CacheUnarchiving => one("Unarchiving cache..."),
        Note::CacheAbsent(store) => vec![format!("No {store} cache found")],
        Note::CacheUploading(store) => vec![format!("Uploading {store} cache...")],
        Note::CacheUnchanged => one("Skip cache due to: the cache is unchanged"),
        Note::CacheFailed(why) => vec![format!("Skip cache due to: {why}")],
        Note::RetryNotOffered(phase) => vec![format!(
            "on-failure RETRY of {} does not retry builds of pipelines and batches, on Lambda and on fleets: a failure ends the build",
            phase.as_str()
        )],
        Note::Registering => one("Registering with agent"),
        Note::PhasesFound(phases) => phases_found(phases),
        Note::Entering(phase) => vec![format!("Entering phase {}", phase.as_str())],
        Note::Running(command) => vec![format!("Running command {command}")],
        Note::CommandFailed { command, reason } => vec![format!(
            "Command did not exit successfully {command} {reason}"
        )],
        Note::PhaseSucceeded(phase) => {
            phase_complete(*phase, PhaseStatus::Succeeded, &Context::default())
        }
        Note::PhaseFailed(phase, failure) => {
            phase_complete(*phase, failure.status(), &failure.context)
        }
        Note::Expanding { base, patterns } => expanding(base, patterns),
        Note::SkippingInvalidPath(path) => vec![format!("Skipping invalid file path {path}")],
        Note::FilesFound(count) => vec![format!("Found {count} file(s)")],
        Note::NoSecondaryArtifacts => one("No secondary artifacts defined in buildspec"),
        Note::CopyingSecondary(id) => vec![format!("Preparing to copy secondary artifacts {id}")],
        Note::NoArtifactsBlock => one("No artifacts defined in buildspec"),
        Note::CopyingReport { kind, arn } => {
            vec![format!("Preparing to copy {} report {arn}", kind.as_str())]
        }
        Note::ReportFileRefused { path, error } => {
            vec![format!("Error processing report file {path}: {error}")]
        }
        Note::DiscoveringReports => one("Set report auto-discover timeout to 5 seconds"),
        Note::NoReportsDiscovered => one("No matching auto-discover report paths found"),
        Note::DiscoveryTook(took) => vec![format!(
            "Report auto-discover file discovery took {:.6} seconds",
            took.as_secs_f64()
        )],
        Note::ReportRefused(why) => vec![format!("Error processing reports: {why}")],
    }
}

fn one(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

fn started() -> Vec<String> {
    [
        "Running on CodeBuild On-demand",
        "Waiting for agent ping",
        "Waiting for DOWNLOAD_SOURCE",
    ]
    .map(str::to_owned)
    .to_vec()
}

// Differs from AWS: without Docker, builds run as processes of this machine; the image is recorded, not used, and the log says so.
fn runs_on_host(image: &str) -> String {
    format!(
        "Warning: no container engine is used: commands run on this machine, the image {image} is ignored"
    )
}

fn source_in_place(dir: &str, secondary: &[(String, String)]) -> Vec<String> {
    let mut lines = vec![
        "Phase is DOWNLOAD_SOURCE".to_owned(),
        format!("CODEBUILD_SRC_DIR={dir}"),
    ];
    lines.extend(
        secondary
            .iter()
            .map(|(id, dir)| format!("CODEBUILD_SRC_DIR_{id}={dir}")),
    );
    lines
}

fn phases_found(phases: &[(Phase, usize)]) -> Vec<String> {
    let mut lines = vec![format!("Phases found in YAML: {}", phases.len())];
    lines.extend(
        phases
            .iter()
            .map(|(phase, commands)| format!(" {}: {commands} commands", phase.as_str())),
    );
    lines
}

fn phase_complete(phase: Phase, status: PhaseStatus, context: &Context) -> Vec<String> {
    vec![
        format!(
            "Phase complete: {} State: {}",
            phase.as_str(),
            status.as_str()
        ),
        format!(
            "Phase context status code: {} Message: {}",
            context.code, context.message
        ),
    ]
}

fn expanding(base: &str, patterns: &[String]) -> Vec<String> {
    let mut lines = vec![
        format!("Expanding base directory path: {base}"),
        "Assembling file list".to_owned(),
        format!("Expanding {base}"),
        format!("Expanding file paths for base directory {base}"),
        "Assembling file list".to_owned(),
    ];
    lines.extend(patterns.iter().map(|glob| format!("Expanding {glob}")));
    lines
}

/// The log events of a note: `[Container] 2026/01/31 23:59:59.123000 text`. Further lines of a text follow without a time.
pub fn events(note: &Note, now: Time) -> Vec<String> {
    let stamp = stamp(now);
    let texts = texts(note);
    texts
        .iter()
        .flat_map(|text| lines(&format!("[Container] {stamp} {text}")))
        .collect()
}

/// A text as log events, each ending with a line break.
fn lines(text: &str) -> Vec<String> {
    text.split('\n')
        .flat_map(pieces)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Cuts a line that is too long for one event.
fn pieces(line: &str) -> Vec<&str> {
    let mut rest = line;
    let mut pieces = Vec::new();
    while rest.len() > MAX_LINE {
        let (head, tail) = rest.split_at(rest.floor_char_boundary(MAX_LINE));
        pieces.push(head);
        rest = tail;
    }
    pieces.push(rest);
    pieces
}

/// `YYYY/MM/DD HH:MM:SS.ffffff` in UTC.
pub fn stamp(now: Time) -> String {
    let millis = now.millis();
    let moment = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    let seconds = moment.strftime("%Y/%m/%d %H:%M:%S");
    format!("{seconds}.{:03}000", millis.rem_euclid(1000))
}

/// Where this build's log goes.
pub fn locations(plan: &BuildPlan) -> LogLocations {
    let cloudwatch = plan.logs.cloudwatch.as_ref();
    LogLocations {
        cloudwatch: cloudwatch.map(|names| LogStream {
            group: names.group.clone().unwrap_or_else(|| default_group(plan)),
            stream: stream(names.stream_prefix.as_deref(), plan),
        }),
        s3: plan.logs.s3.as_ref().map(|s3| object(s3, plan)),
    }
}

fn default_group(plan: &BuildPlan) -> String {
    format!("/aws/codebuild/{}", plan.project)
}

fn stream(prefix: Option<&str>, plan: &BuildPlan) -> String {
    match prefix {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/{}", plan.uuid),
        _ => plan.uuid.clone(),
    }
}

/// `bucket/[prefix/]<uuid>.gz`.
fn object(s3: &S3Logs, plan: &BuildPlan) -> String {
    let location = s3.location.rsplit(":::").next().unwrap_or_default();
    format!("{}/{}.gz", location.trim_end_matches('/'), plan.uuid)
}

/// Output of commands as lines: holds back what has no line break yet.
#[derive(Debug, Default)]
pub struct LineBuffer {
    rest: Vec<u8>,
}

impl LineBuffer {
    /// The lines that are complete now, each with its line break.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(part);
            if self.rest.ends_with(b"\n") || self.rest.len() >= MAX_LINE {
                lines.extend(self.take());
            }
        }
        lines
    }

    /// What is left without a line break; it gets one.
    pub fn take(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let mut line = String::from_utf8_lossy(&self.rest).into_owned();
        self.rest.clear();
        if !line.ends_with('\n') {
            line.push('\n');
        }
        Some(line)
    }
}

/// Values that must not appear in the log.
#[derive(Clone, Default)]
pub struct Mask {
    /// The longest first, so that a secret that contains another disappears whole.
    secrets: Vec<String>,
}

impl Mask {
    /// Each line of a secret of several lines is masked by itself.
    pub fn new(secrets: impl IntoIterator<Item = String>) -> Self {
        let secrets = secrets.into_iter();
        let mut secrets: Vec<String> = secrets
            .flat_map(|secret| secret.lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| !line.trim().is_empty())
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets }
    }

    pub fn apply(&self, line: String) -> String {
        self.secrets.iter().fold(line, |line, secret| {
            if line.contains(secret.as_str()) {
                line.replace(secret.as_str(), "***")
            } else {
                line
            }
        })
    }
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mask({} secrets)", self.secrets.len())
    }
}
