//! Cucumber JSON: features with scenarios with steps. A background is no case, but its steps are part of the scenario after it.

use super::cases::{Case, CaseStatus};
use super::json::{list, object, text, value};
use super::parse::{Findings, Read};
use serde_json::Value;

pub fn parse(bytes: &[u8]) -> Read<Findings> {
    let features = value(bytes)?;
    let mut cases = Vec::new();
    for (place, feature) in list(&features, "the file")?.iter().enumerate() {
        scenarios(feature, &format!("[{place}]"), &mut cases)?;
    }
    Ok(Findings::of_cases(cases, None))
}

fn scenarios(feature: &Value, path: &str, cases: &mut Vec<Case>) -> Read<()> {
    object(feature, path)?;
    let prefix = text(&feature["name"]);
    let mut before = Steps::default();
    let elements = list(&feature["elements"], &format!("{path}.elements"))?;
    for (place, element) in elements.iter().enumerate() {
        let path = format!("{path}.elements[{place}]");
        object(element, &path)?;
        let mut steps = std::mem::take(&mut before);
        for member in ["before", "steps", "after"] {
            for step in list(&element[member], &format!("{path}.{member}"))? {
                steps.add(step);
            }
        }
        if element["type"] == "background" {
            before = steps;
            continue;
        }
        cases.push(Case {
            prefix: prefix.clone(),
            name: text(&element["name"]),
            suite: Some(prefix.clone()),
            status: steps.status(),
            nanos: steps.nanos,
            message: steps.message,
            ..Case::default()
        });
    }
    Ok(())
}

/// What the steps of a scenario came to.
#[derive(Default)]
struct Steps {
    nanos: u64,
    /// Of the first step that failed.
    message: String,
    passed: bool,
    failed: bool,
    undefined: bool,
    skipped: bool,
}

impl Steps {
    fn add(&mut self, step: &Value) {
        let result = &step["result"];
        let nanos = result["duration"].as_u64().unwrap_or(0);
        self.nanos = self.nanos.saturating_add(nanos);
        match result["status"].as_str().unwrap_or_default() {
            "passed" => self.passed = true,
            "failed" | "ambiguous" => self.failed = true,
            "pending" | "skipped" => self.skipped = true,
            _ => self.undefined = true,
        }
        if self.message.is_empty() {
            self.message = text(&result["error_message"]);
        }
    }

    /// A scenario without steps says nothing.
    fn status(&self) -> CaseStatus {
        match self {
            _ if self.failed => CaseStatus::Failed,
            _ if self.undefined => CaseStatus::Unknown,
            _ if self.skipped => CaseStatus::Skipped,
            _ if self.passed => CaseStatus::Succeeded,
            _ => CaseStatus::Unknown,
        }
    }
}
