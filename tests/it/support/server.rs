//! A server in this process on a free port, and calls to it that no SDK has touched.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use slipway::app::App;
use slipway::config::Config;
use slipway::server::{Listener, Service};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Stops when dropped.
pub struct Server {
    pub app: Arc<App>,
    pub address: SocketAddr,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Server {
    /// Keeps nothing, defaults for the rest.
    pub async fn start() -> Self {
        Self::with(Config::in_memory()).await
    }

    pub async fn with(config: Config) -> Self {
        Self::of(App::start(config).await.unwrap()).await
    }

    /// An application that keeps nothing, with these services in place of its own.
    pub async fn serving(services: Vec<Service>) -> Self {
        Self::of(App::serving(Config::in_memory(), services)).await
    }

    /// Serves an application that has been built elsewhere.
    pub async fn of(app: Arc<App>) -> Self {
        let listener = Listener::bind(app.config.listen, &app.config.hosts)
            .await
            .unwrap();
        let address = listener.address().unwrap();
        app.world.listens(address, std::collections::HashMap::new());
        let stop = CancellationToken::new();
        let task = tokio::spawn(listener.serve(app.clone(), stop.clone()));
        Self {
            app,
            address,
            stop,
            task: Some(task),
        }
    }

    /// Tells it to stop and waits until it has.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.task.take().unwrap().await.unwrap();
    }

    /// awsJson 1.1: `target` is `CodeBuild_20161006.StartBuild`.
    pub async fn json(&self, target: &str, body: &Value) -> Answer {
        self.json_bytes(target, body.to_string()).await
    }

    pub async fn json_bytes(&self, target: &str, body: impl Into<Bytes>) -> Answer {
        let request = self
            .post("/")
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.1");
        self.send(request.body(Full::new(body.into())).unwrap())
            .await
    }

    /// rpcv2Cbor.
    pub async fn cbor(&self, service: &str, operation: &str, body: &Value) -> Answer {
        let mut bytes = Vec::new();
        ciborium::into_writer(body, &mut bytes).unwrap();
        self.cbor_bytes(service, operation, bytes).await
    }

    pub async fn cbor_bytes(
        &self,
        service: &str,
        operation: &str,
        body: impl Into<Bytes>,
    ) -> Answer {
        let request = self.post(&format!("/service/{service}/operation/{operation}"));
        let request = request
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("content-type", "application/cbor");
        self.send(request.body(Full::new(body.into())).unwrap())
            .await
    }

    /// awsQuery, signed for `service`; `fields` is the form as it is sent.
    pub async fn query(&self, service: &str, fields: &str) -> Answer {
        let request = self.post("/").header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        let request = request.header(
            "authorization",
            signed("000000000000", "us-east-1", service),
        );
        self.send(
            request
                .body(Full::new(Bytes::from(fields.to_owned())))
                .unwrap(),
        )
        .await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(
            self.request(Method::GET, path)
                .body(Full::default())
                .unwrap(),
        )
        .await
    }

    pub fn post(&self, path: &str) -> http::request::Builder {
        self.request(Method::POST, path)
    }

    pub fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", self.address.to_string())
    }

    /// Over a connection of its own.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        self.connect().await.send(request).await
    }

    /// A connection for many requests, one after the other.
    pub async fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Connection {
            sender,
            host: self.address.to_string(),
        }
    }
}

/// One HTTP/1.1 connection.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
}

impl Connection {
    /// awsJson 1.1: `target` is `CodeBuild_20161006.StartBuild`.
    pub async fn json(&mut self, target: &str, body: String) -> Answer {
        let request = self.post("/").header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.1");
        self.send(request.body(Full::from(body)).unwrap()).await
    }

    /// rpcv2Cbor.
    pub async fn cbor(&mut self, service: &str, operation: &str, body: Vec<u8>) -> Answer {
        let request = self.post(&format!("/service/{service}/operation/{operation}"));
        let request = request
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("content-type", "application/cbor");
        self.send(request.body(Full::from(body)).unwrap()).await
    }

    fn post(&self, path: &str) -> http::request::Builder {
        Request::post(path).header("host", &self.host)
    }

    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Answer {
        self.sender.ready().await.unwrap();
        let (head, body) = self
            .sender
            .send_request(request)
            .await
            .unwrap()
            .into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status,
            headers: head.headers,
            body,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn cbor(&self) -> Value {
        ciborium::from_reader(&*self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An `Authorization` header with a credential scope; the signature is not checked.
pub fn signed(key: &str, region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20261121/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00"
    )
}
