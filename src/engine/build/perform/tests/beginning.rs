//! What the engine puts into a container comes with the first command, and with a copy where it cannot.

use super::house::House;
use super::sources::zip_of;
use super::{commands, machine, plan};
use crate::engine::build::plan::{BuildPlan, Source, Variable, VariableKind};
use crate::engine::build::state::{BuildState, BuildStatus};
use crate::sandbox::SandboxError;
use std::os::unix::fs::symlink;
use std::sync::atomic::Ordering;

fn house() -> House {
    let house = House::new();
    house.places.as_container.store(true, Ordering::SeqCst);
    house
}

/// The build, and how many archives went into its sandbox.
async fn run(house: &House, plan: BuildPlan) -> (BuildState, usize) {
    let before = house.places.copies.load(Ordering::SeqCst);
    let build = house.run(plan).await;
    (build, house.places.copies.load(Ordering::SeqCst) - before)
}

// Witness: our reading.
#[tokio::test]
async fn a_build_without_source_copies_nothing() {
    let house = house();
    let spec = commands(&[
        "pwd; export A=1; cat ../../../readonly/buildspec.yml",
        "echo [$A]",
    ]);
    let (build, copies) = run(&house, plan(&spec)).await;
    let log = house.log();
    assert_eq!((build.status, copies), (BuildStatus::Succeeded, 0), "{log}");
    assert!(
        log.contains("\n/codebuild/output/src286331153/src\n"),
        "{log}"
    );
    assert!(log.contains(&spec) && log.contains("\n[1]\n"), "{log}");
}

// Witness: our reading; `run-as` could not write what belongs to root.
#[tokio::test]
async fn a_first_command_of_another_user_is_preceded_by_a_copy() {
    let house = house();
    let spec = "version: 0.2\nrun-as: somebody\nphases: {build: {commands: [id]}}\n";
    let (build, copies) = run(&house, plan(spec)).await;
    assert_eq!((build.status, copies), (BuildStatus::Failed, 1));
}

// Witness: our reading; an image need not have more than a shell.
#[tokio::test]
async fn without_a_mkdir_everything_is_copied_and_each_command_runs_once() {
    let house = house();
    let tools = tempfile::tempdir().unwrap();
    symlink("/bin/sh", tools.path().join("sh")).unwrap();
    let mut plan = plan(&commands(&[
        "echo x >> ran; echo ran",
        "read -r a < ran; echo [$a]",
    ]));
    plan.environment.variables = vec![Variable {
        name: "PATH".to_owned(),
        value: tools.path().to_str().unwrap().to_owned(),
        kind: VariableKind::Plaintext,
    }];
    let (build, copies) = run(&house, plan).await;
    let log = house.log();
    assert_eq!((build.status, copies), (BuildStatus::Succeeded, 1), "{log}");
    assert_eq!(log.matches("\nran\n").count(), 1, "{log}");
    assert!(log.contains("\n[x]\n"), "{log}");
}

// Witness: our reading; a first command that fails is not run again.
#[tokio::test]
async fn a_first_command_that_fails_has_run_once() {
    let house = house();
    let spec = "version: 0.2\nphases: {build: {commands: ['echo ran; exit 1'], finally: [pwd]}}\n";
    let (build, copies) = run(&house, plan(spec)).await;
    let log = house.log();
    assert_eq!((build.status, copies), (BuildStatus::Failed, 0), "{log}");
    assert_eq!(log.matches("\nran\n").count(), 1, "{log}");
}

// Witness: our reading; the buildspec is read from the archive, not from the sandbox.
#[tokio::test]
async fn a_source_is_the_only_archive_and_nothing_is_read_back() {
    let house = house();
    let spec = "version: 0.2\nphases: {build: {commands: [cat data]}}\n";
    let zip = zip_of(&[("buildspec.yml", spec), ("data", "contents\n")]);
    house.bucket("src", &[("app.zip", zip)]);
    house.places.faults.lock().unwrap().copy_out = Some(SandboxError::Failed("no".to_owned()));
    let plan = BuildPlan {
        source: Source::S3 {
            location: "src/app.zip".to_owned(),
        },
        buildspec: None,
        ..machine::plan()
    };
    let (build, copies) = run(&house, plan).await;
    let log = house.log();
    assert_eq!((build.status, copies), (BuildStatus::Succeeded, 1), "{log}");
    assert!(log.contains("\ncontents\n"), "{log}");
}
