//! `DescribeListeners`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListeners.html>

use crate::companions::elbv2::errors;
use crate::companions::elbv2::paging::{self, Wanted};
use crate::companions::elbv2::rows::listeners_of;
use crate::server::Call;
use crate::store::Direction;
use elbv2_api::error::DescribeListenersError;
use elbv2_api::input::DescribeListenersInput;
use elbv2_api::output::DescribeListenersOutput;

pub async fn describe_listeners(
    input: DescribeListenersInput,
    call: Call,
) -> Result<DescribeListenersOutput, DescribeListenersError> {
    let elbv2 = &call.app.elbv2;
    let rows = elbv2.rows(&call.scope);
    let arns = input.listener_arns.unwrap_or_default();
    let (mut found, mut next_marker) = (Vec::new(), None);
    match &input.load_balancer_arn {
        Some(_) if !arns.is_empty() => {
            return Err(errors::invalid(
                "Listener ARNs and load balancer ARN cannot be specified at the same time",
            )
            .into());
        }
        Some(arn) => {
            let (owner, _) = rows.balancer(arn)?;
            let wanted = Wanted {
                marker: input.marker.as_deref(),
                size: input.page_size,
            };
            (found, next_marker) = paging::cut(
                &format!("DescribeListeners/{}", owner.1),
                wanted,
                listeners_of(&owner),
                |rest, limit| {
                    elbv2
                        .tables
                        .listeners
                        .range(rest, Direction::Forward, limit)
                },
            )?;
        }
        None if arns.is_empty() => {
            return Err(errors::invalid(
                "You must specify either listener ARNs or a load balancer ARN",
            )
            .into());
        }
        None => {
            for arn in &arns {
                found.push(rows.listener(arn)?);
            }
        }
    }
    let mut shown = Vec::new();
    for (key, row) in &found {
        let (_, owner) = rows.owner(&key.1)?;
        shown.push(elbv2.shown_listener(key, row, &owner));
    }
    Ok(DescribeListenersOutput {
        listeners: Some(shown),
        next_marker,
    })
}
