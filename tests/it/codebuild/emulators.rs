//! What existing emulators get wrong: for each check of contract codebuild §14, the tests that make it.
//!
//! Invariant: no check is without a test, and every test that is named is there. Checks that no other file makes are below.

use super::sample::{created, project};
use crate::support::caller::{CODEBUILD, Caller, with};
use codebuild_api::model::{ComputeType, EnvironmentType};
use serde_json::json;
use std::fs;
use std::path::Path;

/// A check and its witnesses: a file, and the test in it; a fixture of a buildspec is run by `the_fixtures_end_as_they_say`.
type Check = (u32, &'static [(&'static str, &'static str)]);

const FIXTURE: &str = "";
const BUILDS: &str = "tests/it/codebuild/batch_get_builds.rs";
const CREATE: &str = "tests/it/codebuild/create_project.rs";
const HERE: &str = "tests/it/codebuild/emulators.rs";
const START: &str = "tests/it/codebuild/start_build.rs";
const STOP: &str = "tests/it/codebuild/stop_build.rs";

const CHECKS: [Check; 48] = [
    (
        1,
        &[
            (
                "tests/fixtures/buildspecs/state/a-directory-reaches-the-next-command-and-phase.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/state/exported-variables-reach-later-phases.yaml",
                FIXTURE,
            ),
        ],
    ),
    (
        2,
        &[
            (
                "tests/fixtures/buildspecs/commands/false-then-true-succeeds.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/commands/only-the-last-line-counts.yaml",
                FIXTURE,
            ),
        ],
    ),
    (
        3,
        &[(
            "tests/fixtures/buildspecs/state/functions-do-not-reach-the-next-command.yaml",
            FIXTURE,
        )],
    ),
    (
        4,
        &[(
            "src/engine/build/perform/tests/commands.rs",
            "a_build_runs_its_phases_in_one_shell_and_tells_the_log",
        )],
    ),
    (
        5,
        &[(
            "src/engine/build/perform/tests/commands.rs",
            "a_failed_pre_build_leads_to_the_end_with_the_customers_text",
        )],
    ),
    (
        6,
        &[
            (
                "tests/fixtures/buildspecs/phases/a-failed-pre-build-goes-to-finalizing.yaml",
                FIXTURE,
            ),
            (
                BUILDS,
                "a_failed_build_has_the_reason_in_its_phase_and_jumps_to_the_end",
            ),
        ],
    ),
    (
        7,
        &[
            (
                "tests/fixtures/buildspecs/phases/a-failed-build-is-followed-by-post-build-and-upload.yaml",
                FIXTURE,
            ),
            (
                "src/engine/build/perform/tests/commands.rs",
                "a_failed_build_runs_finally_and_post_build_which_see_it",
            ),
        ],
    ),
    (
        8,
        &[
            (START, "a_new_build_is_queued"),
            (BUILDS, "a_finished_build_shows_its_phases_logs_and_times"),
        ],
    ),
    (
        9,
        &[
            (START, "a_new_build_is_queued"),
            (BUILDS, "a_finished_build_shows_its_phases_logs_and_times"),
        ],
    ),
    (
        10,
        &[
            (STOP, "a_queued_build_is_stopped_and_complete_in_the_answer"),
            (STOP, "the_running_phase_is_stopped_and_no_other_follows"),
            (STOP, "a_finished_build_comes_back_unchanged"),
        ],
    ),
    (
        11,
        &[(
            START,
            "builds_count_from_one_and_their_ids_are_project_and_uuid",
        )],
    ),
    (
        12,
        &[(
            "tests/it/not_built.rs",
            "exactly_the_operations_named_as_not_built_answer_501_with_their_name",
        )],
    ),
    (
        13,
        &[(
            "tests/it/codebuild/batch_get_projects.rs",
            "names_and_arns_come_back_in_the_order_asked_and_what_is_missing_as_it_was_written",
        )],
    ),
    (
        14,
        &[
            (
                "tests/it/codebuild/delete_project.rs",
                "the_answer_is_an_empty_structure_whether_or_not_there_was_a_project",
            ),
            (
                "tests/it/codebuild/delete_report_group.rs",
                "the_answer_is_an_empty_structure_whether_or_not_there_was_a_group",
            ),
        ],
    ),
    (
        15,
        &[(
            "tests/it/codebuild/list_builds_for_project.rs",
            "a_project_that_is_not_there_is_not_found",
        )],
    ),
    (
        16,
        &[(
            START,
            "a_project_that_is_not_there_is_not_found_before_overrides_are_judged",
        )],
    ),
    (
        17,
        &[
            (
                "tests/it/codebuild/list_projects.rs",
                "projects_are_sorted_by_name_creation_and_last_change",
            ),
            (
                "tests/it/codebuild/list_projects.rs",
                "a_page_has_a_hundred_names_and_its_token_is_bound_to_the_order",
            ),
        ],
    ),
    (
        18,
        &[(CREATE, "a_minimal_project_comes_back_with_every_default")],
    ),
    (
        19,
        &[(HERE, "times_are_numbers_of_seconds_with_milliseconds")],
    ),
    (
        20,
        &[(CREATE, "a_minimal_project_comes_back_with_every_default")],
    ),
    (21, &[(CREATE, "names_keep_the_model")]),
    (
        22,
        &[(
            HERE,
            "every_environment_and_compute_of_the_model_is_accepted",
        )],
    ),
    (
        23,
        &[
            (
                "tests/it/journeys/builds.rs",
                "a_build_of_two_sources_makes_two_artifacts",
            ),
            (
                "tests/it/journeys/builds.rs",
                "a_build_that_fails_says_where",
            ),
        ],
    ),
    (
        24,
        &[(START, "overrides_are_for_this_build_and_leave_the_project")],
    ),
    (
        25,
        &[
            (START, "overrides_are_for_this_build_and_leave_the_project"),
            (HERE, "variables_alone_leave_the_image"),
        ],
    ),
    (
        26,
        &[
            (START, "overrides_are_for_this_build_and_leave_the_project"),
            (
                START,
                "the_same_token_with_the_same_request_gives_the_same_build",
            ),
        ],
    ),
    // Section 0 has what AWS was seen to do: the phase is TIMED_OUT, the build FAILED.
    (
        27,
        &[(
            "src/engine/build/perform/tests/ends.rs",
            "a_build_that_takes_too_long_fails_with_a_phase_that_timed_out",
        )],
    ),
    (
        28,
        &[
            (
                "src/engine/build/perform/tests/sources.rs",
                "buildspecs_are_found_or_missed_where_the_project_says",
            ),
            (
                "tests/fixtures/buildspecs/buildspec/inline-wins-over-the-file.yaml",
                FIXTURE,
            ),
            ("tests/fixtures/buildspecs/errors/version-1-0.yaml", FIXTURE),
        ],
    ),
    (
        29,
        &[
            (
                "tests/fixtures/buildspecs/finally/runs-after-bad-commands.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/on-failure/continue-after-install.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/run-as/for-all-but-one.yaml",
                FIXTURE,
            ),
            ("tests/fixtures/buildspecs/shell/bash.yaml", FIXTURE),
            (
                "tests/fixtures/buildspecs/reports/of-good-cases-alone.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/cache/paths-are-kept.yaml",
                FIXTURE,
            ),
            (
                "tests/it/journeys/batches.rs",
                "a_graph_runs_in_order_and_its_artifacts_are_combined",
            ),
            (
                "tests/fixtures/buildspecs/secondary/two-with-settings-of-their-own.yaml",
                FIXTURE,
            ),
        ],
    ),
    (
        30,
        &[
            (
                "src/engine/build/perform/tests/variables.rs",
                "values_reach_the_commands_and_not_the_log",
            ),
            (
                "src/engine/build/perform/tests/variables.rs",
                "a_value_that_is_not_there_fails_download_source",
            ),
            (
                "src/engine/build/variables.rs",
                "a_reference_names_secret_key_stage_and_version",
            ),
        ],
    ),
    (
        31,
        &[
            (
                "src/engine/build/perform/tests/git.rs",
                "a_repository_and_a_second_one_are_built",
            ),
            (
                "src/engine/build/perform/tests/git.rs",
                "what_cannot_be_fetched_is_told_in_awss_words",
            ),
            (
                "src/git/fetch/tests.rs",
                "submodules_come_only_when_they_are_asked_for",
            ),
            (
                "src/git/fetch/tests.rs",
                "every_kind_of_version_is_checked_out_whole_and_shallow",
            ),
        ],
    ),
    (
        32,
        &[
            (
                "tests/fixtures/buildspecs/sources/a-tree-with-modes-and-links.yaml",
                FIXTURE,
            ),
            (
                "tests/fixtures/buildspecs/commands/programs-of-the-source-run.yaml",
                FIXTURE,
            ),
        ],
    ),
    (
        33,
        &[
            (
                "src/engine/build/perform/tests/artifacts.rs",
                "a_folder_is_written_file_by_file",
            ),
            (
                "src/engine/build/perform/tests/artifacts.rs",
                "a_zip_is_one_object_with_checksums_and_modes",
            ),
            (
                "src/engine/build/artifacts.rs",
                "keys_are_put_together_as_the_project_says",
            ),
        ],
    ),
    (
        34,
        &[
            (
                "tests/fixtures/buildspecs/phases/a-failed-upload-fails-the-build.yaml",
                FIXTURE,
            ),
            (
                "src/engine/build/perform/tests/artifacts.rs",
                "uploads_that_fail_are_told_in_these_words",
            ),
        ],
    ),
    (
        35,
        &[(START, "overrides_are_for_this_build_and_leave_the_project")],
    ),
    (
        36,
        &[(
            "src/engine/build/perform/tests/logs.rs",
            "the_stream_is_called_after_the_build",
        )],
    ),
    (
        37,
        &[(
            "tests/it/journeys/git.rs",
            "a_repository_is_built_with_secrets_and_a_cache_until_it_is_invalidated",
        )],
    ),
    (
        38,
        &[
            (
                "tests/fixtures/buildspecs/reports/of-a-good-and-a-bad-case.yaml",
                FIXTURE,
            ),
            (
                "tests/it/codebuild/batch_get_reports.rs",
                "a_build_that_found_reports_lists_them_and_its_group_exists",
            ),
        ],
    ),
    (
        39,
        &[(
            "tests/it/journeys/batches.rs",
            "a_graph_runs_in_order_and_its_artifacts_are_combined",
        )],
    ),
    (
        40,
        &[
            (
                "tests/it/codebuild/import_source_credentials.rs",
                "the_arn_names_the_provider",
            ),
            (
                "tests/it/codebuild/import_source_credentials.rs",
                "there_is_one_for_each_provider_and_it_is_replaced_unless_forbidden",
            ),
            (
                "tests/it/codebuild/list_source_credentials.rs",
                "credentials_are_listed_without_their_secrets",
            ),
        ],
    ),
    (
        41,
        &[(
            "tests/it/codebuild/list_curated_environment_images.rs",
            "images_are_listed_by_platform_and_language",
        )],
    ),
    (
        42,
        &[(
            "tests/clients/test_terraform_codebuild.py",
            "test_everything_of_codebuild_is_made_changed_in_place_cleared_and_destroyed",
        )],
    ),
    (
        43,
        &[
            (
                "tests/it/codebuild/create_webhook.rs",
                "a_webhook_of_github_is_shown_with_its_policy_and_without_its_secret",
            ),
            (
                "tests/it/codebuild/create_webhook.rs",
                "a_project_has_one_webhook",
            ),
        ],
    ),
    (
        44,
        &[
            (
                CREATE,
                "a_full_project_comes_back_as_given_with_the_defaults_of_its_parts",
            ),
            (
                HERE,
                "fleets_credentials_and_file_systems_come_back_as_given",
            ),
        ],
    ),
    (
        45,
        &[
            (START, "a_new_build_is_queued"),
            (BUILDS, "a_finished_build_shows_its_phases_logs_and_times"),
        ],
    ),
    (
        46,
        &[(
            "tests/fixtures/buildspecs/exported/values-at-the-end-of-the-build.yaml",
            FIXTURE,
        )],
    ),
    (
        47,
        &[
            (
                "tests/it/codebuild/events.rs",
                "a_build_is_told_from_its_start_to_its_end",
            ),
            (
                "tests/it/codebuild/events.rs",
                "a_phase_tells_how_long_it_took",
            ),
        ],
    ),
    (
        48,
        &[(
            "src/engine/build/perform/tests/ends.rs",
            "an_image_that_cannot_be_pulled_fails_provisioning",
        )],
    ),
];

#[test]
fn every_check_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for ((check, tests), number) in CHECKS.iter().zip(1..) {
        assert_eq!(*check, number, "the checks are in their order");
        assert!(!tests.is_empty(), "check {check} has no test");
        for (path, name) in *tests {
            let text = fs::read_to_string(root.join(path));
            let text = text.unwrap_or_else(|error| panic!("check {check}: {path}: {error}"));
            let there = match path.rsplit_once('.') {
                Some((_, "yaml")) => text.starts_with("witness: "),
                Some((_, "py")) => text.contains(&format!("def {name}(")),
                _ => text.contains(&format!("fn {name}()")),
            };
            assert!(there, "check {check}: {path} has no test {name}");
        }
    }
}

#[tokio::test]
async fn times_are_numbers_of_seconds_with_milliseconds() {
    // contract codebuild §1, §14 19: as the bytes have it, not as a client reads it
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let target = "CodeBuild_20161006.BatchGetProjects";
    let answer = caller
        .server
        .json(target, &json!({"names": ["hello"]}))
        .await;
    let text = answer.text();
    let (_, behind) = text.split_once("\"created\":").unwrap();
    let number: &str = behind.split([',', '}']).next().unwrap();
    let (seconds, rest) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    assert!(seconds.len() == 10 && digits(seconds), "{number}");
    assert!(rest.len() <= 3 && digits(rest), "{number}");
    assert!(
        !text.contains("null"),
        "contract codebuild §1: never null: {text}"
    );
}

#[tokio::test]
async fn every_environment_and_compute_of_the_model_is_accepted() {
    // contract codebuild §1.2, §14 22
    let caller = Caller::new(CODEBUILD).await;
    let of = |name: &str, kind: &str, compute: &str| {
        let body = with(project(name), "/environment/type", json!(kind));
        with(body, "/environment/computeType", json!(compute))
    };
    for (at, kind) in EnvironmentType::VALUES.iter().enumerate() {
        let compute = match kind.contains("LAMBDA") {
            true => "BUILD_LAMBDA_1GB",
            false => "BUILD_GENERAL1_SMALL",
        };
        let made = caller.ok("CreateProject", of(&format!("kind{at}"), kind, compute));
        assert_eq!(made.await["project"]["environment"]["type"], *kind);
    }
    for (at, compute) in ComputeType::VALUES.iter().enumerate() {
        let kind = match compute.contains("LAMBDA") {
            true => "ARM_LAMBDA_CONTAINER",
            false => "LINUX_CONTAINER",
        };
        let made = caller.ok("CreateProject", of(&format!("compute{at}"), kind, compute));
        assert_eq!(
            made.await["project"]["environment"]["computeType"],
            *compute
        );
    }
}

#[tokio::test]
async fn variables_alone_leave_the_image() {
    // contract codebuild §3.2.1, §14 25
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let variables = json!([{"name": "A", "value": "1"}]);
    let body = json!({"projectName": "hello", "environmentVariablesOverride": variables});
    let started = caller.ok("StartBuild", body).await;
    let expected = json!({
        "type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL",
        "imagePullCredentialsType": "CODEBUILD", "privilegedMode": false,
        "environmentVariables": [{"name": "A", "value": "1", "type": "PLAINTEXT"}],
    });
    assert_eq!(started["build"]["environment"], expected);
}

#[tokio::test]
async fn fleets_credentials_and_file_systems_come_back_as_given() {
    // contract codebuild §3.1.1, §14 44
    let caller = Caller::new(CODEBUILD).await;
    let fleet = super::flock::created(&caller, "fleet").await;
    let files = json!([{
        "type": "EFS", "location": "fs-1.efs.us-east-1.amazonaws.com:/", "mountPoint": "/mnt",
        "identifier": "shared", "mountOptions": "nfsvers=4.1",
    }]);
    let mut body = with(project("hello"), "/fileSystemLocations", files.clone());
    let credential = json!({"credential": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s-AbCdEf", "credentialProvider": "SECRETS_MANAGER"});
    body["environment"]["registryCredential"] = credential.clone();
    body["environment"]["imagePullCredentialsType"] = json!("SERVICE_ROLE");
    body["environment"]["fleet"] = json!({"fleetArn": fleet});
    body["cache"] = json!({"type": "S3", "location": "b/cache"});
    caller.ok("CreateProject", body).await;
    let got = caller.ok("BatchGetProjects", json!({"names": ["hello"]}));
    let got = &got.await["projects"][0];
    assert_eq!(got["fileSystemLocations"], files);
    assert_eq!(got["environment"]["registryCredential"], credential);
    assert_eq!(got["environment"]["fleet"]["fleetArn"], fleet);
    assert_eq!(got["cache"], json!({"type": "S3", "location": "b/cache"}));
}
