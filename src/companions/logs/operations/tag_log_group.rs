//! `TagLogGroup`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html>

use crate::companions::logs::errors;
use crate::companions::logs::tags::{self, Refused};
use crate::server::Call;
use logs_api::error::TagLogGroupError;
use logs_api::input::TagLogGroupInput;
use logs_api::output::TagLogGroupOutput;

/// TagResource's predecessor.
pub async fn tag_log_group(
    input: TagLogGroupInput,
    call: Call,
) -> Result<TagLogGroupOutput, TagLogGroupError> {
    let key = (call.scope, input.log_group_name);
    let write = call
        .app
        .logs
        .write::<_, TagLogGroupError>(move |tables, tx| {
            let added = tags::add(tables, tx, key, input.tags);
            added.map_err(|refused| match refused {
                Refused::NoGroup(error) => error.into(),
                Refused::TooMany => errors::invalid(errors::too_many_tags()).into(),
            })
        });
    write.await?;
    Ok(TagLogGroupOutput {})
}
