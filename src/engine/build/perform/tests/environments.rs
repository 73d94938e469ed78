//! What the sandbox of a build is asked to be: the login of its image's registry, its file systems, the layers it keeps.

use super::house::{House, phases};
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
    assert_eq!(
        phases(&build).last_chunk().unwrap(),
        &["PROVISIONING FAILED", "COMPLETED"]
    );
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
