//! A log stream from where it was read last.

use super::caller::{Api, CallError, Remote};
use jiff::Timestamp;
use logs_api::input::GetLogEventsInput;
use logs_api::output::GetLogEventsOutput;

/// Where a log lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LogAt {
    pub group: String,
    pub stream: String,
}

/// A place in a log stream; the stream need not exist yet.
#[derive(Clone, Debug)]
pub struct Tail {
    pub at: LogAt,
    /// Behind the last line that was read.
    token: Option<String>,
}

/// One line and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub time: Timestamp,
    /// Without the end of the line.
    pub text: String,
}

/// Lines per answer; as many as the operation gives.
const PAGE: i32 = 10_000;

impl LogAt {
    /// `arn:aws:logs:<region>:<account>:log-group:<group>:log-stream:<stream>`. A build without a log has `null` for both.
    pub fn of_arn(arn: &str) -> Option<Self> {
        let (_, rest) = arn.split_once(":log-group:")?;
        let (group, stream) = rest.split_once(":log-stream:")?;
        (group != "null").then(|| Self {
            group: group.to_owned(),
            stream: stream.to_owned(),
        })
    }
}

impl Tail {
    pub fn new(at: LogAt) -> Self {
        Self { at, token: None }
    }

    /// What has been written since the last time, to its end.
    pub async fn read(&mut self, remote: &Remote) -> Result<Vec<Line>, CallError> {
        let mut lines = Vec::new();
        loop {
            let input = GetLogEventsInput {
                log_group_name: Some(self.at.group.clone()),
                next_token: self.token.clone(),
                limit: Some(PAGE),
                start_from_head: Some(true),
                ..GetLogEventsInput::new(self.at.stream.clone())
            };
            let output: Result<GetLogEventsOutput, _> =
                remote.call(Api::Logs, "GetLogEvents", &input).await;
            let output = match output {
                Err(error) if error.is("ResourceNotFoundException") => return Ok(lines),
                output => output?,
            };
            let events = output.events.unwrap_or_default();
            let none = events.is_empty();
            lines.extend(
                events
                    .into_iter()
                    .map(|event| line(event.timestamp, event.message)),
            );
            self.token = output.next_forward_token.or(self.token.take());
            if none {
                return Ok(lines);
            }
        }
    }
}

fn line(millis: Option<i64>, message: Option<String>) -> Line {
    let time = millis.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    let text = message.unwrap_or_default();
    Line {
        time: time.unwrap_or_default(),
        text: text.trim_end_matches(['\n', '\r']).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_says_where_a_log_lies() {
        let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codebuild/p:log-stream:a/b";
        let at = LogAt::of_arn(arn).unwrap();
        assert_eq!(
            (at.group.as_str(), at.stream.as_str()),
            ("/aws/codebuild/p", "a/b")
        );
        let none = "arn:aws:logs:us-east-1:000000000000:log-group:null:log-stream:null";
        assert_eq!(LogAt::of_arn(none), None);
        assert_eq!(LogAt::of_arn("arn:aws:s3:::bucket"), None);
    }
}
