//! What engines ask of load balancers.

use super::changes::{change_rule, default_rule};
use super::companion::{Elbv2, Rows, group_arn, rule_arn};
use super::errors;
use super::rows::{Kind, Rule};
use crate::aws::Scope;
use crate::companions::balancing::{
    BalancerError, Balancers, Forward, GroupWeight, ListenerInfo, RuleInfo, TargetGroupInfo,
};
use async_trait::async_trait;
use elbv2_api::model::{Action, ActionTypeEnum, ForwardActionConfig, TargetGroupTuple};
use slipway_runtime::CommonError;

#[async_trait]
impl Balancers for Elbv2 {
    async fn target_groups(
        &self,
        scope: &Scope,
        names: &[String],
    ) -> Result<Vec<TargetGroupInfo>, BalancerError> {
        let rows = self.rows(scope);
        let info = |name: &String| {
            let found = rows.group_named(name);
            let (key, row) = found.ok_or_else(|| BalancerError::NoSuchTargetGroup(name.clone()))?;
            let kind = row
                .definition
                .target_type
                .map(|kind| kind.as_str().to_owned());
            Ok(TargetGroupInfo {
                arn: group_arn(&key, &row),
                name: name.clone(),
                target_type: kind.unwrap_or_default(),
            })
        };
        names.iter().map(info).collect()
    }

    async fn listener(&self, scope: &Scope, arn: &str) -> Result<ListenerInfo, BalancerError> {
        let absent = |_| BalancerError::NoSuchListener(arn.to_owned());
        let rows = self.rows(scope);
        let (key, _) = rows.listener(arn).map_err(absent)?;
        let (_, owner) = rows.owner(&key.1).map_err(absent)?;
        let all = self.tables.rules_of(&key);
        let default = all.iter().find(|(_, rule)| rule.priority.is_none());
        let kind = match owner.kind {
            Kind::Application => "application",
            Kind::Network => "network",
        };
        Ok(ListenerInfo {
            arn: arn.to_owned(),
            kind: kind.to_owned(),
            forward: default.and_then(|(_, rule)| forward_of(rule)),
        })
    }

    async fn rules(&self, scope: &Scope, listener: &str) -> Result<Vec<RuleInfo>, BalancerError> {
        let absent = |_| BalancerError::NoSuchListener(listener.to_owned());
        let rows = self.rows(scope);
        let (key, _) = rows.listener(listener).map_err(absent)?;
        let (_, owner) = rows.owner(&key.1).map_err(absent)?;
        let all = self.tables.rules_of(&key);
        let own = all.iter().filter(|(_, rule)| rule.priority.is_some());
        let info = own.map(|(key, rule)| RuleInfo {
            arn: rule_arn(key, &owner),
            forward: forward_of(rule),
        });
        Ok(info.collect())
    }

    async fn set_listener_forward(
        &self,
        scope: &Scope,
        listener: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        let absent = |_| BalancerError::NoSuchListener(listener.to_owned());
        self.rows(scope).listener(listener).map_err(absent)?;
        let arn = listener.to_owned();
        let write = self.write(scope, move |tables, scope, tx| {
            let (key, _) = Rows::inside(tables, scope, tx).listener(&arn)?;
            let rule = default_rule(tables, tx, &key).ok_or_else(errors::no_listener)?;
            let orders = change_rule(tables, scope, tx, rule, Some(vec![action(forward)]), None)?;
            Ok(((), orders))
        });
        write.await.map_err(refused)
    }

    async fn set_rule_forward(
        &self,
        scope: &Scope,
        rule: &str,
        forward: Forward,
    ) -> Result<(), BalancerError> {
        let absent = |_| BalancerError::NoSuchRule(rule.to_owned());
        self.rows(scope).rule(rule).map_err(absent)?;
        let arn = rule.to_owned();
        let write = self.write(scope, move |tables, scope, tx| {
            let (key, _) = Rows::inside(tables, scope, tx).rule(&arn)?;
            let orders = change_rule(tables, scope, tx, key, Some(vec![action(forward)]), None)?;
            Ok(((), orders))
        });
        write.await.map_err(refused)
    }
}

fn forward_of(rule: &Rule) -> Option<Forward> {
    let config = rule.actions.last()?.forward_config.as_ref()?;
    let weight = |tuple: &TargetGroupTuple| GroupWeight {
        target_group_arn: tuple.target_group_arn.clone().unwrap_or_default(),
        weight: tuple
            .weight
            .and_then(|weight| u32::try_from(weight).ok())
            .unwrap_or(1),
    };
    Some(Forward {
        groups: config.target_groups.iter().flatten().map(weight).collect(),
    })
}

/// No login stands before it: actions that log in are refused here.
fn action(forward: Forward) -> Action {
    let groups = forward.groups.into_iter();
    let tuples: Vec<TargetGroupTuple> = groups
        .map(|group| TargetGroupTuple {
            target_group_arn: Some(group.target_group_arn),
            weight: Some(i32::try_from(group.weight).unwrap_or(i32::MAX)),
        })
        .collect();
    Action {
        forward_config: Some(ForwardActionConfig {
            target_groups: Some(tuples),
            target_group_stickiness_config: None,
        }),
        ..Action::new(ActionTypeEnum::Forward)
    }
}

/// The sentence without the code before it.
fn refused(error: CommonError) -> BalancerError {
    let text = error.to_string();
    let words = text.split_once(": ").map(|(_, words)| words.to_owned());
    BalancerError::Refused(words.unwrap_or(text))
}
