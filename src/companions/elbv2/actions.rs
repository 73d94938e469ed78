//! Actions of listeners and rules: what may be asked for, and how it is shown.
//!
//! Invariant: a list of actions that was accepted ends in exactly one forward, redirect or fixed response and holds nothing else; a
//! forward names all its groups with their weights, and at its top the one group it has, if it has one.

use super::companion::Rows;
use super::errors;
use super::names::Named;
use super::rows::{BalancerKey, GroupKey, Kind, balancer_of, listener_of};
use crate::aws::Scope;
use elbv2_api::model::{
    Action, ActionTypeEnum, FixedResponseActionConfig, ForwardActionConfig, ProtocolEnum,
    RedirectActionConfig, TargetGroupStickinessConfig, TargetGroupTuple,
};
use slipway_runtime::CommonError;

const MOST_GROUPS: usize = 5;
const HEAVIEST: i32 = 999;

/// The groups that actions forward to.
pub fn groups(scope: &Scope, actions: &[Action]) -> Vec<GroupKey> {
    let forwards = actions
        .iter()
        .filter_map(|action| action.forward_config.as_ref());
    let tuples = forwards.flat_map(|forward| forward.target_groups.iter().flatten());
    let mut keys: Vec<GroupKey> = tuples
        .filter_map(|tuple| key_of(scope, tuple.target_group_arn.as_deref()?))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// The group that an ARN names, were it there.
pub fn key_of(scope: &Scope, arn: &str) -> Option<GroupKey> {
    match Named::parse(scope, arn)? {
        Named::Group(name, _) => Some((scope.clone(), name)),
        _ => None,
    }
}

/// Actions as they are kept and shown, for a rule of this load balancer.
pub fn accept(
    rows: &Rows<'_>,
    balancer: &BalancerKey,
    kind: Kind,
    actions: Vec<Action>,
) -> Result<Vec<Action>, CommonError> {
    match actions.len() {
        0 => return Err(errors::invalid("Actions cannot be empty")),
        1 => {}
        _ => return Err(too_many(&actions)),
    }
    actions
        .into_iter()
        .map(|action| complete(rows, balancer, kind, action))
        .collect()
}

fn too_many(actions: &[Action]) -> CommonError {
    match actions.iter().find(|action| !is_last(action.r#type)) {
        Some(action) => refused(action.r#type),
        None => errors::too_many_actions(),
    }
}

fn is_last(kind: ActionTypeEnum) -> bool {
    use ActionTypeEnum::{FixedResponse, Forward, Redirect};
    matches!(kind, Forward | Redirect | FixedResponse)
}

fn refused(kind: ActionTypeEnum) -> CommonError {
    errors::action(format!(
        "Actions of type '{kind}' are not offered: slipway's load balancers authenticate nobody"
    ))
}

fn complete(
    rows: &Rows<'_>,
    balancer: &BalancerKey,
    kind: Kind,
    action: Action,
) -> Result<Action, CommonError> {
    if kind == Kind::Network && action.r#type != ActionTypeEnum::Forward {
        return Err(errors::action(format!(
            "Action type '{}' is not supported for Network Load Balancers",
            action.r#type
        )));
    }
    match action.r#type {
        ActionTypeEnum::Forward => forward(rows, balancer, kind, action),
        ActionTypeEnum::Redirect => redirect(action),
        ActionTypeEnum::FixedResponse => fixed(action),
        other => Err(refused(other)),
    }
}

fn forward(
    rows: &Rows<'_>,
    balancer: &BalancerKey,
    kind: Kind,
    action: Action,
) -> Result<Action, CommonError> {
    let config = action.forward_config.unwrap_or_default();
    let given = config.target_groups.unwrap_or_default();
    let tuples = match (given.is_empty(), action.target_group_arn) {
        (false, None) => given,
        (false, Some(arn))
            if given.len() == 1 && given[0].target_group_arn.as_ref() == Some(&arn) =>
        {
            given
        }
        (false, Some(_)) => {
            return Err(errors::action(
                "You cannot specify both a target group ARN and a different list of target groups in a forward action",
            ));
        }
        (true, Some(arn)) => vec![TargetGroupTuple {
            target_group_arn: Some(arn),
            weight: None,
        }],
        (true, None) => {
            return Err(errors::invalid("A target group ARN must be specified"));
        }
    };
    if tuples.len() > MOST_GROUPS {
        return Err(errors::action(format!(
            "A forward action can have at most {MOST_GROUPS} target groups"
        )));
    }
    let tuples: Vec<TargetGroupTuple> = tuples
        .into_iter()
        .map(|tuple| share(rows, balancer, kind, tuple))
        .collect::<Result<_, _>>()?;
    distinct(&tuples)?;
    let sticky = sticky(config.target_group_stickiness_config)?;
    let only = match &tuples[..] {
        [only] => only.target_group_arn.clone(),
        _ => None,
    };
    Ok(Action {
        order: action.order,
        target_group_arn: only,
        forward_config: Some(ForwardActionConfig {
            target_groups: Some(tuples),
            target_group_stickiness_config: Some(sticky),
        }),
        ..Action::new(ActionTypeEnum::Forward)
    })
}

fn distinct(tuples: &[TargetGroupTuple]) -> Result<(), CommonError> {
    for (at, tuple) in tuples.iter().enumerate() {
        let again = &tuples[..at];
        if again
            .iter()
            .any(|other| other.target_group_arn == tuple.target_group_arn)
        {
            return Err(errors::action(
                "A target group can be specified only once in a forward action",
            ));
        }
    }
    Ok(())
}

/// Enough for it to be shown as AWS shows it.
fn sticky(
    given: Option<TargetGroupStickinessConfig>,
) -> Result<TargetGroupStickinessConfig, CommonError> {
    let given = given.unwrap_or_default();
    let enabled = given.enabled.unwrap_or(false);
    match given.duration_seconds {
        Some(seconds) if !(1..=604_800).contains(&seconds) => Err(errors::action(format!(
            "Stickiness duration '{seconds}' must be between 1 and 604800"
        ))),
        None if enabled => Err(errors::action(
            "Stickiness duration must be specified when stickiness is enabled",
        )),
        seconds => Ok(TargetGroupStickinessConfig {
            enabled: Some(enabled),
            duration_seconds: seconds,
        }),
    }
}

fn share(
    rows: &Rows<'_>,
    balancer: &BalancerKey,
    kind: Kind,
    tuple: TargetGroupTuple,
) -> Result<TargetGroupTuple, CommonError> {
    let arn = tuple.target_group_arn.unwrap_or_default();
    let (key, group) = rows.group(&arn)?;
    let weight = tuple.weight.unwrap_or(1);
    if !(0..=HEAVIEST).contains(&weight) {
        return Err(errors::action(format!(
            "Target group weight '{weight}' must be between 0 and {HEAVIEST}"
        )));
    }
    let protocol = group.definition.protocol;
    let fits = match kind {
        Kind::Application => protocol == Some(ProtocolEnum::Http),
        Kind::Network => protocol == Some(ProtocolEnum::Tcp),
    };
    if !fits {
        return Err(errors::incompatible(format!(
            "The protocol of target group '{arn}' does not fit this type of load balancer"
        )));
    }
    let mut users = rows.users(&key).into_iter();
    match users.any(|rule| balancer_of(&listener_of(&rule)) != *balancer) {
        true => Err(errors::other_balancer(&arn)),
        false => Ok(TargetGroupTuple {
            target_group_arn: Some(arn),
            weight: Some(weight),
        }),
    }
}

fn redirect(action: Action) -> Result<Action, CommonError> {
    let given = action.redirect_config;
    let given =
        given.ok_or_else(|| errors::invalid("A redirect action must have a RedirectConfig"))?;
    let or = |text: Option<String>, usual: &str| Some(text.unwrap_or_else(|| usual.to_owned()));
    let config = RedirectActionConfig {
        protocol: or(given.protocol, "#{protocol}"),
        port: or(given.port, "#{port}"),
        host: or(given.host, "#{host}"),
        path: or(given.path, "/#{path}"),
        query: or(given.query, "#{query}"),
        status_code: given.status_code,
    };
    if config
        .path
        .as_ref()
        .is_some_and(|path| !path.starts_with('/'))
    {
        return Err(errors::invalid(
            "The redirect path must start with a leading '/'",
        ));
    }
    let port = config.port.as_deref().unwrap_or_default();
    if port != "#{port}" && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err(errors::invalid(format!(
            "Redirect port '{port}' is not valid"
        )));
    }
    let same = config.protocol.as_deref() == Some("#{protocol}")
        && config.port.as_deref() == Some("#{port}")
        && config.host.as_deref() == Some("#{host}")
        && config.path.as_deref() == Some("/#{path}");
    if same {
        return Err(errors::action(
            "The redirect configuration is not valid because it creates a loop.",
        ));
    }
    Ok(Action {
        order: action.order,
        redirect_config: Some(config),
        ..Action::new(ActionTypeEnum::Redirect)
    })
}

fn fixed(action: Action) -> Result<Action, CommonError> {
    let given = action.fixed_response_config;
    let given = given.ok_or_else(|| {
        errors::invalid("A fixed-response action must have a FixedResponseConfig")
    })?;
    let status = given.status_code.parse::<u16>().unwrap_or_default();
    if !(200..600).contains(&status) {
        return Err(errors::invalid(format!(
            "Fixed response status code '{}' is not valid",
            given.status_code
        )));
    }
    let kinds = [
        "text/plain",
        "text/css",
        "text/html",
        "application/javascript",
        "application/json",
    ];
    let kind = given.content_type.unwrap_or_else(|| kinds[0].to_owned());
    if !kinds.contains(&kind.as_str()) {
        return Err(errors::invalid(format!(
            "Fixed response content type '{kind}' is not valid; valid values are {}",
            kinds.join(", ")
        )));
    }
    Ok(Action {
        order: action.order,
        fixed_response_config: Some(FixedResponseActionConfig {
            content_type: Some(kind),
            ..given
        }),
        ..Action::new(ActionTypeEnum::FixedResponse)
    })
}
