//! `DescribeTags`: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html>

use crate::companions::ec2::errors;
use crate::companions::ec2::filters::{self, Tagged};
use crate::server::Call;
use ec2_api::error::DescribeTagsError;
use ec2_api::input::DescribeTagsInput;
use ec2_api::model::{ResourceType, TagDescription};
use ec2_api::output::DescribeTagsOutput;

pub async fn describe_tags(
    input: DescribeTagsInput,
    call: Call,
) -> Result<DescribeTagsOutput, DescribeTagsError> {
    let instances = call.app.ec2.instances(&call.scope).await;
    let instances = instances.map_err(errors::failed)?;
    let all = instances.into_iter().flat_map(|one| {
        let id = one.machine.id;
        let tag = move |(key, value)| Tagged {
            id: id.clone(),
            key,
            value,
        };
        one.machine.tags.into_iter().map(tag)
    });
    let kept = filters::tags(all.collect(), &input.filters.unwrap_or_default())?;
    let shown = kept.into_iter().map(|tag| TagDescription {
        key: Some(tag.key),
        resource_id: Some(tag.id),
        resource_type: Some(ResourceType::Instance),
        value: Some(tag.value),
    });
    Ok(DescribeTagsOutput {
        tags: Some(shown.collect()),
        next_token: None,
    })
}
