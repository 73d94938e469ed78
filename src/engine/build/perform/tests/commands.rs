//! Commands: one shell across phases, failures and what follows them, variables.

use super::house::{House, phases};
use super::{commands, plan};
use crate::engine::build::plan::{Variable, VariableKind};
use crate::engine::build::state::BuildStatus;
use crate::sandbox::SandboxError;
use expect_test::expect;

// Witness: behaviour contract 4.1, 5.7, 14.1, 14.2, 14.4, 14.8, 14.9.
#[tokio::test]
async fn a_build_runs_its_phases_in_one_shell_and_tells_the_log() {
    let house = House::new();
    let build = house
        .run(plan(
            "version: 0.2
phases:
  install:
    commands:
      - export A=1
      - B=2
      - f() { echo f; }
  pre_build:
    commands:
      - mkdir sub && cd sub
      - f || echo no function
  build:
    commands:
      - pwd
      - 'false; true'
      - |
        echo first
        false
        printf 'no line break'
    finally:
      - echo finally $CODEBUILD_BUILD_SUCCEEDING
  post_build:
    commands:
      - echo $A $B ${PWD##*/}
",
        ))
        .await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    expect![[r#"
        [] Warning: no container engine is used: commands run on this machine, the image aws/codebuild/standard:7.0 is ignored
        [] Running on CodeBuild On-demand
        [] Waiting for agent ping
        [] Waiting for DOWNLOAD_SOURCE
        [] Phase is DOWNLOAD_SOURCE
        [] CODEBUILD_SRC_DIR=/codebuild/output/src286331153/src
        [] YAML location is /codebuild/readonly/buildspec.yml
        [] Processing environment variables
        [] No runtime version selected in buildspec.
        [] Moving to directory /codebuild/output/src286331153/src
        [] Cache is not defined in the buildspec
        [] Skip cache due to: no paths specified to be cached
        [] Registering with agent
        [] Phases found in YAML: 4
        []  INSTALL: 3 commands
        []  PRE_BUILD: 2 commands
        []  BUILD: 3 commands
        []  POST_BUILD: 1 commands
        [] Phase complete: DOWNLOAD_SOURCE State: SUCCEEDED
        [] Phase context status code:  Message: 
        [] Entering phase INSTALL
        [] Running command export A=1
        [] Running command B=2
        [] Running command f() { echo f; }
        [] Phase complete: INSTALL State: SUCCEEDED
        [] Phase context status code:  Message: 
        [] Entering phase PRE_BUILD
        [] Running command mkdir sub && cd sub
        [] Running command f || echo no function
        /codebuild/output/tmp/script.sh: 4: f: not found
        no function
        [] Phase complete: PRE_BUILD State: SUCCEEDED
        [] Phase context status code:  Message: 
        [] Entering phase BUILD
        [] Running command pwd
        /codebuild/output/src286331153/src/sub
        [] Running command false; true
        [] Running command echo first
        false
        printf 'no line break'

        first
        no line break
        [] Running command echo finally $CODEBUILD_BUILD_SUCCEEDING
        finally 1
        [] Phase complete: BUILD State: SUCCEEDED
        [] Phase context status code:  Message: 
        [] Entering phase POST_BUILD
        [] Running command echo $A $B ${PWD##*/}
        1 2 sub
        [] Phase complete: POST_BUILD State: SUCCEEDED
        [] Phase context status code:  Message: 
        [] Set report auto-discover timeout to 5 seconds
        [] No matching auto-discover report paths found
        [] Report auto-discover file discovery took 0.000000 seconds
        [] Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED
        [] Phase context status code:  Message: 
    "#]].assert_eq(&house.log());
    house.emptied().await;
}

// Witness: behaviour contract section 0, 4.2, 4.4, 14.5, 14.6.
#[tokio::test]
async fn a_failed_pre_build_leads_to_the_end_with_the_customers_text() {
    let house = House::new();
    let build = house
        .run(plan(
            "version: 0.2
phases:
  pre_build:
    commands: ['exit 3', echo never]
    finally: [echo finally]
  build: {commands: [echo never]}
  post_build: {commands: [echo never]}
",
        ))
        .await;
    assert_eq!(build.status, BuildStatus::Failed);
    expect![[r#"
        DOWNLOAD_SOURCE SUCCEEDED
        INSTALL SUCCEEDED
        PRE_BUILD FAILED COMMAND_EXECUTION_ERROR Error while executing command: exit 3. Reason: exit status 3
        FINALIZING SUCCEEDED
        COMPLETED"#]].assert_eq(&phases(&build).join("\n"));
    let log = house.log();
    assert!(!log.contains("\nnever"));
    let end = log.split_once("Entering phase PRE_BUILD\n").unwrap().1;
    expect![[r#"
        [] Running command exit 3
        [] Command did not exit successfully exit 3 exit status 3
        [] Running command echo finally
        finally
        [] Phase complete: PRE_BUILD State: FAILED
        [] Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: exit 3. Reason: exit status 3
    "#]].assert_eq(end);
}

// Witness: behaviour contract 4.2, 4.3, 14.7.
#[tokio::test]
async fn a_failed_build_runs_finally_and_post_build_which_see_it() {
    let house = House::new();
    let build = house
        .run(plan(
            "version: 0.2
phases:
  build:
    commands:
      - cd /; V=kept; sh -c 'exit 7'
    finally: ['echo finally $CODEBUILD_BUILD_SUCCEEDING $CODEBUILD_LAST_EXIT']
  post_build: {commands: ['echo post $CODEBUILD_BUILD_SUCCEEDING $V $(pwd)']}
",
        ))
        .await;
    assert_eq!(build.status, BuildStatus::Failed);
    expect![[r#"
        DOWNLOAD_SOURCE SUCCEEDED
        INSTALL SUCCEEDED
        PRE_BUILD SUCCEEDED
        BUILD FAILED COMMAND_EXECUTION_ERROR Error while executing command: cd /; V=kept; sh -c 'exit 7'. Reason: exit status 7
        POST_BUILD SUCCEEDED
        UPLOAD_ARTIFACTS SUCCEEDED
        FINALIZING SUCCEEDED
        COMPLETED"#]].assert_eq(&phases(&build).join("\n"));
    let log = house.log();
    assert!(log.contains("\nfinally 0 7\n"), "{log}");
    assert!(log.contains("\npost 0 kept /\n"), "{log}");
}

// Witness: behaviour contract 4.3.
#[tokio::test]
async fn on_failure_decides_what_follows() {
    let house = House::new();
    let build = house
        .run(plan(
            "version: 0.2
phases:
  install: {on-failure: CONTINUE, commands: ['false']}
  build: {on-failure: ABORT, commands: ['false']}
  post_build: {commands: [echo never]}
",
        ))
        .await;
    assert_eq!(build.status, BuildStatus::Failed);
    let failed = "FAILED COMMAND_EXECUTION_ERROR Error while executing command: false. Reason: exit status 1";
    assert_eq!(
        phases(&build),
        [
            "DOWNLOAD_SOURCE SUCCEEDED",
            &format!("INSTALL {failed}"),
            "PRE_BUILD SUCCEEDED",
            &format!("BUILD {failed}"),
            "FINALIZING SUCCEEDED",
            "COMPLETED",
        ]
    );
}

// Witness: behaviour contract 4.4: multi-line text is included whole; signals are our reading.
#[tokio::test]
async fn contexts_hold_the_whole_item() {
    let house = House::new();
    let build = house.run(plan(&commands(&["echo a\nkill -9 $$\n"]))).await;
    assert!(phases(&build).contains(
        &"BUILD FAILED COMMAND_EXECUTION_ERROR Error while executing command: echo a\nkill -9 $$\n. Reason: signal: killed".to_owned()
    ), "{:?}", phases(&build));
}

// Witness: behaviour contract section 6 and 5.2 (precedence).
#[tokio::test]
async fn commands_find_the_variables_of_the_contract() {
    let house = House::new();
    let mut plan = plan(
        "version: 0.2
env:
  variables: {FROM_SPEC: spec, BOTH: spec, CODEBUILD_BUILD_ID: forged, LITERAL: '$HOME'}
phases: {build: {commands: [env]}}
",
    );
    let variable = |name: &str, value: &str| Variable {
        name: name.to_owned(),
        value: value.to_owned(),
        kind: VariableKind::Plaintext,
    };
    plan.environment.variables = vec![
        variable("BOTH", "project"),
        variable("CODEBUILD_INITIATOR", "forged"),
        variable("AWS_REGION", "eu-west-1"),
        variable("NO=NAME", "x"),
    ];
    house.run(plan).await;
    let log = house.log();
    let mut variables: Vec<&str> = log
        .lines()
        .skip_while(|line| !line.ends_with("Running command env"))
        .skip(1)
        .take_while(|line| !line.starts_with("[]"))
        .filter(|line| {
            !["PWD=", "OLDPWD=", "SHLVL=", "_=", "PATH="]
                .iter()
                .any(|own| line.starts_with(own))
        })
        .collect();
    variables.sort_unstable();
    expect![[r#"
        AWS_ACCESS_KEY_ID=***
        AWS_DEFAULT_REGION=us-east-1
        AWS_ENDPOINT_URL=http://127.0.0.1:4566
        AWS_EXECUTION_ENV=AWS_ECS_EC2
        AWS_REGION=eu-west-1
        AWS_SECRET_ACCESS_KEY=***
        AWS_SESSION_TOKEN=***
        BOTH=project
        CI=true
        CODEBUILD_BUILD_ARN=arn:aws:codebuild:us-east-1:000000000000:build/hello:11111111-2222-4333-8444-555555555555
        CODEBUILD_BUILD_ID=hello:11111111-2222-4333-8444-555555555555
        CODEBUILD_BUILD_IMAGE=aws/codebuild/standard:7.0
        CODEBUILD_BUILD_NUMBER=7
        CODEBUILD_BUILD_SUCCEEDING=1
        CODEBUILD_BUILD_URL=https://us-east-1.console.aws.amazon.com/codebuild/home?region=us-east-1#/builds/hello:11111111-2222-4333-8444-555555555555/view/new
        CODEBUILD_CONTAINER_NAME=default
        CODEBUILD_GOPATH=/codebuild/output/src286331153
        CODEBUILD_INITIATOR=someone
        CODEBUILD_KMS_KEY_ID=arn:aws:kms:us-east-1:000000000000:alias/aws/s3
        CODEBUILD_LAST_EXIT=0
        CODEBUILD_LOG_PATH=11111111-2222-4333-8444-555555555555
        CODEBUILD_PROJECT_ARN=arn:aws:codebuild:us-east-1:000000000000:project/hello
        CODEBUILD_PROJECT_UUID=c5b2623e-8b91-4ceb-aaf0-cca3cbe8717b
        CODEBUILD_SRC_DIR=/codebuild/output/src286331153/src
        CODEBUILD_START_TIME=1700000000000
        FROM_SPEC=spec
        GOPATH=/codebuild/output/src286331153
        HOME=/codebuild/output/home
        LITERAL=$HOME"#]].assert_eq(&variables.join("\n"));
}

// Witness: behaviour contract 5.2, 14.46; that unset names are skipped is our reading.
#[tokio::test]
async fn exported_variables_have_their_last_values() {
    let house = House::new();
    let spec = "version: 0.2
env:
  shell: bash
  exported-variables: [A, B, UNSET, AWS_REGION, LINES_]
phases:
  build: {commands: ['A=1; B=two', \"LINES_=$(printf 'x\\\\ny')\"]}
  post_build: {commands: ['A=$A$A', '[[ -n $BASH_VERSION ]]']}
";
    let build = house.run(plan(spec)).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = vec![pair("A", "11"), pair("B", "two"), pair("LINES_", "x\ny")];
    assert_eq!(build.exported, Some(expected));
}

// Witness: behaviour contract 5.2: without the key there is no list.
#[tokio::test]
async fn nothing_is_exported_unless_the_buildspec_says_so() {
    let house = House::new();
    assert_eq!(house.run(plan(&commands(&["A=1"]))).await.exported, None);
}

// Witness: behaviour contract 5.3.
#[tokio::test]
async fn commands_of_version_0_1_share_nothing() {
    let house = House::new();
    let build = house
        .run(plan(
            "version: 0.1
environment_variables: {plaintext: {V: from-spec}}
phases: {build: {commands: ['mkdir sub; cd sub; A=1; echo $V', 'echo \"[$A] ${PWD##*/} $V\"', 'exit 4']}}
",
        ))
        .await;
    let log = house.log();
    assert!(log.contains("\n[] src from-spec\n"), "{log}");
    assert_eq!(build.status, BuildStatus::Failed);
    let failure = build.failure().unwrap().2.message;
    assert_eq!(
        failure,
        "Error while executing command: exit 4. Reason: exit status 4"
    );
}

// Witness: behaviour contract 5.4: what cannot run as another user fails the phase with a clear message.
#[tokio::test]
async fn a_user_that_cannot_be_had_fails_the_phase() {
    let house = House::new();
    let spec = "version: 0.2
run-as: nobody-here
phases: {install: {run-as: somebody, commands: [id]}, build: {commands: [id]}}
";
    let build = house.run(plan(spec)).await;
    let failure = build.failure().unwrap().2;
    assert_eq!(failure.code, "COMMAND_EXECUTION_ERROR");
    assert_eq!(
        failure.message,
        "Error while executing command: id. Reason: cannot run as somebody"
    );
}

#[tokio::test]
async fn a_shell_that_is_not_there_fails_the_phase() {
    let house = House::new();
    let spec = "version: 0.2\nenv: {shell: no-such-shell}\nphases: {build: {commands: [id]}}\n";
    let build = house.run(plan(spec)).await;
    assert_eq!(build.status, BuildStatus::Failed);
    let failure = build.failure().unwrap().2;
    assert!(
        failure
            .message
            .starts_with("Error while executing command: id. Reason: "),
        "{failure:?}"
    );
}

// Witness: behaviour contract 4.4: a sandbox that died is the platform's.
#[tokio::test]
async fn a_sandbox_that_dies_ends_the_build_as_fault() {
    let house = House::new();
    let died = SandboxError::Died("out of memory".to_owned());
    house.places.faults.lock().unwrap().exec = Some(("boom".to_owned(), died));
    let build = house.run(plan(&commands(&["echo fine", "boom"]))).await;
    assert_eq!(build.status, BuildStatus::Fault);
    assert_eq!(phases(&build).last().unwrap(), "COMPLETED");
    let found_dead = "BUILD FAULT INTERNAL_SERVICE_ERROR Build container found dead before completing the build. build container died because it was out of memory, or the Docker image is not supported. ErrorCode: 500";
    assert!(
        phases(&build).contains(&found_dead.to_owned()),
        "{:?}",
        phases(&build)
    );
    house.emptied().await;
}
