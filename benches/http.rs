//! A no-op operation over loopback, as a ratio to a bare hyper server that answers the same bytes in the same run.
//!
//! Goal: at least 0.6. Both servers and the load share the machine; rounds alternate, and the medians are compared.

use bytes::Bytes;
use codepipeline_api::error::ListPipelinesError;
use codepipeline_api::input::ListPipelinesInput;
use codepipeline_api::model::PipelineSummary;
use codepipeline_api::output::ListPipelinesOutput;
use codepipeline_api::{ALL_MODEL_OPERATIONS, CodePipelineBuilder, OPERATIONS, SERVICE};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use slipway::app::App;
use slipway::config::Config;
use slipway::server::{Call, Listener, Service, Typed};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

const CONNECTIONS: usize = 16;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=000000000000/20261121/us-east-1/codepipeline/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(compare());
}

async fn compare() {
    let ours = ours().await;
    let answer = call(&mut connect(ours).await).await;
    let bare = bare(answer).await;
    let (mut rates_of_ours, mut rates_of_bare) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        rates_of_bare.push(rate(bare).await);
        rates_of_ours.push(rate(ours).await);
    }
    let (ours, bare) = (median(rates_of_ours), median(rates_of_bare));
    println!(
        "no-op operation: {ours:.0} requests/s, bare hyper: {bare:.0} requests/s, ratio {:.2} (goal 0.60)",
        ours / bare
    );
}

async fn list(
    _input: ListPipelinesInput,
    _call: Call,
) -> Result<ListPipelinesOutput, ListPipelinesError> {
    let summary = PipelineSummary {
        name: Some("hello".to_owned()),
        version: Some(1),
        ..Default::default()
    };
    Ok(ListPipelinesOutput {
        pipelines: Some(vec![summary]),
        next_token: None,
    })
}

async fn ours() -> SocketAddr {
    let rest: Vec<&str> = OPERATIONS
        .iter()
        .copied()
        .filter(|name| *name != "ListPipelines")
        .collect();
    let typed = Typed {
        dialect: slipway::codepipeline::violations::refuse,
    };
    let routes = CodePipelineBuilder::new(typed)
        .not_built(&rest)
        .list_pipelines(list)
        .build()
        .expect("all are named");
    let service = Service::new(
        "codepipeline",
        "codepipeline",
        &SERVICE,
        routes,
        ALL_MODEL_OPERATIONS,
    );
    let app = App::serving(Config::in_memory(), vec![service]);
    let listener = Listener::bind(app.config.listen, &[])
        .await
        .expect("a free port");
    let address = listener.address().expect("a bound socket");
    tokio::spawn(listener.serve(app, CancellationToken::new()));
    address
}

/// Reads each request whole and answers the same bytes under the same headers.
async fn bare(answer: Response<Bytes>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let answer = answer.clone();
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let answer = answer.clone().map(Full::new);
                async {
                    let _ = request.into_body().collect().await;
                    Ok::<_, Infallible>(answer)
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    address
}

async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let _ = stream.set_nodelay(true);
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    sender
}

async fn call(sender: &mut SendRequest<Full<Bytes>>) -> Response<Bytes> {
    let request = Request::post("/")
        .header("host", "127.0.0.1")
        .header("x-amz-target", "CodePipeline_20150709.ListPipelines")
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "user-agent",
            "Boto3/1.44 md/Botocore#1.44 ua/2.1 os/linux lang/python#3.13",
        )
        .header("x-amz-date", "20261121T000000Z")
        .header("authorization", AUTHORIZATION)
        .body(Full::new(Bytes::from_static(b"{}")))
        .expect("a well-formed request");
    let (head, body) = sender
        .send_request(request)
        .await
        .expect("an answer")
        .into_parts();
    assert!(head.status.is_success());
    let mut answer = Response::new(body.collect().await.expect("a body").to_bytes());
    *answer.headers_mut() = head.headers;
    answer
}

/// Requests per second over all connections.
async fn rate(address: SocketAddr) -> f64 {
    let begun = Instant::now();
    let clients = (0..CONNECTIONS).map(|_| tokio::spawn(client(address, begun + ROUND)));
    let counts = futures::future::join_all(clients).await;
    let total: u64 = counts
        .into_iter()
        .map(|count| count.expect("a client"))
        .sum();
    total as f64 / begun.elapsed().as_secs_f64()
}

async fn client(address: SocketAddr, until: Instant) -> u64 {
    let mut sender = connect(address).await;
    let mut count = 0;
    while Instant::now() < until {
        call(&mut sender).await;
        count += 1;
    }
    count
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
