//! The block `reports`: which files belong to which report groups.

use super::reader::{Read, entries, flag, optional_text, texts};
use super::spec::ReportSpec;
use super::yaml::{Node, YamlError};
use crate::engine::build::reports::Format;

const MAX_GROUPS: usize = 5;

/// The groups in the order of the file.
pub fn reports(root: &Node) -> Read<Vec<ReportSpec>> {
    let Some(block) = root.get("reports") else {
        return Ok(Vec::new());
    };
    let groups = entries(block, "reports")?;
    if groups.len() > MAX_GROUPS {
        return Err(YamlError::new(
            format!(
                "reports: expected at most {MAX_GROUPS} report groups, found {}",
                groups.len()
            ),
            block.line,
        ));
    }
    groups
        .iter()
        .map(|(name, group)| one(name, group))
        .collect()
}

fn one(name: &str, group: &Node) -> Read<ReportSpec> {
    let path = format!("reports.{name}.");
    entries(group, path.trim_end_matches('.'))?;
    let files = texts(group, "files", &path)?;
    if files.is_empty() {
        return Err(YamlError::new(
            format!("{path}files is required"),
            group.line,
        ));
    }
    Ok(ReportSpec {
        group: name.to_owned(),
        files,
        discard_paths: flag(group, "discard-paths", &path)?,
        base_directory: optional_text(group, "base-directory", &path)?,
        format: format(group, &path)?,
    })
}

fn format(group: &Node, path: &str) -> Read<Format> {
    let Some(given) = optional_text(group, "file-format", path)? else {
        return Ok(Format::default());
    };
    Format::named(&given).ok_or_else(|| {
        let line = group
            .get("file-format")
            .map_or(group.line, |node| node.line);
        let formats = Format::ALL.map(Format::as_str).join(",");
        YamlError::new(
            format!("{path}file-format: expected one of {formats}, found {given}"),
            line,
        )
    })
}
