//! `ListTopics`: <https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html>

use crate::companions::sns::rows::topics_of;
use crate::companions::sns::{names, paging};
use crate::server::Call;
use crate::store::Direction;
use sns_api::error::ListTopicsError;
use sns_api::input::ListTopicsInput;
use sns_api::model::Topic;
use sns_api::output::ListTopicsOutput;

/// Topics in order of their names.
pub async fn list_topics(
    input: ListTopicsInput,
    call: Call,
) -> Result<ListTopicsOutput, ListTopicsError> {
    let topics = &call.app.sns.tables.topics;
    let (page, next_token) = paging::cut(
        "ListTopics",
        input.next_token.as_deref(),
        topics_of(&call.scope),
        |rest, limit| topics.range(rest, Direction::Forward, limit),
    )?;
    let shown = page.iter().map(|(key, _)| Topic {
        topic_arn: Some(names::topic_arn(key)),
    });
    Ok(ListTopicsOutput {
        topics: Some(shown.collect()),
        next_token,
    })
}
