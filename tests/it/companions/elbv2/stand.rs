//! What the tests of load balancers stand on: a server, load balancers in a line each, and backends that say who they are.

use super::{Service, element};
use crate::support::{Server, wait_for};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use slipway::config::Config;
use slipway::server::client::{self, Answer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

pub const ELB: Service = Service("elasticloadbalancing", "2015-12-01");
pub const PORT: u16 = 8080;
pub const ARN: &str = "arn:aws:elasticloadbalancing:us-east-1:000000000000:";

/// A server on which waits take a thousandth of their time.
pub async fn fast() -> Server {
    let config = Config {
        time_scale: 1000.0,
        ..Config::in_memory()
    };
    Server::with(config).await
}

/// A load balancer: its ARN and the address of its listeners.
pub struct Balancer {
    pub arn: String,
    pub dns: String,
}

impl Balancer {
    pub async fn new(server: &Server, name: &str, kind: &str) -> Self {
        let fields = [
            ("Name", name),
            ("Type", kind),
            ("Subnets.member.1", "subnet-1"),
            ("Subnets.member.2", "subnet-2"),
        ];
        let text = ELB.ok(server, "CreateLoadBalancer", &fields).await;
        Self {
            arn: element(&text, "LoadBalancerArn"),
            dns: element(&text, "DNSName"),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}:{PORT}{path}", self.dns)
    }

    /// Listens on `PORT` and forwards to groups by weight; gives the listener's ARN.
    pub async fn listen(&self, server: &Server, shares: &[(&str, u32)]) -> String {
        let (port, forward) = (PORT.to_string(), forward("DefaultActions", shares));
        let mut fields = vec![
            ("LoadBalancerArn", self.arn.as_str()),
            (
                "Protocol",
                if self.arn.contains("/net/") {
                    "TCP"
                } else {
                    "HTTP"
                },
            ),
            ("Port", &port),
        ];
        fields.extend(borrowed(&forward));
        let text = ELB.ok(server, "CreateListener", &fields).await;
        element(&text, "ListenerArn")
    }
}

/// Fields of a weighted forward.
pub fn forward(member: &str, shares: &[(&str, u32)]) -> Vec<(String, String)> {
    let of = |end: &str| format!("{member}.member.1.{end}");
    let mut fields = vec![(of("Type"), "forward".to_owned())];
    for (at, (arn, weight)) in shares.iter().enumerate() {
        let tuple = of(&format!("ForwardConfig.TargetGroups.member.{}", at + 1));
        fields.push((format!("{tuple}.TargetGroupArn"), (*arn).to_owned()));
        fields.push((format!("{tuple}.Weight"), weight.to_string()));
    }
    fields
}

pub fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    let fields = fields.iter();
    fields
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

pub async fn weigh(server: &Server, listener: &str, shares: &[(&str, u32)]) {
    let forward = forward("DefaultActions", shares);
    let mut fields = vec![("ListenerArn", listener)];
    fields.extend(borrowed(&forward));
    ELB.ok(server, "ModifyListener", &fields).await;
}

/// A target group of addresses, for HTTP unless its name begins with `tcp`; gives its ARN.
pub async fn group(server: &Server, name: &str) -> String {
    let protocol = if name.starts_with("tcp") {
        "TCP"
    } else {
        "HTTP"
    };
    let fields = [
        ("Name", name),
        ("Protocol", protocol),
        ("Port", "80"),
        ("VpcId", "vpc-1"),
        ("TargetType", "ip"),
    ];
    let text = ELB.ok(server, "CreateTargetGroup", &fields).await;
    element(&text, "TargetGroupArn")
}

pub async fn register(server: &Server, group: &str, at: SocketAddr) {
    target(server, "RegisterTargets", group, at).await;
}

pub async fn deregister(server: &Server, group: &str, at: SocketAddr) {
    target(server, "DeregisterTargets", group, at).await;
}

async fn target(server: &Server, action: &str, group: &str, at: SocketAddr) {
    let (id, port) = (at.ip().to_string(), at.port().to_string());
    let fields = [
        ("TargetGroupArn", group),
        ("Targets.member.1.Id", &id),
        ("Targets.member.1.Port", &port),
    ];
    ELB.ok(server, action, &fields).await;
}

/// Waits until the group's only target is in a state; gives what is said of it.
pub async fn until(server: &Server, group: &str, state: &str) -> String {
    let wanted = format!("<State>{state}</State>");
    let fields = [("TargetGroupArn", group)];
    wait_for(state, || async {
        let text = ELB.ok(server, "DescribeTargetHealth", &fields).await;
        text.contains(&wanted).then_some(text)
    })
    .await
}

pub async fn get(url: &str) -> Answer {
    client::get(url, &[]).await.unwrap()
}

/// Asks with headers of one's own, `host` among them.
pub async fn ask(url: &str, headers: &[(&str, &str)]) -> Answer {
    let uri: http::Uri = url.parse().unwrap();
    let authority = uri.authority().unwrap().as_str().to_owned();
    let stream = tokio::net::TcpStream::connect(&authority).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let mut request = Request::get(uri.path_and_query().unwrap().as_str());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", &authority);
    }
    let request = request.body(Full::<Bytes>::default()).unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    Answer {
        status: head.status.as_u16(),
        headers: head.headers.iter().map(header).collect(),
        body: body.collect().await.unwrap().to_bytes(),
    }
}

pub fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

pub fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let mut headers = answer.headers.iter();
    headers
        .find(|(known, _)| known == name)
        .map_or("", |(_, value)| value)
}

/// An HTTP server that answers with its name; below `/slow` only when it is allowed to; `/headers` with what it was sent.
pub struct Backend {
    pub at: SocketAddr,
    pub status: Arc<AtomicU16>,
    pub seen: Arc<AtomicUsize>,
    pub allowed: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Backend {
    pub async fn new(name: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let status = Arc::new(AtomicU16::new(200));
        let (seen, allowed) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let shared = (status.clone(), seen.clone(), allowed.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                let service = service_fn(move |request| {
                    let (status, seen, allowed) = shared.clone();
                    async move { answer(name, request, &status, &seen, &allowed).await }
                });
                let stream = TokioIo::new(stream);
                tokio::spawn(http1::Builder::new().serve_connection(stream, service));
            }
        });
        Self {
            at,
            status,
            seen,
            allowed,
            task,
        }
    }

    /// A backend that is registered and healthy.
    pub async fn healthy(server: &Server, group: &str, name: &'static str) -> Self {
        let backend = Self::new(name).await;
        register(server, group, backend.at).await;
        until(server, group, "healthy").await;
        backend
    }
}

async fn answer(
    name: &str,
    request: Request<Incoming>,
    status: &AtomicU16,
    seen: &AtomicUsize,
    allowed: &Semaphore,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let headers = format!("{:?}", request.headers());
    let length = request
        .into_body()
        .collect()
        .await
        .map(|body| body.to_bytes().len());
    if path.starts_with("/slow") {
        seen.fetch_add(1, Ordering::SeqCst);
        allowed.acquire().await.unwrap().forget();
    }
    let text = match path.as_str() {
        "/headers" => headers,
        "/length" => format!("{}", length.unwrap_or_default()),
        _ => name.to_owned(),
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = StatusCode::from_u16(status.load(Ordering::SeqCst)).unwrap();
    Ok(response)
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.task.abort();
    }
}
