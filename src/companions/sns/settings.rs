//! Attributes of subscriptions: which may be set, to what, and how they are shown.

use super::attributes::{effective, is_empty_object, object};
use super::errors::invalid;
use super::names;
use super::rows::{Subscription, SubscriptionKey, topic_of};
use sns_api::error::InvalidParameterException;
use std::collections::BTreeMap;

const LONGEST: usize = 30 * 1024;

/// Checks one attribute. What would change who gets a message, and is not done here, is refused.
pub fn check(name: &str, value: &str) -> Result<(), InvalidParameterException> {
    if value.len() > LONGEST {
        return Err(invalid(format!("{name} Reason: Value is too long")));
    }
    let nothing = value.is_empty() || is_empty_object(value);
    match name {
        "RawMessageDelivery" if !matches!(value, "true" | "false") => Err(invalid(format!(
            "RawMessageDelivery: Invalid value [{value}]. Must be true or false."
        ))),
        "RawMessageDelivery" => Ok(()),
        "DeliveryPolicy" if value.is_empty() => Ok(()),
        "DeliveryPolicy" => object(name, value),
        "FilterPolicyScope" if matches!(value, "MessageAttributes" | "MessageBody") => Ok(()),
        "FilterPolicyScope" => Err(invalid(format!(
            "FilterPolicyScope: Invalid value [{value}]. Please use either MessageBody or MessageAttributes"
        ))),
        "FilterPolicy" | "RedrivePolicy" | "ReplayPolicy" if nothing => Ok(()),
        "FilterPolicy" => Err(invalid(
            "FilterPolicy: slipway does not filter messages; it would deliver what the policy forbids",
        )),
        "RedrivePolicy" => Err(invalid("RedrivePolicy: slipway has no dead-letter queues")),
        "ReplayPolicy" => Err(invalid("ReplayPolicy: slipway archives no messages")),
        _ => Err(invalid("AttributeName")),
    }
}

/// Sets an attribute; an empty policy takes it away.
pub fn set(attributes: &mut BTreeMap<String, String>, name: String, value: String) {
    match value.is_empty() || (name != "DeliveryPolicy" && is_empty_object(&value)) {
        true => drop(attributes.remove(&name)),
        false => drop(attributes.insert(name, value)),
    }
}

/// What `GetSubscriptionAttributes` shows.
pub fn shown(key: &SubscriptionKey, row: &Subscription) -> BTreeMap<String, String> {
    let own = [
        ("SubscriptionArn", names::subscription_arn(key)),
        ("TopicArn", names::topic_arn(&topic_of(key))),
        ("Protocol", row.protocol.clone()),
        ("Endpoint", row.endpoint.clone()),
        ("Owner", key.0.account.to_string()),
        ("PendingConfirmation", (!row.confirmed).to_string()),
        (
            "ConfirmationWasAuthenticated",
            row.authenticated.to_string(),
        ),
        ("RawMessageDelivery", "false".to_owned()),
        ("SubscriptionPrincipal", row.principal.clone()),
    ];
    let mut shown: BTreeMap<String, String> = own
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if row.protocol == "http" {
        let followed = effective(&row.attributes);
        shown.insert("EffectiveDeliveryPolicy".to_owned(), followed);
    }
    shown.extend(row.attributes.clone());
    shown
}
