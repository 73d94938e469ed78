//! CreateDeploymentGroup: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html>

use crate::aws::{Scope, ids};
use crate::codedeploy::service::{check_role, check_services, check_triggers};
use crate::codedeploy::store::{Group, GroupKey, Tables, names_below};
use crate::codedeploy::tags::{self, Tags};
use crate::codedeploy::validate::groups::scaling;
use crate::codedeploy::{balancers, errors, groups};
use crate::companions::rights::Rights;
use crate::server::call::Call;
use crate::store::{Committed, Direction, Read, WriteError};
use codedeploy_api::error::CreateDeploymentGroupError;
use codedeploy_api::input::CreateDeploymentGroupInput;
use codedeploy_api::output::CreateDeploymentGroupOutput;
use slipway_runtime::Violation;

/// A new group; the role, and the topics of triggers, are tried before anything is kept.
pub async fn create_deployment_group(
    input: CreateDeploymentGroupInput,
    call: Call,
) -> Result<CreateDeploymentGroupOutput, CreateDeploymentGroupError> {
    let service = &call.app.codedeploy;
    let companions = &Rights::new(call.app.companions.clone());
    let id = ids::uuid();
    if input.service_role_arn.is_empty() {
        return Err(errors::role_missing().into());
    }
    let group = decided(
        &service.tables,
        &Committed,
        &call.scope,
        &input,
        &call.deferred,
        &id,
    )?
    .1;
    check_role(companions, &input.service_role_arn).await?;
    if let Some(name) = input.auto_scaling_groups.iter().flatten().next() {
        return Err(errors::no_auto_scaling_group(name).into());
    }
    let triggers = group.definition.trigger_configurations.as_deref();
    let services = group.definition.ecs_services.as_deref();
    check_services(companions, &call.scope, services.unwrap_or_default()).await?;
    let definition = &group.definition;
    balancers::check::<CreateDeploymentGroupError>(service, companions, &call.scope, definition)
        .await?;
    check_triggers(companions, &call.scope, triggers.unwrap_or_default()).await?;
    let (tables, scope) = (service.tables.clone(), call.scope);
    let made = id.clone();
    let written = service.store.write(move |tx| {
        let (key, group) = decided(&tables, tx, &scope, &input, &[], &made)?;
        let all = names_below(&key.0, &key.1);
        if tx
            .range(&tables.groups, all, Direction::Forward, MOST)
            .len()
            == MOST
        {
            return Err(CreateDeploymentGroupError::from(errors::too_many_groups(
                MOST,
            )));
        }
        let tags = tags::merged(Tags::new(), input.tags.as_deref().unwrap_or_default())?;
        tx.put(&tables.tags, (scope, made), tags);
        tables.put_group(tx, key, group);
        Ok(())
    });
    written.await.map_err(WriteError::refused)?;
    Ok(CreateDeploymentGroupOutput {
        deployment_group_id: Some(id),
    })
}

/// Groups of an application.
const MOST: usize = 1000;

/// The group as it would be kept, after every check of the request against what is there.
fn decided(
    tables: &Tables,
    rows: &impl Read,
    scope: &Scope,
    input: &CreateDeploymentGroupInput,
    deferred: &[Violation],
    id: &str,
) -> Result<(GroupKey, Group), CreateDeploymentGroupError> {
    let application = tables.find_application(rows, scope, &input.application_name)?;
    let key = groups::key(scope, &application, &input.deployment_group_name);
    if rows.row(&tables.groups, &key).is_some() {
        return Err(errors::group_exists(&key.2).into());
    }
    let has_ec2 = input
        .ec2_tag_filters
        .as_ref()
        .is_some_and(|of| !of.is_empty());
    let on_premises = input.on_premises_instance_tag_filters.as_ref();
    let on_premises = on_premises.is_some_and(|of| !of.is_empty());
    scaling(application.platform, input.auto_scaling_groups.as_deref())?;
    groups::check_request::<CreateDeploymentGroupError>(
        "CreateDeploymentGroup",
        deferred,
        (has_ec2, &input.ec2_tag_set),
        (on_premises, &input.on_premises_tag_set),
    )?;
    tags::merged(Tags::new(), input.tags.as_deref().unwrap_or_default())?;
    let group = Group {
        id: id.to_owned(),
        definition: groups::created(application.platform, input),
        last_attempted: None,
        last_successful: None,
    };
    groups::check::<CreateDeploymentGroupError>(tables, rows, scope, &application, &group)?;
    Ok((key, group))
}
