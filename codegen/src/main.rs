//! The generator's command line: `import`, `generate`, `check`.
//!
//! Invariant: logic lives in the modules; this file only names the commands. `generate` writes the same bytes for the
//! same input, on any machine, without a network.

mod ast;
mod config;
mod digest;
mod emit;
mod generate;
mod import;
mod names;
mod output;
mod pattern;
mod service;

use std::path::PathBuf;

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
    /// model/*.json, codegen/services.toml and codegen/overrides.toml to generated/
    Generate(Root),
    /// Fail, with the list of differing files, if generated/ is not what `generate` would write
    Check(Root),
}

#[derive(Debug, clap::Args)]
struct Root {
    /// The project's root folder.
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Import(args) => import::run(args),
        Command::Generate(Root { root }) => generate::generate(&root),
        Command::Check(Root { root }) => generate::check(&root),
    }
}
