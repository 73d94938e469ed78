//! The blocks `proxy`, `reports` and `cache`: checked here, carried out elsewhere or not at all yet.

use super::reader::{Read, entries, flag, optional_text, texts};
use super::spec::CacheSpec;
use super::yaml::{Node, YamlError};

const MAX_REPORT_GROUPS: usize = 5;
const MAX_FALLBACK_KEYS: usize = 5;
const FORMATS: [&str; 10] = [
    "CLOVERXML",
    "COBERTURAXML",
    "CUCUMBERJSON",
    "JACOCOXML",
    "JUNITXML",
    "NUNIT3XML",
    "NUNITXML",
    "SIMPLECOV",
    "TESTNGXML",
    "VISUALSTUDIOTRX",
];

pub fn check_proxy(root: &Node) -> Read<()> {
    if let Some(block) = root.get("proxy") {
        entries(block, "proxy")?;
        flag(block, "upload-artifacts", "proxy.")?;
        flag(block, "logs", "proxy.")?;
    }
    Ok(())
}

/// Whether there are report groups, all of them well-formed.
pub fn reports(root: &Node) -> Read<bool> {
    let Some(block) = root.get("reports") else {
        return Ok(false);
    };
    let groups = entries(block, "reports")?;
    if groups.len() > MAX_REPORT_GROUPS {
        return Err(YamlError::new(
            format!(
                "reports: expected at most {MAX_REPORT_GROUPS} report groups, found {}",
                groups.len()
            ),
            block.line,
        ));
    }
    for (name, group) in groups {
        check_report(name, group)?;
    }
    Ok(!groups.is_empty())
}

fn check_report(name: &str, group: &Node) -> Read<()> {
    let path = format!("reports.{name}.");
    entries(group, path.trim_end_matches('.'))?;
    if texts(group, "files", &path)?.is_empty() {
        return Err(YamlError::new(
            format!("{path}files is required"),
            group.line,
        ));
    }
    flag(group, "discard-paths", &path)?;
    optional_text(group, "base-directory", &path)?;
    match optional_text(group, "file-format", &path)? {
        Some(format) if !FORMATS.contains(&format.to_ascii_uppercase().as_str()) => {
            let line = group
                .get("file-format")
                .map_or(group.line, |node| node.line);
            let formats = FORMATS.join(",");
            Err(YamlError::new(
                format!("{path}file-format: expected one of {formats}, found {format}"),
                line,
            ))
        }
        _ => Ok(()),
    }
}

pub fn cache(root: &Node) -> Read<CacheSpec> {
    let Some(block) = root.get("cache") else {
        return Ok(CacheSpec::default());
    };
    entries(block, "cache")?;
    check_action(block)?;
    let fallback_keys = texts(block, "fallback-keys", "cache.")?;
    if fallback_keys.len() > MAX_FALLBACK_KEYS {
        return Err(YamlError::new(
            format!(
                "cache.fallback-keys: expected at most {MAX_FALLBACK_KEYS} keys, found {}",
                fallback_keys.len()
            ),
            block.line,
        ));
    }
    Ok(CacheSpec {
        paths: texts(block, "paths", "cache.")?,
        key: optional_text(block, "key", "cache.")?,
        fallback_keys,
    })
}

fn check_action(block: &Node) -> Read<()> {
    match optional_text(block, "action", "cache.")?.as_deref() {
        None | Some("restore" | "save") => Ok(()),
        Some(other) => Err(YamlError::new(
            format!("cache.action: expected restore or save, found {other}"),
            block.get("action").map_or(block.line, |node| node.line),
        )),
    }
}
