//! The top level of a buildspec.

use super::reader::{Read, entries, optional_text, text};
use super::spec::{Buildspec, Version};
use super::yaml::{self, Node, Value, YamlError};
use super::{artifacts, env, others, phases, reports};

/// The specification, or the message of a YAML_FILE_ERROR.
pub fn parse(bytes: &[u8]) -> Read<Buildspec> {
    let root = yaml::parse(bytes)?;
    if !matches!(root.value, Value::Map(_)) {
        return Err(YamlError(
            "wrong number of container tags, expected 1".to_owned(),
        ));
    }
    let version = version(&root)?;
    buildspec(&root, version)
}

fn buildspec(root: &Node, version: Version) -> Read<Buildspec> {
    let modern = version == Version::V02;
    others::check_proxy(root)?;
    Ok(Buildspec {
        version,
        run_as: optional_text(root, "run-as", "")?.filter(|_| modern),
        env: env::env(root, version)?,
        phases: phases::phases(root, version)?,
        artifacts: artifacts::artifacts(root, version)?,
        reports: reports::reports(root)?,
        cache: others::cache(root)?,
    })
}

/// The form of the specification; there are two.
pub fn version(root: &Node) -> Read<Version> {
    let given = match root.get("version") {
        Some(node) => text(node, "version")?,
        None => String::new(),
    };
    match given.as_str() {
        "0.2" => Ok(Version::V02),
        "0.1" => Ok(Version::V01),
        _ => Err(YamlError(format!(
            "invalid buildspec `version` specified: {given}, see documentation"
        ))),
    }
}

/// Whether a single line is a buildspec by itself.
pub fn is_mapping(text: &str) -> bool {
    yaml::parse(text.as_bytes()).is_ok_and(|root| entries(&root, "").is_ok_and(|e| !e.is_empty()))
}
