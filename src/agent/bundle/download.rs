//! The bytes of a bundle, from where the specification says that they are.
//!
//! Invariant: a bundle is written to a file as it comes, never held in memory, and bounded in size and in silence.

use super::git;
use crate::agent::errors::{self, Done, Fault};
use crate::agent::specification::{BundleKind, Revision};
use crate::git::Git;
use crate::server::client::{self, Answer, Chunks};
use camino::Utf8Path;
use futures::StreamExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// Whom bundles are asked of.
#[derive(Clone, Debug)]
pub struct Sources {
    /// S3, without a slash at the end.
    pub s3: String,
    /// Names the account and the region.
    pub authorization: String,
    /// GitHub's API, without a slash at the end. What is behind https is fetched by git, from the host that the API is of.
    pub github: String,
    pub git: Git,
    /// How long to wait before each further attempt at GitHub.
    pub again: Vec<Duration>,
}

impl Sources {
    pub const GITHUB: &str = "https://api.github.com";

    /// The pauses of AWS's agent.
    pub fn pauses() -> Vec<Duration> {
        [10, 30, 90].map(Duration::from_secs).to_vec()
    }
}

/// Largest bundle.
const MAX_BYTES: u64 = 16 << 30;
/// How long a download may be silent.
const SILENCE: Duration = Duration::from_secs(60);
/// Redirects of one download.
const MOST_REDIRECTS: usize = 5;

const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Downloads a bundle into a file; how it is packed.
pub async fn fetch(sources: &Sources, revision: &Revision, into: &Utf8Path) -> Done<BundleKind> {
    match revision {
        Revision::S3 {
            bucket,
            key,
            kind,
            version,
            etag,
        } => {
            let url = s3_url(&sources.s3, bucket, key, version.as_deref());
            s3(sources, &url, etag.as_deref(), into).await?;
            Ok(*kind)
        }
        Revision::GitHub {
            account,
            repository,
            commit,
            kind,
            token,
        } => {
            if let Some(host) = sources.github.strip_prefix("https://") {
                let address = git::address(host, account, repository);
                git::fetch(&sources.git, &address, commit, token.as_deref(), into).await?;
                return Ok(BundleKind::Tar);
            }
            let format = match kind {
                BundleKind::Zip => "zipball",
                BundleKind::Tar | BundleKind::Tgz => "tarball",
            };
            let path = format!("{account}/{repository}/{format}/{commit}");
            let path = utf8_percent_encode(&path, IN_PATH);
            let url = format!("{}/repos/{path}", sources.github);
            github(sources, &url, token.as_deref(), into).await?;
            // What comes is a tar within gzip, which the unpacker sees.
            Ok(*kind)
        }
    }
}

fn s3_url(endpoint: &str, bucket: &str, key: &str, version: Option<&str>) -> String {
    let encoded = |text| utf8_percent_encode(text, IN_PATH);
    let url = format!("{endpoint}/{}/{}", encoded(bucket), encoded(key));
    match version {
        Some(version) => format!(
            "{url}?versionId={}",
            utf8_percent_encode(version, NON_ALPHANUMERIC)
        ),
        None => url,
    }
}

async fn s3(sources: &Sources, url: &str, etag: Option<&str>, into: &Utf8Path) -> Done<()> {
    let headers = [("authorization", sources.authorization.as_str())];
    let (answer, body) = client::open(url, &headers).await.map_err(Fault::unknown)?;
    if answer.status != 200 {
        return Err(s3_refusal(answer.status, url, body).await);
    }
    let actual = answer.header("etag").unwrap_or_default();
    if let Some(expected) = etag.filter(|expected| bare(expected) != bare(actual)) {
        return Err(errors::etag(expected, actual));
    }
    save(body, into).await
}

fn bare(etag: &str) -> String {
    etag.replace('"', "")
}

/// In S3's own words.
async fn s3_refusal(status: u16, url: &str, mut body: Chunks) -> Fault {
    let mut text = Vec::new();
    while let Some(Ok(chunk)) = body.next().await {
        text.extend_from_slice(&chunk);
        if text.len() > 64 * 1024 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&text);
    let between = |tag: &str| {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        rest.split_once(&format!("</{tag}>"))
            .map(|(inner, _)| inner.to_owned())
    };
    match between("Message") {
        Some(message) => Fault::unknown(message),
        None => Fault::unknown(format!("S3 answers {status} to {url}")),
    }
}

async fn github(sources: &Sources, url: &str, token: Option<&str>, into: &Utf8Path) -> Done<()> {
    let mut codes = Vec::new();
    let mut pauses = sources.again.iter();
    loop {
        let (answer, body) = follow(url, token).await?;
        if answer.status == 200 {
            return save(body, into).await;
        }
        codes.push(answer.status.to_string());
        match pauses.next() {
            Some(pause) => tokio::time::sleep(*pause).await,
            None => {
                let (retries, codes) = (codes.len() - 1, codes.join("; "));
                return Err(Fault::unknown(format!(
                    "Could not download bundle at '{url}' after {retries} retries. Server returned codes: {codes}."
                )));
            }
        }
    }
}

/// Archives are elsewhere than the API. The token stays with the API's own host.
async fn follow(url: &str, token: Option<&str>) -> Done<(Answer, Chunks)> {
    let token = token.map(|token| format!("token {token}"));
    let mut at = url.to_owned();
    for _ in 0..MOST_REDIRECTS {
        let mut headers = vec![("user-agent", "slipway-agent")];
        let same_host = host(&at) == host(url);
        headers.extend(
            token
                .as_deref()
                .filter(|_| same_host)
                .map(|token| ("authorization", token)),
        );
        let (answer, body) = client::open(&at, &headers).await.map_err(|error| {
            Fault::unknown(format!("Could not download bundle at '{url}': {error}"))
        })?;
        match answer.header("location") {
            Some(location) if (300..400).contains(&answer.status) => at = location.to_owned(),
            _ => return Ok((answer, body)),
        }
    }
    Err(Fault::unknown(format!(
        "Could not download bundle at '{url}': it leads on and on"
    )))
}

fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

async fn save(mut body: Chunks, into: &Utf8Path) -> Done<()> {
    let refused = |error: std::io::Error| Fault::file("write", into, &error);
    let mut file = File::create(into).await.map_err(refused)?;
    let mut length = 0_u64;
    loop {
        let next = tokio::time::timeout(SILENCE, body.next()).await;
        let next =
            next.map_err(|_| Fault::unknown("The download of the bundle has gone silent"))?;
        let Some(chunk) = next else { break };
        let chunk = chunk.map_err(|error| {
            Fault::unknown(format!("The download of the bundle broke off: {error}"))
        })?;
        length += chunk.len() as u64;
        if length > MAX_BYTES {
            let text = format!("The bundle is larger than {MAX_BYTES} bytes");
            return Err(Fault::unknown(text));
        }
        file.write_all(&chunk).await.map_err(refused)?;
    }
    file.flush().await.map_err(refused)
}
