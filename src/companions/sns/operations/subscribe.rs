//! `Subscribe`: <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>

use crate::aws::{Time, ids};
use crate::companions::sns::errors::{self, invalid};
use crate::companions::sns::rows::{
    Delivery, Subscription, SubscriptionKey, Tables, TopicKey, What,
};
use crate::companions::sns::{Sns, names, settings};
use crate::server::Call;
use crate::store::Txn;
use sns_api::error::{InvalidParameterException, SubscribeError};
use sns_api::input::SubscribeInput;
use sns_api::output::SubscribeOutput;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Subscriptions of one topic.
const MOST: usize = 1000;
const LONGEST_ENDPOINT: usize = 2048;

/// The subscription, new or as it is. An http endpoint is asked to confirm it, also when it was asked before and has not.
pub async fn subscribe(
    input: SubscribeInput,
    call: Call,
) -> Result<SubscribeOutput, SubscribeError> {
    let sns = &call.app.sns;
    let topic = names::own_topic::<SubscribeError>(&call.scope, &input.topic_arn)?;
    let wanted = wanted(sns, &input, call.principal.arn(), call.now)?;
    let now = call.now;
    let write = sns.write(move |tables, tx| enter(tables, tx, &topic, wanted, now));
    let (key, confirmed, deliveries) = write.await?;
    sns.dispatch(&deliveries);
    let shown = confirmed || input.return_subscription_arn == Some(true);
    let arn = match shown {
        true => names::subscription_arn(&key),
        false => "pending confirmation".to_owned(),
    };
    Ok(SubscribeOutput {
        subscription_arn: Some(arn),
    })
}

fn wanted(
    sns: &Sns,
    input: &SubscribeInput,
    principal: &str,
    now: Time,
) -> Result<Subscription, SubscribeError> {
    let endpoint = input.endpoint.clone().unwrap_or_default();
    check_endpoint(sns, &input.protocol, &endpoint)?;
    let mut attributes = BTreeMap::new();
    for (name, value) in input.attributes.clone().unwrap_or_default() {
        settings::check(&name, &value)?;
        settings::set(&mut attributes, name, value);
    }
    Ok(Subscription {
        protocol: input.protocol.clone(),
        endpoint,
        created: now,
        token: String::new(),
        confirmed: false,
        authenticated: false,
        principal: principal.to_owned(),
        attributes,
    })
}

fn check_endpoint(
    sns: &Sns,
    protocol: &str,
    endpoint: &str,
) -> Result<(), InvalidParameterException> {
    if endpoint.len() > LONGEST_ENDPOINT {
        return Err(invalid("Endpoint Reason: The endpoint is too long"));
    }
    match protocol {
        "http" | "https" if !endpoint.starts_with(&format!("{protocol}://")) => {
            Err(invalid("Endpoint must match the specified protocol"))
        }
        "http" | "https" => {
            let accepted = sns.outside.post.accepts(endpoint);
            accepted.map_err(|why| invalid(format!("Endpoint Reason: {why}")))
        }
        "email" | "email-json" if endpoint.contains('@') => Ok(()),
        "email" | "email-json" => Err(invalid("Email address")),
        "sqs" | "lambda" | "sms" | "application" | "firehose" => Err(invalid(format!(
            "Protocol Reason: slipway delivers messages to http endpoints only, not to {protocol}"
        ))),
        _ => Err(invalid(format!(
            "Amazon SNS does not support this protocol string: {protocol}"
        ))),
    }
}

type Entered = (SubscriptionKey, bool, Vec<u64>);

/// Finds the endpoint's subscription or adds it, as part of a write.
fn enter(
    tables: &Tables,
    tx: &mut Txn,
    topic: &TopicKey,
    wanted: Subscription,
    now: Time,
) -> Result<Entered, SubscribeError> {
    if tables.topic_in(tx, topic)?.is_fifo() {
        return Err(invalid(format!(
            "Endpoint Reason: FIFO SNS topics can not be subscribed by {}",
            wanted.protocol
        ))
        .into());
    }
    let all = tables.subscriptions_in(tx, topic);
    let same =
        |row: &Subscription| row.protocol == wanted.protocol && row.endpoint == wanted.endpoint;
    if let Some((key, row)) = all.iter().find(|(_, row)| same(row)) {
        if !wanted.attributes.is_empty() && row.attributes != wanted.attributes {
            return Err(invalid(
                "Attributes Reason: Subscription already exists with different attributes",
            )
            .into());
        }
        let deliveries = ask(tables, tx, key, row, now);
        return Ok((key.clone(), row.confirmed, deliveries));
    }
    if all.len() >= MOST {
        return Err(errors::too_many_subscriptions(MOST).into());
    }
    let id = Uuid::new_v4();
    let key = (topic.0.clone(), topic.1.clone(), id.to_string());
    let row = Subscription {
        token: names::token(&id),
        ..wanted
    };
    tx.put(&tables.subscriptions, key.clone(), row.clone());
    let deliveries = ask(tables, tx, &key, &row, now);
    Ok((key, false, deliveries))
}

/// Asks an http endpoint to confirm, if it has not.
fn ask(
    tables: &Tables,
    tx: &mut Txn,
    key: &SubscriptionKey,
    row: &Subscription,
    now: Time,
) -> Vec<u64> {
    if row.confirmed || row.protocol != "http" {
        return Vec::new();
    }
    let delivery = Delivery {
        to: key.clone(),
        what: What::Confirmation(ids::uuid(), now),
    };
    vec![tables.add_delivery(tx, delivery)]
}
