//! `TagResource`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html>

use crate::companions::logs::errors;
use crate::companions::logs::tags::{self, Refused};
use crate::server::Call;
use logs_api::error::TagResourceError;
use logs_api::error::TooManyTagsException;
use logs_api::input::TagResourceInput;
use logs_api::output::TagResourceOutput;

/// Adds tags to a group, or replaces their values.
pub async fn tag_resource(
    input: TagResourceInput,
    call: Call,
) -> Result<TagResourceOutput, TagResourceError> {
    let key = tags::resource(&call.scope, &input.resource_arn)?;
    let write = call.app.logs.write(move |tables, tx| {
        let added = tags::add(tables, tx, key, input.tags);
        added.map_err(|refused| refuse(refused, &input.resource_arn))
    });
    write.await?;
    Ok(TagResourceOutput {})
}

fn refuse(refused: Refused, arn: &str) -> TagResourceError {
    match refused {
        Refused::NoGroup(_) => errors::no_resource().into(),
        Refused::TooMany => TooManyTagsException {
            message: errors::too_many_tags(),
            resource_name: Some(arn.to_owned()),
        }
        .into(),
    }
}
