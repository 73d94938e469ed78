//! Lists in the README that come from the code.

use super::files;
use slipway::app::App;
use slipway::server::service::{Outcome, Service};
use std::fmt::Write;
use std::fs;

/// Services of ours with the operations that have a handler: name, folder, operations.
pub fn built() -> Vec<(String, String, Vec<String>)> {
    let app = App::in_memory();
    let services = app.directory.services().iter();
    services
        .map(|service| {
            let companion = format!("src/companions/{}", service.name);
            let folder = if files::root().join(&companion).is_dir() {
                companion
            } else {
                format!("src/{}", service.name)
            };
            (service.name.to_owned(), folder, of(service, true))
        })
        .collect()
}

fn of(service: &Service, built: bool) -> Vec<String> {
    let names = service.model().iter();
    let is_built = |name: &str| matches!(service.operation(name), Outcome::Built(..));
    names
        .filter(|name| is_built(name) == built)
        .map(|name| (*name).to_owned())
        .collect()
}

/// For people: a sentence for each service, and the names for who wants to see them.
#[test]
fn the_readme_lists_what_is_built() {
    let app = App::in_memory();
    let mut text = String::new();
    for name in ["CodePipeline", "CodeBuild", "CodeDeploy"] {
        let services = app.directory.services();
        let service = services
            .iter()
            .find(|service| service.name == name.to_lowercase())
            .unwrap();
        write!(text, "{}", of_service(name, service)).unwrap();
    }
    keep("operations", &text);
}

fn of_service(name: &str, service: &Service) -> String {
    let (built, rest) = (of(service, true), of(service, false));
    let all = built.len() + rest.len();
    let sentence = match (built.len(), rest.len()) {
        (_, 0) => format!("**{name}**: all {all} operations are built."),
        (0, _) => format!("**{name}**: none of its {all} operations is built yet."),
        (count, _) => format!("**{name}**: {count} of its {all} operations are built."),
    };
    format!(
        "{sentence}\n\n{}{}",
        folded("Built", &built),
        folded("Answer 501 for now", &rest)
    )
}

/// Names behind a line that can be opened, a few words to a line of its own.
fn folded(title: &str, names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let count = names.len();
    let lines: Vec<String> = groups(names)
        .iter()
        .map(|group| format!("- {}\n", group.join(", ")))
        .collect();
    format!(
        "<details>\n<summary>{title} ({count})</summary>\n\n{}\n</details>\n\n",
        lines.concat()
    )
}

/// Names that begin with the same word stand together.
fn groups(names: &[String]) -> Vec<Vec<String>> {
    let mut sorted = names.to_vec();
    sorted.sort();
    let mut groups: Vec<Vec<String>> = Vec::new();
    for name in sorted {
        match groups.last_mut() {
            Some(group) if first_word(&group[0]) == first_word(&name) => group.push(name),
            _ => groups.push(vec![name]),
        }
    }
    groups
}

fn first_word(name: &str) -> &str {
    let end = name[1..].find(|letter: char| letter.is_ascii_uppercase());
    end.map_or(name, |end| &name[..=end])
}

#[test]
fn the_readme_lists_every_difference_from_aws() {
    let mark = "Differs from AWS: ";
    let mut found: Vec<String> = Vec::new();
    for source in files::under("src") {
        let lines = source
            .text
            .lines()
            .filter(|line| line.trim_start().starts_with("//"));
        found.extend(
            lines
                .filter_map(|line| line.split_once(mark))
                .map(|(_, said)| format!("- {said}\n")),
        );
    }
    found.sort();
    found.dedup();
    keep("differs", &found.concat());
}

/// Compares the part of the README between the marks of this name.
fn keep(name: &str, expected: &str) {
    let path = files::root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let (before, rest) = text.split_once(&begin).expect("the mark at the beginning");
    let (found, after) = rest.split_once(&end).expect("the mark at the end");
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("SLIPWAY_UPDATE").is_some(),
        "README.md, {name}: run SLIPWAY_UPDATE=1 cargo test --test it tidy\n{expected}"
    );
    fs::write(&path, format!("{before}{begin}{expected}{end}{after}")).unwrap();
}
