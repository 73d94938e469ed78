//! What may be published, and the one durable write it becomes.
//!
//! Invariant: a message that is acknowledged is recorded, and so is one delivery for each confirmed subscription.

use super::companion::Sns;
use super::errors::{self, invalid};
use super::names;
use super::rows::{Delivery, KEPT, Message, Seen, Tables, Topic, TopicKey, What};
use crate::aws::{Scope, Time, ids};
use crate::companions::{PublishError, Publisher};
use crate::store::{Direction, Txn};
use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sns_api::error::PublishError as NotPublished;
use sns_api::error::{
    InternalErrorException, InvalidParameterException, InvalidParameterValueException,
};
use sns_api::model::MessageAttributeValue;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bytes of a message with its attributes.
const LONGEST: usize = 256 * 1024;
const LONGEST_SUBJECT: usize = 100;
/// Deliveries that may be pending together.
const MOST_PENDING: usize = 10_000;
/// How long a message of a FIFO topic is not taken again.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);
/// Remembered messages that one write forgets.
const AT_ONCE: usize = 16;

/// What somebody wants to publish.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    pub subject: Option<String>,
    pub text: String,
    pub structure: Option<String>,
    pub attributes: BTreeMap<String, MessageAttributeValue>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub id: String,
    /// Of messages to FIFO topics.
    pub sequence: Option<String>,
    deliveries: Vec<u64>,
}

impl Sns {
    pub(super) async fn publish_to(
        &self,
        key: TopicKey,
        publication: Publication,
        now: Time,
    ) -> Result<Published, NotPublished> {
        check(&publication)?;
        let old = self.forgotten(now);
        let write = self.write(move |tables, tx| {
            for seen in old {
                tx.remove(&tables.seen, &seen);
            }
            take(tables, tx, &key, publication, now)
        });
        let published = write.await?;
        self.dispatch(&published.deliveries);
        Ok(published)
    }

    fn forgotten(&self, now: Time) -> Vec<(u64, String)> {
        let index = &self.tables.seen_by_time;
        let old = index.range(..now - REMEMBERED, Direction::Forward, AT_ONCE);
        old.into_iter().map(|(_, key)| key).collect()
    }
}

/// What a message must be, whatever its topic.
fn check(publication: &Publication) -> Result<(), NotPublished> {
    let text = &publication.text;
    if text.is_empty() {
        return Err(invalid("Empty message").into());
    }
    if text.len() + size(&publication.attributes) > LONGEST {
        return Err(invalid("Message too long").into());
    }
    if publication.subject.as_deref().is_some_and(bad_subject) {
        return Err(invalid("Subject").into());
    }
    match publication.structure.as_deref() {
        None | Some("") => {}
        Some("json") => check_structure(text)?,
        Some(_) => return Err(invalid("MessageStructure").into()),
    }
    let mut attributes = publication.attributes.iter();
    attributes.try_for_each(|(name, value)| Ok(check_attribute(name, value)?))
}

fn size(attributes: &BTreeMap<String, MessageAttributeValue>) -> usize {
    let one = |(name, value): (&String, &MessageAttributeValue)| {
        let text = value.string_value.as_ref().map_or(0, String::len);
        let bytes = value.binary_value.as_ref().map_or(0, |b| b.as_ref().len());
        name.len() + value.data_type.len() + text + bytes
    };
    attributes.iter().map(one).sum()
}

/// Subjects are ASCII, begin with a letter, digit or punctuation, have no line breaks and fewer than a hundred characters.
fn bad_subject(subject: &str) -> bool {
    let long = subject.is_empty() || subject.len() > LONGEST_SUBJECT;
    long || !subject.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || subject.starts_with(' ')
}

fn check_structure(text: &str) -> Result<(), InvalidParameterException> {
    match serde_json::from_str(text) {
        Ok(Value::Object(texts)) if texts.get("default").is_some_and(Value::is_string) => Ok(()),
        Ok(Value::Object(_)) => Err(invalid(
            "Message Structure - No default entry in JSON message body",
        )),
        _ => Err(invalid(
            "Message Structure - JSON message body failed to parse",
        )),
    }
}

fn check_attribute(
    name: &str,
    value: &MessageAttributeValue,
) -> Result<(), InvalidParameterValueException> {
    let kind = value.data_type.as_str();
    let plain = kind.split('.').next().unwrap_or_default();
    let given = match plain {
        "String" | "Number" => value.string_value.as_ref().is_some_and(|v| !v.is_empty()),
        "Binary" => value
            .binary_value
            .as_ref()
            .is_some_and(|v| !v.as_ref().is_empty()),
        _ => {
            return Err(errors::invalid_value(format!(
                "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String."
            )));
        }
    };
    match given {
        true => Ok(()),
        false => Err(errors::invalid_value(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{kind}'."
        ))),
    }
}

/// Takes a message in, as part of a write.
fn take(
    tables: &Tables,
    tx: &mut Txn,
    key: &TopicKey,
    publication: Publication,
    now: Time,
) -> Result<Published, NotPublished> {
    let topic = tables.topic_in(tx, key)?;
    let deduplication = match topic.is_fifo() {
        true => Some(check_fifo(&topic, &publication)?),
        false => publication.deduplication.clone(),
    };
    let remembered = (topic.number, deduplication.clone().unwrap_or_default());
    if topic.is_fifo()
        && let Some(seen) = tx.get(&tables.seen, &remembered)
        && seen.time > now - REMEMBERED
    {
        return Ok(Published {
            id: seen.id.clone(),
            sequence: Some(sequence(seen.sequence)),
            deliveries: Vec::new(),
        });
    }
    let (place, id) = record(tables, tx, &topic, publication, deduplication, now);
    if topic.is_fifo() {
        let seen = Seen {
            time: now,
            id: id.clone(),
            sequence: place.1,
        };
        tx.put(&tables.seen, remembered, seen);
    }
    Ok(Published {
        id,
        sequence: topic.is_fifo().then(|| sequence(place.1)),
        deliveries: address(tables, tx, key, place)?,
    })
}

/// The deduplication id of a message to a FIFO topic.
fn check_fifo(
    topic: &Topic,
    publication: &Publication,
) -> Result<String, InvalidParameterException> {
    if publication.group.as_ref().is_none_or(String::is_empty) {
        return Err(invalid(
            "The MessageGroupId parameter is required for FIFO topics",
        ));
    }
    match &publication.deduplication {
        Some(id) if !id.is_empty() => Ok(id.clone()),
        _ if topic.says("ContentBasedDeduplication") => {
            Ok(hex::encode(Sha256::digest(publication.text.as_bytes())))
        }
        _ => Err(invalid(
            "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
        )),
    }
}

/// Numbers have twenty digits, so that they sort as texts.
pub fn sequence(place: u64) -> String {
    format!("{:020}", 10_000_000_000_000_000_000 + place)
}

fn record(
    tables: &Tables,
    tx: &mut Txn,
    topic: &Topic,
    publication: Publication,
    deduplication: Option<String>,
    now: Time,
) -> ((u64, u64), String) {
    let last = tx.get(&tables.lasts, &topic.number).map_or(0, |last| *last);
    let place = (topic.number, last + 1);
    tx.put(&tables.lasts, topic.number, place.1);
    if let Some(old) = place.1.checked_sub(KEPT) {
        tx.remove_record(&tables.messages, &(topic.number, old));
    }
    let message = Message {
        id: ids::uuid(),
        time: now,
        subject: publication.subject,
        text: publication.text,
        json: publication.structure.is_some_and(|s| s == "json"),
        attributes: publication.attributes,
        group: publication.group,
        deduplication,
    };
    let id = message.id.clone();
    tx.put_record(&tables.messages, place, message);
    (place, id)
}

/// Notes the deliveries of a message.
fn address(
    tables: &Tables,
    tx: &mut Txn,
    key: &TopicKey,
    place: (u64, u64),
) -> Result<Vec<u64>, InternalErrorException> {
    let all = tables.subscriptions_in(tx, key).into_iter();
    let reached: Vec<_> = all
        .filter(|(_, row)| row.confirmed && row.protocol == "http")
        .collect();
    if !reached.is_empty() && tables.deliveries.len() + reached.len() > MOST_PENDING {
        return Err(errors::too_many_deliveries(MOST_PENDING));
    }
    let mut deliveries = Vec::with_capacity(reached.len());
    for (to, _) in reached {
        let what = What::Message(place);
        deliveries.push(tables.add_delivery(tx, Delivery { to, what }));
    }
    Ok(deliveries)
}

#[async_trait]
impl Publisher for Sns {
    async fn publish(
        &self,
        scope: &Scope,
        topic_arn: &str,
        subject: &str,
        message: &str,
    ) -> Result<String, PublishError> {
        let key =
            names::topic_key("TopicArn", topic_arn).map_err(|_| PublishError::InvalidTopic)?;
        let topic = self.tables.topics.get(&key).filter(|_| key.0 == *scope);
        if topic.ok_or(PublishError::NoSuchTopic)?.is_fifo() {
            return Err(PublishError::InvalidTopic);
        }
        let publication = Publication {
            subject: (!subject.is_empty()).then(|| subject.to_owned()),
            text: message.to_owned(),
            ..Publication::default()
        };
        let now = (self.outside.now)();
        match self.publish_to(key, publication, now).await {
            Ok(published) => Ok(published.id),
            Err(NotPublished::NotFoundException(_)) => Err(PublishError::NoSuchTopic),
            Err(error) => Err(PublishError::Failed(error.to_string())),
        }
    }
}
