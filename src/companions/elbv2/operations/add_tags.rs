//! `AddTags`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTags.html>

use crate::companions::elbv2::{tagged, tags};
use crate::server::Call;
use elbv2_api::error::AddTagsError;
use elbv2_api::input::AddTagsInput;
use elbv2_api::output::AddTagsOutput;

pub async fn add_tags(input: AddTagsInput, call: Call) -> Result<AddTagsOutput, AddTagsError> {
    let new = input.tags;
    let arns = input.resource_arns;
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        for arn in &arns {
            tagged::change(tables, scope, tx, arn, |kept| tags::put(kept, new.clone()))?;
        }
        Ok(((), Vec::new()))
    });
    write.await?;
    Ok(AddTagsOutput {})
}
