//! The block `batch`: what a batch of builds consists of.
//!
//! Every strategy comes out as one list of tasks; a graph's dependencies exist and have no cycle.

use super::matrix::matrix;
use super::reader::{Read, entries, flag, items, optional_text, pairs, text, texts};
use super::yaml::{self, Node, Value, YamlError};
use crate::engine::batch::spec::{BATCHSPEC, BatchSpec, Shard, Task, TaskEnv};
use std::collections::{BTreeMap, BTreeSet};

/// At most this many builds come out of one block, whatever the project allows.
pub(super) const MOST: usize = 1_000;
const LONGEST: usize = 127;

/// Reads one strategy's part of the block.
type Strategy = fn(&Node) -> Read<Vec<Task>>;

/// The strategies by their key.
const STRATEGIES: [(&str, Strategy); 4] = [
    ("build-list", list),
    ("build-graph", graph),
    ("build-matrix", matrix),
    ("build-fanout", fanout),
];

/// The batch of a buildspec, or the message of a YAML_FILE_ERROR. Phases may be absent: tasks may have buildspecs of their own.
pub fn batchspec(bytes: &[u8]) -> Read<BatchSpec> {
    let root = yaml::parse(bytes)?;
    super::parse::version(&root)?;
    let Some(block) = root.get("batch") else {
        return Err(YamlError::new(
            "batch: expected a block batch in the buildspec of a batch",
            root.line,
        ));
    };
    entries(block, "batch")?;
    let fast_fail = flag(block, "fast-fail", "batch.")?;
    let present = STRATEGIES
        .iter()
        .filter_map(|(key, read)| Some((block.get(key)?, *read)));
    let present: Vec<(&Node, Strategy)> = present.collect();
    let [(node, read)] = present.as_slice() else {
        return Err(YamlError::new(
            format!(
                "batch: expected exactly one of build-list,build-graph,build-matrix,build-fanout, found {}",
                present.len()
            ),
            block.line,
        ));
    };
    let tasks = read(node)?;
    check_identifiers(&tasks, node.line)?;
    Ok(BatchSpec { fast_fail, tasks })
}

fn list(node: &Node) -> Read<Vec<Task>> {
    let tasks = tasks(node, "batch.build-list")?;
    match tasks.iter().find(|task| !task.depends_on.is_empty()) {
        Some(task) => Err(YamlError::new(
            format!(
                "batch.build-list: {} depends on others, which only build-graph offers",
                task.identifier
            ),
            node.line,
        )),
        None => Ok(tasks),
    }
}

fn graph(node: &Node) -> Read<Vec<Task>> {
    let tasks = tasks(node, "batch.build-graph")?;
    check_dependencies(&tasks, node.line)?;
    Ok(tasks)
}

fn tasks(node: &Node, path: &str) -> Read<Vec<Task>> {
    let items = items(node, path)?;
    if items.is_empty() || items.len() > MOST {
        return Err(YamlError::new(
            format!("{path}: expected 1 to {MOST} builds, found {}", items.len()),
            node.line,
        ));
    }
    items.iter().map(|item| task(item, path)).collect()
}

fn task(node: &Node, path: &str) -> Read<Task> {
    let path = format!("{path}.");
    entries(node, path.trim_end_matches('.'))?;
    let Some(identifier) = optional_text(node, "identifier", &path)? else {
        return Err(YamlError::new(
            format!("{path}identifier is required"),
            node.line,
        ));
    };
    Ok(Task {
        identifier,
        depends_on: texts(node, "depend-on", &path)?,
        ignore_failure: flag(node, "ignore-failure", &path)?,
        buildspec: optional_text(node, "buildspec", &path)?,
        debug_session: flag(node, "debug-session", &path)?,
        env: env(node, &path)?,
        shard: None,
    })
}

/// The block `env` of a task or of a matrix's static part.
pub(super) fn env(node: &Node, path: &str) -> Read<TaskEnv> {
    let Some(block) = node.get("env") else {
        return Ok(TaskEnv::default());
    };
    let path = format!("{path}env.");
    entries(block, path.trim_end_matches('.'))?;
    let env = TaskEnv {
        compute: optional_text(block, "compute-type", &path)?,
        fleet: optional_text(block, "fleet", &path)?,
        image: optional_text(block, "image", &path)?,
        privileged: match block.get("privileged-mode") {
            Some(_) => Some(flag(block, "privileged-mode", &path)?),
            None => None,
        },
        kind: optional_text(block, "type", &path)?,
        variables: pairs(block, "variables", &path)?,
    };
    match (&env.compute, &env.fleet) {
        (Some(_), Some(_)) => Err(YamlError::new(
            format!("{path}fleet and {path}compute-type exclude each other"),
            block.line,
        )),
        _ => Ok(env),
    }
}

fn fanout(node: &Node) -> Read<Vec<Task>> {
    let path = "batch.build-fanout.";
    entries(node, path.trim_end_matches('.'))?;
    let given = match node.get("parallelism") {
        Some(node) => text(node, "batch.build-fanout.parallelism")?,
        None => String::new(),
    };
    let Some(count) = given
        .parse::<u32>()
        .ok()
        .filter(|count| (1..=MOST).contains(&(*count as usize)))
    else {
        return Err(YamlError::new(
            format!("{path}parallelism: expected a number from 1 to {MOST}, found {given:?}"),
            node.line,
        ));
    };
    let ignore_failure = flag(node, "ignore-failure", path)?;
    let numbered = (0..count).map(|index| Task {
        ignore_failure,
        shard: Some(Shard { index, of: count }),
        ..Task::named(format!("build{index}"))
    });
    Ok(numbered.collect())
}

fn check_identifiers(tasks: &[Task], line: usize) -> Read<()> {
    let mut seen = BTreeSet::from([BATCHSPEC]);
    for task in tasks {
        let name = task.identifier.as_str();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.len() > LONGEST || !name.bytes().all(allowed) {
            return Err(YamlError::new(
                format!(
                    "batch: expected identifiers of 1 to {LONGEST} letters, digits and underscores, found {name:?}"
                ),
                line,
            ));
        }
        if !seen.insert(name) {
            return Err(YamlError::new(
                format!("batch: the identifier {name} is used more than once"),
                line,
            ));
        }
    }
    Ok(())
}

/// All names are there, and no build waits for itself.
fn check_dependencies(tasks: &[Task], line: usize) -> Read<()> {
    let names: BTreeSet<&str> = tasks.iter().map(|task| task.identifier.as_str()).collect();
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for task in tasks {
        for name in &task.depends_on {
            if !names.contains(name.as_str()) {
                return Err(YamlError::new(
                    format!(
                        "batch.build-graph: {} depends on {name}, which is not there",
                        task.identifier
                    ),
                    line,
                ));
            }
        }
        let on = task.depends_on.iter().map(String::as_str).collect();
        waiting.insert(&task.identifier, on);
    }
    loop {
        let ready: BTreeSet<&str> = waiting
            .iter()
            .filter(|(_, on)| on.is_empty())
            .map(|(name, _)| *name)
            .collect();
        if ready.is_empty() {
            break;
        }
        waiting.retain(|name, _| !ready.contains(name));
        waiting
            .values_mut()
            .for_each(|on| on.retain(|name| !ready.contains(name)));
    }
    match waiting.keys().next() {
        Some(name) => Err(YamlError::new(
            format!("batch.build-graph: {name} is part of a cycle, or depends on one"),
            line,
        )),
        None => Ok(()),
    }
}

/// One value, or a list of them.
pub(super) fn one_or_many(parent: &Node, key: &str, path: &str) -> Read<Vec<String>> {
    match parent.get(key) {
        Some(node) if matches!(node.value, Value::Text(_)) => {
            Ok(vec![text(node, &format!("{path}{key}"))?])
        }
        _ => texts(parent, key, path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(block: &str) -> Read<BatchSpec> {
        batchspec(format!("version: 0.2\nbatch:\n{block}").as_bytes())
    }

    fn said(block: &str) -> String {
        read(block).unwrap_err().to_string()
    }

    fn names(spec: &BatchSpec) -> Vec<&str> {
        spec.tasks
            .iter()
            .map(|task| task.identifier.as_str())
            .collect()
    }

    // Witness: behaviour contract 11.1, task keys.
    #[test]
    fn a_graph_is_read_with_all_its_keys() {
        let spec = read(
            "  fast-fail: yes\n  build-graph:\n    - identifier: one\n      buildspec: one.yml\n      debug-session: true\n      env:\n        compute-type: BUILD_GENERAL1_LARGE\n        image: other\n        privileged-mode: true\n        type: LINUX_CONTAINER\n        variables: {A: 1}\n    - identifier: two\n      depend-on: [one]\n      ignore-failure: true\n",
        )
        .unwrap();
        assert!(spec.fast_fail);
        let [one, two] = spec.tasks.as_slice() else {
            panic!("{spec:?}");
        };
        assert_eq!(one.buildspec.as_deref(), Some("one.yml"));
        assert!(one.debug_session && !one.ignore_failure);
        assert_eq!(one.env.compute.as_deref(), Some("BUILD_GENERAL1_LARGE"));
        assert_eq!(one.env.image.as_deref(), Some("other"));
        assert_eq!(one.env.privileged, Some(true));
        assert_eq!(one.env.kind.as_deref(), Some("LINUX_CONTAINER"));
        assert_eq!(one.env.variables, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(two.depends_on, ["one"]);
        assert!(two.ignore_failure);
        assert_eq!(two.env, TaskEnv::default());
    }

    // Witness: behaviour contract 11.1: parallelism is required; identifiers of equal builds are our reading.
    #[test]
    fn a_fanout_is_so_many_equal_builds() {
        let spec = read("  build-fanout: {parallelism: 3, ignore-failure: true}\n").unwrap();
        assert_eq!(names(&spec), ["build0", "build1", "build2"]);
        assert!(spec.tasks.iter().all(|task| task.ignore_failure));
        for wrong in [
            "{}",
            "{parallelism: 0}",
            "{parallelism: x}",
            "{parallelism: 1001}",
        ] {
            let text = said(&format!("  build-fanout: {wrong}\n"));
            assert!(text.contains("parallelism: expected a number"), "{text}");
        }
    }

    // Witness: behaviour contract 11.1: exactly one strategy; the words are ours.
    #[test]
    fn exactly_one_strategy_is_wanted() {
        let none = batchspec(b"version: 0.2\nphases: {}\n").unwrap_err();
        assert_eq!(
            none.to_string(),
            "batch: expected a block batch in the buildspec of a batch at line 1"
        );
        assert!(said("  fast-fail: no\n").contains("found 0 at line 3"));
        let two = "  build-fanout: {parallelism: 1}\n  build-list: [{identifier: a}]\n";
        assert!(said(two).contains("found 2 at line 3"));
    }

    // Witness: behaviour contract 11.1: cycles and unknown names; the words are ours.
    #[test]
    fn what_cannot_be_ordered_is_refused() {
        let graph = |tasks: &str| said(&format!("  build-graph: [{tasks}]\n"));
        assert_eq!(
            graph("{identifier: a, depend-on: [b]}"),
            "batch.build-graph: a depends on b, which is not there at line 3"
        );
        assert_eq!(
            graph("{identifier: a, depend-on: [b]}, {identifier: b, depend-on: [a]}"),
            "batch.build-graph: a is part of a cycle, or depends on one at line 3"
        );
        assert!(graph("{identifier: a, depend-on: [a]}").contains("cycle"));
        let list = said("  build-list: [{identifier: a}, {identifier: b, depend-on: [a]}]\n");
        assert!(list.contains("only build-graph offers"), "{list}");
    }

    // Witness: behaviour contract 11.1: unique, `[A-Za-z0-9_]`, less than 128; the words are ours.
    #[test]
    fn identifiers_are_names_and_used_once() {
        let list = |name: &str| read(&format!("  build-list: [{{identifier: {name}}}]\n"));
        assert!(list(&"a".repeat(127)).is_ok());
        for wrong in ["a-b", "é", &"a".repeat(128), "DOWNLOAD_SOURCE"] {
            assert!(list(wrong).is_err(), "{wrong}");
        }
        assert!(
            said("  build-list: [{identifier: a}, {identifier: a}]\n").contains("more than once")
        );
        assert!(said("  build-list: [{buildspec: a}]\n").contains("identifier is required"));
        assert!(said("  build-list: []\n").contains("expected 1 to 1000 builds"));
        assert!(
            said("  build-list: [{identifier: a, env: {fleet: f, compute-type: c}}]\n")
                .contains("exclude each other")
        );
    }
}
