//! TestNG: `testng-results` with suites, tests, classes and `test-method` elements; methods that only prepare are no cases.

use super::cases::{Case, CaseStatus};
use super::numbers::millis;
use super::parse::{Findings, Read};
use super::xml::{Element, root};

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let root = root(bytes, "testng-results")?;
    let mut cases = Vec::new();
    let mut stated = None;
    for suite in root.all("suite") {
        let nanos = millis(suite.attr("duration-ms"));
        stated = nanos
            .map(|nanos| nanos.saturating_add(stated.unwrap_or(0)))
            .or(stated);
        for class in suite.below("class") {
            let methods = class.all("test-method");
            let tests = methods.filter(|method| method.attr("is-config") != Some("true"));
            cases.extend(tests.map(|method| case(method, class, suite)));
        }
    }
    Ok(Findings::of_cases(cases, stated))
}

fn case(method: &Element, class: &Element, suite: &Element) -> Case {
    let name = method.attr("name").or(method.attr("signature"));
    Case {
        prefix: class.text_of("name"),
        name: name.unwrap_or_default().to_owned(),
        suite: suite.attr("name").map(str::to_owned),
        status: match method.attr("status") {
            Some("PASS") => CaseStatus::Succeeded,
            Some("FAIL") => CaseStatus::Failed,
            Some("SKIP") => CaseStatus::Skipped,
            _ => CaseStatus::Unknown,
        },
        nanos: millis(method.attr("duration-ms")).unwrap_or(0),
        message: message(method),
        ..Case::default()
    }
}

fn message(method: &Element) -> String {
    let Some(exception) = method.first("exception") else {
        return String::new();
    };
    let texts = [
        exception.content("message"),
        exception.content("full-stacktrace"),
    ];
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}
