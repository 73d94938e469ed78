//! Recorded messages as JSON lines, for people and tests.
//!
//! Invariant: the lines together are not much longer than [`LONGEST`]; what is left out is the oldest.

use super::companion::Sns;
use super::letter::{ShownAttribute, attributes};
use super::names;
use super::publish::sequence;
use super::rows::{KEPT, Message, Place};
use crate::store::{Direction, StoreError};
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use std::collections::BTreeMap;

const LONGEST: usize = 32 << 20;

/// One line.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Line<'a> {
    message_id: &'a str,
    topic_arn: &'a str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_structure: Option<&'static str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<&'a str, ShownAttribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_group_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_deduplication_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

impl Sns {
    /// The newest messages of a topic, oldest first, one JSON object a line; at most a thousand. `None`: no such topic.
    pub fn journal(&self, topic_arn: &str) -> Result<Option<String>, StoreError> {
        let key = names::topic_key("topic", topic_arn).ok();
        let Some(topic) = key.and_then(|key| self.tables.topics.get(&key)) else {
            return Ok(None);
        };
        let range = (topic.number, 0)..=(topic.number, u64::MAX);
        let most = usize::try_from(KEPT).unwrap_or(usize::MAX);
        let messages = &self.tables.messages;
        let newest = messages.page(range, Direction::Backward, most, LONGEST)?;
        let mut lines = String::new();
        for (place, message) in newest.iter().rev() {
            let line = line(topic_arn, topic.is_fifo(), *place, message);
            lines.push_str(&serde_json::to_string(&line).unwrap_or_default());
            lines.push('\n');
        }
        Ok(Some(lines))
    }
}

fn line<'a>(topic_arn: &'a str, fifo: bool, place: Place, message: &'a Message) -> Line<'a> {
    let time = message.time.wire();
    Line {
        message_id: &message.id,
        topic_arn,
        timestamp: time.fmt(Format::DateTime).unwrap_or_default(),
        subject: message.subject.as_deref(),
        message: &message.text,
        message_structure: message.json.then_some("json"),
        message_attributes: attributes(&message.attributes),
        message_group_id: message.group.as_deref(),
        message_deduplication_id: message.deduplication.as_deref(),
        sequence_number: fifo.then(|| sequence(place.1)),
    }
}
