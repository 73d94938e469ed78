//! How builds end before their time: stopped, timed out, refused, waiting, restarted.

use super::house::{House, phases};
use super::{commands, plan};
use crate::engine::build::archive::Limits;
use crate::engine::build::perform::BuildOptions;
use crate::engine::build::state::{BuildStatus, Phase, PhaseStatus};
use crate::engine::pipeline::{self, ActionToken};
use crate::engine::world::{BuildListener, BuildVerdict};
use crate::sandbox::SandboxError;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FOREVER: &str = "echo running; while :; do sleep 0.05; done";

// Witness: behaviour contract 4.5, 14.10.
#[tokio::test]
async fn a_stopped_build_is_over_at_once_and_its_sandbox_goes() {
    let house = House::new();
    let key = house.start(plan(&commands(&[FOREVER, "echo never"]))).await;
    house.logged("\nrunning\n").await;
    let answer = house.stop(&key).await;
    assert_eq!(answer.status, BuildStatus::Stopped);
    assert_eq!(answer.current(), Phase::Completed);
    assert!(answer.end.is_some());
    house.emptied().await;
    assert_eq!(house.finished(&key).await, answer);
    assert_eq!(
        phases(&answer).last_chunk().unwrap(),
        &["BUILD STOPPED", "COMPLETED"]
    );
    assert!(!house.log().contains("never\n[]"));
}

// Witness: behaviour contract 4.5: works while the sandbox is being made; our reading of what becomes of it.
#[tokio::test]
async fn a_sandbox_that_comes_after_the_stop_is_removed() {
    let house = House::new();
    let gate = CancellationToken::new();
    house.places.faults.lock().unwrap().gate = Some(gate.clone());
    let key = house.start(plan(&commands(&["true"]))).await;
    house
        .until(&key, |build| build.current() == Phase::Provisioning)
        .await;
    let answer = house.stop(&key).await;
    assert_eq!(
        answer
            .phase(Phase::Provisioning)
            .unwrap()
            .end
            .as_ref()
            .unwrap()
            .status,
        PhaseStatus::Stopped
    );
    gate.cancel();
    house.until(&key, |build| build.is_complete()).await;
    house.emptied().await;
}

// Witness: behaviour contract 4.1, 4.5, 4.7: builds wait for room, and can be stopped there.
#[tokio::test]
async fn builds_wait_for_room_in_the_queue() {
    let house = House::with(BuildOptions {
        parallel: 1,
        limits: Limits::default(),
        ..BuildOptions::default()
    });
    let mut plans = ["1", "2", "3"].map(|number| {
        let mut plan = plan(&commands(&["true"]));
        plan.uuid = format!("{number}1111111-2222-4333-8444-555555555555");
        plan
    });
    plans[0].buildspec = Some(commands(&[FOREVER]));
    let [first, second, third] = plans;
    let first = house.start(first).await;
    house.logged("\nrunning\n").await;
    let second = house.start(second).await;
    let third = house.start(third).await;
    for waiting in [&second, &third] {
        assert_eq!(
            house.driver.state(waiting).unwrap().current(),
            Phase::Queued
        );
    }
    assert_eq!(house.stop(&second).await.status, BuildStatus::Stopped);
    assert_eq!(house.driver.state(&third).unwrap().current(), Phase::Queued);
    house.stop(&first).await;
    assert_eq!(house.finished(&third).await.status, BuildStatus::Succeeded);
}

// Witness: behaviour contract section 0, 4.6, 14.27.
#[tokio::test]
async fn a_build_that_takes_too_long_fails_with_a_phase_that_timed_out() {
    let house = House::new();
    let key = house.start(plan(&commands(&[FOREVER]))).await;
    house.logged("\nrunning\n").await;
    house.clock.advance(Duration::from_secs(59 * 60));
    assert_eq!(house.driver.state(&key).unwrap().current(), Phase::Build);
    house.clock.advance(Duration::from_secs(60));
    let build = house.finished(&key).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let lines = phases(&build);
    assert_eq!(
        lines.last_chunk().unwrap(),
        &[
            "BUILD TIMED_OUT BUILD_TIMED_OUT Build has timed out.",
            "COMPLETED"
        ]
    );
    house.emptied().await;
    house.driver.halt().await;
}

// Witness: behaviour contract 4.4, 14.48.
#[tokio::test]
async fn an_image_that_cannot_be_pulled_fails_provisioning() {
    let house = House::new();
    let error = SandboxError::CannotPull("manifest unknown".to_owned());
    house.places.faults.lock().unwrap().prepare = Some(error);
    let build = house.run(plan(&commands(&["true"]))).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let (phase, status, context) = build.failure().unwrap();
    assert_eq!((phase, status), (Phase::Provisioning, PhaseStatus::Failed));
    assert_eq!(context.code, "BUILD_CONTAINER_UNABLE_TO_PULL_IMAGE");
    let message =
        "Unable to pull customer's container image. CannotPullContainerError: manifest unknown";
    assert_eq!(context.message, message);
    assert_eq!(build.phases.len(), 4, "nothing but COMPLETED follows");
}

// Witness: behaviour contract 4.2, 4.4: FAULT when the platform is to blame.
#[tokio::test]
async fn a_sandbox_that_cannot_be_made_is_a_fault() {
    let house = House::new();
    let error = SandboxError::Failed("no space left on device".to_owned());
    house.places.faults.lock().unwrap().prepare = Some(error);
    let build = house.run(plan(&commands(&["true"]))).await;
    assert_eq!(build.status, BuildStatus::Fault);
    let message = build.failure().unwrap().2.message;
    assert_eq!(message, "Internal Service Error: no space left on device");
}

// Witness: behaviour contract 1.2 (the wording of CreateProject), our reading for builds.
#[tokio::test]
async fn a_role_that_does_not_exist_fails_provisioning_and_leaves_no_sandbox() {
    let house = House::new();
    let mut plan = plan(&commands(&["true"]));
    plan.service_role = "arn:aws:iam::000000000000:role/nobody".to_owned();
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let message = build.failure().unwrap().2.message;
    assert!(message.starts_with("CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role/nobody"), "{message}");
    house.emptied().await;
}

// Witness: behaviour contract 9.4.
#[tokio::test]
async fn environments_of_other_systems_fail_provisioning() {
    let house = House::new();
    let mut plan = plan(&commands(&["true"]));
    plan.environment.kind = "WINDOWS_SERVER_2022_CONTAINER".to_owned();
    let build = house.run(plan).await;
    assert_eq!(build.failure().unwrap().0, Phase::Provisioning);
    assert!(house.places.prepared.lock().unwrap().is_empty());
}

// Witness: behaviour contract 4.4: a restart that loses a build ends it as FAULT; our reading: one in the queue waits on.
#[tokio::test]
async fn a_restart_ends_what_ran_and_keeps_what_waited() {
    let house = House::with(BuildOptions {
        parallel: 1,
        limits: Limits::default(),
        ..BuildOptions::default()
    });
    let running = house.start(plan(&commands(&[FOREVER]))).await;
    house.logged("\nrunning\n").await;
    let mut waiting = plan(&commands(&["echo second"]));
    waiting.uuid = "91111111-2222-4333-8444-555555555555".to_owned();
    let waiting = house.start(waiting).await;
    house.driver.halt().await;
    house.performer.close().await;
    house.emptied().await;
    assert_eq!(
        house.driver.state(&running).unwrap().current(),
        Phase::Build
    );
    house.driver.resume().await;
    let build = house.finished(&running).await;
    assert_eq!(build.status, BuildStatus::Fault);
    assert_eq!(build.failure().unwrap().0, Phase::Build);
    assert_eq!(
        house.finished(&waiting).await.status,
        BuildStatus::Succeeded
    );
    house.driver.halt().await;
}

// Witness: codepipeline contract 6.4: exported variables, or the failure.
#[tokio::test]
async fn the_pipeline_that_waits_is_told() {
    let house = House::new();
    for (spec, succeeds) in [
        (
            "version: 0.2\nenv: {exported-variables: [V]}\nphases: {build: {commands: [V=7]}}\n",
            true,
        ),
        (
            "version: 0.2\nphases: {build: {commands: ['false']}}\n",
            false,
        ),
    ] {
        let mut plan = plan(spec);
        plan.listener = Some(BuildListener {
            pipeline: (plan.scope.clone(), "pipe".to_owned()),
            token: ActionToken("t".to_owned()),
        });
        let id = house.run(plan).await.plan.id();
        house.emptied().await;
        house.driver.halt().await;
        house.driver.resume().await;
        let told = loop {
            if let Some(told) = house.contents.lock().unwrap().told.pop() {
                break told;
            }
            tokio::task::yield_now().await;
        };
        let (key, pipeline::Event::BuildFinished { token, build }) = told else {
            panic!("{told:?}");
        };
        assert_eq!((key.1.as_str(), token.0.as_str()), ("pipe", "t"));
        assert_eq!(build.id, id);
        match build.verdict {
            BuildVerdict::Succeeded { exported } => {
                assert_eq!((succeeds, exported["V"].as_str()), (true, "7"))
            }
            BuildVerdict::Failed(fault) => {
                assert_eq!((succeeds, fault.phase.as_str()), (false, "BUILD"))
            }
        }
    }
    house.driver.halt().await;
}
