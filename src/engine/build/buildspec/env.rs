//! The block `env`, and `environment_variables` of version 0.1.

use super::reader::{Read, flag, optional_text, pairs, texts};
use super::spec::{Env, Version};
use super::yaml::{Node, YamlError};

pub fn env(root: &Node, version: Version) -> Read<Env> {
    match version {
        Version::V01 => legacy(root),
        Version::V02 => modern(root),
    }
}

fn legacy(root: &Node) -> Read<Env> {
    let Some(block) = root.get("environment_variables") else {
        return Ok(Env::default());
    };
    Ok(Env {
        variables: pairs(block, "plaintext", "environment_variables.")?,
        ..Env::default()
    })
}

fn modern(root: &Node) -> Read<Env> {
    let Some(block) = root.get("env") else {
        return Ok(Env::default());
    };
    super::reader::entries(block, "env")?;
    let git_credentials = flag(block, "git-credential-helper", "env.")?;
    Ok(Env {
        shell: optional_text(block, "shell", "env.")?,
        variables: pairs(block, "variables", "env.")?,
        parameter_store: pairs(block, "parameter-store", "env.")?,
        secrets_manager: pairs(block, "secrets-manager", "env.")?,
        exported: exported(block)?,
        git_credentials,
    })
}

fn exported(block: &Node) -> Read<Vec<String>> {
    let names = texts(block, "exported-variables", "env.")?;
    let line = block.get("exported-variables").map_or(0, |node| node.line);
    match names.iter().find(|name| !is_name(name)) {
        Some(name) => Err(YamlError::new(
            format!("env.exported-variables: expected names of variables, found {name:?}"),
            line,
        )),
        None => Ok(names),
    }
}

/// What a POSIX shell takes for a variable.
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let head = bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    head && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
