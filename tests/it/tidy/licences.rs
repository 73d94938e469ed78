//! Licences of everything the binary is made of: permissive ones only.
//!
//! What counts is what cargo would build here, tests and benchmarks included.

use super::{files, none};
use serde_json::Value;
use std::process::Command;

/// SPDX identifiers that ask for no more than a notice.
const PERMISSIVE: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BlueOak-1.0.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

// Witness: architecture.md §7, "cargo deny"; the habit "dependencies only if permissive".
#[test]
fn every_dependency_has_a_permissive_licence() {
    let packages = packages();
    assert!(packages.len() > 100, "{} packages", packages.len());
    none(packages.iter().filter_map(complaint).collect());
}

/// Nothing is asked of a network: what is built here has been fetched.
fn packages() -> Vec<Value> {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(files::root())
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "cargo {arguments:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    };
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    // Packages for other systems need not be on this machine.
    let metadata = cargo(&[
        "metadata",
        "--offline",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        host.expect("cargo names its host"),
    ]);
    let mut metadata: Value = serde_json::from_str(&metadata).unwrap();
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("{other}"),
    }
}

fn complaint(package: &Value) -> Option<String> {
    let name = format!("{} {}", package["name"], package["version"]).replace('"', "");
    match package["license"].as_str() {
        None => Some(format!("{name} names no licence")),
        Some(licence) => match is_permissive(licence) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name} is licensed as {licence}")),
            Err(what) => Some(format!("{name}: {licence:?}: {what}")),
        },
    }
}

/// Whether the expression can be met by permissive licences alone. Old manifests write a slash for OR.
fn is_permissive(expression: &str) -> Result<bool, String> {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let permissive = any(&mut words)?;
    match words.next() {
        None => Ok(permissive),
        Some(word) => Err(format!("unexpected {word}")),
    }
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words) -> Result<bool, String> {
    let mut found = all(words)?;
    while words.next_if_eq(&"OR").is_some() {
        found |= all(words)?;
    }
    Ok(found)
}

fn all(words: &mut Words) -> Result<bool, String> {
    let mut found = one(words)?;
    while words.next_if_eq(&"AND").is_some() {
        found &= one(words)?;
    }
    Ok(found)
}

fn one(words: &mut Words) -> Result<bool, String> {
    match words.next() {
        Some("(") => {
            let found = any(words)?;
            match words.next() {
                Some(")") => Ok(found),
                other => Err(format!("expected ) instead of {other:?}")),
            }
        }
        None | Some("OR" | "AND" | "WITH" | ")") => Err("expected a licence".to_owned()),
        Some(licence) => {
            let mut licence = licence.to_owned();
            if words.next_if_eq(&"WITH").is_some() {
                let exception = words.next().ok_or("expected an exception")?;
                licence.push_str(&format!(" WITH {exception}"));
            }
            Ok(PERMISSIVE.contains(&licence.as_str()))
        }
    }
}

// Witness: SPDX 2.3, annex D: AND binds more tightly than OR.
#[test]
fn expressions_are_read_as_spdx_means_them() {
    for (expression, permissive) in [
        ("MIT", true),
        ("MIT OR GPL-3.0-only", true),
        ("GPL-3.0-only/MIT", true),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR GPL-3.0-only) AND ISC", true),
        ("GPL-3.0-only OR MIT AND MPL-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("MIT WITH Something-exception", false),
        ("AGPL-3.0-or-later", false),
    ] {
        assert_eq!(is_permissive(expression), Ok(permissive), "{expression}");
    }
    for broken in ["", "MIT OR", "(MIT", "MIT ISC", "MIT)", "MIT WITH"] {
        assert!(is_permissive(broken).is_err(), "{broken}");
    }
}

#[test]
fn what_is_not_permissive_is_named() {
    let package =
        |licence: Value| serde_json::json!({"name": "x", "version": "1.2.3", "license": licence});
    let said = |licence: Value| complaint(&package(licence)).unwrap_or_default();
    assert_eq!(
        said("GPL-2.0-only".into()),
        "x 1.2.3 is licensed as GPL-2.0-only"
    );
    assert_eq!(said(Value::Null), "x 1.2.3 names no licence");
    assert_eq!(said("MIT".into()), "");
}
