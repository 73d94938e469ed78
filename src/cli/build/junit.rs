//! `--junit FILE`: the phases of each build and the test cases of its reports in JUnit's form, which CI systems show.

use super::outcome::{Done, Outcome, Ran};
use codebuild_api::model::{Report, TestCase};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

type Xml = Writer<Vec<u8>>;

pub fn document(outcome: &Outcome) -> anyhow::Result<String> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = clean(&outcome.id);
    let suites = xml.create_element("testsuites");
    suites
        .with_attribute(("name", name.as_str()))
        .write_inner_content(|xml| outcome.builds.iter().try_for_each(|done| build(xml, done)))?;
    let mut text = String::from_utf8(xml.into_inner())?;
    text.push('\n');
    Ok(text)
}

fn build(xml: &mut Xml, done: &Done) -> io::Result<()> {
    let phases: Vec<Ran<'_>> = done.phases().collect();
    let cases = phases.iter().map(|ran| of_phase(done, ran)).collect();
    suite(xml, done.name(), cases)?;
    done.reports.iter().try_for_each(|(report, cases)| {
        let name = format!(
            "{}: {}",
            done.name(),
            report.name.as_deref().unwrap_or_default()
        );
        suite(xml, &name, of_report(report, cases))
    })
}

/// One case as JUnit has it.
struct Case {
    class: String,
    name: String,
    seconds: f64,
    end: End,
}

enum End {
    Passed,
    Skipped,
    Failed { kind: String, message: String },
    Error { kind: String, message: String },
}

fn of_phase(done: &Done, ran: &Ran<'_>) -> Case {
    let (kind, message) = (ran.code.to_owned(), ran.why());
    Case {
        class: done.name().to_owned(),
        name: ran.name.to_owned(),
        seconds: ran.seconds,
        end: match ran.status {
            "SUCCEEDED" => End::Passed,
            "FAILED" => End::Failed { kind, message },
            _ => End::Error { kind, message },
        },
    }
}

fn of_report(report: &Report, cases: &[TestCase]) -> Vec<Case> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let group = text(&report.name);
    let case = |case: &TestCase| {
        let (kind, message) = (text(&case.status), text(&case.message));
        Case {
            class: case.prefix.clone().unwrap_or_else(|| group.clone()),
            name: text(&case.name),
            seconds: case.duration_in_nano_seconds.unwrap_or_default() as f64 / 1e9,
            end: match kind.as_str() {
                "SUCCEEDED" => End::Passed,
                "FAILED" => End::Failed { kind, message },
                "ERROR" => End::Error { kind, message },
                _ => End::Skipped,
            },
        }
    };
    cases.iter().map(case).collect()
}

fn suite(xml: &mut Xml, name: &str, cases: Vec<Case>) -> io::Result<()> {
    let count = |matches: fn(&End) -> bool| cases.iter().filter(|case| matches(&case.end)).count();
    let counts = [
        ("tests", cases.len()),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Error { .. }))),
        ("skipped", count(|end| matches!(end, End::Skipped))),
    ];
    let mut element = xml
        .create_element("testsuite")
        .with_attribute(("name", clean(name).as_str()));
    for (name, count) in counts {
        element = element.with_attribute((name, count.to_string().as_str()));
    }
    let time = seconds(cases.iter().map(|case| case.seconds).sum());
    element
        .with_attribute(("time", time.as_str()))
        .write_inner_content(|xml| cases.iter().try_for_each(|of| case(xml, of)))?;
    Ok(())
}

fn case(xml: &mut Xml, case: &Case) -> io::Result<()> {
    let time = seconds(case.seconds);
    let element = xml
        .create_element("testcase")
        .with_attribute(("classname", clean(&case.class).as_str()))
        .with_attribute(("name", clean(&case.name).as_str()))
        .with_attribute(("time", time.as_str()));
    match &case.end {
        End::Passed => element.write_empty()?,
        End::Skipped => element
            .write_inner_content(|xml| xml.create_element("skipped").write_empty().map(drop))?,
        End::Failed { kind, message } => {
            element.write_inner_content(|xml| complaint(xml, "failure", kind, message))?
        }
        End::Error { kind, message } => {
            element.write_inner_content(|xml| complaint(xml, "error", kind, message))?
        }
    };
    Ok(())
}

fn complaint(xml: &mut Xml, name: &str, kind: &str, message: &str) -> io::Result<()> {
    let (kind, message) = (clean(kind), clean(message));
    let first = message.lines().next().unwrap_or_default();
    xml.create_element(name)
        .with_attribute(("type", kind.as_str()))
        .with_attribute(("message", first))
        .write_text_content(BytesText::new(&message))
        .map(drop)
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.3}")
}

/// No document of XML 1.0 can hold other characters.
fn clean(text: &str) -> String {
    let fits = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars()
        .map(|c| if fits(c) { c } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::build::reports::{Format, parse};
    use codebuild_api::model::Build;
    use expect_test::expect;
    use serde_json::json;

    fn outcome() -> Outcome {
        let build: Build = serde_json::from_value(json!({
            "id": "app:1", "projectName": "app", "buildStatus": "FAILED",
            "phases": [
                {"phaseType": "INSTALL", "phaseStatus": "SUCCEEDED", "startTime": 1.0, "endTime": 2.5, "contexts": []},
                {"phaseType": "BUILD", "phaseStatus": "FAILED", "startTime": 2.5, "endTime": 3.0,
                 "contexts": [{"statusCode": "COMMAND_EXECUTION_ERROR", "message": "a <b> & \"c\"\n\u{1b}[31m"}]},
                {"phaseType": "COMPLETED", "startTime": 3.0},
            ],
        }))
        .unwrap();
        let report = serde_json::from_value(json!({"name": "app-unit"})).unwrap();
        let cases = serde_json::from_value(json!([
            {"prefix": "pkg", "name": "one", "status": "SUCCEEDED", "durationInNanoSeconds": 2_000_000},
            {"prefix": "pkg", "name": "two", "status": "FAILED", "message": "no"},
            {"name": "three", "status": "SKIPPED"},
        ]))
        .unwrap();
        let mut done = Done::new(None, build);
        done.reports = vec![(report, cases)];
        Outcome {
            project: "app".to_owned(),
            kind: "Build",
            id: "app:1".to_owned(),
            status: "FAILED".to_owned(),
            succeeded: false,
            builds: vec![done],
            kept: None,
        }
    }

    #[test]
    fn phases_and_test_cases_are_cases() {
        let text = document(&outcome()).unwrap();
        expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="app:1">
              <testsuite name="app" tests="2" failures="1" errors="0" skipped="0" time="2.000">
                <testcase classname="app" name="INSTALL" time="1.500"/>
                <testcase classname="app" name="BUILD" time="0.500">
                  <failure type="COMMAND_EXECUTION_ERROR" message="a &lt;b&gt; &amp; &quot;c&quot;">a &lt;b&gt; &amp; &quot;c&quot;
            �[31m</failure>
                </testcase>
              </testsuite>
              <testsuite name="app: app-unit" tests="3" failures="1" errors="0" skipped="1" time="0.002">
                <testcase classname="pkg" name="one" time="0.002"/>
                <testcase classname="pkg" name="two" time="0.000">
                  <failure type="FAILED" message="no">no</failure>
                </testcase>
                <testcase classname="app-unit" name="three" time="0.000">
                  <skipped/>
                </testcase>
              </testsuite>
            </testsuites>
        "#]].assert_eq(&text);
    }

    #[test]
    fn our_own_reader_understands_it() {
        let found = parse(Format::Junit, document(&outcome()).unwrap().as_bytes()).unwrap();
        assert_eq!(found.cases.len(), 5);
    }
}
