//! The command line: one file per subcommand.

pub mod archive;
pub mod build;
pub mod demo;
pub mod follow;
pub mod progress;
pub mod serve;
pub mod throwaway;

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
}

/// Runs what the command line asks for. Exit code 2: the command line is wrong; 1: what was asked failed.
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
    }
}
