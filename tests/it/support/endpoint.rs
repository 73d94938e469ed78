//! An HTTP endpoint that notes what it is sent and answers what it is told to.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What came in.
#[derive(Clone, Debug)]
pub struct Post {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Post {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

/// Ends when dropped.
pub struct Endpoint {
    pub url: String,
    posts: Arc<Mutex<Vec<Post>>>,
    task: JoinHandle<()>,
}

impl Endpoint {
    /// Answers with these statuses, one after the other, and then with 200.
    pub async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?a=b", listener.local_addr().unwrap());
        let posts = Arc::new(Mutex::new(Vec::new()));
        let statuses: VecDeque<u16> = statuses.iter().copied().collect();
        let (noted, statuses) = (posts.clone(), Arc::new(Mutex::new(statuses)));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (noted, statuses) = (noted.clone(), statuses.clone());
                let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                    let (noted, statuses) = (noted.clone(), statuses.clone());
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.unwrap().to_bytes();
                        let path = head.uri.to_string();
                        let headers = head.headers;
                        noted.lock().unwrap().push(Post {
                            path,
                            headers,
                            body,
                        });
                        let status = statuses.lock().unwrap().pop_front().unwrap_or(200);
                        let mut response = Response::new(Full::<Bytes>::default());
                        *response.status_mut() = StatusCode::from_u16(status).unwrap();
                        // A client that follows redirects would come again.
                        let here = http::HeaderValue::from_static("/elsewhere");
                        response.headers_mut().insert("location", here);
                        if status == 401 {
                            let how = http::HeaderValue::from_static("Basic realm=\"here\"");
                            response.headers_mut().insert("www-authenticate", how);
                        }
                        Ok::<_, Infallible>(response)
                    }
                });
                let stream = TokioIo::new(stream);
                tokio::spawn(http1::Builder::new().serve_connection(stream, service));
            }
        });
        Self { url, posts, task }
    }

    pub fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }

    /// The first `count` that came in.
    pub async fn wait_for(&self, count: usize) -> Vec<Post> {
        super::wait_for("posts to the endpoint", || async {
            let posts = self.posts();
            (posts.len() >= count).then_some(posts)
        })
        .await
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}
