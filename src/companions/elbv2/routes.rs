//! A listener's rules as requests meet them: compiled once, asked for each request.
//!
//! Invariant: nothing here waits; the one lock is held for a few additions.

use super::pattern::{Case, Net, Pattern};
use super::pool::Pool;
use super::rows::{GroupKey, Rule};
use crate::aws::Scope;
use elbv2_api::model::{Action, RedirectActionConfig, RuleCondition};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is known of a request before its body.
pub struct Facts<'a> {
    pub method: &'a str,
    /// Without the port.
    pub host: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub headers: &'a dyn Fn(&str) -> Vec<String>,
    pub source: IpAddr,
}

/// The rules of a listener in the order of their priorities, the default one last.
pub struct Routes {
    routes: Vec<Route>,
    /// How long a target may take to answer.
    pub idle: Duration,
}

struct Route {
    conditions: Vec<Condition>,
    step: Step,
}

/// What becomes of a request.
pub enum Step {
    Forward(Split),
    Redirect(RedirectActionConfig),
    Fixed {
        status: u16,
        content_type: String,
        body: String,
    },
}

/// Groups and their weights.
pub struct Split {
    shares: Vec<(Arc<Pool>, i64)>,
    /// By which each share is ahead of its weight.
    ahead: Mutex<Vec<i64>>,
}

impl Split {
    pub fn new(shares: Vec<(Arc<Pool>, i64)>) -> Self {
        let ahead = Mutex::new(vec![0; shares.len()]);
        Self { shares, ahead }
    }

    /// The group whose turn it is; weights hold over any short stretch of requests, and a group of weight 0 has none.
    pub fn next(&self) -> Option<&Arc<Pool>> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        let total: i64 = self.shares.iter().map(|(_, weight)| weight).sum();
        for (ahead, (_, weight)) in ahead.iter_mut().zip(&self.shares) {
            *ahead += weight;
        }
        let able = (0..self.shares.len()).filter(|at| self.shares[*at].1 > 0);
        let next = able.rev().max_by_key(|at| ahead[*at])?;
        ahead[next] -= total;
        Some(&self.shares[next].0)
    }
}

enum Condition {
    Host(Vec<Pattern>),
    Path(Vec<Pattern>),
    Header(String, Vec<Pattern>),
    Method(Vec<String>),
    Query(Vec<(Option<Pattern>, Pattern)>),
    Source(Vec<Net>),
}

impl Routes {
    /// `rules` in order; `pool` gives the live group of a key.
    pub fn new<'r>(
        scope: &Scope,
        rules: impl Iterator<Item = &'r Rule>,
        idle: Duration,
        pool: &mut dyn FnMut(GroupKey) -> Arc<Pool>,
    ) -> Self {
        let route = |rule: &Rule| {
            Some(Route {
                conditions: rule.conditions.iter().filter_map(condition).collect(),
                step: step(scope, rule.actions.last()?, pool)?,
            })
        };
        Self {
            routes: rules.filter_map(route).collect(),
            idle,
        }
    }

    /// What becomes of this request.
    pub fn find(&self, facts: &Facts<'_>) -> Option<&Step> {
        let mut routes = self.routes.iter();
        let met = |route: &&Route| route.conditions.iter().all(|each| each.holds(facts));
        routes.find(met).map(|route| &route.step)
    }

    /// What becomes of a connection, which has nothing to look at.
    pub fn last(&self) -> Option<&Step> {
        self.routes.last().map(|route| &route.step)
    }
}

fn step(
    scope: &Scope,
    action: &Action,
    pool: &mut dyn FnMut(GroupKey) -> Arc<Pool>,
) -> Option<Step> {
    if let Some(redirect) = &action.redirect_config {
        return Some(Step::Redirect(redirect.clone()));
    }
    if let Some(fixed) = &action.fixed_response_config {
        return Some(Step::Fixed {
            status: fixed.status_code.parse().ok()?,
            content_type: fixed.content_type.clone().unwrap_or_default(),
            body: fixed.message_body.clone().unwrap_or_default(),
        });
    }
    let tuples = action
        .forward_config
        .as_ref()?
        .target_groups
        .iter()
        .flatten();
    let shares = tuples.filter_map(|tuple| {
        let key = super::actions::key_of(scope, tuple.target_group_arn.as_deref()?)?;
        Some((pool(key), i64::from(tuple.weight.unwrap_or(1))))
    });
    Some(Step::Forward(Split::new(shares.collect())))
}

fn condition(condition: &RuleCondition) -> Option<Condition> {
    let wild = |case: Case| move |text: &String| Some(Pattern::wild(text, case));
    let regex = |text: &String| Pattern::regex(text).ok();
    let both = |values: &Option<Vec<String>>, regexes: &Option<Vec<String>>, case: Case| {
        let values = values.iter().flatten().filter_map(wild(case));
        values
            .chain(regexes.iter().flatten().filter_map(regex))
            .collect::<Vec<_>>()
    };
    if let Some(host) = &condition.host_header_config {
        return Some(Condition::Host(both(
            &host.values,
            &host.regex_values,
            Case::Ignored,
        )));
    }
    if let Some(path) = &condition.path_pattern_config {
        return Some(Condition::Path(both(
            &path.values,
            &path.regex_values,
            Case::Matters,
        )));
    }
    if let Some(header) = &condition.http_header_config {
        let patterns = both(&header.values, &header.regex_values, Case::Ignored);
        return Some(Condition::Header(
            header.http_header_name.clone()?,
            patterns,
        ));
    }
    if let Some(method) = &condition.http_request_method_config {
        return Some(Condition::Method(method.values.clone()?));
    }
    if let Some(query) = &condition.query_string_config {
        let pairs = query.values.iter().flatten().filter_map(|pair| {
            let key = pair.key.as_deref().filter(|key| !key.is_empty());
            let key = key.map(|key| Pattern::wild(key, Case::Ignored));
            Some((key, Pattern::wild(pair.value.as_deref()?, Case::Ignored)))
        });
        return Some(Condition::Query(pairs.collect()));
    }
    let source = condition.source_ip_config.as_ref()?;
    let nets = source.values.iter().flatten();
    Some(Condition::Source(
        nets.filter_map(|net| Net::parse(net)).collect(),
    ))
}

impl Condition {
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let any = |patterns: &[Pattern], text: &str| patterns.iter().any(|each| each.matches(text));
        match self {
            Self::Host(patterns) => any(patterns, facts.host),
            Self::Path(patterns) => any(patterns, facts.path),
            Self::Header(name, patterns) => {
                let values = (facts.headers)(name);
                values.iter().any(|value| any(patterns, value))
            }
            Self::Method(methods) => methods.iter().any(|method| method == facts.method),
            Self::Query(pairs) => {
                let fields = form_urlencoded::parse(facts.query.as_bytes());
                let fields: Vec<_> = fields.collect();
                pairs.iter().any(|(key, value)| {
                    fields.iter().any(|(name, text)| {
                        key.as_ref().is_none_or(|key| key.matches(name)) && value.matches(text)
                    })
                })
            }
            Self::Source(nets) => nets.iter().any(|net| net.holds(facts.source)),
        }
    }
}

#[cfg(test)]
mod tests;
