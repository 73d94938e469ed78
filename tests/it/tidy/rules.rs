//! The numbered invariants, in their order.

use super::files::{self, Source};
use super::{no_line, none};

const SERVICES: [&str; 3] = ["codepipeline", "codebuild", "codedeploy"];

fn everywhere_but(folder: &'static str) -> impl Fn(&Source) -> bool {
    move |source| !source.is_in(folder)
}

#[test]
fn only_the_server_names_http() {
    let words = [
        "hyper::",
        "hyper_util::",
        "http::",
        "http_body::",
        "http_body_util::",
        "tower::",
    ];
    // bollard's bodies are http_body_util's: what a container is given has to be one.
    let outside =
        |source: &Source| !source.is_in("src/server") && !source.is_in("src/sandbox/docker");
    none(no_line(
        outside,
        &words,
        "only server/ names hyper, http or tower",
    ));
}

#[test]
fn engines_name_no_generated_crate_no_service_and_no_server() {
    let words = [
        "_api::",
        "crate::codepipeline",
        "crate::codebuild",
        "crate::codedeploy",
        "crate::server",
        "crate::app",
        "crate::world",
    ];
    let in_engine = |source: &Source| source.is_in("src/engine");
    let mut complaints = no_line(in_engine, &words, "engine/ is pure");
    for source in files::product()
        .iter()
        .filter(|source| source.is_in("src/engine"))
    {
        let generated = source.code().filter(|(_, line)| line.contains("_api::"));
        complaints.extend(generated.map(|(number, _)| {
            format!("{}:{number}: engine/ names a generated crate", source.path)
        }));
    }
    none(complaints);
}

#[test]
fn engines_are_synchronous_but_for_the_shell() {
    // world.rs declares what performers may ask for; it holds no code.
    let shell = [
        "driver.rs",
        "timers.rs",
        "clock.rs",
        "perform.rs",
        "world.rs",
    ];
    let inside = |source: &Source| {
        source.is_in("src/engine")
            && !shell.contains(&source.name())
            && !source.path.contains("/perform/")
            && !source.path.contains("/driver/")
    };
    let words = [
        "async fn",
        "async move",
        "async {",
        ".await",
        "tokio::",
        "tokio_util::",
    ];
    none(no_line(
        inside,
        &words,
        "only the driver, timers, clock and performers are async",
    ));
}

#[test]
fn only_the_clock_reads_time() {
    let inside = |source: &Source| source.is_in("src/engine") && source.name() != "clock.rs";
    let mut complaints = no_line(
        inside,
        &["SystemTime::now", "Instant::now", "Timestamp::now"],
        "only clock.rs reads time",
    );
    // Elsewhere, time measures requests and processes; what users see comes from the clock.
    let shown = |source: &Source| {
        SERVICES
            .iter()
            .chain(&["companions"])
            .any(|folder| source.is_in(&format!("src/{folder}")))
    };
    complaints.extend(no_line(
        shown,
        &["SystemTime::now", "Instant::now", "Timestamp::now"],
        "time is an argument",
    ));
    none(complaints);
}

#[test]
fn services_do_not_import_each_other() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        let others: Vec<String> = SERVICES
            .iter()
            .filter(|other| **other != service)
            .flat_map(|other| [format!("crate::{other}"), format!("{other}_api::")])
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        complaints.extend(no_line(
            |source| source.is_in(&format!("src/{service}")),
            &others,
            "services meet in World",
        ));
    }
    none(complaints);
}

#[test]
fn companions_and_sandboxes_know_neither_services_nor_engines() {
    let words = [
        "crate::engine",
        "crate::codepipeline",
        "crate::codebuild",
        "crate::codedeploy",
        "crate::world",
    ];
    let folders = ["src/companions", "src/git", "src/sandbox"];
    let inside = |source: &Source| folders.iter().any(|folder| source.is_in(folder));
    none(no_line(
        inside,
        &words,
        "companions/ and sandbox/ know neither services nor engines",
    ));
}

#[test]
fn deployments_reach_their_neighbours_by_the_rights_of_a_service_role() {
    // Its `new` makes the door; everything else goes through it.
    let inside = |source: &Source| {
        source.is_in("src/engine/deployment") && source.path != "src/engine/deployment/perform.rs"
    };
    none(no_line(
        inside,
        &["world.companions()"],
        "deployments reach companions through companions/rights.rs",
    ));
}

#[test]
fn only_the_table_names_dashmap_and_only_the_database_names_redb() {
    let mut complaints = no_line(
        |source| source.path != "src/store/table.rs",
        &["dashmap::"],
        "only store/table.rs names dashmap",
    );
    complaints.extend(no_line(
        |source| source.path != "src/store/database.rs" && !source.is_in("src/store/database"),
        &["redb::"],
        "only store/database.rs and its folder name redb",
    ));
    none(complaints);
}

#[test]
fn generated_files_say_that_they_are_generated() {
    let complaints = files::under("generated")
        .into_iter()
        .filter(|source| !source.path.contains("/target/"));
    let complaints =
        complaints.filter(|source| !source.text.starts_with("// generated by `make codegen`"));
    none(
        complaints
            .map(|source| format!("{} does not say so", source.path))
            .collect(),
    );
}

#[test]
fn every_built_operation_has_a_file_of_its_name_and_a_line_in_the_table_of_contents() {
    let mut complaints = Vec::new();
    for (service, folder, built) in super::lists::built() {
        let sources = files::under(&folder);
        for operation in built {
            let name = snake(&operation);
            let file = format!("{folder}/operations/{name}.rs");
            let folder_of_its_own = format!("{folder}/operations/{name}/mod.rs");
            if !sources
                .iter()
                .any(|source| source.path == file || source.path == folder_of_its_own)
            {
                complaints.push(format!("{service}: {operation} has no {file}"));
            }
            if !sources
                .iter()
                .any(|source| source.text.contains(&format!(".{name}({name})")))
            {
                complaints.push(format!("{service}: no line .{name}({name})"));
            }
        }
    }
    none(complaints);
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let without = |source: &&Source| !source.text.starts_with("//!");
    let sources = [
        files::under("src"),
        files::under("tests"),
        files::under("benches"),
        files::under("codegen"),
    ]
    .concat_all();
    none(
        sources
            .iter()
            .filter(without)
            .map(|source| format!("{} has no //! at its top", source.path))
            .collect(),
    );
}

#[test]
fn files_stay_small() {
    let long = |source: &&Source| {
        // A list of wordings is one noun, however long.
        let most = if source.name() == "errors.rs" {
            700
        } else {
            450
        };
        let lines = source.code().filter(|(_, line)| !line.trim().is_empty());
        lines.count() > most
    };
    let complaint = |source: &Source| format!("{} holds two nouns", source.path);
    none(
        files::product()
            .iter()
            .filter(long)
            .map(complaint)
            .collect(),
    );
}

#[test]
fn nothing_is_left_to_do() {
    let words = ["todo!(", "unimplemented!(", "dbg!("];
    none(no_line(everywhere_but("src/nowhere"), &words, "finish it"));
}

#[test]
fn every_built_operation_has_a_test() {
    let mut complaints = Vec::new();
    for (service, folder, built) in super::lists::built() {
        let tests = folder.replace("src/", "tests/it/");
        let mut sources = files::under(&tests);
        sources.extend(
            files::under("tests/it")
                .into_iter()
                .filter(|source| source.path == format!("{tests}.rs")),
        );
        // A service whose tests are still to come is told by its clients' tests alone.
        let silent =
            |operation: &&String| !sources.iter().any(|source| names(&source.text, operation));
        let missing = built.iter().filter(|_| !sources.is_empty()).filter(silent);
        complaints.extend(
            missing.map(|operation| format!("{service}: no test in {tests} names {operation}")),
        );
    }
    none(complaints);
}

/// Whether the text holds the name as a whole word at its end: `"CodeBuild_20161006.StartBuild"`, `Action=StartBuild&`.
fn names(text: &str, operation: &str) -> bool {
    let goes_on = |rest: &str| rest.chars().next().is_some_and(char::is_alphanumeric);
    let mut places = text.match_indices(operation);
    places.any(|(at, _)| !goes_on(&text[at + operation.len()..]))
}

#[test]
fn the_search_finds_what_is_there() {
    let server = |source: &Source| source.is_in("src/server");
    assert!(!no_line(server, &["http::"], "").is_empty());
    assert!(no_line(server, &["ttp::"], "").is_empty());
    assert!(!no_line(|source| source.name() == "driver.rs", &["async fn"], "").is_empty());
    assert!(
        files::product()
            .iter()
            .all(|source| !source.product().contains("#[tokio::test]"))
    );
}

trait Concat {
    fn concat_all(self) -> Vec<Source>;
}

impl<const N: usize> Concat for [Vec<Source>; N] {
    fn concat_all(self) -> Vec<Source> {
        self.into_iter().flatten().collect()
    }
}
