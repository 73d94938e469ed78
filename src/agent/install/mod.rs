//! From files of a revision to files of the host, and away again.
//!
//! First the old installation goes, then all instructions are made, then they are carried out: what forbids the installation is found
//! before the first file is copied. Source: contract, codedeploy sections 8.5 and 8.6.

mod cleanup;
mod instruction;
mod matching;
mod plan;

#[cfg(test)]
mod tests;

pub use instruction::Instruction;
pub use plan::plan;

use super::appspec::{AppSpec, FileExistsBehavior};
use super::errors::{Done, Fault};
use super::place::Place;
use super::root::{Root, create};
use camino::Utf8Path;
use std::fs;

/// Installs what `spec` says from `archive`, in place of what the group has installed before.
pub fn install(
    root: &Root,
    group_id: &str,
    archive: &Utf8Path,
    spec: &AppSpec,
    asked: FileExistsBehavior,
    place: &dyn Place,
) -> Done<()> {
    create(&root.instructions())?;
    let cleanup = root.cleanup_file(group_id);
    cleanup::remove_old(&cleanup, place)?;
    let behavior = spec.file_exists_behavior.unwrap_or(asked);
    let instructions = plan(archive, spec, behavior, place)?;
    let file = root.install_file(group_id);
    let json = serde_json::json!({ "instructions": instructions });
    fs::write(&file, json.to_string()).map_err(|error| Fault::file("write", &file, &error))?;
    let mut made = cleanup::Record::new(&cleanup)?;
    for instruction in &instructions {
        instruction.perform(place, &mut made)?;
    }
    Ok(())
}
