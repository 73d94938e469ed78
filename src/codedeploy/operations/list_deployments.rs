//! ListDeployments: <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ListDeployments.html>

use crate::aws::{Scope, Time, page};
use crate::codedeploy::deployments::{ListKey, between};
use crate::codedeploy::pages::{self, PAGE};
use crate::codedeploy::{CodeDeploy, errors, groups};
use crate::server::call::Call;
use crate::store::{Committed, Direction};
use codedeploy_api::error::{InvalidNextTokenException, ListDeploymentsError};
use codedeploy_api::input::ListDeploymentsInput;
use codedeploy_api::model::{DeploymentStatus, TimeRange};
use codedeploy_api::output::ListDeploymentsOutput;
use std::collections::BTreeSet;
use std::time::Duration;

/// Ids of the region's or a group's deployments, the newest first; a hundred on a page.
pub async fn list_deployments(
    input: ListDeploymentsInput,
    call: Call,
) -> Result<ListDeploymentsOutput, ListDeploymentsError> {
    let service = &call.app.codedeploy;
    let list = list(service, &call.scope, &input)?;
    let (from, to) = range(input.create_time_range.as_ref())?;
    let statuses = statuses(input.include_only_statuses.as_deref().unwrap_or_default());
    let wanted = Wanted {
        list,
        from,
        to,
        statuses,
    };
    // Deployments that CloudFormation drives are not made here: no other has an external id.
    let is_outside = input.external_id.is_some_and(|id| !id.is_empty());
    if is_outside {
        return Ok(ListDeploymentsOutput {
            deployments: Some(Vec::new()),
            next_token: None,
        });
    }
    let (ids, next) = wanted.page(service, &call.scope, input.next_token.as_deref())?;
    Ok(ListDeploymentsOutput {
        deployments: Some(ids),
        next_token: next,
    })
}

/// Which deployments are listed.
#[derive(Debug)]
struct Wanted {
    /// A group's id, or nothing.
    list: String,
    from: Time,
    to: Time,
    /// In the order of a deployment's life, so that one that moves on meanwhile is found at least once.
    statuses: Vec<&'static str>,
}

/// Both names or neither; the group has to be there.
fn list(
    service: &CodeDeploy,
    scope: &Scope,
    input: &ListDeploymentsInput,
) -> Result<String, ListDeploymentsError> {
    let given = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let names = (
        given(&input.application_name),
        given(&input.deployment_group_name),
    );
    match names {
        (None, None) => Ok(String::new()),
        (Some(_), None) => Err(errors::group_name_missing().into()),
        (None, Some(_)) => Err(errors::application_name_missing().into()),
        (Some(application), Some(group)) => {
            let tables = &service.tables;
            let found = tables.find_application(&Committed, scope, &application)?;
            let key = groups::key(scope, &found, &group);
            Ok(tables.find_group(&Committed, &key)?.id.clone())
        }
    }
}

/// Both ends belong to the range; an end that is not given is open. The reader of CBOR cuts times off below the millisecond, and
/// a time in floating point may lie just below its own: the end is a millisecond later, so that it belongs to the range all the
/// same.
fn range(of: Option<&TimeRange>) -> Result<(Time, Time), ListDeploymentsError> {
    let time = |time: Option<aws_smithy_types::DateTime>, open: i64| {
        time.and_then(Time::from_wire)
            .unwrap_or(Time::from_millis(open))
    };
    let from = time(of.and_then(|of| of.start), i64::MIN);
    let to = time(of.and_then(|of| of.end), i64::MAX);
    match from > to {
        true => Err(errors::invalid_time_range().into()),
        false => Ok((from, to + Duration::from_millis(1))),
    }
}

/// Nothing asked for: the list of all of them.
fn statuses(asked: &[DeploymentStatus]) -> Vec<&'static str> {
    if asked.is_empty() {
        return vec![""];
    }
    let life = [
        DeploymentStatus::Created,
        DeploymentStatus::Queued,
        DeploymentStatus::InProgress,
        DeploymentStatus::Baking,
        DeploymentStatus::Ready,
        DeploymentStatus::Succeeded,
        DeploymentStatus::Failed,
        DeploymentStatus::Stopped,
    ];
    let life = life.iter().filter(|status| asked.contains(status));
    life.map(|status| status.as_str()).collect()
}

impl Wanted {
    /// Merges as many of each status as a page holds.
    fn page(
        &self,
        service: &CodeDeploy,
        scope: &Scope,
        token: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), InvalidNextTokenException> {
        let binding = format!("ListDeployments/{scope:?}/{self:?}");
        let after = pages::position::<(Time, String)>(&binding, token)?;
        let mut found: BTreeSet<(Time, String)> = BTreeSet::new();
        for status in &self.statuses {
            let all = between(scope, &self.list, status, self.from, self.to);
            let (first, last) = all.into_inner();
            let after = after.clone().map(|(time, id)| -> ListKey {
                (
                    scope.clone(),
                    self.list.clone(),
                    (*status).to_owned(),
                    time,
                    id,
                )
            });
            let range = page::after(first, last, after, Direction::Backward);
            let listed = &service.tables.deployments.listed;
            let rows = listed.range(range, Direction::Backward, PAGE + 1);
            let rows = rows.unwrap_or_else(|fault| fault.raise());
            found.extend(rows.into_iter().map(|((.., time, id), ())| (time, id)));
        }
        let newest = found.into_iter().rev().collect();
        let (items, next) = page::cut(newest, PAGE, |at: &(Time, String)| at.clone());
        let ids = items.into_iter().map(|(_, id)| id).collect();
        Ok((ids, next.map(|at| page::token(&binding, &at))))
    }
}
