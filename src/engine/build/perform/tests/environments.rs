//! What the sandbox of a build is asked to be: the login of its image's registry, its file systems, the layers it keeps.

use super::house::House;
use super::{commands, plan};
use crate::engine::build::plan::{BuildPlan, FileSystemLocation, KeptLayers};
use crate::engine::build::state::{BuildState, BuildStatus, Phase};
use std::sync::atomic::Ordering;

fn asking(credential: &str) -> BuildPlan {
    let mut plan = plan(&commands(&["true"]));
    plan.environment.registry = Some(credential.to_owned());
    plan
}

fn message(build: &BuildState) -> String {
    let (phase, _, context) = build.failure().unwrap();
    assert_eq!(phase, Phase::Provisioning);
    assert_eq!(context.code, "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE");
    context.message
}

// Witness: behaviour contract 9.3: a name or an ARN of a secret with `username` and `password`; the messages are our reading.
#[tokio::test]
async fn the_login_of_a_registry_is_taken_from_its_secret() {
    let house = House::new();
    let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:hub-AbCdEf";
    for (id, text) in [
        (arn, r#"{"username":"somebody","password":"hush hush"}"#),
        ("odd", "somebody:hush hush"),
    ] {
        let mut contents = house.contents.lock().unwrap();
        contents
            .secrets
            .insert((id.into(), None, None), text.into());
    }
    let build = house.run(asking(arn)).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    let [spec] = house
        .places
        .prepared
        .lock()
        .unwrap()
        .clone()
        .try_into()
        .unwrap();
    let login = spec.registry.unwrap();
    assert_eq!(
        (&*login.username, &*login.password),
        ("somebody", "hush hush")
    );

    let begin = "Unable to pull customer's container image. CannotPullContainerError: the registry credential";
    let build = house.run(asking("odd")).await;
    let said = message(&build);
    assert!(
        said.starts_with(&format!("{begin} odd is no JSON")),
        "{said}"
    );
    assert!(!said.contains("hush"), "{said}");
    let build = house.run(asking("absent")).await;
    let said = message(&build);
    assert!(
        said.starts_with(&format!("{begin} absent cannot be read: ")),
        "{said}"
    );
    assert_eq!(build.status, BuildStatus::Failed);
    assert_eq!(house.places.prepared.lock().unwrap().len(), 1);
}

// Witness: behaviour contract 9.1, LOCAL_DOCKER_LAYER_CACHE needs privilegedMode; the line of the log is our reading.
#[tokio::test]
async fn layers_that_cannot_be_kept_are_told_to_the_log() {
    for (as_container, privileged, line) in [
        (true, true, None),
        (
            true,
            false,
            Some("the build does not run in privileged mode"),
        ),
        (
            false,
            true,
            Some("no Docker engine of the build's own is used"),
        ),
    ] {
        let house = House::new();
        house
            .places
            .as_container
            .store(as_container, Ordering::SeqCst);
        let mut plan = plan(&commands(&["true"]));
        plan.environment.privileged = privileged;
        plan.environment.layers = Some(KeptLayers {
            owner: "project".to_owned(),
            generation: "1".to_owned(),
        });
        let build = house.run(plan).await;
        assert_eq!(build.status, BuildStatus::Succeeded);
        let log = house.log();
        let begin = "Skip Docker layer cache due to: ";
        match line {
            None => assert!(!log.contains(begin), "{log}"),
            Some(line) => assert!(log.contains(&format!("{begin}{line}\n")), "{log}"),
        }
    }
}

// Witness: behaviour contract 9.2, "a named volume per file-system id".
#[tokio::test]
async fn a_file_system_is_the_account_s_in_its_region() {
    let house = House::new();
    let mut plan = plan(&commands(&["true"]));
    let location = |location: &str, mount_point: &str| FileSystemLocation {
        identifier: None,
        location: location.to_owned(),
        mount_point: mount_point.to_owned(),
    };
    plan.environment.file_systems =
        vec![location("fs-1:/a/b", "/mnt/a"), location("fs-1", "/mnt/b")];
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    let [spec] = house
        .places
        .prepared
        .lock()
        .unwrap()
        .clone()
        .try_into()
        .unwrap();
    let [first, second] = spec.file_systems.try_into().unwrap();
    assert_eq!(first.id, second.id);
    assert!(first.id.ends_with(" us-east-1 fs-1"), "{}", first.id);
    assert_eq!((first.dir.as_str(), second.dir.as_str()), ("/a/b", "/"));
    assert_eq!(
        (first.at.as_str(), second.at.as_str()),
        ("/mnt/a", "/mnt/b")
    );
}

const RUNTIMES: &str = r#"version: 0.1
runtimes:
  python:
    versions:
      3.9: {commands: ['echo old']}
      3.12: {commands: ['echo "Installing Python"', 'export PYTHON=3.12']}
  ruby: {versions: {3.2: {commands: ['exit 5']}}}
"#;

/// With a file of its own about runtimes.
fn curated() -> House {
    let house = House::new();
    let file = crate::engine::build::runtimes::FILE.to_owned();
    house
        .places
        .image
        .lock()
        .unwrap()
        .push((file, RUNTIMES.to_owned()));
    house
}

fn wanting(runtimes: &str) -> BuildPlan {
    plan(&format!(
        "version: 0.2\nenv: {{variables: {{VER: 3.x}}}}\nphases:\n  install: {{runtime-versions: {runtimes}}}\n  build: {{commands: ['echo \"has $PYTHON\"']}}\n"
    ))
}

// Witness: behaviour contract 5.2, 5.7; issue 479 of aws/aws-codebuild-docker-images for the lines of the log.
#[tokio::test]
async fn runtimes_are_selected_before_the_first_phase() {
    let house = curated();
    let build = house.run(wanting("{python: $VER}")).await;
    let log = house.log();
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    let lines = [
        "[] Processing environment variables\n",
        "[] Selecting 'python' runtime version '3.12' based on manual selections...\n",
        "[] Running command echo \"Installing Python\"\n",
        "Installing Python\n",
        "[] Running command export PYTHON=3.12\n",
        "[] Moving to directory ",
        "[] Entering phase INSTALL\n",
        "has 3.12\n",
    ];
    let mut rest = log.as_str();
    for line in lines {
        let at = rest
            .find(line)
            .unwrap_or_else(|| panic!("no {line:?} in {rest}"));
        rest = &rest[at + line.len()..];
    }
}

// Witness: behaviour contract 4.4 (unknown runtimes), 5.2 (images without runtime support).
#[tokio::test]
async fn runtimes_that_cannot_be_had_fail_the_source_phase() {
    for (runtimes, code, message) in [
        (
            "{perl: 5}",
            "YAML_FILE_ERROR",
            "Unknown runtime named 'perl'. This build image has the following runtimes: python, ruby",
        ),
        (
            "{ruby: latest}",
            "COMMAND_EXECUTION_ERROR",
            "Error while executing command: exit 5. Reason: exit status 5",
        ),
    ] {
        let build = curated().run(wanting(runtimes)).await;
        let (phase, _, context) = build.failure().unwrap();
        assert_eq!(phase, Phase::DownloadSource);
        assert_eq!((&*context.code, &*context.message), (code, message));
    }
    let house = House::new();
    let build = house.run(wanting("{perl: 5}")).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    let line = "[] Skipping install of runtimes. Runtime version selection is not supported by this build image\n";
    assert!(house.log().contains(line));
}

// Witness: behaviour contract 6: public projects only; the form of the URL is our reading of 3.1.
#[tokio::test]
async fn builds_of_public_projects_know_where_they_are_shown() {
    let spec = commands(&["echo \"at [${CODEBUILD_PUBLIC_BUILD_URL-nowhere}]\""]);
    let at = "https://us-east-1.codebuild.aws.amazon.com/project/al1as/build/hello:";
    for (alias, said) in [(None, "at [nowhere]"), (Some("al1as"), at)] {
        let house = House::new();
        let mut plan = plan(&spec);
        plan.public_alias = alias.map(str::to_owned);
        house.run(plan).await;
        let log = house.log();
        assert!(log.contains(said), "{log}");
    }
}
