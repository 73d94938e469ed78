//! Sources and buildspecs: from S3, from a pipeline, from nowhere.

use super::house::{House, phases, readable};
use super::{commands, machine, plan};
use crate::companions::ObjectRef;
use crate::engine::build::plan::{BuildPlan, SecondarySource, Source};
use crate::engine::build::state::BuildStatus;
use crate::engine::world::BuildSource;
use expect_test::expect;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip of these files; a mode comes after a space in the name, a link's target after an arrow.
pub fn zip_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = SimpleFileOptions::default();
        if let Some((name, target)) = name.split_once(" -> ") {
            zip.add_symlink(name, target, options).unwrap();
            continue;
        }
        let (name, mode) = name.split_once(' ').unwrap_or((name, "644"));
        let mode = u32::from_str_radix(mode, 8).unwrap();
        zip.start_file(name, options.unix_permissions(mode))
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const SPEC: &str = "version: 0.2\nphases: {build: {commands: [./run.sh]}}\n";

fn s3(location: &str) -> BuildPlan {
    BuildPlan {
        source: Source::S3 {
            location: location.to_owned(),
        },
        buildspec: None,
        ..machine::plan()
    }
}

/// The first failure, with identifiers of requests taken out.
async fn failure(house: &House, plan: BuildPlan) -> String {
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, _, context) = build.failure().unwrap();
    let ids = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
    let message = ids.replace_all(&context.message, "ID");
    house.emptied().await;
    readable(&format!("{} {}: {message}", phase.as_str(), context.code))
}

// Witness: behaviour contract 7.1, 7.3, 14.32.
#[tokio::test]
async fn a_zip_in_s3_is_unpacked_with_modes_and_links() {
    let house = House::new();
    let zip = zip_of(&[
        ("buildspec.yml", SPEC),
        (
            "run.sh 755",
            "#!/bin/sh\ncat link; pwd; echo $CODEBUILD_SOURCE_VERSION $CODEBUILD_SOURCE_REPO_URL\necho $CODEBUILD_RESOLVED_SOURCE_VERSION",
        ),
        ("dir/data", "contents\n"),
        ("link -> dir/data", ""),
    ]);
    house.bucket("src", &[("app.zip", zip)]);
    let build = house.run(s3("src/app.zip")).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    assert_eq!(
        build.resolved_source_version.as_deref(),
        Some("version-of-app.zip")
    );
    let log = house.log();
    let said = "\ncontents\n/codebuild/output/src286331153/src\narn:aws:s3:::src/app.zip src/app.zip\nversion-of-app.zip\n";
    assert!(log.contains(said), "{log}");
    assert!(
        log.contains("[] Setting HTTP client timeout to higher timeout for S3 source\n"),
        "{log}"
    );
    assert!(
        log.contains("[] YAML location is /codebuild/output/src286331153/src/buildspec.yml\n"),
        "{log}"
    );
}

// Witness: behaviour contract 7.1.
#[tokio::test]
async fn a_prefix_in_s3_is_a_tree() {
    let house = House::new();
    let bytes = |text: &str| text.as_bytes().to_vec();
    let long = format!("in/{}/x", "long".repeat(50));
    let text =
        "version: 0.2\nphases: {build: {commands: ['cat a/b.txt; find . -type f | wc -l']}}\n";
    house.bucket(
        "src",
        &[
            ("in/buildspec.yml", bytes(text)),
            ("in/a/b.txt", bytes("deep\n")),
            ("in/folder/", bytes("")),
            (&long, bytes("")),
            ("out/c", bytes("")),
        ],
    );
    let build = house.run(s3("src/in/")).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    assert_eq!(build.resolved_source_version, None);
    assert!(house.log().contains("\ndeep\n3\n"), "{}", house.log());
}

// Witness: behaviour contract section 0, 4.4, 7.1; the words for broken zips are our reading.
#[tokio::test]
async fn sources_that_cannot_be_had_are_told_in_these_words() {
    let house = House::new();
    let bytes = |text: &str| text.as_bytes().to_vec();
    house.bucket(
        "src",
        &[
            ("broken.zip", bytes("no zip")),
            ("escaping.zip", zip_of(&[("../x", "x")])),
            ("through.zip", zip_of(&[("a -> /tmp", ""), ("a/x", "x")])),
            ("forbidden.zip", bytes("")),
            ("bad/../../up", bytes("x")),
        ],
    );
    house.bucket_in("eu-west-1", "far", &[("app.zip", bytes(""))]);
    let mut said = Vec::new();
    for location in [
        "nowhere/app.zip",
        "src/missing.zip",
        "src/forbidden.zip",
        "src/broken.zip",
        "src/escaping.zip",
        "src/through.zip",
        "far/app.zip",
        "src/none/",
        "nowhere/in/",
        "src/bad/",
    ] {
        said.push(format!(
            "{location}: {}",
            failure(&house, s3(location)).await
        ));
    }
    let mut versioned = s3("src/in/");
    versioned.source_version = Some("v1".to_owned());
    said.push(failure(&house, versioned).await);
    let mut versioned = s3("src/missing.zip");
    versioned.source_version = Some("v1".to_owned());
    said.push(failure(&house, versioned).await);
    let mut second = plan(&commands(&["true"]));
    second.secondary_sources.push(SecondarySource {
        identifier: "lib".to_owned(),
        source: Source::S3 {
            location: "src/missing.zip".to_owned(),
        },
        version: None,
    });
    said.push(failure(&house, second).await);
    expect![[r#"
        nowhere/app.zip: DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchBucket: The specified bucket does not exist
        	status code: 404, request id: ID, host id: ID for primary source and source version arn:aws:s3:::nowhere/app.zip
        src/missing.zip: DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchKey: The specified key does not exist.
        	status code: 404, request id: ID, host id: ID for primary source and source version arn:aws:s3:::src/missing.zip
        src/forbidden.zip: DOWNLOAD_SOURCE CLIENT_ERROR: AccessDenied: Access Denied
        	status code: 403, request id: ID, host id: ID for primary source and source version arn:aws:s3:::src/forbidden.zip
        src/broken.zip: DOWNLOAD_SOURCE CLIENT_ERROR: zip: not a valid zip file for primary source and source version arn:aws:s3:::src/broken.zip
        src/escaping.zip: DOWNLOAD_SOURCE CLIENT_ERROR: zip: the entry "../x" would be unpacked outside of the source directory for primary source and source version arn:aws:s3:::src/escaping.zip
        src/through.zip: DOWNLOAD_SOURCE CLIENT_ERROR: zip: the entry "a/x" would be unpacked outside of the source directory for primary source and source version arn:aws:s3:::src/through.zip
        far/app.zip: DOWNLOAD_SOURCE CLIENT_ERROR: The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint. for primary source and source version arn:aws:s3:::far/app.zip
        src/none/: DOWNLOAD_SOURCE CLIENT_ERROR: no objects found under S3 prefix for primary source
        nowhere/in/: DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchBucket: The specified bucket does not exist
        	status code: 404, request id: ID, host id: ID for primary source
        src/bad/: DOWNLOAD_SOURCE CLIENT_ERROR: the key of an object cannot be a file: ../../up for primary source
        DOWNLOAD_SOURCE CLIENT_ERROR: Source version should be empty for S3 folder source location
        DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchKey: The specified key does not exist.
        	status code: 404, request id: ID, host id: ID for primary source and source version v1
        DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchKey: The specified key does not exist.
        	status code: 404, request id: ID, host id: ID for secondary source lib and source version arn:aws:s3:::src/missing.zip"#]].assert_eq(&said.join("\n"));
}

// Witness: behaviour contract 4.2, 5.7: the log of an early failure ends with the context line.
#[tokio::test]
async fn the_log_of_a_failed_source_ends_with_its_context() {
    let house = House::new();
    let build = house.run(s3("nowhere/app.zip")).await;
    assert_eq!(
        phases(&build).len(),
        3,
        "DOWNLOAD_SOURCE, FINALIZING, COMPLETED"
    );
    let log = house.log();
    let end = log.split_once("Waiting for DOWNLOAD_SOURCE\n").unwrap().1;
    assert!(end.starts_with("[] Phase complete: DOWNLOAD_SOURCE State: FAILED\n[] Phase context status code: CLIENT_ERROR Message: NoSuchBucket: "), "{end}");
}

// Witness: behaviour contract 5.1, 4.4.
#[tokio::test]
async fn buildspecs_are_found_or_missed_where_the_project_says() {
    let house = House::new();
    let good = "version: 0.2\nphases: {build: {commands: [echo found it]}}\n";
    let zip = zip_of(&[
        ("ci/spec.yml", good),
        (
            "broken.yml",
            "version: 0.2\nphases: {build: {commands: [a\n",
        ),
        ("old.yml", "version: 1.0\n"),
        ("a-link.yml -> ci/spec.yml", ""),
        ("dangling.yml -> nowhere", ""),
        ("round.yml -> round.yml", ""),
        ("large.yml", &"#".repeat(1_100_000)),
    ]);
    house.bucket(
        "src",
        &[
            ("app.zip", zip),
            ("specs/good.yml", good.as_bytes().to_vec()),
            ("specs/large.yml", vec![b'#'; 1_100_000]),
        ],
    );
    let with = |buildspec: Option<&str>| BuildPlan {
        buildspec: buildspec.map(str::to_owned),
        ..s3("src/app.zip")
    };
    for found in [
        "ci/spec.yml",
        "./ci/../ci/spec.yml",
        "a-link.yml",
        "arn:aws:s3:::src/specs/good.yml",
        "$CODEBUILD_SRC_DIR/ci/spec.yml",
        good,
    ] {
        let build = house.run(with(Some(found))).await;
        assert_eq!(
            build.status,
            BuildStatus::Succeeded,
            "{found}: {:?}",
            phases(&build)
        );
    }
    let mut said = Vec::new();
    for missed in [
        None,
        Some(""),
        Some("ci"),
        Some("dangling.yml"),
        Some("round.yml"),
        Some("broken.yml"),
        Some("old.yml"),
        Some("large.yml"),
        Some("arn:aws:s3:::src/specs/none.yml"),
        Some("arn:aws:s3:::src/specs/large.yml"),
        Some("just: a mapping"),
    ] {
        said.push(format!(
            "{missed:?}: {}",
            failure(&house, with(missed)).await
        ));
    }
    let nothing = BuildPlan {
        buildspec: None,
        ..machine::plan()
    };
    said.push(format!("NO_SOURCE: {}", failure(&house, nothing).await));
    expect![[r#"
        None: DOWNLOAD_SOURCE YAML_FILE_ERROR: stat /codebuild/output/src286331153/src/buildspec.yml: no such file or directory
        Some(""): DOWNLOAD_SOURCE YAML_FILE_ERROR: stat /codebuild/output/src286331153/src/buildspec.yml: no such file or directory
        Some("ci"): DOWNLOAD_SOURCE YAML_FILE_ERROR: read /codebuild/output/src286331153/src/ci: is a directory
        Some("dangling.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: stat /codebuild/output/src286331153/src/dangling.yml: no such file or directory
        Some("round.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: stat /codebuild/output/src286331153/src/round.yml: no such file or directory
        Some("broken.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: did not find expected ',' or ']' at line 2
        Some("old.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: invalid buildspec `version` specified: 1.0, see documentation
        Some("large.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: file is larger than 1048576 bytes at line 1
        Some("arn:aws:s3:::src/specs/none.yml"): DOWNLOAD_SOURCE CLIENT_ERROR: NoSuchKey: The specified key does not exist.
        	status code: 404, request id: ID, host id: ID for buildspec arn:aws:s3:::src/specs/none.yml
        Some("arn:aws:s3:::src/specs/large.yml"): DOWNLOAD_SOURCE YAML_FILE_ERROR: file is larger than 1048576 bytes at line 1
        Some("just: a mapping"): DOWNLOAD_SOURCE YAML_FILE_ERROR: invalid buildspec `version` specified: , see documentation
        NO_SOURCE: DOWNLOAD_SOURCE YAML_FILE_ERROR: stat /codebuild/output/src286331153/src/buildspec.yml: no such file or directory"#]].assert_eq(&said.join("\n"));
}

fn input(artifact: &str, key: &str) -> BuildSource {
    BuildSource {
        artifact: artifact.to_owned(),
        at: ObjectRef {
            bucket: "store".to_owned(),
            key: key.to_owned(),
            version: None,
        },
        revision: Some(format!("revision-of-{artifact}")),
    }
}

// Witness: behaviour contract 7.3, section 6; codepipeline contract 6.4.
#[tokio::test]
async fn input_artifacts_of_a_pipeline_lie_side_by_side() {
    let house = House::new();
    let spec = "version: 0.2
phases:
  build:
    commands:
      - cat file $CODEBUILD_SRC_DIR_Lib/file ../01/file
      - echo $CODEBUILD_RESOLVED_SOURCE_VERSION $CODEBUILD_SOURCE_VERSION $CODEBUILD_SOURCE_VERSION_Lib
      - pwd
";
    house.bucket(
        "store",
        &[
            (
                "p/App/1",
                zip_of(&[("file", "app\n"), ("buildspec.yml", spec)]),
            ),
            ("p/Lib/2", zip_of(&[("file", "lib\n")])),
        ],
    );
    let mut plan = BuildPlan {
        source: Source::Pipeline(input("App", "p/App/1")),
        buildspec: None,
        ..machine::plan()
    };
    plan.secondary_sources.push(SecondarySource {
        identifier: "Lib".to_owned(),
        source: Source::Pipeline(input("Lib", "p/Lib/2")),
        version: None,
    });
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    assert_eq!(
        build.resolved_source_version.as_deref(),
        Some("revision-of-App")
    );
    let log = house.log();
    assert!(log.contains("\napp\nlib\nlib\n"), "{log}");
    assert!(
        log.contains("\nrevision-of-App arn:aws:s3:::store/p/App/1 arn:aws:s3:::store/p/Lib/2\n"),
        "{log}"
    );
    assert!(
        log.contains("\n/codebuild/output/src286331153/src/s3/00\n"),
        "{log}"
    );
    assert!(
        log.contains("[] CODEBUILD_SRC_DIR_Lib=/codebuild/output/src286331153/src/s3/01\n"),
        "{log}"
    );
}

// Witness: behaviour contract 5.2 (runtime-versions), 5.7; the other lines are our reading.
#[tokio::test]
async fn what_is_not_offered_yet_is_said_in_the_log() {
    let house = House::new();
    let mut plan = plan(
        "version: 0.2
phases:
  install: {runtime-versions: {python: 3.x}}
  build: {commands: ['true']}
cache: {paths: [/root/.m2/**/*]}
",
    );
    plan.cache = crate::engine::build::plan::Cache::Off;
    assert_eq!(house.run(plan).await.status, BuildStatus::Succeeded);
    let log = house.log();
    for line in [
        "Skipping install of runtimes. Runtime version selection is not supported by this build image",
        "Skip cache due to: the project has no cache",
    ] {
        assert!(log.contains(&format!("[] {line}\n")), "{log}");
    }
}

// Witness: behaviour contract 4.7: no automatic retries for pipelines; 4.3: RETRY is for on-demand containers; the words are ours.
#[tokio::test]
async fn a_build_that_somebody_waits_for_says_that_it_is_not_retried() {
    let house = House::new();
    let spec = "version: 0.2\nphases: {build: {on-failure: RETRY-2, commands: ['true']}}\n";
    let line = "on-failure RETRY of BUILD does not retry builds of pipelines and batches, on Lambda and on fleets: a failure ends the build";
    let mut waited_for = plan(spec);
    waited_for.purpose = crate::engine::build::plan::Purpose::Commands;
    let mut on_lambda = plan(spec);
    on_lambda.environment.kind = "LINUX_LAMBDA_CONTAINER".to_owned();
    let mut on_fleet = plan(spec);
    on_fleet.environment.reserved = true;
    for (plan, told) in [
        (plan(spec), false),
        (waited_for, true),
        (on_lambda, true),
        (on_fleet, true),
    ] {
        assert_eq!(house.run(plan).await.status, BuildStatus::Succeeded);
        assert_eq!(house.log().contains(line), told);
    }
}
