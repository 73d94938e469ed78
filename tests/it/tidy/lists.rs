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

#[test]
fn the_readme_lists_what_is_built() {
    let app = App::in_memory();
    let mut table = "| service | built | answers 501 for now |\n|---|---|---|\n".to_owned();
    for name in ["CodePipeline", "CodeBuild", "CodeDeploy"] {
        let services = app.directory.services();
        let service = services
            .iter()
            .find(|service| service.name == name.to_lowercase())
            .unwrap();
        let (built, rest) = (of(service, true), of(service, false));
        let cell = |names: &[String]| {
            if names.is_empty() {
                "–".to_owned()
            } else {
                names.join(", ")
            }
        };
        writeln!(
            table,
            "| {name}, {} of {} | {} | {} |",
            built.len(),
            built.len() + rest.len(),
            cell(&built),
            cell(&rest)
        )
        .unwrap();
    }
    keep("operations", &table);
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
