//! UpdateDeploymentGroup: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_UpdateDeploymentGroup.html>

use crate::aws::Scope;
use crate::codedeploy::service::{check_role, check_services, check_triggers};
use crate::codedeploy::store::{Group, GroupKey, Tables};
use crate::codedeploy::validate::groups::scaling;
use crate::codedeploy::{balancers, errors, groups};
use crate::companions::rights::Rights;
use crate::server::call::Call;
use crate::store::{Committed, Read, WriteError};
use codedeploy_api::error::UpdateDeploymentGroupError;
use codedeploy_api::input::UpdateDeploymentGroupInput;
use codedeploy_api::output::UpdateDeploymentGroupOutput;
use slipway_runtime::Violation;

/// Replaces the members that are given and keeps the others; another name keeps everything.
pub async fn update_deployment_group(
    input: UpdateDeploymentGroupInput,
    call: Call,
) -> Result<UpdateDeploymentGroupOutput, UpdateDeploymentGroupError> {
    let service = &call.app.codedeploy;
    let companions = &Rights::new(call.app.companions.clone());
    let (_, group, changed) = decided(
        &service.tables,
        &Committed,
        &call.scope,
        &input,
        &call.deferred,
    )?;
    let role = input.service_role_arn.as_deref();
    if let Some(role) = role.filter(|role| !role.is_empty()) {
        check_role(companions, role).await?;
    }
    if let Some(name) = input.auto_scaling_groups.iter().flatten().next() {
        return Err(errors::no_auto_scaling_group(name).into());
    }
    let services = input.ecs_services.as_deref();
    check_services(companions, &call.scope, services.unwrap_or_default()).await?;
    if changed.balancing {
        let definition = &group.definition;
        balancers::check::<UpdateDeploymentGroupError>(
            service,
            companions,
            &call.scope,
            definition,
        )
        .await?;
    }
    if changed.triggers {
        let triggers = group.definition.trigger_configurations.as_deref();
        check_triggers(companions, &call.scope, triggers.unwrap_or_default()).await?;
    }
    let (tables, scope) = (service.tables.clone(), call.scope);
    let written = service.store.write(move |tx| {
        let (key, group, changed) = decided(&tables, tx, &scope, &input, &[])?;
        match changed.name {
            Some(to) => tables.rename_group(tx, &key, to, group),
            None => tables.put_group(tx, key, group),
        }
        Ok(())
    });
    written
        .await
        .map_err(WriteError::<UpdateDeploymentGroupError>::refused)?;
    Ok(UpdateDeploymentGroupOutput {
        hooks_not_cleaned_up: Some(Vec::new()),
    })
}

/// What the request changes beside members that are just kept.
struct Changed {
    name: Option<GroupKey>,
    triggers: bool,
    /// Where traffic goes to, or how it is moved.
    balancing: bool,
}

/// The group as it would be kept, after every check of the request against what is there.
fn decided(
    tables: &Tables,
    rows: &impl Read,
    scope: &Scope,
    input: &UpdateDeploymentGroupInput,
    deferred: &[Violation],
) -> Result<(GroupKey, Group, Changed), UpdateDeploymentGroupError> {
    let application = tables.find_application(rows, scope, &input.application_name)?;
    let key = groups::key(scope, &application, &input.current_deployment_group_name);
    let present = tables.find_group(rows, &key)?;
    let to = input.new_deployment_group_name.as_deref();
    let to = to.map(|name| groups::key(scope, &application, name));
    let to = to.filter(|to| *to != key);
    if let Some(to) = to
        .as_ref()
        .filter(|to| rows.row(&tables.groups, to).is_some())
    {
        return Err(errors::group_exists(&to.2).into());
    }
    let has_ec2 = input
        .ec2_tag_filters
        .as_ref()
        .is_some_and(|of| !of.is_empty());
    let on_premises = input.on_premises_instance_tag_filters.as_ref();
    let on_premises = on_premises.is_some_and(|of| !of.is_empty());
    scaling(application.platform, input.auto_scaling_groups.as_deref())?;
    groups::check_request::<UpdateDeploymentGroupError>(
        "UpdateDeploymentGroup",
        deferred,
        (has_ec2, &input.ec2_tag_set),
        (on_premises, &input.on_premises_tag_set),
    )?;
    let group = Group {
        definition: groups::updated(&present.definition, input),
        ..(*present).clone()
    };
    groups::check::<UpdateDeploymentGroupError>(tables, rows, scope, &application, &group)?;
    let before = &present.definition;
    let changed = Changed {
        name: to,
        triggers: group.definition.trigger_configurations != before.trigger_configurations,
        balancing: group.definition.ecs_services != before.ecs_services
            || group.definition.load_balancer_info != before.load_balancer_info
            || group.definition.deployment_config_name != before.deployment_config_name,
    };
    Ok((key, group, changed))
}
