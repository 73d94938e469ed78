//! What an endpoint is sent: headers and the JSON envelope.
//!
//! Witness: the developer guide's pages on the HTTP headers and JSON formats of notifications and confirmations. The members stand in
//! AWS's order.

use super::names;
use super::outside::Parcel;
use super::rows::{Message, Subscription, SubscriptionKey, topic_of};
use crate::aws::Time;
use aws_smithy_types::date_time::Format;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use sns_api::model::MessageAttributeValue;
use std::collections::BTreeMap;

/// Somebody who is written to: where this server is, and the subscription.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub address: &'a str,
    pub key: &'a SubscriptionKey,
    pub row: &'a Subscription,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'a> {
    r#type: &'static str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    topic_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: String,
    #[serde(rename = "SubscribeURL", skip_serializing_if = "Option::is_none")]
    subscribe_url: Option<String>,
    timestamp: String,
    signature_version: &'static str,
    signature: &'static str,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: &'static str,
    #[serde(rename = "UnsubscribeURL", skip_serializing_if = "Option::is_none")]
    unsubscribe_url: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<&'a str, ShownAttribute<'a>>,
}

/// An attribute as messages and the journal show it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ShownAttribute<'a> {
    r#type: &'a str,
    value: String,
}

pub fn attributes(
    attributes: &BTreeMap<String, MessageAttributeValue>,
) -> BTreeMap<&str, ShownAttribute<'_>> {
    let all = attributes.iter();
    all.map(|(name, value)| (name.as_str(), shown_attribute(value)))
        .collect()
}

fn shown_attribute(value: &MessageAttributeValue) -> ShownAttribute<'_> {
    let text = match (&value.string_value, &value.binary_value) {
        (Some(text), _) => text.clone(),
        (None, Some(bytes)) => STANDARD.encode(bytes.as_ref()),
        (None, None) => String::new(),
    };
    ShownAttribute {
        r#type: &value.data_type,
        value: text,
    }
}

/// Asks an endpoint to confirm its subscription.
pub fn confirmation(reader: Reader<'_>, id: &str, time: Time) -> Parcel {
    let topic_arn = names::topic_arn(&topic_of(reader.key));
    let token = reader.row.token.as_str();
    let fields = [("TopicArn", topic_arn.as_str()), ("Token", token)];
    let envelope = Envelope {
        r#type: "SubscriptionConfirmation",
        message_id: id,
        token: Some(token),
        subject: None,
        message: format!(
            "You have chosen to subscribe to the topic {topic_arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message."
        ),
        subscribe_url: Some(link(reader, "ConfirmSubscription", &fields)),
        timestamp: shown(time),
        unsubscribe_url: None,
        message_attributes: BTreeMap::new(),
        topic_arn: topic_arn.clone(),
        ..UNSIGNED
    };
    parcel(reader, envelope, None)
}

/// Tells an endpoint a message.
pub fn notification(reader: Reader<'_>, message: &Message) -> Parcel {
    let arn = names::subscription_arn(reader.key);
    let text = text_for(&reader.row.protocol, message);
    let says = |name: &str| reader.row.attributes.get(name).map(String::as_str);
    let raw = (says("RawMessageDelivery") == Some("true")).then(|| text.clone());
    let envelope = Envelope {
        r#type: "Notification",
        message_id: &message.id,
        topic_arn: names::topic_arn(&topic_of(reader.key)),
        subject: message.subject.as_deref(),
        message: text,
        timestamp: shown(message.time),
        unsubscribe_url: Some(link(
            reader,
            "Unsubscribe",
            &[("SubscriptionArn", arn.as_str())],
        )),
        message_attributes: attributes(&message.attributes),
        ..UNSIGNED
    };
    parcel(reader, envelope, raw)
}

const UNSIGNED: Envelope<'static> = Envelope {
    r#type: "",
    message_id: "",
    token: None,
    topic_arn: String::new(),
    subject: None,
    message: String::new(),
    subscribe_url: None,
    timestamp: String::new(),
    signature_version: "1",
    signature: "",
    signing_cert_url: "",
    unsubscribe_url: None,
    message_attributes: BTreeMap::new(),
};

/// With one text per protocol, the protocol's own or the default one.
fn text_for(protocol: &str, message: &Message) -> String {
    let texts = message.json.then(|| serde_json::from_str(&message.text));
    match texts {
        Some(Ok(Value::Object(texts))) => {
            let own = texts.get(protocol).and_then(Value::as_str);
            let text = own.or_else(|| texts.get("default")?.as_str());
            text.unwrap_or_default().to_owned()
        }
        _ => message.text.clone(),
    }
}

fn link(reader: Reader<'_>, action: &str, fields: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("Action", action)
        .append_pair("Version", "2010-03-31");
    format!(
        "{}/?{}",
        reader.address,
        query.extend_pairs(fields).finish()
    )
}

fn shown(time: Time) -> String {
    let text = time.wire().fmt(Format::DateTime).unwrap_or_default();
    // Always three decimals, as AWS shows them.
    match text.strip_suffix('Z') {
        Some(whole) if !whole.contains('.') => format!("{whole}.000Z"),
        Some(part) => {
            let (whole, decimals) = part.split_once('.').unwrap_or((part, ""));
            format!("{whole}.{decimals:0<3}Z")
        }
        None => text,
    }
}

fn parcel(reader: Reader<'_>, envelope: Envelope<'_>, raw: Option<String>) -> Parcel {
    let mut headers = vec![
        ("x-amz-sns-message-type", envelope.r#type.to_owned()),
        ("x-amz-sns-message-id", envelope.message_id.to_owned()),
        ("x-amz-sns-topic-arn", envelope.topic_arn.clone()),
        ("content-type", "text/plain; charset=UTF-8".to_owned()),
        (
            "user-agent",
            "Amazon Simple Notification Service Agent".to_owned(),
        ),
    ];
    if envelope.token.is_none() {
        let arn = names::subscription_arn(reader.key);
        headers.push(("x-amz-sns-subscription-arn", arn));
    }
    if raw.is_some() {
        headers.push(("x-amz-sns-rawdelivery", "true".to_owned()));
    }
    let json = || serde_json::to_string_pretty(&envelope).unwrap_or_default();
    Parcel {
        url: reader.row.endpoint.clone(),
        headers,
        body: Bytes::from(raw.unwrap_or_else(json)),
    }
}
