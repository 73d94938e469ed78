//! Which versions of runtimes a buildspec wants of its image, and the commands that select them.
//!
//! An image says in `runtimes.yml` what it has. Pure: texts in, commands or a failure out.
//!
//! Source: contract, codebuild sections 4.4, 5.2 and 12.6.

use super::buildspec::yaml::{self, Node, Value};
use super::event::Failure;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Where images that let runtimes be selected say what they have.
pub const FILE: &str = "/codebuild/image/config/runtimes.yml";

/// Its largest size in bytes.
pub const LARGEST: u64 = yaml::MAX_BYTES as u64;

/// What an image has, by runtime.
type Offered = BTreeMap<String, Vec<Version>>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Version {
    name: String,
    commands: Vec<String>,
    /// Other runtimes, and the versions of them that it can work with.
    requires: Vec<(String, Vec<String>)>,
}

/// A runtime that the build gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    pub runtime: String,
    pub version: String,
    pub commands: Vec<String>,
}

/// What is wanted, in the order of the buildspec; what a version requires comes before it.
pub fn select(file: &[u8], wanted: &[(String, String)]) -> Result<Vec<Selected>, Failure> {
    let offered = offered(file);
    let mut chosen: Vec<(&str, &Version)> = Vec::new();
    for (runtime, version) in wanted {
        let Some((name, versions)) = offered.get_key_value(runtime.as_str()) else {
            let all: Vec<&str> = offered.keys().map(String::as_str).collect();
            return Err(Failure::yaml(format!(
                "Unknown runtime named '{runtime}'. This build image has the following runtimes: {}",
                all.join(", ")
            )));
        };
        chosen.push((name.as_str(), find(runtime, versions, version)?));
    }
    let mut all: Vec<(&str, &Version)> = Vec::new();
    for &(runtime, version) in &chosen {
        for (other, fitting) in &version.requires {
            let found = chosen.iter().find(|(name, _)| name == other);
            match found {
                Some((_, other)) if fitting.contains(&other.name) => {}
                Some((name, other)) => {
                    return Err(conflict(runtime, version, name, fitting, &other.name));
                }
                None => {
                    let Some((name, versions)) = offered.get_key_value(other) else {
                        continue;
                    };
                    let first = fitting.first().map_or("latest", String::as_str);
                    let implied = find(other, versions, first)?;
                    if all.iter().all(|(known, _)| known != name) {
                        all.push((name.as_str(), implied));
                    }
                }
            }
        }
        all.push((runtime, version));
    }
    let selected = all.into_iter().map(|(runtime, version)| Selected {
        runtime: runtime.to_owned(),
        version: version.name.clone(),
        commands: version.commands.clone(),
    });
    Ok(selected.collect())
}

fn conflict(
    runtime: &str,
    version: &Version,
    other: &str,
    fitting: &[String],
    found: &str,
) -> Failure {
    Failure::yaml(format!(
        "Runtime {runtime} version {} requires {other} version {}, but version {found} is selected",
        version.name,
        fitting.join(" or ")
    ))
}

/// The version itself, the newest of a beginning such as `3.x`, or the newest of all.
fn find<'a>(runtime: &str, versions: &'a [Version], wanted: &str) -> Result<&'a Version, Failure> {
    let exact = versions.iter().find(|version| version.name == wanted);
    let newest = |begin: &str| {
        let fitting = versions.iter().filter(|of| of.name.starts_with(begin));
        fitting.max_by(|a, b| by_age(&a.name, &b.name))
    };
    let found = exact.or_else(|| match wanted {
        "latest" => newest(""),
        _ => wanted.strip_suffix('x').and_then(newest),
    });
    found.ok_or_else(|| {
        let names: Vec<&str> = versions.iter().map(|of| of.name.as_str()).collect();
        Failure::yaml(format!(
            "Unknown runtime version named '{wanted}' of {runtime}. This build image has the following versions: {}",
            names.join(", ")
        ))
    })
}

/// Numbers within names count as numbers: `3.9` is older than `3.12`.
fn by_age(a: &str, b: &str) -> Ordering {
    let numbers = |name: &str| -> Vec<u64> {
        let parts = name.split(|letter: char| !letter.is_ascii_digit());
        parts.filter_map(|part| part.parse().ok()).collect()
    };
    numbers(a).cmp(&numbers(b)).then_with(|| a.cmp(b))
}

/// A file that cannot be read offers nothing.
fn offered(file: &[u8]) -> Offered {
    let Ok(root) = yaml::parse(file) else {
        return Offered::new();
    };
    let runtimes = members(root.get("runtimes"));
    let versions = |runtime: &Node| {
        let versions = members(runtime.get("versions"));
        versions
            .iter()
            .map(|(name, node)| version(name, node))
            .collect()
    };
    runtimes
        .iter()
        .map(|(name, node)| (name.clone(), versions(node)))
        .collect()
}

fn version(name: &str, node: &Node) -> Version {
    let requires = members(node.get("requires"));
    Version {
        name: name.to_owned(),
        commands: texts(node.get("commands")),
        requires: requires
            .iter()
            .map(|(other, versions)| (other.clone(), texts(Some(versions))))
            .collect(),
    }
}

fn members(node: Option<&Node>) -> &[(String, Node)] {
    match node.map(|node| &node.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    let text = |node: &Node| match &node.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(text).collect(),
        Some(Value::Text(text)) => vec![text.clone()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IMAGE: &str = r#"version: 0.1
runtimes:
  android:
    versions:
      28:
        requires:
          java: ["corretto8", "corretto11"]
        commands: ['echo android']
  java:
    versions:
      corretto8: {commands: ['export JAVA_HOME=8']}
      corretto11: {commands: ['export JAVA_HOME=11']}
      corretto17: {commands: []}
  python:
    versions:
      3.9: {commands: ['pyenv global 3.9']}
      3.12: {commands: ['echo 3.12', 'pyenv global 3.12']}
"#;

    #[track_caller]
    fn check(wanted: &[(&str, &str)], expected: Result<&str, &str>) {
        let wanted: Vec<(String, String)> = wanted
            .iter()
            .map(|(name, version)| ((*name).to_owned(), (*version).to_owned()))
            .collect();
        let said = select(IMAGE.as_bytes(), &wanted).map(|all| {
            let words = all
                .iter()
                .map(|of| format!("{} {}", of.runtime, of.version));
            words.collect::<Vec<_>>().join(", ")
        });
        let said = said.map_err(|failure| {
            assert_eq!(failure.context.code, "YAML_FILE_ERROR");
            failure.context.message
        });
        assert_eq!(said, expected.map(str::to_owned).map_err(str::to_owned));
    }

    // Witness: behaviour contract 5.2: `corretto17`, `3.x`, `latest`; runtimes.yml of the published images.
    #[test]
    fn versions_are_found_by_name_beginning_or_age() {
        check(&[("python", "3.9")], Ok("python 3.9"));
        check(&[("python", "3.x")], Ok("python 3.12"));
        check(&[("python", "latest")], Ok("python 3.12"));
        check(&[("java", "latest")], Ok("java corretto17"));
        check(
            &[("python", "3.12"), ("java", "corretto8")],
            Ok("python 3.12, java corretto8"),
        );
        check(&[], Ok(""));
        let one = select(IMAGE.as_bytes(), &[("python".into(), "3.12".into())]).unwrap();
        assert_eq!(one[0].commands, ["echo 3.12", "pyenv global 3.12"]);
    }

    // Witness: behaviour contract 5.2: two runtimes needing conflicting versions.
    #[test]
    fn what_a_version_requires_is_selected_before_it_or_must_fit() {
        check(&[("android", "28")], Ok("java corretto8, android 28"));
        check(
            &[("android", "28"), ("java", "corretto11")],
            Ok("android 28, java corretto11"),
        );
        check(
            &[("java", "corretto17"), ("android", "28")],
            Err(
                "Runtime android version 28 requires java version corretto8 or corretto11, but version corretto17 is selected",
            ),
        );
    }

    // Witness: behaviour contract 4.4: `Unknown runtime named …`; the message about versions is our reading.
    #[test]
    fn what_the_image_has_not_is_told_with_what_it_has() {
        check(
            &[("perl", "5")],
            Err(
                "Unknown runtime named 'perl'. This build image has the following runtimes: android, java, python",
            ),
        );
        check(
            &[("python", "2.x")],
            Err(
                "Unknown runtime version named '2.x' of python. This build image has the following versions: 3.9, 3.12",
            ),
        );
        for odd in [
            "",
            "[",
            "runtimes: 3",
            "runtimes: {python: {versions: [1]}}",
        ] {
            assert!(select(odd.as_bytes(), &[("python".into(), "3".into())]).is_err());
        }
    }
}
