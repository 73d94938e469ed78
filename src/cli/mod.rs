//! The command line: one file per subcommand.

pub mod serve;

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
}

/// Runs what the command line asks for. Exit code 2: the command line is wrong; 1: what was asked failed.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(flags) => serve::run(flags),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("slipway: {error:#}");
            ExitCode::FAILURE
        }
    }
}
