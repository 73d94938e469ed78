//! NUnit 3: `test-run` with suites in suites, and `test-case` elements.

use super::cases::{Case, CaseStatus};
use super::numbers::seconds;
use super::nunit::message;
use super::parse::{Findings, Read};
use super::xml::{Element, root};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "test-run")?;
    let mut cases = Vec::new();
    suites(&root, None, &mut cases);
    Ok(Findings::of_cases(cases, seconds(root.attr("duration"))))
}

fn suites(element: &Element, suite: Option<&str>, cases: &mut Vec<Case>) {
    for child in &element.children {
        match child.name.as_str() {
            "test-case" => cases.push(case(child, suite)),
            "test-suite" => suites(child, child.attr("name").or(suite), cases),
            _ => {}
        }
    }
}

fn case(element: &Element, suite: Option<&str>) -> Case {
    let name = element.attr("fullname").or(element.attr("name"));
    let class = element.attr("classname").or(suite);
    Case {
        prefix: class.unwrap_or_default().to_owned(),
        name: name.unwrap_or_default().to_owned(),
        suite: suite.map(str::to_owned),
        status: status(element),
        nanos: seconds(element.attr("duration")).unwrap_or(0),
        message: message(element),
        ..Case::default()
    }
}

/// Inconclusive is an error, as in files of NUnit 2.
fn status(element: &Element) -> CaseStatus {
    match (element.attr("result"), element.attr("label")) {
        (Some("Passed" | "Warning"), _) => CaseStatus::Succeeded,
        (Some("Failed"), Some("Error" | "Invalid" | "Cancelled")) => CaseStatus::Error,
        (Some("Failed"), _) => CaseStatus::Failed,
        (Some("Skipped"), _) => CaseStatus::Skipped,
        (Some("Inconclusive"), _) => CaseStatus::Error,
        _ => CaseStatus::Unknown,
    }
}
