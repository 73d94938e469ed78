//! Visual Studio TRX: `UnitTestResult` elements, and the definitions that name their classes.

use super::cases::{Case, CaseStatus};
use super::numbers::clock;
use super::parse::{Findings, Read};
use super::xml::{Element, root};
use std::collections::HashMap;

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "TestRun")?;
    let classes = classes(&root);
    let mut cases = Vec::new();
    for results in root.all("Results") {
        for result in results.all("UnitTestResult") {
            rows(result, &classes, &mut cases);
        }
    }
    Ok(Findings::of_cases(cases, None))
}

/// By the id of the test.
fn classes(root: &Element) -> HashMap<&str, &str> {
    let tests = root.all("TestDefinitions");
    let tests = tests.flat_map(|definitions| definitions.all("UnitTest"));
    let named = tests.filter_map(|test| {
        let class = test.first("TestMethod")?.attr("className")?;
        // `Space.Class, Assembly, Version=…`
        let class = class.split(',').next().unwrap_or(class);
        Some((test.attr("id")?, class.trim()))
    });
    named.collect()
}

/// A test that ran once for each row of its data is its rows.
fn rows(result: &Element, classes: &HashMap<&str, &str>, cases: &mut Vec<Case>) {
    let inner = result.first("InnerResults");
    let inner: Vec<&Element> = inner
        .iter()
        .flat_map(|all| all.all("UnitTestResult"))
        .collect();
    if inner.is_empty() {
        cases.push(case(result, classes));
    }
    for row in inner {
        rows(row, classes, cases);
    }
}

fn case(result: &Element, classes: &HashMap<&str, &str>) -> Case {
    let class = result.attr("testId").and_then(|id| classes.get(id));
    Case {
        prefix: class.copied().unwrap_or_default().to_owned(),
        name: result.text_of("testName"),
        status: match result.attr("outcome") {
            Some("Passed") => CaseStatus::Succeeded,
            Some("Failed") => CaseStatus::Failed,
            Some("Error" | "Timeout" | "Aborted") => CaseStatus::Error,
            Some("NotExecuted") => CaseStatus::Skipped,
            _ => CaseStatus::Unknown,
        },
        nanos: clock(result.attr("duration")).unwrap_or(0),
        message: message(result),
        ..Case::default()
    }
}

fn message(result: &Element) -> String {
    let error = result
        .first("Output")
        .and_then(|output| output.first("ErrorInfo"));
    let Some(error) = error else {
        return String::new();
    };
    let texts = [error.content("Message"), error.content("StackTrace")];
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}
