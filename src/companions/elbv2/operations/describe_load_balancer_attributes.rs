//! `DescribeLoadBalancerAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancerAttributes.html>

use crate::companions::elbv2::{attributes, view};
use crate::server::Call;
use elbv2_api::error::DescribeLoadBalancerAttributesError;
use elbv2_api::input::DescribeLoadBalancerAttributesInput;
use elbv2_api::model::LoadBalancerAttribute;
use elbv2_api::output::DescribeLoadBalancerAttributesOutput;

pub async fn describe_load_balancer_attributes(
    input: DescribeLoadBalancerAttributesInput,
    call: Call,
) -> Result<DescribeLoadBalancerAttributesOutput, DescribeLoadBalancerAttributesError> {
    let (_, row) = call
        .app
        .elbv2
        .rows(&call.scope)
        .balancer(&input.load_balancer_arn)?;
    let shown = view::pairs(attributes::of_balancer(&row), |key, value| {
        LoadBalancerAttribute { key, value }
    });
    Ok(DescribeLoadBalancerAttributesOutput {
        attributes: Some(shown),
    })
}
