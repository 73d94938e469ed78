//! `DeleteLoadBalancer`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::names::Named;
use crate::companions::elbv2::{changes, errors};
use crate::server::Call;
use elbv2_api::error::DeleteLoadBalancerError;
use elbv2_api::input::DeleteLoadBalancerInput;
use elbv2_api::output::DeleteLoadBalancerOutput;

/// Its listeners go with it; one that is not there is none already.
pub async fn delete_load_balancer(
    input: DeleteLoadBalancerInput,
    call: Call,
) -> Result<DeleteLoadBalancerOutput, DeleteLoadBalancerError> {
    let arn = input.load_balancer_arn;
    if !matches!(Named::parse(&call.scope, &arn), Some(Named::Balancer(..))) {
        return Err(errors::not_an_arn("load balancer", &arn).into());
    }
    let elbv2 = &call.app.elbv2;
    let write = elbv2.write(&call.scope, move |tables, scope, tx| {
        let Ok((key, row)) = Rows::inside(tables, scope, tx).balancer(&arn) else {
            return Ok(((), Vec::new()));
        };
        let protected = row.attributes.get("deletion_protection.enabled");
        if protected.is_some_and(|value| value == "true") {
            return Err(errors::protected(&arn));
        }
        let mut orders = Vec::new();
        for (listener, _) in tables.listeners_in(tx, &key) {
            orders.extend(changes::remove_listener(tables, tx, listener));
        }
        tx.remove(&tables.balancers, &key);
        Ok(((), orders))
    });
    write.await?;
    Ok(DeleteLoadBalancerOutput {})
}
