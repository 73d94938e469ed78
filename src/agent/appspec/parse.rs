//! From bytes to an AppSpec, or the first thing that is wrong with it.

use super::access::{self, Acl};
use super::context::Context;
use super::scalar::{self, entries, find, items};
use super::{ALL, AppSpec, FileExistsBehavior, FileMapping, Permission, Script};
use crate::agent::errors::{self, Done};
use crate::engine::build::buildspec::yaml::{self, Node, Value};
use std::time::Duration;

/// How long a script may run that says nothing about it.
const TIMEOUT: i64 = 3600;

/// Reads an AppSpec of the operating system that this agent runs on.
pub fn parse(bytes: &[u8]) -> Done<AppSpec> {
    let root = yaml::parse(bytes).map_err(errors::appspec_unreadable)?;
    if root.value == Value::Null {
        return Err(errors::appspec_empty());
    }
    entries(&root, "the document")?;
    version(&root)?;
    os(&root)?;
    Ok(AppSpec {
        hooks: hooks(&root)?,
        files: files(&root)?,
        file_exists_behavior: file_exists_behavior(&root)?,
        permissions: permissions(&root)?,
    })
}

fn version(root: &Node) -> Done<()> {
    let given = find(root, "version");
    match given.is_some_and(scalar::is_zero) {
        true => Ok(()),
        false => Err(errors::version(&shown(given))),
    }
}

/// Windows has an agent of its own.
fn os(root: &Node) -> Done<()> {
    let given = find(root, "os");
    match given.map(|node| &node.value) {
        Some(Value::Text(os)) if os == "linux" => Ok(()),
        Some(Value::Text(os)) if os == "windows" && find(root, "permissions").is_some() => {
            Err(errors::windows_permissions())
        }
        _ => Err(errors::os(&shown(given))),
    }
}

fn shown(node: Option<&Node>) -> String {
    node.and_then(scalar::printed).unwrap_or_default()
}

fn hooks(root: &Node) -> Done<Vec<(String, Vec<Script>)>> {
    let Some(hooks) = find(root, "hooks") else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (event, list) in entries(hooks, "hooks")? {
        if list.value == Value::Null {
            continue;
        }
        let scripts = items(list, &format!("the hook {event}"))?;
        let scripts = scripts.iter().map(script).collect::<Done<Vec<_>>>()?;
        if !scripts.is_empty() {
            found.push((event.clone(), scripts));
        }
    }
    Ok(found)
}

fn script(node: &Node) -> Done<Script> {
    entries(node, "a script")?;
    let location = find(node, "location").ok_or_else(errors::no_location)?;
    let location = scalar::text(location, "the location of a script")?;
    if location.trim().is_empty() {
        return Err(errors::no_location());
    }
    let runas = find(node, "runas").map(|node| scalar::text(node, "runas of a script"));
    let runas = runas.transpose()?.map(|user| user.trim().to_owned());
    Ok(Script {
        location: location.trim().to_owned(),
        timeout: timeout(find(node, "timeout"))?,
        runas: runas.filter(|user| !user.is_empty()),
        sudo: find(node, "sudo").is_some_and(scalar::is_true),
    })
}

/// A text counts as the number it begins with.
fn timeout(node: Option<&Node>) -> Done<Duration> {
    let seconds = match node {
        None => TIMEOUT,
        Some(node) => scalar::integer(node).unwrap_or_else(|| leading(&shown(Some(node)))),
    };
    match u64::try_from(seconds) {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err(errors::timeout()),
    }
}

fn leading(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.chars().take_while(char::is_ascii_digit);
    digits.collect::<String>().parse().unwrap_or(0)
}

fn files(root: &Node) -> Done<Vec<FileMapping>> {
    let Some(files) = find(root, "files") else {
        return Ok(Vec::new());
    };
    items(files, "files")?.iter().map(file).collect()
}

fn file(node: &Node) -> Done<FileMapping> {
    entries(node, "an entry of files")?;
    let text = |key: &str| {
        let found = find(node, key).map(|node| scalar::text(node, &format!("{key} of a file")));
        found.transpose()
    };
    let source = text("source")?.ok_or_else(errors::no_source)?;
    let destination = text("destination")?.ok_or_else(|| errors::no_destination(&source))?;
    Ok(FileMapping {
        source,
        destination,
    })
}

fn file_exists_behavior(root: &Node) -> Done<Option<FileExistsBehavior>> {
    let given = find(root, "file_exists_behavior");
    let given = given.map(|node| FileExistsBehavior::parse(&shown(Some(node))));
    given.transpose()
}

fn permissions(root: &Node) -> Done<Vec<Permission>> {
    let Some(permissions) = find(root, "permissions") else {
        return Ok(Vec::new());
    };
    let permissions = items(permissions, "permissions")?;
    permissions.iter().map(permission).collect()
}

fn permission(node: &Node) -> Done<Permission> {
    entries(node, "a permission")?;
    let text = |key: &str| {
        let found = find(node, key);
        let found = found.map(|node| scalar::text(node, &format!("{key} of a permission")));
        found.transpose()
    };
    let object = text("object")?.ok_or_else(errors::no_object)?;
    if object.trim().is_empty() {
        return Err(errors::no_object());
    }
    let kinds = texts(node, "type")?.unwrap_or_else(|| vec!["file".into(), "directory".into()]);
    let known = |kind: &&String| !["file", "directory"].contains(&kind.as_str());
    if let Some(kind) = kinds.iter().find(known) {
        return Err(errors::object_type(kind));
    }
    Ok(Permission {
        object: object.trim().to_owned(),
        pattern: text("pattern")?.unwrap_or_else(|| ALL.to_owned()),
        except: texts(node, "except")?.unwrap_or_default(),
        files: kinds.iter().any(|kind| kind == "file"),
        directories: kinds.iter().any(|kind| kind == "directory"),
        owner: text("owner")?,
        group: text("group")?,
        mode: find(node, "mode").map(access::mode).transpose()?,
        acls: texts(node, "acls")?
            .map(|list| Acl::parse(&list))
            .transpose()?,
        context: find(node, "context").map(Context::parse).transpose()?,
    })
}

fn texts(node: &Node, key: &str) -> Done<Option<Vec<String>>> {
    let Some(list) = find(node, key) else {
        return Ok(None);
    };
    let what = format!("{key} of a permission");
    let texts = items(list, &what)?.iter();
    texts
        .map(|item| scalar::text(item, &what))
        .collect::<Done<_>>()
        .map(Some)
}
