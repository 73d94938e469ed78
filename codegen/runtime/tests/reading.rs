//! Reading requests of generated services: values, violations with their paths, wrong types, both codecs.

use aws_smithy_cbor::codec::{CborCodec, CborCodecSettings};
use aws_smithy_json::codec::{JsonCodec, JsonCodecSettings};
use aws_smithy_schema::codec::{Codec, FinishSerializer};
use aws_smithy_schema::serde::{SerdeError, ShapeSerializer};
use codepipeline_api::input::{CreatePipelineInput, StartPipelineExecutionInput};
use slipway_runtime::{Constraint, Structure, Violations, serialization_message};

fn json() -> JsonCodec {
    JsonCodec::new(
        JsonCodecSettings::builder()
            .use_json_name(false)
            .default_timestamp_format(aws_smithy_types::date_time::Format::EpochSeconds)
            .enforce_strictness(true)
            .dispatch_null_members(true)
            .strict_timestamp_formats(true)
            .build(),
    )
}

fn read<T: Structure>(text: &str) -> Result<(Option<T>, Violations), SerdeError> {
    let mut violations = Violations::new();
    let codec = json();
    let mut d = codec.create_deserializer(text.as_bytes());
    let value = slipway_runtime::read(&mut d, &mut violations)?;
    Ok((value, violations))
}

fn texts(violations: &Violations) -> Vec<String> {
    violations.iter().map(ToString::to_string).collect()
}

fn violations<T: Structure>(text: &str) -> Vec<String> {
    texts(&read::<T>(text).expect("readable").1)
}

/// A pipeline with one stage of one action; `action` goes into the action.
fn pipeline(action: &str) -> String {
    format!(
        r#"{{"pipeline":{{"name":"p","roleArn":"arn:aws:iam::123456789012:role/r","stages":[{{"name":"Source","actions":[
            {{"name":"A","actionTypeId":{{"category":"Source","owner":"AWS","provider":"S3","version":"1"}}{action}}}
        ]}}]}}}}"#
    )
}

#[test]
fn a_good_request_is_read_without_violations() {
    let (input, violations) = read::<CreatePipelineInput>(&pipeline("")).expect("readable");
    assert!(violations.is_empty(), "{violations:?}");
    let input = input.expect("built");
    assert_eq!(
        input.pipeline.stages[0].actions[0].action_type_id.provider,
        "S3"
    );
    assert_eq!(input.tags, None);
}

#[test]
fn a_missing_required_member_is_named_and_reading_goes_on() {
    // contract codepipeline §1.4
    let text = r#"{"pipeline":{"name":"p!","stages":[{"actions":[]}]}}"#;
    assert_eq!(
        violations::<CreatePipelineInput>(text),
        [
            "'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
            "'pipeline.stages.1.member.name' failed to satisfy constraint: Member must not be null",
            "'pipeline.roleArn' failed to satisfy constraint: Member must not be null",
        ]
    );
}

#[test]
fn numbers_are_checked_at_their_place_in_the_list() {
    // contract codepipeline §1.4
    assert_eq!(
        violations::<CreatePipelineInput>(&pipeline(r#","runOrder":0"#)),
        [
            "'pipeline.stages.1.member.actions.1.member.runOrder' failed to satisfy constraint: Member must have value greater than or equal to 1"
        ]
    );
    assert_eq!(
        violations::<CreatePipelineInput>(&pipeline(r#","runOrder":1000"#)),
        [
            "'pipeline.stages.1.member.actions.1.member.runOrder' failed to satisfy constraint: Member must have value less than or equal to 999"
        ]
    );
}

#[test]
fn map_values_are_reported_at_the_map_with_all_their_constraints() {
    // contract codepipeline §1.4
    assert_eq!(
        violations::<CreatePipelineInput>(&pipeline(r#","configuration":{"a":"","b":""}"#)),
        [
            "'pipeline.stages.1.member.actions.1.member.configuration' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]"
        ]
    );
}

#[test]
fn an_unknown_enum_value_lists_the_models_values() {
    // contract codepipeline §1.4
    let text = r#"{"pipeline":{"name":"p","roleArn":"arn:aws:iam::123456789012:role/r","stages":[],
        "artifactStore":{"type":"S3","location":"bucket","encryptionKey":{"id":"k","type":"RSA"}}}}"#;
    let (input, found) = read::<CreatePipelineInput>(text).expect("readable");
    assert_eq!(
        texts(&found),
        [
            "'pipeline.artifactStore.encryptionKey.type' failed to satisfy constraint: Member must satisfy enum value set: [KMS]"
        ]
    );
    let violation = found.iter().next().expect("one");
    assert_eq!(violation.value.as_deref(), Some("RSA"));
    assert_eq!(violation.member, "pipeline");
    assert!(violation.is_nested());
    // `type` is required in the key, so the key cannot be built; it is optional in the store, so the rest can.
    let store = input
        .expect("built")
        .pipeline
        .artifact_store
        .expect("built");
    assert_eq!(store.encryption_key, None);
}

#[test]
fn lengths_count_characters() {
    // contract codepipeline §1.4: "Length counts characters"
    let name = "é".repeat(101);
    let found = violations::<StartPipelineExecutionInput>(&format!(r#"{{"name":"{name}"}}"#));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].ends_with("Member must have length less than or equal to 100"));
}

#[test]
fn a_lifted_constraint_is_not_enforced() {
    // contract codepipeline §1.4: StartPipelineExecution with `variables: []` succeeds
    let found = violations::<StartPipelineExecutionInput>(r#"{"name":"p","variables":[]}"#);
    assert_eq!(found, [""; 0]);
}

#[test]
fn null_counts_as_absent() {
    // contract codepipeline §1.1
    let (input, found) =
        read::<CreatePipelineInput>(&pipeline(r#","runOrder":null"#)).expect("readable");
    assert!(found.is_empty());
    assert_eq!(
        input.expect("built").pipeline.stages[0].actions[0].run_order,
        None
    );
    assert_eq!(
        violations::<StartPipelineExecutionInput>(r#"{"name":null}"#),
        ["'name' failed to satisfy constraint: Member must not be null"]
    );
}

#[test]
fn unknown_members_are_ignored() {
    // contract codepipeline §1.1
    let text = r#"{"name":"p","novelty":{"a":[1,{"b":null}]},"variables":[{"name":"v","value":"x","more":1}]}"#;
    let (input, found) = read::<StartPipelineExecutionInput>(text).expect("readable");
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(input.expect("built").variables.expect("sent")[0].value, "x");
}

#[test]
fn a_wrong_json_type_names_the_conversion() {
    // contract codepipeline §1.3
    let cases = [
        (
            pipeline(r#","runOrder":"1""#),
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#"{"pipeline":{"name":1}}"#.to_owned(),
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            r#"{"pipeline":{"name":{}}}"#.to_owned(),
            "Start of structure or map found where not expected.",
        ),
        (
            r#"{"pipeline":{"stages":1}}"#.to_owned(),
            "Expected list or null",
        ),
        (
            r#"{"pipeline":[]}"#.to_owned(),
            "Start of list found where not expected.",
        ),
    ];
    for (text, want) in cases {
        let error = read::<CreatePipelineInput>(&text).expect_err("a wrong type");
        assert_eq!(serialization_message(&error), want);
    }
}

#[test]
fn one_request_reports_a_bounded_number_of_violations() {
    let variables = vec![r#"{"name":"","value":""}"#; 1000].join(",");
    let found = violations::<StartPipelineExecutionInput>(&format!(
        r#"{{"name":"p","variables":[{variables}]}}"#
    ));
    assert_eq!(found.len(), slipway_runtime::MAX_VIOLATIONS);
}

#[test]
fn both_codecs_carry_the_same_request() {
    let text = pipeline(r#","runOrder":2,"configuration":{"S3Bucket":"b"}"#);
    let input = read::<CreatePipelineInput>(&text)
        .expect("readable")
        .0
        .expect("built");

    let cbor = CborCodec::new(CborCodecSettings::default());
    let mut s = cbor.create_serializer();
    s.write_struct(CreatePipelineInput::SCHEMA, &input)
        .expect("written");
    let bytes = s.finish();
    let mut found = Violations::new();
    let mut d = cbor.create_deserializer(&bytes);
    let back = slipway_runtime::read::<CreatePipelineInput>(&mut d, &mut found).expect("readable");
    assert_eq!(back, Some(input.clone()));
    assert!(found.is_empty());

    let mut s = json().create_serializer();
    s.write_struct(CreatePipelineInput::SCHEMA, &input)
        .expect("written");
    let text = String::from_utf8(s.finish()).expect("text");
    assert_eq!(
        read::<CreatePipelineInput>(&text).expect("readable").0,
        Some(input)
    );
}

#[test]
fn cbor_violations_have_the_same_places() {
    let mut encoder = aws_smithy_cbor::Encoder::new(Vec::new());
    encoder
        .begin_map()
        .str("name")
        .str("")
        .str("variables")
        .array(1);
    encoder.begin_map().str("value").str("x").end().end();
    let cbor = CborCodec::new(CborCodecSettings::default());
    let bytes = encoder.into_writer();
    let mut found = Violations::new();
    let mut d = cbor.create_deserializer(&bytes);
    slipway_runtime::read::<StartPipelineExecutionInput>(&mut d, &mut found).expect("readable");
    let places: Vec<(&str, &Constraint)> = found
        .iter()
        .map(|v| (v.path.as_str(), &v.constraint))
        .collect();
    assert_eq!(
        places,
        [
            ("name", &Constraint::LengthMin(1)),
            ("name", &Constraint::Pattern(r"[A-Za-z0-9.@\-_]+")),
            ("variables.1.member.name", &Constraint::Required),
        ]
    );
}

#[test]
fn a_violation_does_not_carry_a_sensitive_value() {
    let text = r#"{"token":"","serverType":"NOPE","authType":"OAUTH"}"#;
    let found = read::<codebuild_api::input::ImportSourceCredentialsInput>(text)
        .expect("readable")
        .1;
    let values: Vec<_> = found
        .iter()
        .map(|v| (v.path.as_str(), v.value.as_deref()))
        .collect();
    assert_eq!(values, [("token", None), ("serverType", Some("NOPE"))]);
}

#[test]
fn violations_can_be_brought_into_the_models_order() {
    let text = r#"{"clientRequestToken":"","variables":[{"value":"x"}]}"#;
    let mut found = read::<StartPipelineExecutionInput>(text)
        .expect("readable")
        .1;
    let members = |found: &Violations| found.iter().map(|v| v.member.clone()).collect::<Vec<_>>();
    assert_eq!(
        members(&found),
        [
            "clientRequestToken",
            "clientRequestToken",
            "variables",
            "name"
        ]
    );
    found.sort_by_member(StartPipelineExecutionInput::SCHEMA);
    assert_eq!(
        members(&found),
        [
            "name",
            "variables",
            "clientRequestToken",
            "clientRequestToken"
        ]
    );
    let (own, nested) = found.split_nested();
    assert_eq!((own.len(), nested.len()), (3, 1));
}

#[test]
fn every_pattern_of_the_services_compiles() {
    codepipeline_api::validate_patterns().expect("codepipeline");
    codebuild_api::validate_patterns().expect("codebuild");
    iam_api::validate_patterns().expect("iam");
}
