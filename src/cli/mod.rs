//! The command line: one file per subcommand.

pub mod agent;
pub mod archive;
pub mod build;
pub mod declaration;
pub mod demo;
pub mod deploy;
pub mod follow;
pub mod logs;
pub mod pipeline;
pub mod progress;
pub mod remote;
pub mod serve;
pub mod status;
pub mod throwaway;
pub mod words;

use crate::config::Flags;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// AWS CodePipeline, CodeBuild and CodeDeploy on your machine.
#[derive(Debug, Parser)]
#[command(name = "slipway", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (what happens without a subcommand, too)
    Serve(Flags),
    /// Run a sample pipeline in a throw-away server: a zip in S3 → a build → a deployment to S3
    Demo(demo::Demo),
    /// Run a folder's buildspec here and now
    Build(build::Build),
    /// Run a deployment from a folder with an AppSpec, on this host or for a function, and show how it goes
    Deploy(deploy::Deploy),
    /// Install what CodeDeploy of a server deploys on this host or in a container, as AWS's agent does
    Agent(agent::Agent),
    /// Show what runs on a server, and what it waits for
    Status(status::Status),
    /// Show what an execution or a build has said
    Logs(logs::Logs),
    /// Work with a pipeline on a server
    Pipeline(pipeline::Pipeline),
}

/// Runs what the command line asks for. Exit code 2: the command line is wrong, or what it asks of a server cannot be asked;
/// 1: what was asked failed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        runtime.block_on(run(cli.command.unwrap_or(Command::Serve(cli.serve))))
    });
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("slipway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(flags) => serve::run(flags).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Build(build) => build::run(build).await,
        Command::Deploy(deploy) => Ok(of_client(deploy::run(deploy).await)),
        Command::Agent(agent) => Ok(of_client(agent::run(agent).await)),
        Command::Status(status) => Ok(of_client(status::run(status).await)),
        Command::Logs(logs) => Ok(of_client(logs::run(logs).await)),
        Command::Pipeline(pipeline) => Ok(of_client(pipeline::run(pipeline).await)),
    }
}

/// A client's exit code tells an outcome, so that what kept it from learning one has a code of its own.
fn of_client(outcome: anyhow::Result<ExitCode>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        eprintln!("slipway: {error:#}");
        ExitCode::from(2)
    })
}
