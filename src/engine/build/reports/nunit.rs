//! NUnit 2: `test-results` with suites in suites, and `test-case` elements with full names.

use super::cases::{Case, CaseStatus};
use super::numbers::seconds;
use super::parse::{Findings, Read};
use super::xml::{Element, root};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "test-results")?;
    let mut cases = Vec::new();
    suites(&root, None, &mut cases);
    let stated = root.first("test-suite");
    let stated = stated.and_then(|suite| seconds(suite.attr("time")));
    Ok(Findings::of_cases(cases, stated))
}

fn suites(element: &Element, suite: Option<&str>, cases: &mut Vec<Case>) {
    let suite = match element.name.as_str() {
        "test-suite" => element.attr("name").or(suite),
        _ => suite,
    };
    for child in &element.children {
        match child.name.as_str() {
            "test-case" => cases.push(case(child, suite)),
            _ => suites(child, suite, cases),
        }
    }
}

fn case(element: &Element, suite: Option<&str>) -> Case {
    let name = element.text_of("name");
    Case {
        prefix: fixture(&name).or(suite).unwrap_or_default().to_owned(),
        suite: suite.map(str::to_owned),
        status: status(element),
        nanos: seconds(element.attr("time")).unwrap_or(0),
        message: message(element),
        name,
        ..Case::default()
    }
}

/// The class in a full name: what stands before the last dot that is not among the arguments.
fn fixture(name: &str) -> Option<&str> {
    let method = name.split('(').next().unwrap_or(name);
    method.rsplit_once('.').map(|(fixture, _)| fixture)
}

/// Files of older versions have no `result`.
fn status(element: &Element) -> CaseStatus {
    let is = |name: &str, value: &str| {
        let found = element.attr(name);
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    match element.attr("result") {
        Some("Success") => CaseStatus::Succeeded,
        Some("Failure") => CaseStatus::Failed,
        Some("Error" | "NotRunnable" | "Inconclusive" | "Cancelled") => CaseStatus::Error,
        Some("Ignored" | "Skipped") => CaseStatus::Skipped,
        Some(_) => CaseStatus::Unknown,
        None if is("executed", "False") => CaseStatus::Skipped,
        None if is("success", "True") => CaseStatus::Succeeded,
        None if is("success", "False") => CaseStatus::Failed,
        None => CaseStatus::Unknown,
    }
}

/// Message and stack trace, each with a line break after it.
pub fn message(case: &Element) -> String {
    let reason = case.first("failure").or_else(|| case.first("reason"));
    let Some(reason) = reason else {
        return String::new();
    };
    let texts = [reason.content("message"), reason.content("stack-trace")];
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    texts.map(|text| format!("{text}\n")).collect()
}
