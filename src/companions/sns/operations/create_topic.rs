//! `CreateTopic`: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>

use crate::companions::sns::rows::{Tables, Topic, TopicKey};
use crate::companions::sns::{attributes, errors, names, tags};
use crate::server::Call;
use crate::store::Txn;
use sns_api::error::{CreateTopicError, InvalidParameterException};
use sns_api::input::CreateTopicInput;
use sns_api::output::CreateTopicOutput;
use std::collections::BTreeMap;

/// Topics of all accounts together.
const MOST: usize = 100_000;

/// The topic, new or as it is; one that differs in what the request says of it is refused.
pub async fn create_topic(
    input: CreateTopicInput,
    call: Call,
) -> Result<CreateTopicOutput, CreateTopicError> {
    let wanted = wanted(&input)?;
    names::check(&input.name, wanted.is_fifo())?;
    let key = (call.scope, input.name);
    let arn = names::topic_arn(&key);
    let tagged = input.tags.is_some();
    let write = call
        .app
        .sns
        .write(move |tables, tx| match tx.get(&tables.topics, &key) {
            Some(topic) => Ok::<_, CreateTopicError>(same(&topic, &wanted, tagged)?),
            None => add(tables, tx, key, wanted),
        });
    write.await?;
    Ok(CreateTopicOutput {
        topic_arn: Some(arn),
    })
}

/// What is asked for, with a number still to be given.
fn wanted(input: &CreateTopicInput) -> Result<Topic, CreateTopicError> {
    if input.data_protection_policy.is_some() {
        return Err(errors::invalid(
            "DataProtectionPolicy Reason: slipway has no data protection policies",
        )
        .into());
    }
    let given = input.attributes.clone().unwrap_or_default();
    let fifo = given.get("FifoTopic").is_some_and(|value| value == "true");
    let mut set = BTreeMap::new();
    for (name, value) in given {
        attributes::check(fifo, true, &name, &value)?;
        attributes::set(&mut set, name, value);
    }
    let mut kept = BTreeMap::new();
    tags::put::<CreateTopicError>(&mut kept, input.tags.clone().unwrap_or_default())?;
    Ok(Topic {
        number: 0,
        attributes: set,
        tags: kept,
    })
}

fn same(topic: &Topic, wanted: &Topic, tagged: bool) -> Result<(), InvalidParameterException> {
    let mut given = wanted.attributes.iter();
    if !given.all(|(name, value)| topic.attributes.get(name) == Some(value)) {
        return Err(errors::invalid(
            "Attributes Reason: Topic already exists with different attributes",
        ));
    }
    match tagged && topic.tags != wanted.tags {
        true => Err(errors::invalid(
            "Tags Reason: Topic already exists with different tags",
        )),
        false => Ok(()),
    }
}

fn add(
    tables: &Tables,
    tx: &mut Txn,
    key: TopicKey,
    wanted: Topic,
) -> Result<(), CreateTopicError> {
    if tables.topics.len() >= MOST {
        return Err(errors::too_many_topics().into());
    }
    let topic = Topic {
        number: tables.next_topic(tx),
        ..wanted
    };
    tx.put(&tables.topics, key, topic);
    Ok(())
}
