//! `DescribeTargetGroupAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroupAttributes.html>

use crate::companions::elbv2::{attributes, view};
use crate::server::Call;
use elbv2_api::error::DescribeTargetGroupAttributesError;
use elbv2_api::input::DescribeTargetGroupAttributesInput;
use elbv2_api::model::TargetGroupAttribute;
use elbv2_api::output::DescribeTargetGroupAttributesOutput;

pub async fn describe_target_group_attributes(
    input: DescribeTargetGroupAttributesInput,
    call: Call,
) -> Result<DescribeTargetGroupAttributesOutput, DescribeTargetGroupAttributesError> {
    let (_, row) = call
        .app
        .elbv2
        .rows(&call.scope)
        .group(&input.target_group_arn)?;
    let shown = view::pairs(attributes::of_group(&row), |key, value| {
        TargetGroupAttribute { key, value }
    });
    Ok(DescribeTargetGroupAttributesOutput {
        attributes: Some(shown),
    })
}
