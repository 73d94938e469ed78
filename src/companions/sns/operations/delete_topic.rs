//! `DeleteTopic`: <https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html>

use crate::companions::sns::names;
use crate::companions::sns::rows::KEPT;
use crate::server::Call;
use sns_api::error::DeleteTopicError;
use sns_api::input::DeleteTopicInput;
use sns_api::output::DeleteTopicOutput;

/// The topic goes with its subscriptions and messages; deleting one that is not there succeeds.
pub async fn delete_topic(
    input: DeleteTopicInput,
    call: Call,
) -> Result<DeleteTopicOutput, DeleteTopicError> {
    let key = names::topic_key("TopicArn", &input.topic_arn)?;
    if key.0 != call.scope {
        return Ok(DeleteTopicOutput {});
    }
    let write = call.app.sns.write(move |tables, tx| {
        let Some(topic) = tx.remove(&tables.topics, &key) else {
            return Ok::<_, DeleteTopicError>(());
        };
        for (subscription, _) in tables.subscriptions_in(tx, &key) {
            tx.remove(&tables.subscriptions, &subscription);
        }
        tx.remove(&tables.lasts, &topic.number);
        let all = (topic.number, 0)..=(topic.number, u64::MAX);
        tx.remove_records(&tables.messages, all, usize::try_from(KEPT).unwrap_or(0));
        Ok(())
    });
    write.await?;
    Ok(DeleteTopicOutput {})
}
