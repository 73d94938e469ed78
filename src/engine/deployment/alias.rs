//! What an alias shows, and what it is to show next.
//!
//! Invariant: an alias that somebody else has changed is left alone. Source: contract, codedeploy sections 6.3 and 6.4.

use super::effect::Way;
use super::fault::Fault;
use super::traffic::ALL;
use crate::companions::{AliasError, AliasInfo, AliasShift};
use std::collections::BTreeMap;

/// Whether the alias is where the deployment may begin.
pub fn check(way: &Way, seen: &AliasInfo) -> Result<(), Fault> {
    let Way {
        function,
        alias,
        current,
        target,
        ..
    } = way;
    if way.back {
        return match on_the_way(way, seen) {
            true => Ok(()),
            false => Err(elsewhere(way, seen)),
        };
    }
    if seen.version != *current {
        return Err(Fault::configuration(format!(
            "The alias {alias} of the Lambda function {function} points to the version {}, not to the CurrentVersion {current} of the AppSpec file.",
            seen.version
        )));
    }
    if !seen.weights.is_empty() {
        return Err(Fault::configuration(format!(
            "The alias {alias} of the Lambda function {function} shifts traffic between versions already."
        )));
    }
    // All at once there is nothing to change, which is no failure. Our reading.
    match way.gradual && current == target {
        true => Err(Fault::configuration(format!(
            "The CurrentVersion and the TargetVersion of the AppSpec file are both {target}, between which traffic cannot be shifted step by step."
        ))),
        false => Ok(()),
    }
}

/// The change that gives the target `to` percent; `None`: the alias is there already.
pub fn shift(way: &Way, to: u32, seen: &AliasInfo) -> Result<Option<AliasShift>, Fault> {
    let (version, weights) = wanted(way, to);
    if seen.version == version && same(&seen.weights, &weights) {
        return Ok(None);
    }
    let forward = seen.version == way.current && only(&seen.weights, &way.target);
    let expected = forward || (way.back && on_the_way(way, seen));
    if !expected {
        return Err(elsewhere(way, seen));
    }
    Ok(Some(AliasShift {
        version,
        weights,
        revision: Some(seen.revision.clone()),
    }))
}

/// What is said of an alias that could not be read or changed.
pub fn refused(way: &Way, error: &AliasError) -> Fault {
    let Way {
        function, alias, ..
    } = way;
    match error {
        AliasError::NoSuchFunction => {
            Fault::function(format!("The Lambda function {function} does not exist."))
        }
        AliasError::NoSuchAlias => Fault::configuration(format!(
            "The Lambda function {function} has no alias {alias}."
        )),
        AliasError::NoSuchVersion => Fault::configuration(format!(
            "The Lambda function {function} has no version {}.",
            way.target
        )),
        AliasError::Changed => Fault::configuration(format!(
            "The alias {alias} of the Lambda function {function} is being changed by somebody else."
        )),
        AliasError::Failed(what) => Fault::function(format!(
            "The alias {alias} of the Lambda function {function} cannot be used: {what}"
        )),
    }
}

fn wanted(way: &Way, to: u32) -> (String, BTreeMap<String, f64>) {
    if to >= ALL {
        return (way.target.clone(), BTreeMap::new());
    }
    let share = f64::from(to) / f64::from(ALL);
    let weights = BTreeMap::from([(way.target.clone(), share)]);
    (way.current.clone(), weights)
}

/// At either end of a way back or between: then `target` is where the deployment before came from.
fn on_the_way(way: &Way, seen: &AliasInfo) -> bool {
    let at_end = seen.version == way.current && only(&seen.weights, &way.target);
    at_end || (seen.version == way.target && only(&seen.weights, &way.current))
}

/// No version but this one has a weight.
fn only(weights: &BTreeMap<String, f64>, version: &str) -> bool {
    weights.keys().all(|weighed| weighed == version)
}

/// Shares are whole percents.
fn same(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len() && pairs.all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 0.001)
}

fn elsewhere(way: &Way, seen: &AliasInfo) -> Fault {
    let weights = match seen.weights.is_empty() {
        true => String::new(),
        false => " and shifts traffic".to_owned(),
    };
    Fault::configuration(format!(
        "The alias {} of the Lambda function {} was changed during the deployment: it points to the version {}{weights}.",
        way.alias, way.function, seen.version
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(back: bool, gradual: bool) -> Way {
        Way {
            function: "f".to_owned(),
            alias: "live".to_owned(),
            current: "1".to_owned(),
            target: "2".to_owned(),
            back,
            gradual,
        }
    }

    /// `1` or `1+2:0.1`
    fn alias(text: &str) -> AliasInfo {
        let (version, weights) = text.split_once('+').unwrap_or((text, ""));
        let weight = weights.split_once(':').into_iter();
        AliasInfo {
            arn: "arn".to_owned(),
            version: version.to_owned(),
            weights: weight
                .map(|(version, share)| (version.to_owned(), share.parse().unwrap()))
                .collect(),
            revision: "r".to_owned(),
        }
    }

    fn shown(shift: &AliasShift) -> String {
        assert_eq!(shift.revision.as_deref(), Some("r"));
        let weights = shift.weights.iter();
        let weights = weights.map(|(version, share)| format!("+{version}:{share}"));
        format!("{}{}", shift.version, weights.collect::<String>())
    }

    #[track_caller]
    fn check_shift(back: bool, to: u32, seen: &str, expected: &str) {
        let said = match shift(&way(back, true), to, &alias(seen)) {
            Ok(None) => "there".to_owned(),
            Ok(Some(shift)) => shown(&shift),
            Err(_) => "refused".to_owned(),
        };
        assert_eq!(said, expected, "to {to} from {seen}");
    }

    // Witness: contract codedeploy §6.4.
    #[test]
    fn an_alias_goes_its_way_and_no_other() {
        check_shift(false, 10, "1", "1+2:0.1");
        check_shift(false, 10, "1+2:0.1", "there");
        check_shift(false, 20, "1+2:0.1", "1+2:0.2");
        check_shift(false, 100, "1+2:0.1", "2");
        check_shift(false, 100, "1", "2");
        check_shift(false, 100, "2", "there");
        for elsewhere in ["3", "1+3:0.1", "2+1:0.5"] {
            check_shift(false, 100, elsewhere, "refused");
            check_shift(false, 10, elsewhere, "refused");
        }
        check_shift(false, 10, "2", "refused");
    }

    // Witness: contract codedeploy §6.6. A way back goes from 2 to 1, so `current` is what was the target.
    #[test]
    fn a_rollback_sets_back_from_anywhere_on_the_way() {
        let said = |seen: &str| {
            let back = Way {
                current: "2".to_owned(),
                target: "1".to_owned(),
                ..way(true, false)
            };
            match (check(&back, &alias(seen)), shift(&back, 100, &alias(seen))) {
                (Ok(()), Ok(None)) => "there".to_owned(),
                (Ok(()), Ok(Some(shift))) => shown(&shift),
                (Err(_), Err(_)) => "refused".to_owned(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(said("1+2:0.1"), "1");
        assert_eq!(said("2"), "1");
        assert_eq!(said("1"), "there");
        assert_eq!(said("3"), "refused");
        assert_eq!(said("1+3:0.1"), "refused");
    }

    // Witness: contract codedeploy §6.1, §6.3 step 0.
    #[test]
    fn a_deployment_begins_only_where_its_appspec_says() {
        let said = |seen: &str, way: &Way| check(way, &alias(seen)).is_ok();
        assert!(said("1", &way(false, true)));
        assert!(!said("2", &way(false, true)));
        assert!(!said("1+2:0.1", &way(false, true)));
        let still = |gradual| Way {
            target: "1".to_owned(),
            ..way(false, gradual)
        };
        assert!(said("1", &still(false)));
        assert!(!said("1", &still(true)));
    }
}
