//! Whole builds: a driver on a store, a shell in a temporary folder, S3 and logs in memory.

mod artifacts;
mod beginning;
mod caches;
mod commands;
mod ends;
mod environments;
mod git;
mod house;
mod logs;
mod place;
mod reports;
mod sources;
mod variables;

use crate::engine::build::plan::BuildPlan;
use crate::engine::build::tests as machine;

/// A plan that runs this buildspec without a source.
fn plan(buildspec: &str) -> BuildPlan {
    BuildPlan {
        buildspec: Some(buildspec.to_owned()),
        ..machine::plan()
    }
}

/// A buildspec whose only phase is BUILD with these commands.
fn commands(commands: &[&str]) -> String {
    let items: String = commands
        .iter()
        .map(|command| format!("      - {}\n", serde_json::to_string(command).unwrap()))
        .collect();
    format!("version: 0.2\nphases:\n  build:\n    commands:\n{items}")
}
