//! ARNs of topics and subscriptions, tokens of pending subscriptions, and what topics may be called.

use super::errors;
use super::rows::{SubscriptionKey, TopicKey};
use crate::aws::{Arn, Scope, ids};
use sns_api::error::{InvalidParameterException, NotFoundException};
use uuid::Uuid;

const LONGEST: usize = 256;
const FIFO: &str = ".fifo";

pub fn topic_arn(key: &TopicKey) -> String {
    Arn::regional("sns", &key.0, key.1.clone()).to_string()
}

pub fn subscription_arn(key: &SubscriptionKey) -> String {
    Arn::regional("sns", &key.0, format!("{}:{}", key.1, key.2)).to_string()
}

/// What a topic may be called; names of FIFO topics end in `.fifo`, and only theirs.
pub fn check(name: &str, fifo: bool) -> Result<(), InvalidParameterException> {
    let stem = match fifo {
        true => name.strip_suffix(FIFO),
        false => Some(name),
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let valid = name.len() <= LONGEST
        && stem.is_some_and(|stem| !stem.is_empty() && stem.bytes().all(allowed));
    valid
        .then_some(())
        .ok_or_else(|| errors::invalid("Topic Name"))
}

/// The topic that an ARN names, whosever it is.
pub fn topic_key(member: &str, arn: &str) -> Result<TopicKey, InvalidParameterException> {
    let (scope, resource) = parts(member, arn)?;
    match resource.contains(':') {
        false => Ok((scope, resource)),
        true => Err(errors::invalid(member)),
    }
}

/// The topic of one's own that an ARN names. Topics of other accounts and regions are not seen.
pub fn own_topic<E>(scope: &Scope, arn: &str) -> Result<TopicKey, E>
where
    E: From<InvalidParameterException> + From<NotFoundException>,
{
    let key = topic_key("TopicArn", arn)?;
    match key.0 == *scope {
        true => Ok(key),
        false => Err(errors::no_topic().into()),
    }
}

/// The subscription that an ARN names, whosever it is.
pub fn subscription_key(arn: &str) -> Result<SubscriptionKey, InvalidParameterException> {
    let (scope, resource) = parts("SubscriptionArn", arn)?;
    match resource.split_once(':') {
        Some((topic, id)) if !id.contains(':') => Ok((scope, topic.to_owned(), id.to_owned())),
        _ => Err(errors::invalid("SubscriptionArn")),
    }
}

pub fn own_subscription<E>(scope: &Scope, arn: &str) -> Result<SubscriptionKey, E>
where
    E: From<InvalidParameterException> + From<NotFoundException>,
{
    let key = subscription_key(arn)?;
    match key.0 == *scope {
        true => Ok(key),
        false => Err(errors::no_subscription().into()),
    }
}

fn parts(member: &str, text: &str) -> Result<(Scope, String), InvalidParameterException> {
    let count = text.split(':').count();
    if count < 6 {
        return Err(errors::short_arn(member, count));
    }
    let arn = Arn::parse(text).filter(|arn| arn.service == "sns");
    let found = arn.and_then(|arn| Some((arn.scope()?, arn.resource)));
    found.ok_or_else(|| errors::invalid(member))
}

/// A token for the subscription of this id.
pub fn token(id: &Uuid) -> String {
    format!("{}{}", id.simple(), ids::alphanumeric(128).to_lowercase())
}

/// The id of the subscription that a token is of, if it is one of ours.
pub fn id_in(token: &str) -> Option<String> {
    let id = Uuid::try_parse(token.get(..32)?).ok()?;
    Some(id.hyphenated().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_have_short_plain_names_and_fifo_ones_end_so() {
        // CreateTopic, `Name`
        assert!(check("a-B_9", false).is_ok());
        assert!(check("a.fifo", true).is_ok());
        for (name, fifo) in [
            ("", false),
            ("a b", false),
            ("a.fifo", false),
            ("a", true),
            (".fifo", true),
            ("ä", false),
        ] {
            let refused = check(name, fifo).unwrap_err();
            assert_eq!(refused.message, "Invalid parameter: Topic Name", "{name}");
        }
        assert!(check(&"a".repeat(257), false).is_err());
    }

    #[test]
    fn arns_of_topics_and_subscriptions_are_told_apart() {
        let topic = "arn:aws:sns:us-east-1:000000000000:t";
        let subscription = format!("{topic}:1-2");
        assert_eq!(topic_arn(&topic_key("TopicArn", topic).unwrap()), topic);
        let key = subscription_key(&subscription).unwrap();
        assert_eq!(subscription_arn(&key), subscription);
        assert!(topic_key("TopicArn", &subscription).is_err());
        assert!(subscription_key(topic).is_err());
        assert_eq!(
            topic_key("TopicArn", "t").unwrap_err().message,
            "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"
        );
        assert!(topic_key("TopicArn", "arn:aws:sqs:us-east-1:000000000000:t").is_err());
    }

    #[test]
    fn a_token_leads_to_its_subscription() {
        let id = Uuid::new_v4();
        assert_eq!(id_in(&token(&id)), Some(id.to_string()));
        for text in ["", "x", &"é".repeat(32), &"x".repeat(160)] {
            assert_eq!(id_in(text), None, "{text}");
        }
    }
}
