//! A client that writes requests by hand, and its own S3 with nothing in it.

use super::super::Door;
use crate::aws::{Account, Region, Time};
use crate::companions::s3::{Caller, S3, Tables};
use crate::companions::{ObjectCreated, ObjectListener};
use crate::store::{Builder, Location, Store};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

pub struct Client {
    pub door: Door,
    pub s3: S3,
    pub store: Store,
    pub news: Arc<News>,
    clock: AtomicI64,
}

#[derive(Default)]
pub struct News(Mutex<Vec<ObjectCreated>>);

impl ObjectListener for News {
    fn object_created(&self, news: &ObjectCreated) {
        self.0.lock().unwrap().push(news.clone());
    }
}

impl News {
    pub fn keys(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|news| news.object.key.clone())
            .collect()
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status and error code.
    pub fn code(&self) -> String {
        format!("{} {}", self.status, self.element("Code"))
    }

    /// The text of the first element of this name.
    pub fn element(&self, name: &str) -> String {
        self.elements(name).into_iter().next().unwrap_or_default()
    }

    pub fn elements(&self, name: &str) -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        let pieces = self.text().split(&open).skip(1);
        pieces
            .map(|piece| piece.split(&close).next().unwrap().to_owned())
            .collect()
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text()
        );
        self
    }
}

impl Client {
    pub fn new() -> Self {
        let mut builder = Builder::new();
        let tables = Tables::declare(&mut builder);
        let store = builder.open(Location::Memory).unwrap();
        let s3 = S3::open(store.clone(), tables).unwrap();
        let news = Arc::<News>::default();
        s3.listen_objects(news.clone());
        Self {
            door: Door::new(s3.clone(), &["localhost"]),
            s3,
            store,
            news,
            clock: AtomicI64::new(1_000_000_000_000),
        }
    }

    /// With a bucket `bkt`.
    pub async fn with_bucket() -> Self {
        let client = Self::new();
        client.send("PUT", "/bkt", &[], "").await.ok();
        client
    }

    pub async fn versioned() -> Self {
        let client = Self::with_bucket().await;
        client.versioning("Enabled").await;
        client
    }

    pub async fn versioning(&self, status: &str) {
        let text =
            format!("<VersioningConfiguration><Status>{status}</Status></VersioningConfiguration>");
        self.send("PUT", "/bkt?versioning", &[], text).await.ok();
    }

    /// Every request comes a second after the one before.
    pub fn caller(&self, account: &str, region: &str) -> Caller {
        let now = self.clock.fetch_add(1000, Ordering::Relaxed);
        Caller {
            account: Account::parse(account).unwrap(),
            region: Region::parse(region).unwrap(),
            principal: format!("arn:aws:iam::{account}:user/test"),
            request_id: "request-1".to_owned(),
            now: Time::from_millis(now),
            limits: None,
        }
    }

    pub async fn send(
        &self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let caller = self.caller("000000000000", "us-east-1");
        self.send_as(caller, method, uri, headers, body).await
    }

    pub async fn send_as(
        &self,
        caller: Caller,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let body = body.into();
        let mut request = http::Request::builder()
            .method(method)
            .uri(uri)
            .header("host", "localhost:4566");
        if !headers
            .iter()
            .any(|(name, _)| *name == "content-length" || *name == "transfer-encoding")
        {
            request = request.header("content-length", body.len());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.request(caller, request.body(Full::new(body)).unwrap())
            .await
    }

    pub async fn request<B>(&self, caller: Caller, request: http::Request<B>) -> Answer
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = self.door.serve(request, caller).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        }
    }

    pub async fn put(&self, key: &str, body: &'static str) -> Answer {
        self.send("PUT", &format!("/bkt/{key}"), &[], body)
            .await
            .ok()
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.send("GET", uri, &[], "").await
    }

    /// Files in the folder of bodies.
    pub fn files(&self) -> usize {
        let folder = self.store.folder().join("objects");
        let folders = std::fs::read_dir(folder).unwrap();
        folders
            .map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count())
            .sum()
    }
}

pub fn aws_chunked(trailer: &str, chunks: &[&str]) -> String {
    let chunks = chunks
        .iter()
        .map(|chunk| format!("{:x}\r\n{chunk}\r\n", chunk.len()));
    format!("{}0\r\n{trailer}\r\n\r\n", chunks.collect::<String>())
}
