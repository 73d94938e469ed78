//! `slipway build [DIR]`: runs a folder's buildspec here and now, with the build engine of the server.
//!
//! The folder is packed and handed in as a source in S3, or fetched as the Git repository that it is; artifacts are taken out of S3
//! again. So what happens is what happens to any build, and the exit code is 1 when the build does not succeed.

mod follow;
mod inputs;
mod junit;
mod outcome;
mod project;
mod report;
mod shell;
mod summary;

use super::progress::{Form, Progress};
use super::throwaway::{Throwaway, interrupted};
use crate::config::{Builds, Config};
use crate::engine::build::state::Phase;
use anyhow::{Context, bail};
use camino::{Utf8Path, Utf8PathBuf};
pub(super) use inputs::variable;
use inputs::{Given, assignment};
use outcome::Outcome;
use shell::Doors;
use std::io::IsTerminal;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Build {
    /// Folder with the sources and their buildspec.yml
    #[arg(default_value = ".")]
    dir: Utf8PathBuf,
    /// Where to build: docker, host, or auto for Docker when it answers
    #[arg(long, env = "SLIPWAY_BUILDS", value_enum, default_value = "auto")]
    builds: Builds,
    /// Short for --builds host
    #[arg(long, conflicts_with = "builds")]
    host: bool,
    /// Image of the build's container
    #[arg(long, default_value = "aws/codebuild/standard:7.0")]
    image: String,
    /// Start the container privileged, for a Docker engine inside
    #[arg(long)]
    privileged: bool,
    /// Buildspec in place of the folder's buildspec.yml: a path inside DIR
    #[arg(long, value_name = "FILE")]
    buildspec: Option<String>,
    /// Environment variable of the build; may be repeated, and wins over --env-file
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = variable)]
    env: Vec<(String, String)>,
    /// File of environment variables, one NAME=VALUE per line as it is, without quotes; lines that begin with # are left out; may be
    /// repeated
    #[arg(long, value_name = "FILE")]
    env_file: Vec<Utf8PathBuf>,
    /// Secret in a file; may be repeated. It is the build's variable NAME where that is a name of a variable, and what the buildspec's
    /// secrets-manager and parameter-store find under NAME. The log does not show it
    #[arg(long, value_name = "NAME=FILE", value_parser = assignment)]
    secret: Vec<(String, String)>,
    /// Build this version of the Git repository that DIR is (a branch, a tag, a commit) in place of the files as they are
    #[arg(long, value_name = "VERSION")]
    source_version: Option<String>,
    /// Last phase to run: install, pre_build, build or post_build. Those before it run as ever; what would follow does not, and no
    /// artifacts are made
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    phase: Option<Phase>,
    /// Run the buildspec's batch, and show each of its builds
    #[arg(long, conflicts_with = "phase")]
    batch: bool,
    /// Folder that keeps what the buildspec's cache.paths name, from one run to the next [default: nothing is kept]
    #[arg(long, env = "SLIPWAY_BUILD_CACHE", value_name = "DIR")]
    cache: Option<Utf8PathBuf>,
    /// Folder for the artifacts [default: they are not kept]
    #[arg(long, short, value_name = "DIR")]
    out: Option<Utf8PathBuf>,
    /// Open a shell where a command has failed, before the build goes on; needs a terminal
    #[arg(long)]
    shell_on_failure: bool,
    /// Say at the end what the reports came to
    #[arg(long)]
    report: bool,
    /// Write phases and test cases to a file in JUnit's form
    #[arg(long, value_name = "FILE")]
    junit: Option<Utf8PathBuf>,
    /// JSON lines for tools; with =FILE, a summary in that file instead
    #[arg(
        long,
        value_name = "FILE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = LINES
    )]
    json: Option<Utf8PathBuf>,
    /// Only say what went wrong
    #[arg(long)]
    quiet: bool,
}

/// In place of a file: JSON lines on standard output.
const LINES: &str = "-";

/// As a shell tells of a command that was interrupted.
const INTERRUPTED: u8 = 130;

pub async fn run(build: Build) -> anyhow::Result<ExitCode> {
    let given = Given::read(&build.env, &build.env_file, &build.secret)?;
    if build.shell_on_failure && !std::io::stdin().is_terminal() {
        bail!("--shell-on-failure needs a terminal, and standard input is none");
    }
    let dir = folder(&build.dir)?;
    let lines = build.json.as_deref() == Some(Utf8Path::new(LINES));
    let mut progress = Progress::new(Form::choose(lines, build.quiet));
    let server = Throwaway::with(config(&build, &dir)?).await?;
    let (bell, doors) = shell::pair();
    if build.shell_on_failure {
        server.app.attend_builds(bell);
    }
    let attended = doors.attended.clone();
    let made = tokio::select! {
        outcome = make(&build, &dir, given, &server, doors, &mut progress) => Some(outcome),
        () = interrupted(&attended) => None,
    };
    server.close().await;
    let Some(outcome) = made else {
        progress.finish(false, "The build was interrupted and has been removed.");
        return Ok(ExitCode::from(INTERRUPTED));
    };
    let outcome = outcome?;
    tell(&build, &outcome, &progress)?;
    Ok(match outcome.succeeded {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn folder(given: &Utf8Path) -> anyhow::Result<Utf8PathBuf> {
    let dir = given.canonicalize_utf8();
    let dir = dir.with_context(|| format!("cannot read the folder {given}"))?;
    if !dir.is_dir() {
        bail!("{dir} is not a folder");
    }
    Ok(dir)
}

fn config(build: &Build, dir: &Utf8Path) -> anyhow::Result<Config> {
    let caches = build.cache.as_ref();
    let caches = caches.map(|caches| project::caches(caches, dir));
    Ok(Config {
        builds: if build.host {
            Builds::Host
        } else {
            build.builds
        },
        caches: caches.transpose()?,
        ..Config::in_memory()
    })
}

async fn make(
    build: &Build,
    dir: &Utf8Path,
    given: Given,
    server: &Throwaway,
    mut doors: Doors,
    progress: &mut Progress,
) -> anyhow::Result<Outcome> {
    let name = project::create(build, dir, given, server).await?;
    let mut outcome = match build.batch {
        true => follow::batch(&name, server, &mut doors, progress).await?,
        false => follow::single(&name, build.phase, server, &mut doors, progress).await?,
    };
    if build.report || build.junit.is_some() || build.json.is_some() {
        report::gather(&mut outcome, server).await?;
    }
    if let Some(out) = &build.out {
        std::fs::create_dir_all(out).with_context(|| format!("cannot make the folder {out}"))?;
        let count = server.download(project::ARTIFACTS, "", out).await?;
        outcome.kept = Some((count, out.clone()));
    }
    Ok(outcome)
}

/// What a person and tools read when all is over.
fn tell(build: &Build, outcome: &Outcome, progress: &Progress) -> anyhow::Result<()> {
    if build.report {
        report::lines(outcome)
            .iter()
            .for_each(|line| progress.note(line));
    }
    if let Some(file) = &build.junit {
        written(file, junit::document(outcome)?)?;
    }
    match &build.json {
        Some(file) if file != LINES => written(file, summary::document(outcome)?)?,
        Some(_) => progress.data(&summary::value(outcome)),
        None => {}
    }
    progress.finish(outcome.succeeded, &outcome.sentence());
    Ok(())
}

fn written(file: &Utf8Path, text: String) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {file}"))
}

fn phase(text: &str) -> Result<Phase, String> {
    Phase::of_buildspec(text)
        .ok_or_else(|| "expected install, pre_build, build or post_build".to_owned())
}
