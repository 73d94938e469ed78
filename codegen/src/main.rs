//! The command line of the generator.
//!
//! Invariant: logic lives in the modules; this file only names the commands.

mod import;

use clap::{Parser, Subcommand};

/// AWS service models to typed Rust servers.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// botocore's service descriptions to model/*.json
    Import(import::Args),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Import(args) => import::run(args),
    }
}
