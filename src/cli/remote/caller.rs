//! Calls of a running server: awsJson 1.1, and the server's own endpoints.
//!
//! Invariant: every failure says which server was asked and what a person can do about it.

use crate::server::client::{self, Answer, Chunks, ClientError};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use futures::{Stream, StreamExt, stream};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A server and who calls it.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Without a slash at its end.
    url: String,
    key: String,
    region: String,
}

/// The services that are called.
#[derive(Clone, Copy, Debug)]
pub enum Api {
    CodeBuild,
    CodeDeploy,
    CodePipeline,
    /// What agents of CodeDeploy call.
    Commands,
    Logs,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("{0}. Start a server with `slipway serve`, or name another one with --endpoint")]
    Unreachable(ClientError),
    /// The service's own words.
    #[error("{message} ({code})")]
    Refused { code: String, message: String },
    #[error("{url} does not answer like slipway: {what}")]
    Foreign { url: String, what: String },
    #[error("the server at {url} is gone: {what}")]
    Lost { url: String, what: String },
}

impl From<ClientError> for CallError {
    /// Not as a source: its text is part of this one's.
    fn from(error: ClientError) -> Self {
        Self::Unreachable(error)
    }
}

impl CallError {
    /// Whether the service refused with this exception.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == name)
    }
}

/// The longest line of a stream.
const LONGEST_LINE: usize = 1024 * 1024;

impl Remote {
    pub fn new(url: String, key: String, region: String) -> Self {
        Self { url, key, region }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// The account, when the key names it.
    pub fn account(&self) -> Option<&str> {
        let digits = self.key.len() == 12 && self.key.bytes().all(|byte| byte.is_ascii_digit());
        digits.then_some(&self.key)
    }

    /// Calls an operation and reads its output.
    pub async fn call<O: DeserializeOwned>(
        &self,
        api: Api,
        operation: &str,
        input: &impl Serialize,
    ) -> Result<O, CallError> {
        let target = format!("{}.{operation}", api.target());
        let authorization = self.authorization(api.signing_name());
        let headers = [
            ("x-amz-target", target.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
            ("authorization", &authorization),
        ];
        let body = serde_json::to_vec(input).map_err(|error| self.foreign(&error))?;
        let answer = client::post(&format!("{}/", self.url), &headers, body).await?;
        if answer.status != 200 {
            return Err(self.refusal(&answer));
        }
        // An operation without members may answer nothing.
        let body = match answer.body.is_empty() {
            true => &b"{}"[..],
            false => &answer.body,
        };
        serde_json::from_slice(body).map_err(|error| self.foreign(&error))
    }

    /// The time by the server's clock, which may run faster than the one on the wall.
    pub async fn now(&self) -> Result<Timestamp, CallError> {
        let answer = client::get(&format!("{}/_slipway/time", self.url), &[]).await?;
        let body: Value =
            serde_json::from_slice(&answer.body).map_err(|error| self.foreign(&error))?;
        let now = body["now"].as_str().unwrap_or_default();
        let now = DateTime::from_str(now, Format::DateTime);
        now.ok()
            .and_then(|now| time(&now))
            .ok_or_else(|| self.foreign(&"it tells no time"))
    }

    /// JSON lines from `/_slipway/follow`; the first comes at once. The stream ends with an error when the server does.
    pub async fn follow(
        &self,
        query: &[(&str, &str)],
    ) -> Result<impl Stream<Item = Result<Value, CallError>> + Send + 'static, CallError> {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let authorization = self.authorization("slipway");
        let headers = [("authorization", authorization.as_str())];
        let url = format!("{}/_slipway/follow?{query}", self.url);
        let (status, chunks) = client::get_stream(&url, &headers).await?;
        if status != 200 {
            return Err(self.foreign(&format!("it answers {status} to {url}")));
        }
        let lines = Lines {
            remote: self.clone(),
            chunks,
            left: Vec::new(),
            over: false,
        };
        Ok(stream::unfold(lines, |mut lines| async {
            let next = lines.next().await?;
            Some((next, lines))
        }))
    }

    /// Any credentials are accepted; what counts is the account and the region that they name.
    pub fn authorization(&self, service: &str) -> String {
        let (key, region) = (&self.key, &self.region);
        let date = Timestamp::now().strftime("%Y%m%d");
        format!(
            "AWS4-HMAC-SHA256 Credential={key}/{date}/{region}/{service}/aws4_request, SignedHeaders=host, Signature=unsigned"
        )
    }

    fn refusal(&self, answer: &Answer) -> CallError {
        let body: Value = match serde_json::from_slice(&answer.body) {
            Ok(body @ Value::Object(_)) => body,
            _ => return self.foreign(&format!("it answers {}", answer.status)),
        };
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let code = text("__type").unwrap_or_else(|| format!("status {}", answer.status));
        let code = code.rsplit('#').next().unwrap_or(&code).to_owned();
        let message = text("message").or_else(|| text("Message"));
        CallError::Refused {
            message: message.unwrap_or_else(|| "the server refused".to_owned()),
            code,
        }
    }

    fn foreign(&self, what: &dyn std::fmt::Display) -> CallError {
        CallError::Foreign {
            url: self.url.clone(),
            what: what.to_string(),
        }
    }

    fn lost(&self, what: &dyn std::fmt::Display) -> CallError {
        CallError::Lost {
            url: self.url.clone(),
            what: what.to_string(),
        }
    }
}

impl Api {
    fn target(self) -> &'static str {
        match self {
            Self::CodeBuild => "CodeBuild_20161006",
            Self::CodeDeploy => "CodeDeploy_20141006",
            Self::CodePipeline => "CodePipeline_20150709",
            Self::Commands => crate::codedeploy::agents::protocol::TARGETS[0],
            Self::Logs => "Logs_20140328",
        }
    }

    fn signing_name(self) -> &'static str {
        match self {
            Self::CodeBuild => "codebuild",
            Self::CodeDeploy => "codedeploy",
            Self::CodePipeline => "codepipeline",
            Self::Commands => crate::codedeploy::agents::protocol::SIGNING_NAMES[0],
            Self::Logs => "logs",
        }
    }
}

/// A body cut into lines.
struct Lines {
    remote: Remote,
    chunks: Chunks,
    left: Vec<u8>,
    over: bool,
}

impl Lines {
    /// `None` only after an error.
    async fn next(&mut self) -> Option<Result<Value, CallError>> {
        if self.over {
            return None;
        }
        let line = self.line().await;
        self.over = line.is_err();
        Some(line)
    }

    async fn line(&mut self) -> Result<Value, CallError> {
        loop {
            if let Some(end) = self.left.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.left.drain(..=end).collect();
                return serde_json::from_slice(&line).map_err(|error| self.remote.foreign(&error));
            }
            if self.left.len() > LONGEST_LINE {
                return Err(self.remote.foreign(&"a line without end"));
            }
            match self.chunks.next().await {
                Some(Ok(chunk)) => self.left.extend_from_slice(&chunk),
                Some(Err(error)) => return Err(self.remote.lost(&error)),
                None => return Err(self.remote.lost(&"it has stopped")),
            }
        }
    }
}

/// A time of an answer.
pub fn time(time: &DateTime) -> Option<Timestamp> {
    Timestamp::from_millisecond(time.to_millis().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn remote() -> Remote {
        Remote::new("http://here".into(), "0".repeat(12), "eu-west-1".into())
    }

    fn refusal(status: u16, body: &str) -> String {
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = Answer {
            status,
            headers: Vec::new(),
            body,
        };
        remote().refusal(&answer).to_string()
    }

    #[test]
    fn a_refusal_is_told_in_the_services_words() {
        let body = r#"{"__type":"com.amazonaws.codepipeline#PipelineNotFoundException","message":"No 'x'."}"#;
        assert_eq!(refusal(400, body), "No 'x'. (PipelineNotFoundException)");
        assert_eq!(refusal(500, r#"{"Message":"m"}"#), "m (status 500)");
        assert_eq!(
            refusal(404, "<html>"),
            "http://here does not answer like slipway: it answers 404"
        );
    }

    #[tokio::test]
    async fn a_body_is_cut_into_lines_wherever_its_chunks_end() {
        let chunks =
            ["{\"a\":1}\n{\"a\"", ":2}", "\n", "{\"a\":3"].map(|text| Ok(Bytes::from(text)));
        let mut lines = Lines {
            remote: remote(),
            chunks: stream::iter(chunks).boxed(),
            left: Vec::new(),
            over: false,
        };
        for number in 1..=2 {
            assert_eq!(lines.next().await.unwrap().unwrap()["a"], number);
        }
        let end = lines.next().await.unwrap().unwrap_err().to_string();
        assert_eq!(end, "the server at http://here is gone: it has stopped");
        assert!(lines.next().await.is_none());
    }
}
