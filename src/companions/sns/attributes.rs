//! Attributes of topics: which may be set, to what, and how they are shown.

use super::errors::invalid;
use super::names;
use super::rows::{Topic, TopicKey};
use serde_json::{Value, json};
use sns_api::error::InvalidParameterException;
use std::collections::BTreeMap;

/// Longest value; a policy may have 30 kibibytes.
const LONGEST: usize = 30 * 1024;
const LONGEST_DISPLAY_NAME: usize = 100;

/// Attributes that log deliveries, for each kind of endpoint.
const FEEDBACK: [&str; 5] = ["HTTP", "SQS", "Lambda", "Firehose", "Application"];
const FEEDBACK_ENDS: [&str; 3] = [
    "SuccessFeedbackRoleArn",
    "SuccessFeedbackSampleRate",
    "FailureFeedbackRoleArn",
];

/// Checks one attribute of a topic. `FifoTopic` is chosen at creation and stays.
pub fn check(
    fifo: bool,
    new: bool,
    name: &str,
    value: &str,
) -> Result<(), InvalidParameterException> {
    if value.len() > LONGEST {
        return Err(invalid(format!("{name} Reason: Value is too long")));
    }
    if value.is_empty() && is_known(name) {
        return Ok(());
    }
    match name {
        "FifoTopic" if new => either(name, value, &["true", "false"]),
        "ContentBasedDeduplication" if fifo => either(name, value, &["true", "false"]),
        "FifoThroughputScope" if fifo => either(name, value, &["Topic", "MessageGroup"]),
        "ContentBasedDeduplication" | "FifoThroughputScope" => Err(invalid(format!(
            "{name} Reason: The attribute is of FIFO topics only"
        ))),
        "DisplayName" if value.chars().count() > LONGEST_DISPLAY_NAME => {
            Err(invalid("DisplayName Reason: Value is too long"))
        }
        "Policy" | "DeliveryPolicy" => object(name, value),
        "TracingConfig" => either(name, value, &["PassThrough", "Active"]),
        "SignatureVersion" => either(name, value, &["1", "2"]),
        "ArchivePolicy" if is_empty_object(value) => Ok(()),
        "ArchivePolicy" => Err(invalid(
            "ArchivePolicy Reason: slipway archives no messages",
        )),
        name if is_known(name) => Ok(()),
        _ => Err(invalid("AttributeName")),
    }
}

fn is_known(name: &str) -> bool {
    let plain = [
        "DisplayName",
        "Policy",
        "DeliveryPolicy",
        "KmsMasterKeyId",
        "TracingConfig",
        "SignatureVersion",
        "ContentBasedDeduplication",
        "FifoThroughputScope",
        "ArchivePolicy",
    ];
    let end = FEEDBACK.iter().find_map(|kind| name.strip_prefix(kind));
    plain.contains(&name) || end.is_some_and(|end| FEEDBACK_ENDS.contains(&end))
}

fn either(name: &str, value: &str, values: &[&str]) -> Result<(), InvalidParameterException> {
    match values.contains(&value) {
        true => Ok(()),
        false => Err(invalid(format!(
            "{name} Reason: Must be {}",
            values.join(" or ")
        ))),
    }
}

/// A JSON object.
pub fn object(name: &str, value: &str) -> Result<(), InvalidParameterException> {
    match serde_json::from_str::<Value>(value) {
        Ok(Value::Object(_)) => Ok(()),
        _ => Err(invalid(format!("{name}: failed to parse JSON."))),
    }
}

pub fn is_empty_object(value: &str) -> bool {
    let object = serde_json::from_str::<Value>(value);
    object.is_ok_and(|object| object == json!({}))
}

/// Sets an attribute, or takes it away.
pub fn set(attributes: &mut BTreeMap<String, String>, name: String, value: String) {
    match value.is_empty() {
        true => drop(attributes.remove(&name)),
        false => drop(attributes.insert(name, value)),
    }
}

/// What `GetTopicAttributes` shows.
pub fn shown(
    key: &TopicKey,
    topic: &Topic,
    pending: usize,
    confirmed: usize,
) -> BTreeMap<String, String> {
    let arn = names::topic_arn(key);
    let account = key.0.account.as_str();
    let own = [
        ("Owner", account.to_owned()),
        ("Policy", default_policy(&arn, account)),
        ("DisplayName", String::new()),
        ("SubscriptionsPending", pending.to_string()),
        ("SubscriptionsConfirmed", confirmed.to_string()),
        ("SubscriptionsDeleted", "0".to_owned()),
        ("EffectiveDeliveryPolicy", effective(&topic.attributes)),
        ("TopicArn", arn),
    ];
    let mut shown: BTreeMap<String, String> = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if topic.is_fifo() {
        shown.insert("ContentBasedDeduplication".to_owned(), "false".to_owned());
    }
    shown.extend(topic.attributes.clone());
    if !topic.is_fifo() {
        shown.remove("FifoTopic");
    }
    shown
}

/// The policy of a topic without one of its own: whatever the account itself may do.
fn default_policy(arn: &str, account: &str) -> String {
    let actions = [
        "GetTopicAttributes",
        "SetTopicAttributes",
        "AddPermission",
        "RemovePermission",
        "DeleteTopic",
        "Subscribe",
        "ListSubscriptionsByTopic",
        "Publish",
    ];
    json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": actions.map(|action| format!("SNS:{action}")),
            "Resource": arn,
            "Condition": { "StringEquals": { "AWS:SourceOwner": account } },
        }],
    })
    .to_string()
}

/// The delivery policy that is followed, which is AWS's default one; one that was set is shown in its place.
pub fn effective(attributes: &BTreeMap<String, String>) -> String {
    if let Some(set) = attributes.get("DeliveryPolicy") {
        return set.clone();
    }
    json!({ "http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0,
            "numNoDelayRetries": 0, "numMinDelayRetries": 0, "backoffFunction": "linear",
        },
        "disableSubscriptionOverrides": false,
        "defaultRequestPolicy": { "headerContentType": "text/plain; charset=UTF-8" },
    }})
    .to_string()
}
