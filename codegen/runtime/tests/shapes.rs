//! Generated types on their own: enums, redaction, rows of a store, errors, tables.

use codebuild_api::model::{BuildPhase, StatusType};
use codepipeline_api::error::{CreatePipelineError, PipelineNameInUseException};
use codepipeline_api::model::{
    AWSSessionCredentials, ActionRevision, ActionTypeId, ArtifactStore, ArtifactStoreType,
    PipelineDeclaration, StageDeclaration,
};
use serde::{Deserialize, Serialize};
use slipway_runtime::smithy::{DateTime, HttpModeledError, SerializableStruct};
use slipway_runtime::{ModeledError, Operation};

fn declaration() -> PipelineDeclaration {
    let mut declaration = PipelineDeclaration::new(
        "p",
        "arn:aws:iam::123456789012:role/r",
        vec![StageDeclaration::new("Source", Vec::new())],
    );
    declaration.artifact_store = Some(ArtifactStore::new(ArtifactStoreType::S3, "bucket"));
    declaration.version = Some(3);
    declaration
}

#[test]
fn a_row_with_generated_shapes_goes_through_serde_json() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        declaration: PipelineDeclaration,
        status: StatusType,
        old: Option<PipelineDeclaration>,
    }
    let row = Row {
        declaration: declaration(),
        status: StatusType::InProgress,
        old: None,
    };
    let text = serde_json::to_string(&row).expect("written");
    assert_eq!(
        text,
        r#"{"declaration":{"name":"p","roleArn":"arn:aws:iam::123456789012:role/r","artifactStore":{"type":"S3","location":"bucket"},"stages":[{"name":"Source","actions":[]}],"version":3},"status":"IN_PROGRESS","old":null}"#
    );
    assert_eq!(serde_json::from_str::<Row>(&text).expect("read"), row);
}

#[test]
fn rows_work_inside_tagged_and_flattened_types() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Event {
        Created {
            declaration: PipelineDeclaration,
            at: Vec<ActionRevision>,
        },
    }
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Outer {
        #[serde(flatten)]
        declaration: PipelineDeclaration,
        extra: u8,
    }
    let mut revision = ActionRevision::new("r");
    let created = DateTime::from_secs_and_nanos(1_446_137_358, 328_000_000);
    revision.created = Some(created);
    let event = Event::Created {
        declaration: declaration(),
        at: vec![revision],
    };
    let value = serde_json::to_value(&event).expect("written");
    assert_eq!(
        value["at"][0]["created"],
        serde_json::json!(1_446_137_358.328)
    );
    assert_eq!(serde_json::from_value::<Event>(value).expect("read"), event);
    let outer = Outer {
        declaration: declaration(),
        extra: 1,
    };
    let text = serde_json::to_string(&outer).expect("written");
    assert_eq!(serde_json::from_str::<Outer>(&text).expect("read"), outer);
}

#[test]
fn reading_a_row_skips_constraints_but_names_what_is_missing() {
    let id: ActionTypeId = serde_json::from_str(
        r#"{"category":"Build","owner":"AWS","provider":"","version":"way too long a version"}"#,
    )
    .expect("constraints are skipped");
    assert_eq!(id.provider, "");
    let error =
        serde_json::from_str::<ActionTypeId>(r#"{"category":"Build","owner":"AWS","version":"1"}"#)
            .expect_err("a required member is missing");
    assert!(error.to_string().contains("'provider'"), "{error}");
    let error = serde_json::from_str::<ActionTypeId>(
        r#"{"category":"Cooking","owner":"AWS","provider":"x","version":"1"}"#,
    )
    .expect_err("an unknown value");
    assert!(error.to_string().contains("'category'"), "{error}");
}

#[test]
fn a_row_of_a_newer_version_may_have_more_members_and_nulls() {
    let store: ArtifactStore = serde_json::from_str(
        r#"{"type":"S3","novelty":{"a":1},"location":"b","encryptionKey":null}"#,
    )
    .expect("read");
    assert_eq!(store, ArtifactStore::new(ArtifactStoreType::S3, "b"));
}

#[test]
fn a_value_that_only_answers_carry_is_stored_but_not_accepted() {
    // contract codebuild §4.1
    let phase: BuildPhase =
        serde_json::from_str(r#"{"phaseStatus":"CLIENT_ERROR"}"#).expect("read");
    assert_eq!(phase.phase_status, Some(StatusType::ClientError));
    assert!(!StatusType::VALUES.contains(&"CLIENT_ERROR"));
    assert!(StatusType::ALL.contains(&StatusType::ClientError));
}

#[test]
fn enums_know_their_texts() {
    assert_eq!(StatusType::try_from("TIMED_OUT"), Ok(StatusType::TimedOut));
    assert_eq!(StatusType::TimedOut.as_str(), "TIMED_OUT");
    assert_eq!(format!("{:>10}", StatusType::Failed), "    FAILED");
    let error = StatusType::try_from("NOPE").expect_err("unknown");
    assert!(
        error
            .to_string()
            .starts_with("'NOPE' is none of [SUCCEEDED, ")
    );
}

#[test]
fn sensitive_values_do_not_print() {
    let credentials = AWSSessionCredentials::new("AKIA", "secret", "token");
    assert_eq!(format!("{credentials:?}"), "AWSSessionCredentials(***)");
    let text = format!("{:?}", declaration());
    assert_eq!(
        text,
        r#"PipelineDeclaration { name: "p", roleArn: "arn:aws:iam::123456789012:role/r", artifactStore: { type: "S3", location: "bucket" }, stages: [ { name: "Source", actions: [ ] } ], version: 3 }"#
    );
}

#[test]
fn sensitive_values_do_not_print_however_deep_they_lie() {
    // overrides.toml: environment variables may hold secrets although the model does not mark them
    let data: codepipeline_api::model::JobData = serde_json::from_str(
        r#"{"artifactCredentials":{"accessKeyId":"AKIA","secretAccessKey":"s","sessionToken":"t"},
            "actionConfiguration":{"configuration":{"OAuthToken":"gh-token"}}}"#,
    )
    .expect("read");
    assert_eq!(
        format!("{data:?}"),
        r#"JobData { actionConfiguration: { configuration: { key: "OAuthToken", value: *** } }, artifactCredentials: *** }"#
    );
}

#[test]
fn question_mark_lifts_a_modelled_error() {
    fn handler() -> Result<(), CreatePipelineError> {
        Err(PipelineNameInUseException::new(
            "A pipeline with the name 'p' already exists",
        ))?
    }
    let error = handler().expect_err("always");
    assert_eq!(error.code(), "PipelineNameInUseException");
    assert_eq!(error.status_code(), 400);
    assert_eq!(
        error.to_string(),
        "PipelineNameInUseException: A pipeline with the name 'p' already exists"
    );
    assert!(
        error
            .schema()
            .traits()
            .expect("traits")
            .contains_fqn("smithy.api#error")
    );
}

#[test]
fn query_errors_carry_their_code_and_status() {
    use iam_api::error::NoSuchEntityException;
    assert_eq!(NoSuchEntityException::CODE, "NoSuchEntity");
    assert_eq!(NoSuchEntityException::STATUS, 404);
    assert_eq!(
        slipway_runtime::error_code(NoSuchEntityException::SCHEMA),
        "NoSuchEntity"
    );
}

#[test]
fn query_outputs_know_their_operation_and_whether_the_model_has_them() {
    use iam_api::operation::{DeleteRole, GetRole};
    let unit = <DeleteRole as Operation>::SCHEMA.output();
    assert_eq!(slipway_runtime::operation_name(unit), Some("DeleteRole"));
    assert_eq!(unit.original_name(), None);
    const { assert!(DeleteRole::UNIT_OUTPUT && !GetRole::UNIT_OUTPUT) };
    assert_eq!(
        <GetRole as Operation>::SCHEMA.output().original_name(),
        Some("GetRoleResponse")
    );
    assert_eq!(
        slipway_runtime::xml_namespace(&iam_api::SERVICE),
        Some("https://iam.amazonaws.com/doc/2010-05-08/")
    );
}

#[test]
fn operations_outside_the_subset_are_known_by_name() {
    assert!(iam_api::ALL_MODEL_OPERATIONS.contains(&"CreateUser"));
    assert!(!iam_api::OPERATIONS.contains(&"CreateUser"));
    assert_eq!(codepipeline_api::OPERATIONS.len(), 44);
    assert_eq!(codebuild_api::OPERATIONS.len(), 59);
}
