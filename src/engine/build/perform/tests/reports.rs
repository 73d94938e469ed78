//! Reports: which files are read, what is kept, what is exported, and what fails the build.

use super::house::{House, phases};
use super::plan;
use crate::engine::build::reports::{Export, Group, Report, ReportStatus};
use crate::engine::build::state::{BuildState, BuildStatus, Phase};

const GOOD: &str = "<testsuite name='s'><testcase name='a' time='0.5'/></testsuite>";
const BAD: &str =
    "<testsuite name='s'><testcase name='b'><failure message='no'/></testcase></testsuite>";

/// A build that writes these files, then says `false` if it is to fail, with this block.
async fn run(house: &House, files: &[(&str, &str)], fails: bool, block: &str) -> BuildState {
    let mut spec =
        "version: 0.2\nphases:\n  build:\n    commands:\n      - mkdir -p out\n".to_owned();
    for (name, text) in files {
        let command = serde_json::to_string(&format!("printf '%s' \"{text}\" > {name}")).unwrap();
        spec += &format!("      - {command}\n");
    }
    if fails {
        spec += "      - 'false'\n";
    }
    let build = house.run(plan(&format!("{spec}reports:\n{block}"))).await;
    house.emptied().await;
    build
}

fn reports(house: &House) -> Vec<Report> {
    house.contents.lock().unwrap().reports.clone()
}

// Witness: contract, codebuild sections 10.1, 10.2 and 14.38: several files make one report, and failing cases fail only it.
#[tokio::test]
async fn the_files_of_a_group_become_one_report_of_the_build() {
    let house = House::new();
    let files = [("out/a.xml", GOOD), ("out/b.xml", BAD)];
    let block = "  unit: {files: ['*.xml'], base-directory: out}\n";
    let build = run(&house, &files, false, block).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let reports = reports(&house);
    let [report] = reports.as_slice() else {
        panic!("{reports:?}");
    };
    assert_eq!(build.reports, [report.id()]);
    assert_eq!(report.group, format!("{}-unit", build.plan.project));
    assert_eq!(report.status, ReportStatus::Failed);
    let shown: Vec<_> = report
        .cases
        .iter()
        .map(|case| (case.file.as_str(), case.name.as_str()))
        .collect();
    assert_eq!(shown, [("a.xml", "a"), ("b.xml", "b")]);
    assert_eq!(report.tests.as_ref().unwrap().nanos, 500_000_000);
    let arn = format!(
        "arn:aws:codebuild:us-east-1:000000000000:report/{}",
        report.id()
    );
    for line in [
        format!("Preparing to copy TEST report {arn}"),
        "Found 2 file(s)".to_owned(),
    ] {
        assert!(
            house.log().contains(&line),
            "no {line:?} in {}",
            house.log()
        );
    }
}

// Witness: contract, codebuild section 10.1: also after a failed BUILD, not after failures that skip UPLOAD_ARTIFACTS.
#[tokio::test]
async fn a_failed_build_has_its_reports_all_the_same() {
    let house = House::new();
    let block = "  unit: {files: ['out/*']}\n  lines: {files: [c.json], file-format: SimpleCov}\n";
    let coverage = "{\\\"R\\\": {\\\"coverage\\\": {\\\"a.rb\\\": [1, 0, 1]}}}";
    let files = [("out/a.xml", GOOD), ("c.json", coverage)];
    let build = run(&house, &files, true, block).await;
    assert_eq!(build.failure().unwrap().0, Phase::Build, "{}", house.log());
    let reports = reports(&house);
    assert_eq!(build.reports.len(), 2, "{}", house.log());
    assert_eq!(reports[0].status, ReportStatus::Succeeded);
    assert_eq!(reports[1].coverage.unwrap().0.percent(), 66.66);
}

// Witness: contract, codebuild sections 4.4 and 10.1; the other group is served.
#[tokio::test]
async fn missing_files_fail_the_phase_and_only_their_group() {
    let house = House::new();
    let block = "  gone: {files: ['*.xml', x], base-directory: out}\n  unit: {files: [a.xml]}\n";
    let build = run(&house, &[("a.xml", GOOD)], false, block).await;
    let (phase, _, context) = build.failure().unwrap();
    assert_eq!(
        (phase, context.code.as_str()),
        (Phase::UploadArtifacts, "CLIENT_ERROR")
    );
    let project = &build.plan.project;
    let start = format!(
        "Error in UPLOAD_ARTIFACTS phase: [{project}-gone: [report files not found in cwd: "
    );
    assert!(context.message.starts_with(&start), "{}", context.message);
    assert!(
        context.message.ends_with("/out, files: *.xml, x]]"),
        "{}",
        context.message
    );
    assert_eq!(reports(&house).len(), 1);
    assert_eq!(build.reports.len(), 1);
    assert!(phases(&build).last().unwrap().contains("COMPLETED"));
}

// Witness: contract, codebuild section 10.2: INCOMPLETE.
#[tokio::test]
async fn a_file_that_is_no_report_leaves_it_incomplete() {
    let house = House::new();
    let files = [("out/a.xml", GOOD), ("out/b.xml", "<html/>")];
    let build = run(&house, &files, false, "  unit: {files: ['out/*.xml']}\n").await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let reports = reports(&house);
    assert_eq!(reports[0].status, ReportStatus::Incomplete);
    assert_eq!(reports[0].cases.len(), 1);
    let said = "Error processing report file out/b.xml: expected the element testsuites or testsuite, found html at line 1";
    assert!(house.log().contains(said), "{}", house.log());
}

fn exporting(house: &House, name: &str, zipped: bool) -> String {
    let export = Export {
        bucket: "reports".to_owned(),
        owner: None,
        path: "raw/".to_owned(),
        zipped,
        kms_key: Some("a key".to_owned()),
    };
    let group = Group {
        name: name.to_owned(),
        export: Some(export),
    };
    let mut contents = house.contents.lock().unwrap();
    contents.groups.insert(name.to_owned(), Ok(group));
    format!("arn:aws:codebuild:us-east-1:000000000000:report-group/{name}")
}

// Witness: contract, codebuild section 10.5; the group is named by its ARN.
#[tokio::test]
async fn raw_files_are_exported_as_the_group_wants() {
    let house = House::new();
    house.bucket("reports", &[]);
    let (plain, zipped) = (
        exporting(&house, "plain", false),
        exporting(&house, "packed", true),
    );
    let block = format!("  {plain}: {{files: ['out/*']}}\n  {zipped}: {{files: ['out/*']}}\n");
    let build = run(&house, &[("out/a.xml", GOOD)], false, &block).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let folder = |id: &str| format!("raw/{}", id.replace(':', "/"));
    let plain = format!("{}/out/a.xml", folder(&build.reports[0]));
    let stored = house.object("reports", &plain);
    assert_eq!(stored.bytes, GOOD.as_bytes());
    assert_eq!(stored.meta.kms_key.as_deref(), Some("a key"));
    let packed = house.object(
        "reports",
        &format!("{}/packed.zip", folder(&build.reports[1])),
    );
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(packed.bytes)).unwrap();
    assert!(zip.by_name("out/a.xml").is_ok());
}

#[tokio::test]
async fn an_export_that_is_refused_fails_the_phase_and_leaves_the_report_incomplete() {
    let house = House::new();
    let arn = exporting(&house, "plain", false);
    let build = run(
        &house,
        &[("a.xml", GOOD)],
        false,
        &format!("  {arn}: {{files: [a.xml]}}\n"),
    )
    .await;
    let (phase, _, context) = build.failure().unwrap();
    assert_eq!(phase, Phase::UploadArtifacts);
    assert!(
        context.message.contains("NoSuchBucket"),
        "{}",
        context.message
    );
    assert_eq!(reports(&house)[0].status, ReportStatus::Incomplete);
}

#[tokio::test]
async fn a_group_that_is_not_there_is_not_made_for_an_arn() {
    let house = House::new();
    let arn = "arn:aws:codebuild:us-east-1:000000000000:report-group/absent";
    let build = run(
        &house,
        &[("a.xml", GOOD)],
        false,
        &format!("  {arn}: {{files: [a.xml]}}\n"),
    )
    .await;
    let (_, _, context) = build.failure().unwrap();
    assert!(
        context
            .message
            .contains("report group absent does not exist"),
        "{}",
        context.message
    );
    assert!(reports(&house).is_empty());
}

// Witness: contract, codebuild section 5.2: the name may refer to a variable.
#[tokio::test]
async fn a_group_may_be_named_by_a_variable() {
    let house = House::new();
    let files = [("a.xml", GOOD)];
    let build = run(
        &house,
        &files,
        false,
        "  unit-$CODEBUILD_BUILD_NUMBER: {files: [a.xml]}\n",
    )
    .await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let expected = format!("{}-unit-{}", build.plan.project, build.plan.number);
    assert_eq!(reports(&house)[0].group, expected);
}

// Witness: contract, codebuild sections 5.7 and 10.1 (auto-discovery); that files of explicit groups are left out is there too.
#[tokio::test]
async fn files_that_nobody_names_are_discovered() {
    let house = House::new();
    let write = |name: &str, text: &str| {
        serde_json::to_string(&format!(
            "mkdir -p $(dirname {name}); printf '%s' \"{text}\" > {name}"
        ))
        .unwrap()
    };
    let spec = format!(
        "version: 0.2\nphases:\n  build:\n    commands: [{}, {}, {}]\nreports:\n  unit: {{files: ['named/*']}}\n",
        write("deep/a.xml", GOOD),
        write("named/b.xml", BAD),
        write("node_modules/c.xml", BAD),
    );
    let build = house.run(plan(&spec)).await;
    house.emptied().await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let found: Vec<(String, usize)> = reports(&house)
        .into_iter()
        .map(|report| (report.group, report.cases.len()))
        .collect();
    let project = &build.plan.project;
    let named = (format!("{project}-unit"), 1);
    assert_eq!(
        found,
        [named, (format!("{project}-JUNITXML-AutoDiscovered"), 1)]
    );
    assert!(
        house
            .log()
            .contains("[] Set report auto-discover timeout to 5 seconds\n")
    );

    for (variable, value, groups) in [
        ("CODEBUILD_CONFIG_AUTO_DISCOVER", "false", 0),
        ("CODEBUILD_CONFIG_AUTO_DISCOVER_DIR", "deep", 1),
        ("CODEBUILD_CONFIG_AUTO_DISCOVER_DIR", "absent", 0),
    ] {
        let house = House::new();
        let spec = format!(
            "version: 0.2\nenv: {{variables: {{{variable}: '{value}'}}}}\nphases: {{build: {{commands: [{}, {}]}}}}\n",
            write("deep/a.xml", GOOD),
            write("other/b.xml", BAD)
        );
        let build = house.run(plan(&spec)).await;
        assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
        assert_eq!(
            reports(&house).len(),
            groups,
            "{variable}={value}: {}",
            house.log()
        );
        assert_eq!(
            house
                .log()
                .contains("No matching auto-discover report paths found"),
            value == "absent"
        );
    }
}

// Witness: our reading: nobody asked for it, so it fails nothing.
#[tokio::test]
async fn a_discovered_file_that_is_broken_fails_no_build() {
    let house = House::new();
    let spec = "version: 0.2\nphases: {build: {commands: [\"echo '<testsuite ' > a.xml\"]}}\n";
    let build = house.run(plan(spec)).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let reports = reports(&house);
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].status, ReportStatus::Incomplete);
}
