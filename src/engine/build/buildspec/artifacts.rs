//! The block `artifacts`.

use super::reader::{Read, entries, flag, optional_text, texts};
use super::spec::{ArtifactsBlock, ArtifactsSpec, Version};
use super::yaml::{Node, YamlError};

/// As many as a project may have.
const MAX_SECONDARY: usize = 12;

pub fn artifacts(root: &Node, version: Version) -> Read<Option<ArtifactsBlock>> {
    let Some(block) = root.get("artifacts") else {
        return Ok(None);
    };
    if entries(block, "artifacts")?.is_empty() {
        return Ok(None);
    }
    Ok(Some(ArtifactsBlock {
        primary: one(block, "artifacts.")?,
        secondary: match version {
            Version::V01 => Vec::new(),
            Version::V02 => secondary(block)?,
        },
    }))
}

fn secondary(block: &Node) -> Read<Vec<(String, ArtifactsSpec)>> {
    let Some(node) = block.get("secondary-artifacts") else {
        return Ok(Vec::new());
    };
    let path = "artifacts.secondary-artifacts";
    let entries = entries(node, path)?;
    if entries.len() > MAX_SECONDARY {
        return Err(YamlError::new(
            format!(
                "{path}: expected at most {MAX_SECONDARY} identifiers, found {}",
                entries.len()
            ),
            node.line,
        ));
    }
    entries
        .iter()
        .map(|(id, node)| Ok((id.clone(), one(node, &format!("{path}.{id}."))?)))
        .collect()
}

fn one(block: &Node, path: &str) -> Read<ArtifactsSpec> {
    let files = texts(block, "files", path)?;
    if files.is_empty() {
        return Err(YamlError::new(
            format!("{path}files is required"),
            block.line,
        ));
    }
    Ok(ArtifactsSpec {
        files,
        exclude: texts(block, "exclude-paths", path)?,
        name: optional_text(block, "name", path)?,
        base_directory: optional_text(block, "base-directory", path)?,
        discard_paths: flag(block, "discard-paths", path)?,
        enable_symlinks: flag(block, "enable-symlinks", path)?,
        s3_prefix: optional_text(block, "s3-prefix", path)?,
    })
}
