//! From bytes to a handler and back, in both protocols (design/codegen.md §5).

use crate::support::Server;
use codepipeline_api::error::{
    DeletePipelineError, GetPipelineError, ListPipelinesError, PipelineNotFoundException,
};
use codepipeline_api::input::{
    DeletePipelineInput, GetPipelineInput, ListPipelinesInput, UntagResourceInput,
};
use codepipeline_api::model::PipelineSummary;
use codepipeline_api::output::{
    DeletePipelineOutput, GetPipelineOutput, ListPipelinesOutput, UntagResourceOutput,
};
use codepipeline_api::{ALL_MODEL_OPERATIONS, CodePipelineBuilder, OPERATIONS, SERVICE};
use http::StatusCode;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::config::Config;
use slipway::server::{Call, Service, Typed};

const TARGET: &str = "CodePipeline_20150709";

/// Answers a list, an error, nothing at all, an empty structure, and panics when the pipeline is called `bug`.
async fn sample() -> Server {
    let built = [
        "ListPipelines",
        "GetPipeline",
        "DeletePipeline",
        "UntagResource",
    ];
    let rest: Vec<&str> = OPERATIONS
        .iter()
        .copied()
        .filter(|name| !built.contains(name))
        .collect();
    let routes = CodePipelineBuilder::new(Typed {
        dialect: slipway::codepipeline::violations::refuse,
    })
    .not_built(&rest)
    .list_pipelines(list)
    .get_pipeline(get)
    .delete_pipeline(delete)
    .untag_resource(untag)
    .build()
    .unwrap();
    let service = Service::new(
        "codepipeline",
        "codepipeline",
        &SERVICE,
        routes,
        ALL_MODEL_OPERATIONS,
    );
    Server::of(App::serving(Config::in_memory(), vec![service])).await
}

async fn list(
    _input: ListPipelinesInput,
    call: Call,
) -> Result<ListPipelinesOutput, ListPipelinesError> {
    let shown = format!(
        "{} {} {}",
        call.scope.account,
        call.scope.region,
        call.principal.arn()
    );
    let summary = PipelineSummary {
        name: Some(shown),
        ..Default::default()
    };
    Ok(ListPipelinesOutput {
        pipelines: Some(vec![summary]),
        next_token: None,
    })
}

async fn get(input: GetPipelineInput, _call: Call) -> Result<GetPipelineOutput, GetPipelineError> {
    assert_ne!(input.name, "bug", "this handler has a bug");
    Err(PipelineNotFoundException::new(format!("no pipeline {}", input.name)).into())
}

async fn delete(
    _input: DeletePipelineInput,
    _call: Call,
) -> Result<DeletePipelineOutput, DeletePipelineError> {
    Ok(DeletePipelineOutput::default())
}

async fn untag(
    _input: UntagResourceInput,
    _call: Call,
) -> Result<UntagResourceOutput, codepipeline_api::error::UntagResourceError> {
    Ok(UntagResourceOutput::default())
}

async fn json_error(server: &Server, operation: &str, body: &'static str) -> (StatusCode, Value) {
    let answer = server
        .json_bytes(&format!("{TARGET}.{operation}"), body)
        .await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn outputs_and_errors_come_back_in_both_protocols() {
    let server = sample().await;
    let body = json!({ "name": "p" });
    let answer = server
        .json(&format!("{TARGET}.ListPipelines"), &json!({}))
        .await;
    assert_eq!(
        answer.json()["pipelines"][0]["name"],
        "000000000000 us-east-1 arn:aws:iam::000000000000:user/slipway"
    );
    let answer = server.cbor(TARGET, "ListPipelines", &json!({})).await;
    assert_eq!(answer.header("content-type"), Some("application/cbor"));
    assert!(answer.cbor()["pipelines"][0]["name"].is_string());

    let answer = server.json(&format!("{TARGET}.GetPipeline"), &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    // contract codepipeline §1.3: the bare code, `message` in lower case
    assert_eq!(
        answer.json(),
        json!({ "__type": "PipelineNotFoundException", "message": "no pipeline p" })
    );
    let answer = server.cbor(TARGET, "GetPipeline", &body).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.cbor()["__type"],
        "com.amazonaws.codepipeline#PipelineNotFoundException"
    );
    assert_eq!(answer.cbor()["message"], "no pipeline p");
}

#[tokio::test]
async fn an_operation_without_output_answers_an_empty_body_and_one_with_an_empty_structure_an_empty_document()
 {
    // contract codepipeline §1.1
    let server = sample().await;
    let delete = json!({ "name": "p" });
    let untag =
        json!({ "resourceArn": "arn:aws:codepipeline:us-east-1:000000000000:p", "tagKeys": [] });
    let answer = server
        .json(&format!("{TARGET}.DeletePipeline"), &delete)
        .await;
    assert_eq!(
        (
            answer.status,
            answer.header("content-length"),
            answer.body.len()
        ),
        (StatusCode::OK, Some("0"), 0)
    );
    let answer = server.cbor(TARGET, "DeletePipeline", &delete).await;
    assert_eq!(
        (
            answer.status,
            answer.header("content-length"),
            answer.body.len()
        ),
        (StatusCode::OK, Some("0"), 0)
    );
    assert_eq!(answer.header("smithy-protocol"), Some("rpc-v2-cbor"));
    assert_eq!(
        server
            .json(&format!("{TARGET}.UntagResource"), &untag)
            .await
            .json(),
        json!({})
    );
    assert_eq!(
        server.cbor(TARGET, "UntagResource", &untag).await.cbor(),
        json!({})
    );
}

#[tokio::test]
async fn a_mistyped_member_is_named_by_its_conversion() {
    // contract codepipeline §1.3
    let server = sample().await;
    for (body, said) in [
        (
            r#"{"name":7}"#,
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            r#"{"name":"p","version":"x"}"#,
            "STRING_VALUE can not be converted to an Integer",
        ),
        (
            r#"{"name":["p"]}"#,
            "Start of list found where not expected.",
        ),
        (r#"["p"]"#, "Start of list found where not expected."),
    ] {
        let (status, error) = json_error(&server, "GetPipeline", body).await;
        assert_eq!(
            (status, &error["__type"]),
            (StatusCode::BAD_REQUEST, &json!("SerializationException")),
            "{body}"
        );
        assert_eq!(error["message"], said, "{body}");
    }
}

#[tokio::test]
async fn malformed_json_and_cbor_are_serialization_exceptions() {
    let server = sample().await;
    for body in [
        "{",
        "{\"name\"",
        "{\"name\":\"p\"} x",
        "nonsense",
        "{\"name\":\"p\",}",
        "{'name':'p'}",
        "\u{feff}{}",
    ] {
        let (status, error) = json_error(&server, "GetPipeline", body).await;
        assert_eq!(
            (status, &error["__type"]),
            (StatusCode::BAD_REQUEST, &json!("SerializationException")),
            "{body}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty(), "{body}");
    }
    let huge = [
        0xbf, 0x64, b'n', b'a', b'm', b'e', 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    for body in [
        &[0xff][..],
        &[0x00, 0x00],
        &[0xa1, 0x64, b'n'],
        &huge,
        b"{}",
    ] {
        let answer = server
            .cbor_bytes(TARGET, "GetPipeline", body.to_vec())
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body:x?}");
        let code = answer.cbor()["__type"]
            .as_str()
            .unwrap()
            .rsplit('#')
            .next()
            .unwrap()
            .to_owned();
        assert_eq!(code, "SerializationException", "{body:x?}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_refused() {
    let server = sample().await;
    let answer = server
        .json_bytes(
            &format!("{TARGET}.GetPipeline"),
            b"{\"name\":\"\xff\xfe\"}".to_vec(),
        )
        .await;
    assert_eq!(
        (answer.status, &answer.json()["__type"]),
        (StatusCode::BAD_REQUEST, &json!("SerializationException"))
    );
}

#[tokio::test]
async fn deep_nesting_is_refused_in_both_protocols() {
    let server = sample().await;
    let deep = format!(
        "{{\"name\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let answer = server
        .json_bytes(&format!("{TARGET}.GetPipeline"), deep)
        .await;
    assert_eq!(
        (answer.status, &answer.json()["__type"]),
        (StatusCode::BAD_REQUEST, &json!("SerializationException"))
    );
    assert!(answer.json()["message"].as_str().unwrap().contains("128"));
    let deep = [
        vec![0xbf, 0x61, b'x'],
        vec![0x81; 100_000],
        vec![0x00, 0xff],
    ]
    .concat();
    let answer = server.cbor_bytes(TARGET, "GetPipeline", deep).await;
    assert!(answer.cbor()["message"].as_str().unwrap().contains("128"));
}

#[tokio::test]
async fn a_body_over_ten_mebibytes_is_refused() {
    let server = sample().await;
    let padded = |length: usize| format!("{{\"name\":\"p\"{}}}", " ".repeat(length - 12));
    let answer = server
        .json_bytes(&format!("{TARGET}.GetPipeline"), padded(10 << 20))
        .await;
    assert_eq!(answer.json()["__type"], "PipelineNotFoundException");
    let answer = server
        .json_bytes(&format!("{TARGET}.GetPipeline"), padded((10 << 20) + 1))
        .await;
    assert_eq!(
        (answer.status, &answer.json()["__type"]),
        (
            StatusCode::PAYLOAD_TOO_LARGE,
            &json!("RequestEntityTooLargeException")
        )
    );
}

#[tokio::test]
async fn broken_constraints_are_told_in_the_services_words_and_the_handler_is_not_called() {
    // contract codepipeline §1.4
    let server = sample().await;
    let (status, error) = json_error(&server, "GetPipeline", "{}").await;
    assert_eq!(
        (status, &error["__type"]),
        (StatusCode::BAD_REQUEST, &json!("ValidationException"))
    );
    let said = "1 validation error detected: Value at 'name' failed to satisfy constraint: Member must not be null";
    assert_eq!(error["message"], said);
    let (_, error) = json_error(&server, "GetPipeline", "").await;
    assert_eq!(error["message"], said);
}

#[tokio::test]
async fn a_bug_in_a_handler_is_an_internal_failure_and_the_server_goes_on() {
    let server = sample().await;
    for _ in 0..2 {
        let answer = server
            .json(&format!("{TARGET}.GetPipeline"), &json!({ "name": "bug" }))
            .await;
        assert_eq!(
            (answer.status, &answer.json()["__type"]),
            (StatusCode::INTERNAL_SERVER_ERROR, &json!("InternalFailure"))
        );
        let id = answer.header("x-amzn-requestid").unwrap().to_owned();
        assert!(answer.json()["message"].as_str().unwrap().contains(&id));
    }
    let answer = server
        .cbor(TARGET, "GetPipeline", &json!({ "name": "bug" }))
        .await;
    assert!(
        answer.cbor()["__type"]
            .as_str()
            .unwrap()
            .ends_with("InternalFailure")
    );
}

#[tokio::test]
async fn unknown_and_null_members_are_ignored() {
    // contract codepipeline §1.1
    let server = sample().await;
    let body = r#"{"name":"p","version":null,"new":{"deep":[1,2,{"x":null}]}}"#;
    let (_, error) = json_error(&server, "GetPipeline", body).await;
    assert_eq!(error["__type"], "PipelineNotFoundException");
}

#[tokio::test]
async fn the_access_key_names_the_account_and_the_scope_the_region() {
    // design/product.md §3, account
    let server = sample().await;
    for (key, account) in [
        ("123456789012", "123456789012"),
        ("AKIAIOSFODNN7EXAMPLE", "000000000000"),
    ] {
        let request = server
            .post("/")
            .header("x-amz-target", format!("{TARGET}.ListPipelines"));
        let request = request.header(
            "authorization",
            crate::support::server::signed(key, "eu-central-1", "codepipeline"),
        );
        let answer = server.send(request.body(Default::default()).unwrap()).await;
        let expected = format!("{account} eu-central-1 arn:aws:iam::{account}:user/slipway");
        assert_eq!(answer.json()["pipelines"][0]["name"], expected);
    }
}
