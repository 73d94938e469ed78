//! `DescribeTags`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>

use crate::companions::elbv2::{tagged, tags};
use crate::server::Call;
use elbv2_api::error::DescribeTagsError;
use elbv2_api::input::DescribeTagsInput;
use elbv2_api::model::TagDescription;
use elbv2_api::output::DescribeTagsOutput;

pub async fn describe_tags(
    input: DescribeTagsInput,
    call: Call,
) -> Result<DescribeTagsOutput, DescribeTagsError> {
    let rows = call.app.elbv2.rows(&call.scope);
    let mut shown = Vec::new();
    for arn in input.resource_arns {
        let kept = tagged::of(&rows, &arn)?;
        shown.push(TagDescription {
            tags: Some(tags::shown(&kept)),
            resource_arn: Some(arn),
        });
    }
    Ok(DescribeTagsOutput {
        tag_descriptions: Some(shown),
    })
}
