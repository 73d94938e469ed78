//! `ModifyLoadBalancerAttributes`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::keeper::Order;
use crate::companions::elbv2::rows::Balancer;
use crate::companions::elbv2::{attributes, view};
use crate::server::Call;
use elbv2_api::error::ModifyLoadBalancerAttributesError;
use elbv2_api::input::ModifyLoadBalancerAttributesInput;
use elbv2_api::model::LoadBalancerAttribute;
use elbv2_api::output::ModifyLoadBalancerAttributesOutput;

pub async fn modify_load_balancer_attributes(
    input: ModifyLoadBalancerAttributesInput,
    call: Call,
) -> Result<ModifyLoadBalancerAttributesOutput, ModifyLoadBalancerAttributesError> {
    let given = input
        .attributes
        .into_iter()
        .map(|attribute| (attribute.key, attribute.value));
    let (arn, given) = (input.load_balancer_arn, given.collect());
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).balancer(&arn)?;
        let mut row = Balancer::clone(&row);
        attributes::set_balancer(&mut row, given)?;
        let shown = attributes::of_balancer(&row);
        // Listeners follow the idle timeout.
        let listeners = tables.listeners_in(tx, &key).into_iter();
        let orders = listeners
            .map(|(listener, _)| Order::Listener(listener))
            .collect();
        tx.put(&tables.balancers, key, row);
        Ok((shown, orders))
    });
    let shown = view::pairs(write.await?, |key, value| LoadBalancerAttribute {
        key,
        value,
    });
    Ok(ModifyLoadBalancerAttributesOutput {
        attributes: Some(shown),
    })
}
