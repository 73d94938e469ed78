//! `SetSubnets`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSubnets.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Balancer;
use crate::companions::elbv2::{names, view};
use crate::server::Call;
use elbv2_api::error::SetSubnetsError;
use elbv2_api::input::SetSubnetsInput;
use elbv2_api::output::SetSubnetsOutput;
use std::sync::Arc;

pub async fn set_subnets(
    input: SetSubnetsInput,
    call: Call,
) -> Result<SetSubnetsOutput, SetSubnetsError> {
    let arn = input.load_balancer_arn.clone();
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).balancer(&arn)?;
        let mut row = Balancer::clone(&row);
        let (plain, mapped) = (input.subnets.as_deref(), input.subnet_mappings.as_deref());
        row.subnets = names::subnets(plain, mapped, row.kind)?;
        row.ip_address_type = input.ip_address_type.unwrap_or(row.ip_address_type);
        tx.put(&tables.balancers, key.clone(), row.clone());
        Ok(((key, Arc::new(row)), Vec::new()))
    });
    let (key, row) = write.await?;
    Ok(SetSubnetsOutput {
        availability_zones: Some(view::zones(&key, &row)),
        ip_address_type: Some(row.ip_address_type),
        ..SetSubnetsOutput::default()
    })
}
