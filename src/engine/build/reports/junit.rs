//! JUnit: `testsuite` elements, alone or in `testsuites`, with `testcase` elements.

use super::cases::{Case, CaseStatus};
use super::numbers::seconds;
use super::parse::{Findings, Read};
use super::xml::{Element, roots};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let roots = roots(bytes, &["testsuites", "testsuite"])?;
    let mut cases = Vec::new();
    let mut nanos = 0u64;
    for root in &roots {
        nanos = nanos.saturating_add(suite(root, &mut cases));
    }
    Ok(Findings::of_cases(cases, Some(nanos)))
}

/// Adds the cases of a suite and of those in it; the duration it states, else that of what is in it.
fn suite(element: &Element, cases: &mut Vec<Case>) -> u64 {
    let mut sum = 0u64;
    for child in &element.children {
        let nanos = match child.name.as_str() {
            "testcase" => {
                let case = case(child, element);
                let nanos = case.nanos;
                cases.push(case);
                nanos
            }
            "testsuite" | "testsuites" => suite(child, cases),
            _ => 0,
        };
        sum = sum.saturating_add(nanos);
    }
    seconds(element.attr("time")).unwrap_or(sum)
}

fn case(element: &Element, suite: &Element) -> Case {
    let suite = suite.attr("name");
    let outcome = element.children.iter().find_map(|child| {
        let status = match child.name.as_str() {
            "error" => CaseStatus::Error,
            "failure" => CaseStatus::Failed,
            "skipped" => CaseStatus::Skipped,
            _ => return None,
        };
        Some((status, message(child)))
    });
    let (status, message) = outcome.unwrap_or((CaseStatus::Succeeded, String::new()));
    let class = element.attr("classname").filter(|class| !class.is_empty());
    Case {
        prefix: class.or(suite).unwrap_or_default().to_owned(),
        name: element.text_of("name"),
        suite: suite.map(str::to_owned),
        status,
        nanos: seconds(element.attr("time")).unwrap_or(0),
        message,
        ..Case::default()
    }
}

/// The attribute `message`, then the text, which often begins with it.
fn message(outcome: &Element) -> String {
    let (short, long) = (
        outcome.attr("message").unwrap_or_default(),
        outcome.text.trim(),
    );
    match (short.is_empty(), long.is_empty()) {
        (true, _) => long.to_owned(),
        (_, true) => short.to_owned(),
        _ => format!("{short}\n{long}"),
    }
}
