//! `DescribeLoadBalancers`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>

use crate::companions::elbv2::errors;
use crate::companions::elbv2::paging::{self, Wanted};
use crate::companions::elbv2::rows::all_of;
use crate::server::Call;
use crate::store::Direction;
use elbv2_api::error::DescribeLoadBalancersError;
use elbv2_api::input::DescribeLoadBalancersInput;
use elbv2_api::output::DescribeLoadBalancersOutput;

pub async fn describe_load_balancers(
    input: DescribeLoadBalancersInput,
    call: Call,
) -> Result<DescribeLoadBalancersOutput, DescribeLoadBalancersError> {
    let elbv2 = &call.app.elbv2;
    let rows = elbv2.rows(&call.scope);
    let arns = input.load_balancer_arns.unwrap_or_default();
    let named = input.names.unwrap_or_default();
    if !arns.is_empty() && !named.is_empty() {
        return Err(errors::invalid(
            "Load balancer names and load balancer ARNs cannot be specified at the same time",
        )
        .into());
    }
    let mut found = Vec::new();
    for arn in &arns {
        found.push(rows.balancer(arn).map_err(|error| {
            match error.to_string().contains("not a valid") {
                true => error,
                false => errors::no_balancers(),
            }
        })?);
    }
    for name in &named {
        found.push(rows.balancer_named(name).ok_or_else(errors::no_balancers)?);
    }
    let mut next_marker = None;
    if arns.is_empty() && named.is_empty() {
        let wanted = Wanted {
            marker: input.marker.as_deref(),
            size: input.page_size,
        };
        (found, next_marker) = paging::cut(
            "DescribeLoadBalancers",
            wanted,
            all_of(&call.scope),
            |rest, limit| {
                elbv2
                    .tables
                    .balancers
                    .range(rest, Direction::Forward, limit)
            },
        )?;
    }
    let shown = found
        .iter()
        .map(|(key, row)| elbv2.shown_balancer(key, row));
    Ok(DescribeLoadBalancersOutput {
        load_balancers: Some(shown.collect()),
        next_marker,
    })
}
