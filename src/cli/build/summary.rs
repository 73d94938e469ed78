//! `--json`: what came of it, for tools.

use super::outcome::{Done, Outcome, Ran};
use codebuild_api::model::{Report, TestCase};
use serde_json::{Value, json};

pub fn document(outcome: &Outcome) -> anyhow::Result<String> {
    let mut text = serde_json::to_string_pretty(&value(outcome))?;
    text.push('\n');
    Ok(text)
}

pub fn value(outcome: &Outcome) -> Value {
    let builds: Vec<Value> = outcome.builds.iter().map(build).collect();
    let mut value = json!({
        "project": outcome.project, "id": outcome.id, "status": outcome.status, "succeeded": outcome.succeeded, "builds": builds,
    });
    if let Some((count, out)) = &outcome.kept {
        value["artifacts"] = json!({"count": count, "folder": out});
    }
    value
}

fn build(done: &Done) -> Value {
    let of = &done.build;
    let exported = of.exported_environment_variables.iter().flatten();
    let exported: serde_json::Map<String, Value> = exported
        .filter_map(|variable| Some((variable.name.clone()?, json!(variable.value))))
        .collect();
    let mut value = json!({
        "id": of.id, "status": done.status(),
        "phases": done.phases().map(phase).collect::<Vec<_>>(),
        "reports": done.reports.iter().map(report).collect::<Vec<_>>(),
        "exportedVariables": exported,
    });
    if let Some(group) = &done.group {
        value["group"] = json!(group);
    }
    if let Some(version) = &of.resolved_source_version {
        value["resolvedSourceVersion"] = json!(version);
    }
    value
}

fn phase(ran: Ran<'_>) -> Value {
    let mut value = json!({"phase": ran.name, "status": ran.status, "seconds": ran.seconds});
    if !ran.message.is_empty() {
        value["code"] = json!(ran.code);
        value["message"] = json!(ran.message);
    }
    value
}

fn report((report, cases): &(Report, Vec<TestCase>)) -> Value {
    let failed = cases.iter().filter(|case| super::report::is_failure(case));
    let failed: Vec<Value> = failed
        .map(|case| json!({"prefix": case.prefix, "name": case.name, "message": case.message}))
        .collect();
    let mut value = json!({
        "name": report.name, "type": report.r#type.map(|of| of.as_str()), "status": report.status.map(|of| of.as_str()), "failed": failed,
    });
    if let Some(tests) = &report.test_summary {
        value["total"] = json!(tests.total);
        value["counts"] = json!(tests.status_counts);
    }
    if let Some(covered) = &report.code_coverage_summary {
        value["lineCoverage"] = json!(covered.line_coverage_percentage);
        value["branchCoverage"] = json!(covered.branch_coverage_percentage);
    }
    value
}
