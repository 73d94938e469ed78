//! Whole builds: a driver on a store, a shell in a temporary folder, S3 and logs in memory.

mod house;
mod place;

use crate::engine::build::plan::*;
use crate::engine::build::state::*;
use crate::engine::build::tests as machine;
use expect_test::expect;
use house::House;

/// A plan that runs this buildspec without a source.
fn plan(buildspec: &str) -> BuildPlan {
    BuildPlan {
        buildspec: Some(buildspec.to_owned()),
        ..machine::plan()
    }
}

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
        [] Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED
        [] Phase context status code:  Message: 
    "#]].assert_eq(&house.log());
    house.emptied().await;
}
