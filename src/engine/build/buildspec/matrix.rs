//! The strategy `build-matrix`: every combination of the dynamic values is a build.
//!
//! The values that come first in the block change slowest; builds are called `build0`, `build1`, and so on.

use super::batch::{MOST, env, one_or_many};
use super::reader::{Read, entries, flag};
use super::yaml::{Node, YamlError};
use crate::engine::batch::spec::{Task, TaskEnv};

/// Sets one value of a build.
type Set = fn(&mut Task, &str);

/// What one key of the matrix can be, and where it goes.
struct Axis {
    values: Vec<String>,
    put: Put,
}

enum Put {
    Plain(Set),
    Variable(String),
}

pub fn matrix(node: &Node) -> Read<Vec<Task>> {
    entries(node, "batch.build-matrix")?;
    let first = first(node)?;
    let mut tasks = vec![first];
    for axis in axes(node)? {
        if axis.values.is_empty() {
            continue;
        }
        if tasks.len().saturating_mul(axis.values.len()) > MOST {
            return Err(YamlError::new(
                format!("batch.build-matrix: expected at most {MOST} builds"),
                node.line,
            ));
        }
        tasks = tasks
            .iter()
            .flat_map(|task| axis.values.iter().map(|value| axis.put(task, value)))
            .collect();
    }
    for (number, task) in tasks.iter_mut().enumerate() {
        task.identifier = format!("build{number}");
    }
    Ok(tasks)
}

/// What is the same for all builds.
fn first(node: &Node) -> Read<Task> {
    let Some(block) = node.get("static") else {
        return Ok(Task::named(String::new()));
    };
    let path = "batch.build-matrix.static.";
    entries(block, path.trim_end_matches('.'))?;
    let TaskEnv {
        kind, privileged, ..
    } = env(block, path)?;
    Ok(Task {
        ignore_failure: flag(block, "ignore-failure", path)?,
        env: TaskEnv {
            kind,
            privileged,
            ..TaskEnv::default()
        },
        ..Task::named(String::new())
    })
}

fn axes(node: &Node) -> Read<Vec<Axis>> {
    let Some(block) = node.get("dynamic") else {
        return Ok(Vec::new());
    };
    let path = "batch.build-matrix.dynamic.";
    entries(block, path.trim_end_matches('.'))?;
    let mut axes = vec![Axis {
        values: one_or_many(block, "buildspec", path)?,
        put: Put::Plain(|task, value| task.buildspec = Some(value.to_owned())),
    }];
    let Some(block) = block.get("env") else {
        return Ok(axes);
    };
    let path = "batch.build-matrix.dynamic.env.";
    entries(block, path.trim_end_matches('.'))?;
    let plain: [(&str, Set); 2] = [
        ("compute-type", |task, value| {
            task.env.compute = Some(value.to_owned());
        }),
        ("image", |task, value| {
            task.env.image = Some(value.to_owned());
        }),
    ];
    for (key, set) in plain {
        axes.push(Axis {
            values: one_or_many(block, key, path)?,
            put: Put::Plain(set),
        });
    }
    if let Some(variables) = block.get("variables") {
        let path = format!("{path}variables.");
        for (name, _) in entries(variables, path.trim_end_matches('.'))? {
            axes.push(Axis {
                values: one_or_many(variables, name, &path)?,
                put: Put::Variable(name.clone()),
            });
        }
    }
    Ok(axes)
}

impl Axis {
    fn put(&self, task: &Task, value: &str) -> Task {
        let mut task = task.clone();
        match &self.put {
            Put::Plain(set) => set(&mut task, value),
            Put::Variable(name) => task.env.variables.push((name.clone(), value.to_owned())),
        }
        task
    }
}

#[cfg(test)]
mod tests {
    use super::super::batch::batchspec;
    use std::fmt::Write;

    fn shown(block: &str) -> String {
        let text = format!("version: 0.2\nbatch:\n  build-matrix:\n{block}");
        let spec = batchspec(text.as_bytes()).unwrap();
        let mut out = String::new();
        for task in spec.tasks {
            let env = task.env;
            let _ = writeln!(
                out,
                "{} {:?} {:?} {:?} {:?} {}",
                task.identifier,
                task.buildspec,
                env.image,
                env.kind,
                env.variables,
                task.ignore_failure
            );
        }
        out
    }

    // Witness: behaviour contract 11.1: Cartesian product, identifiers build0, build1, …; their order is our reading.
    #[test]
    fn every_combination_is_a_build() {
        let text = shown(
            "    static: {ignore-failure: true, env: {type: ARM_CONTAINER}}\n    dynamic:\n      buildspec: [a.yml, b.yml]\n      env:\n        image: one\n        variables: {X: [1, 2]}\n",
        );
        expect_test::expect![[r#"
            build0 Some("a.yml") Some("one") Some("ARM_CONTAINER") [("X", "1")] true
            build1 Some("a.yml") Some("one") Some("ARM_CONTAINER") [("X", "2")] true
            build2 Some("b.yml") Some("one") Some("ARM_CONTAINER") [("X", "1")] true
            build3 Some("b.yml") Some("one") Some("ARM_CONTAINER") [("X", "2")] true
        "#]]
        .assert_eq(&text);
        assert_eq!(
            shown("    dynamic: {}\n"),
            "build0 None None None [] false\n"
        );
    }

    // Witness: ours: a few lines cannot ask for millions of builds.
    #[test]
    fn products_are_bounded() {
        let ten = "[0,1,2,3,4,5,6,7,8,9]";
        let text = format!(
            "version: 0.2\nbatch:\n  build-matrix:\n    dynamic: {{env: {{variables: {{A: {ten}, B: {ten}, C: {ten}, D: {ten}}}}}}}\n"
        );
        let error = batchspec(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            error,
            "batch.build-matrix: expected at most 1000 builds at line 4"
        );
    }
}
