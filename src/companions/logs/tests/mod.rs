//! Operations called as functions, on an application that keeps nothing, at times that the test names.

mod events;
mod groups;
mod search;
mod streams;
mod tags;
mod verbs;

use super::operations::*;
use crate::aws::{Region, Scope, Time};
use crate::server::Call;
use logs_api::error::*;
use logs_api::input::*;
use logs_api::model::*;
use logs_api::output::*;

/// Midnight of some day, in milliseconds.
const DAY: i64 = 19_000 * 86_400_000;
const HOUR: i64 = 3_600_000;

/// A caller whose clock stands where the test puts it.
#[derive(Clone)]
struct Desk {
    call: Call,
}

impl Desk {
    fn new() -> Self {
        let mut call = Call::test();
        call.now = Time::from_millis(DAY);
        Self { call }
    }

    fn at(mut self, millis: i64) -> Self {
        self.call.now = Time::from_millis(millis);
        self
    }

    fn in_region(&self, region: &str) -> Self {
        let region = Region::parse(region).unwrap();
        let scope = Scope::new(self.call.scope.account.clone(), region);
        let call = self.call.clone().within(scope);
        Self { call }
    }

    fn call(&self) -> Call {
        self.call.clone()
    }

    async fn group(&self, name: &str) {
        let input = CreateLogGroupInput::new(name);
        create_log_group(input, self.call()).await.unwrap();
    }

    /// A group `g` with streams of these names.
    async fn streams(&self, names: &[&str]) {
        self.group("g").await;
        for name in names {
            let input = CreateLogStreamInput::new("g", *name);
            create_log_stream(input, self.call()).await.unwrap();
        }
    }

    /// Puts lines such as `(time, "text")` into a stream of `g`.
    async fn put(&self, stream: &str, lines: &[(i64, &str)]) -> PutLogEventsOutput {
        self.try_put(stream, lines).await.unwrap()
    }

    async fn try_put(
        &self,
        stream: &str,
        lines: &[(i64, &str)],
    ) -> Result<PutLogEventsOutput, PutLogEventsError> {
        let event = |(time, text): &(i64, &str)| InputLogEvent::new(*time, *text);
        let events = lines.iter().map(event).collect();
        put_log_events(PutLogEventsInput::new("g", stream, events), self.call()).await
    }

    async fn get(&self, input: GetLogEventsInput) -> GetLogEventsOutput {
        get_log_events(input, self.call()).await.unwrap()
    }

    /// The texts of a stream of `g`, from its head.
    async fn texts(&self, stream: &str) -> Vec<String> {
        let input = from_head(stream, None);
        messages(&self.get(input).await)
    }
}

fn from_head(stream: &str, token: Option<&str>) -> GetLogEventsInput {
    GetLogEventsInput {
        log_group_name: Some("g".to_owned()),
        start_from_head: Some(true),
        next_token: token.map(str::to_owned),
        ..GetLogEventsInput::new(stream)
    }
}

fn messages(output: &GetLogEventsOutput) -> Vec<String> {
    let events = output.events.iter().flatten();
    events.map(|event| event.message.clone().unwrap()).collect()
}
