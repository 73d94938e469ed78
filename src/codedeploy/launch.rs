//! Starts one deployment: for CreateDeployment, for the pipeline engine, and for rollbacks.
//!
//! One commit writes the lock of the group, the deployment's rows and the engine's row; only then does anything run. Source:
//! contract, codedeploy sections 1.5, 3.2.1 and 5.1.

use super::deployments::{DeploymentKey, Fixed, new_id};
use super::revisions::{self, Revision};
use super::store::{Application, Group, GroupKey, Tables};
use super::validate::{self, groups::alarms, groups::rollback};
use super::{CodeDeploy, configs, errors, groups, plan, server_plan, service, violations};
use crate::aws::{Scope, Time, ids};
use crate::companions::Companions;
use crate::engine::deployment::DeploymentPlan;
use crate::engine::deployment::commands::start::start;
use crate::engine::deployment::plan::Work;
use crate::engine::world::BuildListener;
use crate::store::{Committed, Read, Txn, WriteError};
use codedeploy_api::error::{CreateDeploymentError, InvalidTargetInstancesException};
use codedeploy_api::input::CreateDeploymentInput;
use codedeploy_api::model::{
    ComputePlatform, DeploymentConfigInfo, DeploymentCreator, DeploymentInfo, FileExistsBehavior,
    RevisionLocation,
};
use slipway_runtime::Violation;
use std::collections::BTreeSet;
use std::sync::Arc;

// Differs from AWS: CreateDeployment refuses BLUE_GREEN deployments whose replacement instances are to be a copy of an Auto Scaling group (COPY_AUTO_SCALING_GROUP) with InvalidInputException; `targetInstances` names those that take part.

// Differs from AWS: CreateDeployment refuses deployments that would move the traffic of classic load balancers (`elbInfoList`) with InvalidLoadBalancerInfoException; target groups take their place.

/// Active deployments of an account in a region. Source: contract, codedeploy section 2.3.
pub const MOST: usize = 1000;

/// A deployment to be started.
#[derive(Clone, Debug)]
pub struct Launch {
    pub scope: Scope,
    /// The same one again starts nothing.
    pub id: String,
    pub request: CreateDeploymentInput,
    pub deferred: Vec<Violation>,
    pub listener: Option<BuildListener>,
}

/// What the request comes to, after every check against what is there.
struct Decided {
    application: Arc<Application>,
    key: GroupKey,
    group: Arc<Group>,
    config: DeploymentConfigInfo,
    /// With content, as far as it has one.
    revision: RevisionLocation,
    work: Work,
}

/// Starts a deployment.
pub async fn launch(
    service: &CodeDeploy,
    companions: &dyn Companions,
    launch: Launch,
) -> Result<(), CreateDeploymentError> {
    let key = (launch.scope.clone(), launch.id.clone());
    if service.deployment(&key.0, &key.1).is_some() {
        return Ok(());
    }
    let decided = decide(&service.tables, &Committed, &launch)?;
    check_replacements(companions, &launch.scope, &decided.work).await?;
    let role = decided.group.definition.service_role_arn.as_deref();
    service::check_role(companions, role.unwrap_or_default()).await?;
    let tables = service.tables.clone();
    let started = service.engine.command(key, move |existing, now, tx| {
        let plan = record(&tables, tx, now, &launch)?;
        // An id is made for one launch; that it is taken means that this launch has been made.
        let step = start(existing.as_ref(), plan, now);
        let step = step.map_err(|_| errors::deployment_active(&launch.id, &launch.id))?;
        Ok::<_, CreateDeploymentError>((step, ()))
    });
    started.await.map_err(WriteError::refused)
}

/// Replacements that a request names are there when it comes. Where nobody can be asked, the deployment will say so.
async fn check_replacements(
    companions: &dyn Companions,
    scope: &Scope,
    work: &Work,
) -> Result<(), InvalidTargetInstancesException> {
    let Work::Server(work) = work else {
        return Ok(());
    };
    let Some(replacing) = work.blue_green() else {
        return Ok(());
    };
    match companions.instances(scope, &replacing.green.ec2).await {
        Ok(found) if found.is_empty() => Err(errors::invalid_target_instances(
            "no instance has these tags",
        )),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn decide(
    tables: &Tables,
    rows: &impl Read,
    launch: &Launch,
) -> Result<Decided, CreateDeploymentError> {
    let (scope, input) = (&launch.scope, &launch.request);
    let application = tables.find_application(rows, scope, &input.application_name)?;
    let name = input.deployment_group_name.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(errors::group_name_missing().into());
    }
    let key = groups::key(scope, &application, name);
    let group = tables.find_group(rows, &key)?;
    violations::deferred("CreateDeployment", &launch.deferred)?;
    let platform = application.platform;
    let revision = revision(tables, rows, (scope, &application), &group, input)?;
    let config = config(tables, rows, scope, platform, &group, input)?;
    validate::deployments::description(input.description.as_deref())?;
    let style = group.definition.deployment_style.as_ref();
    let style = style.and_then(|style| style.deployment_type);
    validate::deployments::options(platform, style, input)?;
    alarms::<CreateDeploymentError>(input.override_alarm_configuration.as_ref())?;
    rollback(input.auto_rollback_configuration.as_ref())?;
    let work = match platform {
        ComputePlatform::Lambda => plan::lambda_work(&revision, &config)?,
        ComputePlatform::Ecs => plan::ecs_work(&revision, &config, &group.definition)?,
        ComputePlatform::Server => {
            validate::balancing::reachable(&group.definition)?;
            validate::replacements::check(&group.definition, input)?;
            server_plan::work(&group.definition, &config, input)
        }
    };
    Ok(Decided {
        application,
        key,
        group,
        config,
        revision,
        work,
    })
}

/// The revision of the request, else the group's; contents that are given by their digest come from where they are registered.
fn revision(
    tables: &Tables,
    rows: &impl Read,
    (scope, application): (&Scope, &Application),
    group: &Group,
    input: &CreateDeploymentInput,
) -> Result<RevisionLocation, CreateDeploymentError> {
    let asked = input.revision.clone();
    let asked = asked.or_else(|| group.definition.target_revision.clone());
    let asked = asked.ok_or_else(errors::revision_missing)?;
    validate::revisions::lookup(&asked)?;
    let is_text = asked.s3_location.is_none() && asked.git_hub_location.is_none();
    if !is_text || revisions::content(&asked).0.is_some() {
        validate::revisions::register(application.platform, &asked)?;
        return Ok(revisions::with_digest(asked));
    }
    let identity = revisions::identity(&asked);
    let key = (scope.clone(), application.id.clone(), identity);
    let known = rows.row(&tables.revisions, &key);
    let known = known.ok_or_else(errors::revision_not_found)?;
    Ok(known.location.clone())
}

/// The request's configuration, else the group's, else the platform's.
fn config(
    tables: &Tables,
    rows: &impl Read,
    scope: &Scope,
    platform: ComputePlatform,
    group: &Group,
    input: &CreateDeploymentInput,
) -> Result<DeploymentConfigInfo, CreateDeploymentError> {
    let asked = input.deployment_config_name.clone();
    let asked = asked.filter(|name| !name.is_empty());
    let name = asked.or_else(|| group.definition.deployment_config_name.clone());
    let name = name.unwrap_or_else(|| configs::usual(platform));
    let config = configs::find(tables, rows, scope, &name)?;
    match config.compute_platform == Some(platform) {
        true => Ok(config),
        false => Err(errors::config_platform(&name, config.compute_platform, platform).into()),
    }
}

/// Writes the rows of a new deployment, unless another one of its group is active. Yields what the engine is to do.
fn record(
    tables: &Tables,
    tx: &mut Txn,
    now: Time,
    launch: &Launch,
) -> Result<DeploymentPlan, CreateDeploymentError> {
    let decided = decide(tables, tx, launch)?;
    let deployments = &tables.deployments;
    let scope = &launch.scope;
    let lock = (scope.clone(), decided.group.id.clone());
    if let Some(active) = tx.get(&deployments.active, &lock) {
        return Err(errors::deployment_active(&decided.key.2, &active).into());
    }
    if deployments.count(tx, scope) >= MOST {
        return Err(errors::too_many_deployments(MOST).into());
    }
    for (id, name) in [
        (&decided.application.id, &launch.request.application_name),
        (&decided.group.id, &decided.key.2),
    ] {
        tx.put(
            &deployments.names,
            (scope.clone(), id.clone()),
            name.clone(),
        );
    }
    register(tables, tx, now, launch, &decided);
    let fixed = fixed(tables, tx, now, launch, &decided);
    let plan = deployment_plan(now, launch, &decided, fixed.previous.is_some());
    let key = (scope.clone(), launch.id.clone());
    tables.put_deployment(tx, &key, fixed);
    Ok(plan)
}

/// A revision that nobody registered is registered by its first deployment.
fn register(tables: &Tables, tx: &mut Txn, now: Time, launch: &Launch, decided: &Decided) {
    let identity = revisions::identity(&decided.revision);
    let application = decided.application.id.clone();
    let key = (launch.scope.clone(), application, identity);
    if tx.contains(&tables.revisions, &key) {
        return;
    }
    let description = format!(
        "Application revision registered by Deployment ID: {}",
        launch.id
    );
    let row = Revision {
        location: decided.revision.clone(),
        description: Some(description),
        registered: now,
        first_used: None,
        last_used: None,
        target_of: BTreeSet::new(),
    };
    tx.put(&tables.revisions, key, row);
}

fn fixed(tables: &Tables, tx: &mut Txn, now: Time, launch: &Launch, decided: &Decided) -> Fixed {
    let (input, group) = (&launch.request, &decided.group.definition);
    let previous = decided.group.last_successful.clone();
    let before = previous.clone().and_then(|id| {
        let key = (launch.scope.clone(), id);
        tx.get_record(&tables.deployments.fixed, &key)
    });
    let rollback = input.auto_rollback_configuration.clone();
    Fixed {
        application_id: decided.application.id.clone(),
        group_id: decided.group.id.clone(),
        created: now,
        info: DeploymentInfo {
            application_name: Some(input.application_name.clone()),
            deployment_group_name: Some(decided.key.2.clone()),
            deployment_config_name: decided.config.deployment_config_name.clone(),
            deployment_id: Some(launch.id.clone()),
            previous_revision: before.and_then(|before| before.info.revision),
            revision: Some(revisions::without_content(decided.revision.clone())),
            description: input.description.clone().filter(|text| !text.is_empty()),
            creator: Some(DeploymentCreator::User),
            ignore_application_stop_failures: Some(
                input.ignore_application_stop_failures.unwrap_or(false),
            ),
            auto_rollback_configuration: rollback
                .or_else(|| group.auto_rollback_configuration.clone()),
            update_outdated_instances_only: Some(
                input.update_outdated_instances_only.unwrap_or(false),
            ),
            deployment_style: group.deployment_style.clone(),
            target_instances: input.target_instances.clone(),
            blue_green_deployment_configuration: group.blue_green_deployment_configuration.clone(),
            load_balancer_info: group.load_balancer_info.clone(),
            file_exists_behavior: Some(
                input
                    .file_exists_behavior
                    .unwrap_or(FileExistsBehavior::Disallow),
            ),
            deployment_mode: input.deployment_mode,
            compute_platform: Some(decided.application.platform),
            override_alarm_configuration: input.override_alarm_configuration.clone(),
            ec2_deployment_options: input.ec2_deployment_options.clone(),
            ..DeploymentInfo::default()
        },
        previous,
    }
}

/// `can_return`: the group has had a successful deployment.
fn deployment_plan(
    now: Time,
    launch: &Launch,
    decided: &Decided,
    can_return: bool,
) -> DeploymentPlan {
    let (input, group) = (&launch.request, &decided.group.definition);
    let alarms = input.override_alarm_configuration.as_ref();
    let back = input.auto_rollback_configuration.as_ref();
    let back = back.or(group.auto_rollback_configuration.as_ref());
    let triggers = group.trigger_configurations.as_deref();
    DeploymentPlan {
        scope: launch.scope.clone(),
        id: launch.id.clone(),
        application: input.application_name.clone(),
        group: decided.key.2.clone(),
        service_role: group.service_role_arn.clone().unwrap_or_default(),
        work: decided.work.clone(),
        alarms: plan::alarms(alarms.or(group.alarm_configuration.as_ref())),
        rollback: can_return.then(|| plan::rollback(new_id(), ids::uuid(), back)),
        rolls_back: None,
        triggers: plan::triggers(triggers.unwrap_or_default()),
        listener: launch.listener.clone(),
        seed: ids::uuid(),
        created: now,
    }
}

/// Begins a rollback that waits for it; harmless when there is none of this id.
pub async fn begin_rollback(service: &CodeDeploy, key: &DeploymentKey) {
    let waiting = service.tables.deployments.waiting.clone();
    let id = key.clone();
    let begun = service
        .engine
        .command(key.clone(), move |existing, now, tx| {
            // It stays until the end, so that readers find it in one place or the other.
            let plan = tx.get(&waiting, &id).ok_or(())?;
            let step = start(existing.as_ref(), (*plan).clone(), now).map_err(drop)?;
            Ok::<_, ()>((step, ()))
        });
    if let Err(WriteError::Storage(error)) = begun.await {
        tracing::error!(id = key.1, %error, "a rollback was not begun");
    }
}
