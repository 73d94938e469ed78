//! The block `phases`.

use super::reader::{Read, entries, items, optional_text, pairs, text, unexpected};
use super::spec::{FailureRule, PhaseSpec, Version};
use super::yaml::{Node, Value, YamlError};
use crate::engine::build::state::Phase;

/// At most this many commands in one phase.
const MAX_COMMANDS: usize = 10_000;

pub fn phases(root: &Node, version: Version) -> Read<Vec<PhaseSpec>> {
    let Some(node) = root.get("phases") else {
        return Err(no_phase(root.line));
    };
    let mut phases = Vec::new();
    for (name, node) in entries(node, "phases")? {
        phases.push(phase(name, node, version)?);
    }
    if phases.is_empty() {
        return Err(no_phase(node.line));
    }
    phases.sort_by_key(|phase| phase.phase);
    Ok(phases)
}

fn no_phase(line: usize) -> YamlError {
    YamlError::new(
        "phases: expected at least one of build,install,post_build,pre_build",
        line,
    )
}

fn phase(name: &str, node: &Node, version: Version) -> Read<PhaseSpec> {
    let phase = Phase::of_buildspec(name).ok_or_else(|| invalid_name(name))?;
    let path = format!("phases.{name}.");
    entries(node, path.trim_end_matches('.'))?;
    let modern = version == Version::V02;
    let runtimes = match phase {
        Phase::Install => pairs(node, "runtime-versions", &path)?,
        _ => Vec::new(),
    };
    // Runtimes alone are work enough; nothing else is.
    if node.get("commands").is_none() && runtimes.is_empty() {
        return Err(YamlError::new(
            format!("{path}commands is required"),
            node.line,
        ));
    }
    Ok(PhaseSpec {
        phase,
        run_as: optional_text(node, "run-as", &path)?.filter(|_| modern),
        on_failure: on_failure(node, &path)?,
        runtimes,
        commands: commands(node, "commands", &path)?,
        finally: commands(node, "finally", &path)?,
    })
}

fn invalid_name(name: &str) -> YamlError {
    YamlError(format!(
        "Invalid buildspec phase name: {name}. Expecting: build,install,post_build,pre_build"
    ))
}

fn commands(node: &Node, key: &str, path: &str) -> Read<Vec<String>> {
    let Some(list) = node.get(key) else {
        return Ok(Vec::new());
    };
    let path = format!("{path}{key}");
    let items = items(list, &path)?;
    if items.len() > MAX_COMMANDS {
        return unexpected(&path, &format!("at most {MAX_COMMANDS} commands"), list);
    }
    items
        .iter()
        .enumerate()
        .map(|(index, item)| command(index, item, &path))
        .collect()
}

/// The classic mistake is a command with `: ` in it, which YAML reads as a key and its value.
fn command(index: usize, item: &Node, path: &str) -> Read<String> {
    match &item.value {
        Value::Map(_) => Err(YamlError(format!(
            "Expected Commands[{index}] to be of string type: found subkeys instead at line {}, \
             value of the key tag on line {} might be empty",
            item.line,
            item.line.saturating_sub(1)
        ))),
        _ => text(item, &format!("{path}[{index}]")),
    }
}

fn on_failure(node: &Node, path: &str) -> Read<Option<FailureRule>> {
    let Some(given) = optional_text(node, "on-failure", path)? else {
        return Ok(None);
    };
    let line = node.get("on-failure").map_or(node.line, |node| node.line);
    match given.as_str() {
        "ABORT" => Ok(Some(FailureRule::Abort)),
        "CONTINUE" => Ok(Some(FailureRule::Continue)),
        "RETRY" => Ok(Some(retry(3, None))),
        _ => match given.strip_prefix("RETRY-").and_then(retry_rule) {
            Some(rule) => Ok(Some(rule)),
            None => Err(YamlError::new(
                format!(
                    "{path}on-failure: expected ABORT, CONTINUE, RETRY, RETRY-<0-100>, RETRY-<regex> or RETRY-<0-100>-<regex>, found {given}"
                ),
                line,
            )),
        },
    }
}

fn retry(count: u32, pattern: Option<String>) -> FailureRule {
    FailureRule::Retry { count, pattern }
}

/// `<count>`, `<regex>` or `<count>-<regex>`.
fn retry_rule(text: &str) -> Option<FailureRule> {
    let (number, rest) = match text.split_once('-') {
        Some((number, rest)) => (number, Some(rest)),
        None => (text, None),
    };
    let is_count = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !is_count {
        return pattern(text).map(|pattern| retry(3, Some(pattern)));
    }
    let count = number.parse().ok().filter(|count| *count <= 100)?;
    match rest {
        Some(rest) => pattern(rest).map(|pattern| retry(count, Some(pattern))),
        None => Some(retry(count, None)),
    }
}

fn pattern(text: &str) -> Option<String> {
    let valid = !text.is_empty() && regex::Regex::new(text).is_ok();
    valid.then(|| text.to_owned())
}
