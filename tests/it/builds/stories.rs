//! What every kind of sandbox does with the same builds.

use super::house::House;
use slipway::engine::build::BuildState;
use slipway::engine::build::plan::*;
use slipway::engine::build::reports::ReportStatus;
use slipway::engine::build::state::{BuildStatus, Phase};
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;

pub fn s3(name: &str, packaging: Packaging) -> Artifacts {
    Artifacts::S3(S3Artifacts {
        bucket: "out".to_owned(),
        path: "builds".to_owned(),
        build_id_folder: true,
        name: name.to_owned(),
        packaging,
        override_name: false,
        encryption_disabled: true,
        bucket_owner_access: BucketOwnerAccess::Unset,
    })
}

fn phases(build: &BuildState) -> Vec<Phase> {
    build.phases.iter().map(|record| record.phase).collect()
}

const SPEC: &str = r#"version: 0.2
env: {exported-variables: [B]}
phases:
  install:
    commands: ['export A=1', 'B=2', 'f() { echo f; }']
  pre_build:
    commands: ['mkdir sub && cd sub', 'f || echo no function', 'false; true']
  build:
    commands:
      - pwd
      - ../tool.sh
      - |
        false
        echo made > made.txt
    finally: ['echo finally']
  post_build:
    commands: ['echo $A $B ${PWD##*/}']
artifacts:
  files: ['sub/*', link]
  secondary-artifacts:
    packed: {files: [tool.sh], base-directory: $CODEBUILD_SRC_DIR}
"#;

pub fn source() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, mode: u32, text: &str| {
        zip.start_file(name, SimpleFileOptions::default().unix_permissions(mode))
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    file("buildspec.yml", 0o644, SPEC);
    file("tool.sh", 0o755, "#!/bin/sh\necho tool ran\n");
    file("data.txt", 0o644, "data\n");
    zip.add_symlink("link", "data.txt", SimpleFileOptions::default())
        .unwrap();
    zip.finish().unwrap().into_inner()
}

// Witness: behaviour contract 9.2 (fileSystemLocations), 6 (`CODEBUILD_<FILE_SYSTEM_IDENTIFIER>`).
pub async fn a_file_system_is_there_in_the_next_build(house: House) {
    let text = "version: 0.2\nphases: {build: {commands: ['cat \"$CODEBUILD_SHARED/word\" || true', 'echo kept > $CODEBUILD_SHARED/word']}}\n";
    let with = |location: &str, mount_point: &str| {
        let mut plan = house.plan(text);
        plan.environment.file_systems = vec![FileSystemLocation {
            identifier: Some("shared".to_owned()),
            location: location.to_owned(),
            mount_point: mount_point.to_owned(),
        }];
        plan
    };
    let fs = "fs-1.efs.us-east-1.amazonaws.com";
    for (location, mount_point, seen) in [
        (format!("{fs}:/some/where"), "/mnt/efs", false),
        (format!("{fs}:/some/where"), "/somewhere/else", true),
        (format!("{fs}:/"), "/mnt/efs", false),
    ] {
        let plan = with(&location, mount_point);
        let uuid = plan.uuid.clone();
        let build = house.run(plan).await;
        let log = house.log("/aws/codebuild/hello", &uuid).await;
        assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
        assert_eq!(log.contains("\nkept\n"), seen, "{location}: {log}");
    }
    for (location, mount_point) in [("fs-1", "mnt"), (":/x", "/mnt/x"), ("fs-1:x", "/mnt/x")] {
        let build = house.run(with(location, mount_point)).await;
        let (phase, _, context) = build.failure().unwrap();
        assert_eq!(
            (phase, &*context.code),
            (Phase::Provisioning, "CLIENT_ERROR")
        );
        assert!(context.message.starts_with("cannot mount "), "{context:?}");
    }
    house.leave().await;
}

// Witness: behaviour contract 14.1-14.4, 14.29 (finally, secondary artifacts), 14.32, 14.33, 14.36, 14.46.
pub async fn a_source_becomes_artifacts(house: House) {
    house.put("src", "app.zip", source()).await;
    let location = "src/app.zip".to_owned();
    let plan = BuildPlan {
        source: Source::S3 { location },
        buildspec: None,
        artifacts: Some(s3("app", Packaging::Folder)),
        secondary_artifacts: vec![SecondaryArtifacts {
            identifier: "packed".to_owned(),
            artifacts: s3("packed", Packaging::Zip),
        }],
        ..house.plan("")
    };
    let uuid = plan.uuid.clone();
    let build = house.run(plan).await;
    let log = house.log("/aws/codebuild/hello", &uuid).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    assert_eq!(build.exported, Some(vec![("B".to_owned(), "2".to_owned())]));
    for said in [
        "\nno function\n",
        "/sub\n",
        "\ntool ran\n",
        "\nfinally\n",
        "\n1 2 sub\n",
    ] {
        assert!(log.contains(said), "no {said:?} in {log}");
    }
    for line in [
        "Running command pwd\n",
        "Entering phase BUILD\n",
        "Phases found in YAML: 4\n",
        " INSTALL: 3 commands\n",
    ] {
        let agents = log.lines().any(|found| {
            found.starts_with("[Container] 2") && format!("{found}\n").ends_with(line)
        });
        assert!(agents, "no {line:?} in {log}");
    }
    let prefix = format!("builds/{uuid}");
    assert_eq!(
        house.keys("out").await,
        ["app/link", "app/sub/made.txt", "packed"].map(|key| format!("{prefix}/{key}"))
    );
    assert_eq!(
        house.get("out", &format!("{prefix}/app/link")).await,
        b"data\n"
    );
    assert_eq!(
        house
            .get("out", &format!("{prefix}/app/sub/made.txt"))
            .await,
        b"made\n"
    );
    let [folder, packed] = build.artifacts.as_slice() else {
        panic!("{:?}", build.artifacts);
    };
    assert_eq!((folder.md5.as_str(), folder.sha256.as_str()), ("", ""));
    let bytes = house.get("out", &format!("{prefix}/packed")).await;
    use sha2::Digest;
    assert_eq!(packed.sha256, hex::encode(sha2::Sha256::digest(&bytes)));
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut tool = zip.by_name("tool.sh").unwrap();
    assert_eq!(tool.unix_mode().unwrap() & 0o777, 0o755);
    let mut text = String::new();
    tool.read_to_string(&mut text).unwrap();
    assert!(text.contains("tool ran"));
    drop(tool);
    house.leave().await;
}

// Witness: behaviour contract 14.5, 14.6.
pub async fn a_failed_pre_build_jumps_to_the_end(house: House) {
    let spec = "version: 0.2\nphases:\n  pre_build: {commands: [exit 3]}\n  build: {commands: [echo never]}\n";
    let build = house.run(house.plan(spec)).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, _, context) = build.failure().unwrap();
    assert_eq!(phase, Phase::PreBuild);
    assert_eq!(context.code, "COMMAND_EXECUTION_ERROR");
    assert_eq!(
        context.message,
        "Error while executing command: exit 3. Reason: exit status 3"
    );
    let end = [Phase::PreBuild, Phase::Finalizing, Phase::Completed];
    assert_eq!(phases(&build).last_chunk().unwrap(), &end);
    house.leave().await;
}

// Witness: behaviour contract 14.7, 14.29.
pub async fn a_failed_build_is_finished_and_uploaded(house: House) {
    let spec = "version: 0.2
phases:
  build: {commands: ['false'], finally: ['echo $CODEBUILD_BUILD_SUCCEEDING > f.txt']}
  post_build: {commands: ['echo $CODEBUILD_BUILD_SUCCEEDING > p.txt']}
artifacts: {files: ['*.txt']}
";
    let mut plan = house.plan(spec);
    plan.artifacts = Some(s3("app", Packaging::Folder));
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let key = format!("builds/{}/app/p.txt", build.plan.uuid);
    assert_eq!(house.get("out", &key).await, b"0\n");
    assert_eq!(house.keys("out").await.len(), 2);
    house.leave().await;
}

// Witness: behaviour contract 14.34.
pub async fn nothing_to_upload_fails_the_build(house: House) {
    let spec =
        "version: 0.2\nphases: {build: {commands: ['true']}}\nartifacts: {files: [none.txt]}\n";
    let mut plan = house.plan(spec);
    plan.artifacts = Some(s3("app", Packaging::Zip));
    let build = house.run(plan).await;
    let (phase, _, context) = build.failure().unwrap();
    assert_eq!(
        (phase, context.code.as_str()),
        (Phase::UploadArtifacts, "CLIENT_ERROR")
    );
    assert_eq!(context.message, "no matching artifact paths found");
    house.leave().await;
}

// Witness: behaviour contract 4.5, 14.10.
pub async fn a_stopped_build_ends_at_once(house: House) {
    let spec =
        "version: 0.2\nphases: {build: {commands: ['echo running; while :; do sleep 1; done']}}\n";
    let key = house.start(house.plan(spec)).await;
    house.logged(&key, "\nrunning\n").await;
    let answer = house.stop(&key).await;
    assert_eq!(answer.status, BuildStatus::Stopped);
    assert_eq!(
        phases(&answer).last_chunk().unwrap(),
        &[Phase::Build, Phase::Completed]
    );
    assert_eq!(house.finished(&key).await, answer);
    house.leave().await;
}

// Witness: behaviour contract 10.1, 10.2, 14.38.
pub async fn tests_become_reports(house: House) {
    let spec = "version: 0.2
phases:
  build:
    commands:
      - mkdir -p target
      - echo '<testsuite name=\"s\"><testcase name=\"good\"/><testcase name=\"bad\"><error/></testcase></testsuite>' > target/junit.xml
reports:
  unit: {files: ['**/*'], base-directory: target}
";
    let build = house.run(house.plan(spec)).await;
    let log = house.log("/aws/codebuild/hello", &build.plan.uuid).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    let reports = house.reports.lock().unwrap().clone();
    assert_eq!(build.reports, [reports[0].id()]);
    assert_eq!(reports[0].group, "hello-unit");
    assert_eq!(reports[0].status, ReportStatus::Failed);
    let names: Vec<&str> = reports[0]
        .cases
        .iter()
        .map(|case| case.name.as_str())
        .collect();
    assert_eq!(names, ["good", "bad"]);
    assert_eq!(reports[0].cases[0].file, "junit.xml");
    house.leave().await;
}

const CACHING: &str = r#"version: 0.2
phases:
  build:
    commands:
      - ./tool.sh
      - cat kept/one $HOME/.m2/two || echo nothing kept
      - mkdir -p kept $HOME/.m2 && echo in the source > kept/one && echo at home > $HOME/.m2/two
cache: {paths: ['kept/**/*', '/root/.m2/**/*']}
"#;

/// A bare repository with the buildspec above and a program.
fn repository(folder: &std::path::Path) -> String {
    let git = |arguments: &[&str]| {
        let output = std::process::Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    };
    git(&["init", "--quiet", "--initial-branch=main"]);
    std::fs::write(folder.join("buildspec.yml"), CACHING).unwrap();
    std::fs::write(
        folder.join("tool.sh"),
        "#!/bin/sh\necho tool ran in ${PWD##*/}\n",
    )
    .unwrap();
    git(&["add", "--chmod=+x", "."]);
    git(&["commit", "--quiet", "-m", "first"]);
    git(&["clone", "--quiet", "--bare", ".", "app.git"]);
    folder.join("app.git").to_str().unwrap().to_owned()
}

// Witness: behaviour contract 5.6, 7.2, 7.3, 9.1; 14.31.
pub async fn a_repository_is_built_and_its_cache_comes_back(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let location = repository(folder.path());
    let mut logs = Vec::new();
    for _ in 0..2 {
        let plan = BuildPlan {
            source: Source::Git {
                provider: "GITHUB_ENTERPRISE".to_owned(),
                location: location.clone(),
                how: GitHow::default(),
            },
            source_version: Some("main".to_owned()),
            buildspec: None,
            cache: Cache::At(CachePlace {
                store: CacheStore::S3 {
                    location: "out/cache".to_owned(),
                },
                owner: "hello".to_owned(),
            }),
            ..house.plan("")
        };
        let uuid = plan.uuid.clone();
        let build = house.run(plan).await;
        let log = house.log("/aws/codebuild/hello", &uuid).await;
        assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
        assert_eq!(build.resolved_source_version.unwrap().len(), 40);
        assert!(log.contains("\ntool ran in app\n"), "{log}");
        logs.push(log);
    }
    assert!(logs[0].contains("\nnothing kept\n"), "{}", logs[0]);
    assert!(
        logs[1].contains("\nin the source\nat home\n"),
        "{}",
        logs[1]
    );
    house.leave().await;
}
