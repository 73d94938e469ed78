//! Requests that slipway itself makes: plain HTTP/1.1, one connection each.
//!
//! Invariant: nothing is waited for without end, but a stream that the caller asked for; no answer is kept that is longer than
//! [`LONGEST`]; redirects are not followed. The status is the caller's to judge.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt};
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt, BodyStream, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use percent_encoding::percent_decode_str;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest body of an answer.
pub const LONGEST: usize = 64 * 1024 * 1024;
/// How long a connection may take.
pub const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take.
pub const ANSWER: Duration = Duration::from_secs(60);

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order of the answer; values that are no text are left out.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Answer {
    /// The first header of this name, which is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(of, _)| of == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

/// The body of an answer as it comes.
pub type Chunks = BoxStream<'static, io::Result<Bytes>>;

/// Why there is no answer. The texts name the address.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("'{0}' is no address of the form http://host:port")]
    Address(String),
    #[error("{0}: https is not offered; use http")]
    NotPlain(String),
    #[error("{name}: {error}")]
    Header { name: String, error: String },
    #[error("cannot connect to {url}: {error}")]
    Connect { url: String, error: io::Error },
    #[error("{url} did not answer within {} seconds", .waited.as_secs())]
    TooSlow { url: String, waited: Duration },
    #[error("{url} answered more than {LONGEST} bytes")]
    TooLong { url: String },
    #[error("the connection to {url} broke: {error}")]
    Broken { url: String, error: String },
}

/// Whether a request can be sent to this URL at all.
pub fn check(url: &str) -> Result<(), ClientError> {
    Outgoing::new(Method::GET, url, &[], Bytes::new()).map(drop)
}

/// Sends a body and waits for the whole answer.
pub async fn post(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Answer, ClientError> {
    let request = Outgoing::new(Method::POST, url, headers, body.into())?;
    timeout(ANSWER, request.collect())
        .await
        .unwrap_or_else(|_| Err(too_slow(url, ANSWER)))
}

/// Stores a body and waits for the whole answer.
pub async fn put(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<Answer, ClientError> {
    let request = Outgoing::new(Method::PUT, url, headers, body.into())?;
    timeout(ANSWER, request.collect())
        .await
        .unwrap_or_else(|_| Err(too_slow(url, ANSWER)))
}

/// Sends a body and waits at most `patience` for the status that is answered. What else is answered is read, because the other side
/// may want it to be, but no more than `most` bytes of it, and thrown away.
pub async fn tell(
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
    patience: Duration,
    most: usize,
) -> Result<u16, ClientError> {
    let request = Outgoing::new(Method::POST, url, headers, body.into())?;
    let exchange = async {
        let (head, body) = request.send(patience, patience).await?.into_parts();
        let _ = Limited::new(body, most).collect().await;
        Ok(head.status.as_u16())
    };
    timeout(patience, exchange)
        .await
        .unwrap_or_else(|_| Err(too_slow(url, patience)))
}

/// Asks, and waits for the whole answer.
pub async fn get(url: &str, headers: &[(&str, &str)]) -> Result<Answer, ClientError> {
    let request = Outgoing::new(Method::GET, url, headers, Bytes::new())?;
    timeout(ANSWER, request.collect())
        .await
        .unwrap_or_else(|_| Err(too_slow(url, ANSWER)))
}

/// Asks, waits for the head of the answer and gives its body as it comes, for as long as it comes. Dropping it ends the connection.
pub async fn get_stream(url: &str, headers: &[(&str, &str)]) -> Result<(u16, Chunks), ClientError> {
    let (head, chunks) = open(url, headers).await?;
    Ok((head.status, chunks))
}

/// The same with all of the head, in an answer without a body.
pub async fn open(url: &str, headers: &[(&str, &str)]) -> Result<(Answer, Chunks), ClientError> {
    let request = Outgoing::new(Method::GET, url, headers, Bytes::new())?;
    let (head, body) = request.send(CONNECT, ANSWER).await?.into_parts();
    let answer = Answer {
        status: head.status.as_u16(),
        headers: texts(&head.headers),
        body: Bytes::new(),
    };
    let chunks = BodyStream::new(body).filter_map(|frame| async {
        match frame {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(io::Error::other(error))),
        }
    });
    Ok((answer, chunks.boxed()))
}

fn texts(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&http::HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

/// A request and where it goes.
struct Outgoing<'a> {
    url: &'a str,
    host: String,
    port: u16,
    request: Request<Full<Bytes>>,
}

impl<'a> Outgoing<'a> {
    fn new(
        method: Method,
        url: &'a str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Self, ClientError> {
        let malformed = || ClientError::Address(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| malformed())?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(ClientError::NotPlain(url.to_owned())),
            _ => return Err(malformed()),
        }
        let authority = uri.authority().filter(|of| !of.host().is_empty());
        let authority = authority.ok_or_else(malformed)?;
        let (user, host) = match authority.as_str().rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority.as_str()),
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header(header::CONNECTION, "close");
        let authorized = |(name, _): &(&str, &str)| name.eq_ignore_ascii_case("authorization");
        if let Some(user) = user.filter(|_| !headers.iter().any(authorized)) {
            request = request.header(header::AUTHORIZATION, basic(user));
        }
        for (name, value) in headers {
            let text = HeaderValue::from_str(value).map_err(|error| ClientError::Header {
                name: (*name).to_owned(),
                error: error.to_string(),
            })?;
            request = request.header(*name, text);
        }
        Ok(Self {
            url,
            host: bare(authority.host()).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            request: request.body(Full::new(body)).map_err(|_| malformed())?,
        })
    }

    /// Waits at most so long for the connection, and so long for the head of the answer.
    async fn send(
        self,
        connect: Duration,
        answer: Duration,
    ) -> Result<http::Response<Incoming>, ClientError> {
        let url = self.url.to_owned();
        let connecting = TcpStream::connect((self.host.as_str(), self.port));
        let stream = timeout(connect, connecting)
            .await
            .map_err(|_| too_slow(&url, connect))?
            .map_err(|error| ClientError::Connect {
                url: url.clone(),
                error,
            })?;
        let _ = stream.set_nodelay(true);
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(|error| broken(&url, &error))?;
        // Ends with the answer's body, or when nobody wants it any more.
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection of the client broke");
            }
        });
        let answered = timeout(answer, sender.send_request(self.request)).await;
        answered
            .map_err(|_| too_slow(&url, answer))?
            .map_err(|error| broken(&url, &error))
    }

    async fn collect(self) -> Result<Answer, ClientError> {
        let url = self.url.to_owned();
        let (head, body) = self.send(CONNECT, ANSWER).await?.into_parts();
        let body = Limited::new(body, LONGEST).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => ClientError::TooLong { url: url.clone() },
            false => broken(&url, &*error),
        })?;
        Ok(Answer {
            status: head.status.as_u16(),
            headers: texts(&head.headers),
            body: body.to_bytes(),
        })
    }
}

/// The user of a URL, with its password, as basic credentials.
fn basic(user: &str) -> String {
    let plain: Vec<u8> = percent_decode_str(user).collect();
    format!("Basic {}", STANDARD.encode(plain))
}

/// IPv6 addresses stand in brackets in a URL and without them everywhere else.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn too_slow(url: &str, waited: Duration) -> ClientError {
    ClientError::TooSlow {
        url: url.to_owned(),
        waited,
    }
}

fn broken(url: &str, error: &dyn std::error::Error) -> ClientError {
    ClientError::Broken {
        url: url.to_owned(),
        error: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server for one request: answers these bytes; gives its URL and what it was sent.
    async fn answering(bytes: Vec<u8>) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = vec![0; 4096];
            let count = stream.read(&mut seen).await.unwrap();
            // The client goes away in the middle of what is too long.
            let _ = stream.write_all(&bytes).await;
            String::from_utf8(seen[..count].to_vec()).unwrap()
        });
        (url, task)
    }

    #[tokio::test]
    async fn a_body_goes_out_and_an_answer_comes_back() {
        let (url, task) = answering(
            b"HTTP/1.1 404 Not Found\r\nX-Why: no\r\ncontent-length: 4\r\n\r\nnone".to_vec(),
        )
        .await;
        let answer = post(&format!("{url}/a/b?c=d"), &[("x-amz-target", "S.O")], "{}")
            .await
            .unwrap();
        assert_eq!((answer.status, &*answer.body), (404, &b"none"[..]));
        assert!(
            answer
                .headers
                .contains(&("x-why".to_owned(), "no".to_owned()))
        );
        let seen = task.await.unwrap();
        assert!(seen.starts_with("POST /a/b?c=d HTTP/1.1\r\n"), "{seen}");
        assert!(
            seen.contains("x-amz-target: S.O\r\n") && seen.contains("host: 127.0.0.1:"),
            "{seen}"
        );
    }

    #[test]
    fn users_in_urls_become_basic_credentials() {
        let url = "http://u:p%40@host.example:81/a?b";
        let outgoing = |headers: &[(&str, &str)]| {
            let outgoing = Outgoing::new(Method::POST, url, headers, Bytes::from("text")).unwrap();
            assert_eq!(
                (outgoing.host.as_str(), outgoing.port),
                ("host.example", 81)
            );
            outgoing.request
        };
        let request = outgoing(&[("x-one", "1")]);
        assert_eq!(request.uri(), "/a?b");
        assert_eq!(request.headers()["host"], "host.example:81");
        assert_eq!(request.headers()["authorization"], "Basic dTpwQA==");
        assert_eq!(request.headers()["x-one"], "1");
        // A caller's own credentials are the only ones.
        let request = outgoing(&[("Authorization", "mine")]);
        let sent = request.headers().get_all("authorization").iter();
        assert_eq!(sent.collect::<Vec<_>>(), ["mine"]);
    }

    #[tokio::test]
    async fn what_is_told_is_acknowledged_by_a_status_however_long_the_answer() {
        let head = b"HTTP/1.1 301 Moved Permanently\r\nlocation: http://127.0.0.1:9/\r\n";
        let mut long = [head, &b"content-length: 5000\r\n\r\n"[..]].concat();
        long.resize(long.len() + 5000, b' ');
        let (url, task) = answering(long).await;
        let told = tell(&url, &[("x-one", "1")], "{}", ANSWER, 100).await;
        assert_eq!(told.unwrap(), 301);
        let seen = task.await.unwrap();
        assert!(seen.contains("connection: close\r\n"), "{seen}");
        assert!(seen.ends_with("\r\n\r\n{}"), "{seen}");
    }

    #[tokio::test]
    async fn who_does_not_answer_in_time_is_given_up() {
        let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", silent.local_addr().unwrap());
        let patience = Duration::from_millis(20);
        let told = tell(&url, &[], "{}", patience, 100).await;
        assert!(matches!(told, Err(ClientError::TooSlow { waited, .. }) if waited == patience));
    }

    #[tokio::test]
    async fn a_header_that_is_no_text_is_named() {
        let told = tell("http://127.0.0.1:9/", &[("x-one", "a\nb")], "", ANSWER, 100).await;
        let error = told.unwrap_err().to_string();
        assert!(error.starts_with("x-one: "), "{error}");
    }

    #[tokio::test]
    async fn a_stream_gives_its_chunks_and_its_break() {
        let bytes =
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\na\n\r\n2\r\nb\n\r\n";
        let (url, _task) = answering(bytes.to_vec()).await;
        let (status, chunks) = get_stream(&url, &[]).await.unwrap();
        let chunks: Vec<_> = chunks.collect().await;
        let texts: Vec<_> = chunks.iter().map(|chunk| chunk.as_deref().ok()).collect();
        assert_eq!(status, 200);
        assert_eq!(texts, [Some(&b"a\n"[..]), Some(b"b\n"), None]);
    }

    #[tokio::test]
    async fn what_is_no_answer_is_told_with_the_address() {
        let unused = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", unused.local_addr().unwrap());
        drop(unused);
        let error = get(&url, &[]).await.unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("cannot connect to {url}: ")),
            "{error}"
        );

        let (url, _task) = answering(b"SMTP ready\r\n".to_vec()).await;
        let error = get(&url, &[]).await.unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("the connection to {url} broke: ")),
            "{error}"
        );

        let mut long =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", LONGEST + 1).into_bytes();
        long.resize(long.len() + LONGEST + 1, b' ');
        let (url, _task) = answering(long).await;
        assert!(matches!(
            get(&url, &[]).await,
            Err(ClientError::TooLong { .. })
        ));

        for (url, said) in [
            ("https://localhost", "https is not offered"),
            ("localhost:4566", "is no address of the form"),
            ("http://", "is no address of the form"),
            ("ftp://x", "is no address of the form"),
        ] {
            let error = get(url, &[]).await.unwrap_err().to_string();
            assert!(error.contains(said), "{url}: {error}");
        }
    }
}
