//! `SetIpAddressType`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetIpAddressType.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Balancer;
use crate::server::Call;
use elbv2_api::error::SetIpAddressTypeError;
use elbv2_api::input::SetIpAddressTypeInput;
use elbv2_api::output::SetIpAddressTypeOutput;

pub async fn set_ip_address_type(
    input: SetIpAddressTypeInput,
    call: Call,
) -> Result<SetIpAddressTypeOutput, SetIpAddressTypeError> {
    let (arn, kind) = (input.load_balancer_arn, input.ip_address_type);
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).balancer(&arn)?;
        let row = Balancer {
            ip_address_type: kind,
            ..Balancer::clone(&row)
        };
        tx.put(&tables.balancers, key, row);
        Ok(((), Vec::new()))
    });
    write.await?;
    Ok(SetIpAddressTypeOutput {
        ip_address_type: Some(kind),
    })
}
