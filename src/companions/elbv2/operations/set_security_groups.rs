//! `SetSecurityGroups`: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetSecurityGroups.html>

use crate::companions::elbv2::companion::Rows;
use crate::companions::elbv2::rows::Balancer;
use crate::server::Call;
use elbv2_api::error::SetSecurityGroupsError;
use elbv2_api::input::SetSecurityGroupsInput;
use elbv2_api::output::SetSecurityGroupsOutput;

pub async fn set_security_groups(
    input: SetSecurityGroupsInput,
    call: Call,
) -> Result<SetSecurityGroupsOutput, SetSecurityGroupsError> {
    let arn = input.load_balancer_arn;
    let groups = input.security_groups;
    let shown = groups.clone();
    let write = call.app.elbv2.write(&call.scope, move |tables, scope, tx| {
        let (key, row) = Rows::inside(tables, scope, tx).balancer(&arn)?;
        let row = Balancer {
            security_groups: groups,
            ..Balancer::clone(&row)
        };
        tx.put(&tables.balancers, key, row);
        Ok(((), Vec::new()))
    });
    write.await?;
    Ok(SetSecurityGroupsOutput {
        security_group_ids: Some(shown),
        ..SetSecurityGroupsOutput::default()
    })
}
