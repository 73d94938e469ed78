//! `DescribeLogGroups`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>

use crate::aws::{Scope, page};
use crate::companions::logs::companion::Logs;
use crate::companions::logs::store::{Group, GroupKey};
use crate::companions::logs::{errors, list, names};
use crate::server::Call;
use crate::store::Direction;
use logs_api::error::DescribeLogGroupsError;
use logs_api::error::InvalidParameterException;
use logs_api::input::DescribeLogGroupsInput;
use logs_api::model::{LogGroup, LogGroupClass};
use logs_api::output::DescribeLogGroupsOutput;
use std::ops::Bound;
use std::sync::Arc;

/// Groups in order of their names.
pub async fn describe_log_groups(
    input: DescribeLogGroupsInput,
    call: Call,
) -> Result<DescribeLogGroupsOutput, DescribeLogGroupsError> {
    let filter = Filter::of(&call.scope, &input)?;
    let binding = filter.binding();
    let after = list::after::<String>(&binding, input.next_token.as_deref())?;
    let size = list::size(input.limit);
    let groups = filter.groups(&call.app.logs, after, size + 1);
    let (groups, last) = page::cut(groups, size, |(key, _)| key.1.clone());
    let shown = |(key, group): (GroupKey, Arc<Group>)| match filter.pattern {
        Some(_) => brief(&key, &group),
        None => whole(&call.app.logs, &key, &group),
    };
    Ok(DescribeLogGroupsOutput {
        log_groups: Some(groups.into_iter().map(shown).collect()),
        next_token: last.map(|last| page::token(&binding, &last)),
    })
}

/// Groups looked at together.
const CHUNK: usize = 200;

/// Which groups are asked for.
struct Filter {
    scope: Scope,
    prefix: String,
    pattern: Option<String>,
    class: Option<LogGroupClass>,
    names: Option<Vec<String>>,
    /// Whether the account is among those asked for: groups of other accounts are not seen.
    ours: bool,
}

impl Filter {
    fn of(
        scope: &Scope,
        input: &DescribeLogGroupsInput,
    ) -> Result<Self, InvalidParameterException> {
        if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
            return Err(errors::invalid(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
            ));
        }
        let account = scope.account.as_str();
        let accounts = input.account_identifiers.as_deref().unwrap_or(&[]);
        let identified = |id: &String| names::identified(scope, id).map(|(_, name)| name);
        let names = input.log_group_identifiers.as_ref();
        Ok(Self {
            scope: scope.clone(),
            prefix: input.log_group_name_prefix.clone().unwrap_or_default(),
            pattern: input.log_group_name_pattern.clone(),
            class: input.log_group_class,
            names: names.map(|names| names.iter().filter_map(identified).collect()),
            ours: accounts.is_empty() || accounts.iter().any(|id| id == account),
        })
    }

    fn binding(&self) -> String {
        let pattern = self.pattern.as_deref().unwrap_or("");
        let (account, region) = (&self.scope.account, &self.scope.region);
        format!(
            "DescribeLogGroups {account} {region} {} {pattern}",
            self.prefix
        )
    }

    fn matches(&self, name: &str, group: &Group) -> bool {
        let pattern = self
            .pattern
            .as_deref()
            .is_none_or(|pattern| name.contains(pattern));
        let class = self.class.is_none_or(|class| class.as_str() == group.class);
        let named = self
            .names
            .as_ref()
            .is_none_or(|names| names.iter().any(|n| n == name));
        self.ours && pattern && class && named
    }

    /// At most `limit` groups after a name.
    fn groups(
        &self,
        logs: &Logs,
        after: Option<String>,
        limit: usize,
    ) -> Vec<(GroupKey, Arc<Group>)> {
        let key = |name: String| (self.scope.clone(), name);
        let mut start = match after {
            Some(name) => Bound::Excluded(key(name)),
            None => Bound::Included(key(self.prefix.clone())),
        };
        let end = match list::after_all_with(&self.prefix) {
            Some(end) => Bound::Excluded(key(end)),
            None => Bound::Unbounded,
        };
        let mut found = Vec::new();
        loop {
            let chunk = logs
                .tables
                .groups
                .range((start, end.clone()), Direction::Forward, CHUNK);
            let Some(last) = chunk.last().map(|(key, _)| key.clone()) else {
                return found;
            };
            start = Bound::Excluded(last);
            for (key, group) in chunk {
                if key.0 != self.scope || found.len() == limit {
                    return found;
                }
                if self.matches(&key.1, &group) {
                    found.push((key, group));
                }
            }
        }
    }
}

fn whole(logs: &Logs, key: &GroupKey, group: &Group) -> LogGroup {
    let used = logs.tables.usage.get(key).map_or(0, |used| *used);
    LogGroup {
        retention_in_days: group.retention_days,
        stored_bytes: Some(i64::try_from(used).unwrap_or(i64::MAX)),
        kms_key_id: group.kms_key.clone(),
        deletion_protection_enabled: Some(group.protected),
        ..brief(key, group)
    }
}

/// What is shown of groups that were found by a pattern (recorded answer).
fn brief((scope, name): &GroupKey, group: &Group) -> LogGroup {
    LogGroup {
        log_group_name: Some(name.clone()),
        creation_time: Some(group.created.millis()),
        metric_filter_count: Some(0),
        arn: Some(names::wildcard_arn(scope, name)),
        log_group_arn: Some(names::group_arn(scope, name)),
        log_group_class: LogGroupClass::try_from(group.class.as_str()).ok(),
        ..LogGroup::default()
    }
}
