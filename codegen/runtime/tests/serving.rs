//! A generated service behind the runtime's router, in both protocols: what handlers answer arrives as AWS sends it.

use std::convert::Infallible;
use std::future::Future;

use aws_smithy_http_server::body::{BoxBody, RequestBody, to_boxed};
use aws_smithy_http_server::routing::SyncRoute;
use aws_smithy_http_server::schema::routing::MultiProtocolRoutingService;
use aws_smithy_http_server::schema::{OperationSchema, SelectedOperation, collect_request_body};
use codepipeline_api::CodePipelineBuilder;
use codepipeline_api::error::{
    DeletePipelineError, GetPipelineError, ListPipelinesError, PipelineNotFoundException,
    TagResourceError,
};
use codepipeline_api::input::{
    DeletePipelineInput, GetPipelineInput, ListPipelinesInput, TagResourceInput,
};
use codepipeline_api::model::PipelineSummary;
use codepipeline_api::output::{
    DeletePipelineOutput, GetPipelineOutput, ListPipelinesOutput, TagResourceOutput,
};
use http_body_util::BodyExt;
use slipway_runtime::smithy::DateTime;
use slipway_runtime::{Adapter, Operation, Violations};
use tower::ServiceExt;

/// The least an adapter has to do.
struct Plain;

impl Adapter for Plain {
    type Context = ();
    type Route = SyncRoute<RequestBody>;

    fn route<Op, F, Fut>(&self, handler: F) -> Self::Route
    where
        Op: Operation,
        F: Fn(Op::Input, ()) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Op::Output, Op::Error>> + Send + 'static,
    {
        SyncRoute::new(tower::service_fn(move |request| {
            answer::<Op, F, Fut>(handler.clone(), request)
        }))
    }

    fn not_implemented(&self, _: &'static OperationSchema<'static>) -> Self::Route {
        SyncRoute::new(tower::service_fn(|_: http::Request<RequestBody>| async {
            let answer = http::Response::builder().status(501).body(to_boxed(""));
            Ok::<_, Infallible>(answer.expect("a plain answer"))
        }))
    }
}

async fn answer<Op, F, Fut>(
    handler: F,
    request: http::Request<RequestBody>,
) -> Result<http::Response<BoxBody>, Infallible>
where
    Op: Operation,
    F: Fn(Op::Input, ()) -> Fut,
    Fut: Future<Output = Result<Op::Output, Op::Error>>,
{
    let selected = SelectedOperation::get_from_request(&request)
        .expect("routed")
        .clone();
    let protocol = selected.protocol();
    let (parts, body) = request.into_parts();
    let body = collect_request_body(body, &selected.request_body_config())
        .await
        .expect("a body");
    let request =
        aws_smithy_runtime_api::http::Request::try_from(http::Request::from_parts(parts, body))
            .expect("a request");
    // The deserializer is gone before the handler runs: it cannot cross threads.
    let input = {
        let mut d = protocol
            .deserialize_request(selected.operation().input(), &request)
            .expect("a body");
        slipway_runtime::read(&mut *d, &mut Violations::new())
            .expect("readable")
            .expect("complete")
    };
    Ok(match handler(input, ()).await {
        Ok(output) => protocol.serialize_response(selected.operation().output(), &output),
        Err(error) => protocol.serialize_error(&error),
    })
}

async fn list_pipelines(
    _: ListPipelinesInput,
    _: (),
) -> Result<ListPipelinesOutput, ListPipelinesError> {
    let summary = PipelineSummary {
        name: Some("p".to_owned()),
        created: Some(DateTime::from_secs_and_nanos(1_446_137_358, 328_999_999)),
        ..PipelineSummary::default()
    };
    Ok(ListPipelinesOutput {
        pipelines: Some(vec![summary]),
        next_token: None,
    })
}

async fn get_pipeline(
    input: GetPipelineInput,
    _: (),
) -> Result<GetPipelineOutput, GetPipelineError> {
    Err(PipelineNotFoundException::new(format!("no {}", input.name)))?
}

async fn delete_pipeline(
    _: DeletePipelineInput,
    _: (),
) -> Result<DeletePipelineOutput, DeletePipelineError> {
    Ok(DeletePipelineOutput {})
}

async fn tag_resource(_: TagResourceInput, _: ()) -> Result<TagResourceOutput, TagResourceError> {
    Ok(TagResourceOutput {})
}

const BUILT: [&str; 4] = [
    "ListPipelines",
    "GetPipeline",
    "DeletePipeline",
    "TagResource",
];

/// Status, content type and body.
async fn send(request: http::Request<&'static [u8]>) -> (u16, Option<String>, Vec<u8>) {
    let rest: Vec<&str> = codepipeline_api::OPERATIONS
        .iter()
        .copied()
        .filter(|name| !BUILT.contains(name))
        .collect();
    let routes = CodePipelineBuilder::new(Plain)
        .list_pipelines(list_pipelines)
        .get_pipeline(get_pipeline)
        .delete_pipeline(delete_pipeline)
        .tag_resource(tag_resource)
        .not_built(&rest)
        .build()
        .expect("complete");
    let router = MultiProtocolRoutingService::builder(&codepipeline_api::SERVICE)
        .operation_handler_bindings(routes)
        .build()
        .expect("a router");
    let request = request.map(|body| http_body_util::Full::new(bytes::Bytes::from_static(body)));
    let response = router.oneshot(request).await.expect("an answer");
    let kind = response
        .headers()
        .get("content-type")
        .map(|kind| kind.to_str().expect("text").to_owned());
    let status = response.status().as_u16();
    (
        status,
        kind,
        response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes()
            .to_vec(),
    )
}

fn json(operation: &str, body: &'static str) -> http::Request<&'static [u8]> {
    http::Request::post("/")
        .header("x-amz-target", format!("CodePipeline_20150709.{operation}"))
        .header("content-type", "application/x-amz-json-1.1")
        .body(body.as_bytes())
        .expect("a request")
}

fn cbor(operation: &str, body: &'static [u8]) -> http::Request<&'static [u8]> {
    http::Request::post(format!(
        "/service/CodePipeline_20150709/operation/{operation}"
    ))
    .header("smithy-protocol", "rpc-v2-cbor")
    .header("content-type", "application/cbor")
    .body(body)
    .expect("a request")
}

fn text(answer: (u16, Option<String>, Vec<u8>)) -> (u16, String) {
    (answer.0, String::from_utf8(answer.2).expect("text"))
}

#[tokio::test]
async fn times_are_seconds_with_three_decimals() {
    // contract codepipeline §1.2
    let (status, body) = text(send(json("ListPipelines", "{}")).await);
    assert_eq!(
        (status, body.as_str()),
        (
            200,
            r#"{"pipelines":[{"name":"p","created":1446137358.328}]}"#
        )
    );
}

#[tokio::test]
async fn a_modelled_error_is_its_bare_name_and_a_lower_case_message() {
    // contract codepipeline §1.3
    let (status, body) = text(send(json("GetPipeline", r#"{"name":"x"}"#)).await);
    assert_eq!(
        (status, body.as_str()),
        (
            400,
            r#"{"message":"no x","__type":"PipelineNotFoundException"}"#
        )
    );
}

#[tokio::test]
async fn an_operation_without_output_answers_an_empty_body() {
    // contract codepipeline §1.1
    let (status, kind, body) = send(json("DeletePipeline", r#"{"name":"x"}"#)).await;
    assert_eq!(
        (status, kind.as_deref(), body.len()),
        (200, Some("application/x-amz-json-1.1"), 0)
    );
}

#[tokio::test]
async fn an_operation_with_an_empty_output_answers_an_empty_object() {
    // contract codepipeline §1.1
    let (status, body) = text(
        send(json(
            "TagResource",
            r#"{"resourceArn":"arn:aws:codepipeline:r:123456789012:p","tags":[]}"#,
        ))
        .await,
    );
    assert_eq!((status, body.as_str()), (200, "{}"));
}

#[tokio::test]
async fn cbor_errors_carry_their_type() {
    // {"name": "x"}
    let (status, kind, body) = send(cbor("GetPipeline", b"\xa1\x64name\x61x")).await;
    assert_eq!((status, kind.as_deref()), (400, Some("application/cbor")));
    let has = |text: &[u8]| body.windows(text.len()).any(|window| window == text);
    assert!(
        has(b"__type") && has(b"PipelineNotFoundException") && has(b"no x"),
        "{body:?}"
    );
}

#[tokio::test]
async fn cbor_operations_without_output_answer_an_empty_body() {
    let (status, kind, body) = send(cbor("DeletePipeline", b"\xa1\x64name\x61x")).await;
    assert_eq!((status, kind, body.len()), (200, None, 0));
}

#[tokio::test]
async fn an_operation_that_is_not_built_reaches_its_own_route() {
    assert_eq!(
        send(json("StartPipelineExecution", r#"{"name":"x"}"#))
            .await
            .0,
        501
    );
}
