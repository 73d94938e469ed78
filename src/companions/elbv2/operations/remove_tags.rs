//! `RemoveTags`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTags.html>

use crate::companions::elbv2::tagged;
use crate::server::Call;
use elbv2_api::error::RemoveTagsError;
use elbv2_api::input::RemoveTagsInput;
use elbv2_api::output::RemoveTagsOutput;

pub async fn remove_tags(
    input: RemoveTagsInput,
    call: Call,
) -> Result<RemoveTagsOutput, RemoveTagsError> {
    let (arns, keys) = (input.resource_arns, input.tag_keys);
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        for arn in &arns {
            tagged::change(tables, scope, tx, arn, |kept| {
                kept.retain(|key, _| !keys.contains(key));
                Ok(())
            })?;
        }
        Ok(((), Vec::new()))
    });
    write.await?;
    Ok(RemoveTagsOutput {})
}
