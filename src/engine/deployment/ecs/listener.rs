//! What listeners forward to, and what they are to forward to next.
//!
//! Weighted forwards always, both target groups in them, the idle one with weight 0; a network load balancer forwards to one group
//! only. What leads to neither of the two groups is left alone, and so is what leads to a third one beside them, which somebody
//! else has put there. Source: contract, codedeploy section 7.5.

use super::effect::Route;
use crate::companions::balancing::{Forward, GroupWeight, ListenerInfo, RuleInfo};
use crate::engine::deployment::fault::Fault;
use crate::engine::deployment::traffic::ALL;

/// A change of a listener or of one of its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Listener(Forward),
    Rule(String, Forward),
}

/// The changes that give the replacement `to` percent; none: it has them already.
pub fn shift(
    route: &Route,
    to: u32,
    listener: &ListenerInfo,
    rules: &[RuleInfo],
) -> Result<Vec<Change>, Fault> {
    let wanted = wanted(route, to, listener);
    let mut found = false;
    let mut changes = Vec::new();
    let default = (None, &listener.forward);
    let rules = rules.iter().map(|rule| (Some(&rule.arn), &rule.forward));
    for (rule, forward) in std::iter::once(default).chain(rules) {
        let Some(forward) = forward.as_ref().filter(|forward| leads(forward, route)) else {
            continue;
        };
        if let Some(strange) = strange(forward, route) {
            return Err(Fault::balancing(format!(
                "{} was changed during the deployment: it forwards to {strange}",
                rule.unwrap_or(&listener.arn)
            )));
        }
        found = true;
        if *forward != wanted {
            changes.push(match rule {
                None => Change::Listener(wanted.clone()),
                Some(arn) => Change::Rule(arn.clone(), wanted.clone()),
            });
        }
    }
    match found {
        true => Ok(changes),
        false => Err(not_behind(&listener.arn)),
    }
}

/// Whether the listener or one of its rules forwards to a target group.
pub fn leads_to(group: &str, listener: &ListenerInfo, rules: &[RuleInfo]) -> bool {
    let forwards = rules.iter().map(|rule| &rule.forward);
    let mut all = forwards.chain([&listener.forward]).flatten();
    all.any(|forward| {
        let mut groups = forward.groups.iter();
        groups.any(|of| of.target_group_arn == group)
    })
}

/// In AWS's words.
pub fn not_behind(listener: &str) -> Fault {
    Fault::balancing(format!(
        "Primary taskset target group must be behind listener {listener}"
    ))
}

/// Whether the listener is one of a network load balancer, which weighs nothing.
pub fn is_plain(listener: &ListenerInfo) -> bool {
    listener.kind == "network"
}

fn wanted(route: &Route, to: u32, listener: &ListenerInfo) -> Forward {
    let weight = |arn: &String, weight| GroupWeight {
        target_group_arn: arn.clone(),
        weight,
    };
    let to = to.min(ALL);
    let groups = match is_plain(listener) {
        true if to == ALL => vec![weight(&route.green, 1)],
        true => vec![weight(&route.blue, 1)],
        false => vec![weight(&route.blue, ALL - to), weight(&route.green, to)],
    };
    Forward { groups }
}

fn leads(forward: &Forward, route: &Route) -> bool {
    let mut groups = forward.groups.iter();
    groups.any(|group| [&route.blue, &route.green].contains(&&group.target_group_arn))
}

/// A target group that is neither of the two.
fn strange<'a>(forward: &'a Forward, route: &Route) -> Option<&'a str> {
    let mut groups = forward.groups.iter();
    let strange =
        groups.find(|group| ![&route.blue, &route.green].contains(&&group.target_group_arn));
    strange.map(|group| group.target_group_arn.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route() -> Route {
        Route {
            listener: "listener".to_owned(),
            blue: "blue".to_owned(),
            green: "green".to_owned(),
        }
    }

    /// `blue:90 green:10`, or nothing.
    fn forward(text: &str) -> Option<Forward> {
        let groups = text.split_whitespace().map(|group| {
            let (arn, weight) = group.split_once(':').unwrap();
            GroupWeight {
                target_group_arn: arn.to_owned(),
                weight: weight.parse().unwrap(),
            }
        });
        let groups: Vec<_> = groups.collect();
        (!groups.is_empty()).then_some(Forward { groups })
    }

    fn shown(forward: &Forward) -> String {
        let groups = forward.groups.iter();
        let groups = groups.map(|group| format!("{}:{}", group.target_group_arn, group.weight));
        groups.collect::<Vec<_>>().join(" ")
    }

    /// `kind default; rule; rule`
    #[track_caller]
    fn check(to: u32, listener: &str, expected: &[&str]) {
        let (kind, actions) = listener.split_once(' ').unwrap();
        let mut actions = actions.split(';').map(forward);
        let listener = ListenerInfo {
            arn: "listener".to_owned(),
            kind: kind.to_owned(),
            forward: actions.next().unwrap(),
        };
        let rules = actions.enumerate().map(|(place, forward)| RuleInfo {
            arn: format!("rule{place}"),
            forward,
        });
        let rules: Vec<_> = rules.collect();
        let said = match shift(&route(), to, &listener, &rules) {
            Err(fault) => vec![fault.message],
            Ok(changes) => {
                let shown = changes.iter().map(|change| match change {
                    Change::Listener(forward) => format!("default {}", shown(forward)),
                    Change::Rule(rule, forward) => format!("{rule} {}", shown(forward)),
                });
                shown.collect()
            }
        };
        assert_eq!(said, expected);
    }

    // Witness: contract codedeploy §7.5: weighted always, both kept, sum 100.
    #[test]
    fn both_groups_stay_in_a_weighted_forward() {
        check(0, "application blue:1", &["default blue:100 green:0"]);
        check(
            10,
            "application blue:100 green:0",
            &["default blue:90 green:10"],
        );
        check(
            100,
            "application blue:90 green:10",
            &["default blue:0 green:100"],
        );
        check(100, "application blue:0 green:100", &[]);
    }

    // Witness: contract codedeploy §7.5: every rule with the live group, no other.
    #[test]
    fn rules_that_lead_to_the_service_follow_and_others_stay() {
        check(
            100,
            "application other:1; blue:1; other:1; ; green:100 blue:0",
            &["rule0 blue:0 green:100", "rule3 blue:0 green:100"],
        );
    }

    // Witness: contract codedeploy §7.5: a network load balancer swaps.
    #[test]
    fn a_network_load_balancer_swaps_its_only_group() {
        check(0, "network blue:1", &[]);
        check(100, "network blue:1", &["default green:1"]);
        check(0, "network green:1", &["default blue:1"]);
    }

    // Witness: contract codedeploy §5.6 for the first; ours for the second.
    #[test]
    fn a_listener_that_somebody_else_has_changed_is_left_alone() {
        let prefix = "The ELB could not be updated due to the following error: ";
        check(
            10,
            "application other:1; other:1",
            &[&format!(
                "{prefix}Primary taskset target group must be behind listener listener"
            )],
        );
        check(
            10,
            "application blue:50 third:50",
            &[&format!(
                "{prefix}listener was changed during the deployment: it forwards to third"
            )],
        );
    }
}
