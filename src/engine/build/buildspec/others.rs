//! The blocks `proxy` and `cache`: checked here, carried out elsewhere or not at all yet.

use super::reader::{Read, entries, flag, optional_text, texts};
use super::spec::CacheSpec;
use super::yaml::{Node, YamlError};
use crate::engine::build::cache::Action;

const MAX_FALLBACK_KEYS: usize = 5;

pub fn check_proxy(root: &Node) -> Read<()> {
    if let Some(block) = root.get("proxy") {
        entries(block, "proxy")?;
        flag(block, "upload-artifacts", "proxy.")?;
        flag(block, "logs", "proxy.")?;
    }
    Ok(())
}

pub fn cache(root: &Node) -> Read<CacheSpec> {
    let Some(block) = root.get("cache") else {
        return Ok(CacheSpec::default());
    };
    entries(block, "cache")?;
    let action = action(block)?;
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
        action,
    })
}

fn action(block: &Node) -> Read<Action> {
    match optional_text(block, "action", "cache.")?.as_deref() {
        None => Ok(Action::Both),
        Some("restore") => Ok(Action::Restore),
        Some("save") => Ok(Action::Save),
        Some(other) => Err(YamlError::new(
            format!("cache.action: expected restore or save, found {other}"),
            block.get("action").map_or(block.line, |node| node.line),
        )),
    }
}
