//! What is stored: topics, subscriptions, messages, and deliveries that are still to be made.
//!
//! Invariant: messages are keyed by their topic's number, which is never given twice, so that a topic created anew does not show the
//! messages of its predecessor; of each topic the newest [`KEPT`] are there.

use super::errors;
use crate::aws::{Scope, Time};
use crate::store::{Builder, Direction, Index, Records, Table, Txn};
use serde::{Deserialize, Serialize};
use sns_api::error::NotFoundException;
use sns_api::model::MessageAttributeValue;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

pub type TopicKey = (Scope, String);
/// Topic, then the subscription's UUID.
pub type SubscriptionKey = (Scope, String, String);
/// The topic's number, and the message's place among all that the topic has ever got.
pub type Place = (u64, u64);

/// Messages kept of each topic.
pub const KEPT: u64 = 1000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topic {
    pub number: u64,
    /// As they were set; those never set are absent.
    pub attributes: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
}

impl Topic {
    pub fn is_fifo(&self) -> bool {
        self.says("FifoTopic")
    }

    /// Whether an attribute is set to `true`.
    pub fn says(&self, name: &str) -> bool {
        self.attributes
            .get(name)
            .is_some_and(|value| value == "true")
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscription {
    pub protocol: String,
    pub endpoint: String,
    pub created: Time,
    /// Begins with the subscription's UUID, so that it is found by its token.
    pub token: String,
    pub confirmed: bool,
    /// Only the topic's account may end it.
    pub authenticated: bool,
    /// The ARN of who subscribed.
    pub principal: String,
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: String,
    pub time: Time,
    pub subject: Option<String>,
    /// As it was sent: with `json`, one text per protocol.
    pub text: String,
    pub json: bool,
    pub attributes: BTreeMap<String, MessageAttributeValue>,
    pub group: Option<String>,
    pub deduplication: Option<String>,
}

/// What is to be sent to a subscription's endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub to: SubscriptionKey,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// The request to confirm the subscription, with its message id.
    Confirmation(String, Time),
    Message(Place),
}

/// A message of a FIFO topic, remembered for as long as it is not taken twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    pub time: Time,
    pub id: String,
    pub sequence: u64,
}

/// Clones share their rows.
#[derive(Clone)]
pub struct Tables {
    pub topics: Table<TopicKey, Topic>,
    pub subscriptions: Table<SubscriptionKey, Subscription>,
    pub messages: Records<Place, Message>,
    /// The last message's place, by topic number: beside the topic's row, so that publishing does not write its policy each time.
    pub lasts: Table<u64, u64>,
    pub deliveries: Table<u64, Delivery>,
    /// By topic number and deduplication id.
    pub seen: Table<(u64, String), Seen>,
    pub seen_by_time: Index<Time, (u64, String)>,
    counters: Table<u64, u64>,
}

const LAST_TOPIC: u64 = 0;
const LAST_DELIVERY: u64 = 1;

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let seen = builder.table("sns.seen");
        let at = |_: &(u64, String), seen: &Seen| vec![seen.time];
        Self {
            seen_by_time: builder.index(&seen, at),
            seen,
            topics: builder.table("sns.topics"),
            subscriptions: builder.table("sns.subscriptions"),
            messages: builder.records("sns.messages"),
            lasts: builder.table("sns.lasts"),
            deliveries: builder.table("sns.deliveries"),
            counters: builder.table("sns.counters"),
        }
    }

    pub fn topic(&self, key: &TopicKey) -> Result<Arc<Topic>, NotFoundException> {
        self.topics.get(key).ok_or_else(errors::no_topic)
    }

    /// The topic as a write sees it.
    pub fn topic_in(&self, tx: &Txn, key: &TopicKey) -> Result<Arc<Topic>, NotFoundException> {
        tx.get(&self.topics, key).ok_or_else(errors::no_topic)
    }

    /// The subscriptions of a topic as a write sees them.
    pub fn subscriptions_in(
        &self,
        tx: &Txn,
        topic: &TopicKey,
    ) -> Vec<(SubscriptionKey, Arc<Subscription>)> {
        let all = subscriptions_of(topic);
        tx.range(&self.subscriptions, all, Direction::Forward, usize::MAX)
    }

    pub fn next_topic(&self, tx: &mut Txn) -> u64 {
        self.next(tx, LAST_TOPIC)
    }

    /// Notes a delivery and gives its number.
    pub fn add_delivery(&self, tx: &mut Txn, delivery: Delivery) -> u64 {
        let number = self.next(tx, LAST_DELIVERY);
        tx.put(&self.deliveries, number, delivery);
        number
    }

    fn next(&self, tx: &mut Txn, counter: u64) -> u64 {
        let next = tx.get(&self.counters, &counter).map_or(0, |last| *last) + 1;
        tx.put(&self.counters, counter, next);
        next
    }
}

pub fn topic_of(key: &SubscriptionKey) -> TopicKey {
    (key.0.clone(), key.1.clone())
}

/// Keys of a topic's subscriptions.
pub fn subscriptions_of(topic: &TopicKey) -> RangeInclusive<SubscriptionKey> {
    let at = |id: &str| (topic.0.clone(), topic.1.clone(), id.to_owned());
    at("")..=at("~")
}

/// Keys of everything that a scope has: names are ASCII.
pub fn topics_of(scope: &Scope) -> RangeInclusive<TopicKey> {
    (scope.clone(), String::new())..=(scope.clone(), "~".to_owned())
}
