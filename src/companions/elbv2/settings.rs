//! How the targets of a group are looked at.

use super::rows::Group;
use elbv2_api::model::{ProtocolEnum, TargetGroup};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A listener or a rule forwards to the group; otherwise nobody looks.
    pub used: bool,
    pub enabled: bool,
    pub interval: Duration,
    pub patience: Duration,
    pub healthy: u32,
    pub unhealthy: u32,
    /// `None`: the port where the target gets its traffic.
    pub port: Option<u16>,
    /// `None`: whether a connection is taken.
    pub path: Option<String>,
    /// Statuses that are good.
    pub good: Vec<(u16, u16)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            used: false,
            enabled: true,
            interval: Duration::from_secs(30),
            patience: Duration::from_secs(5),
            healthy: 5,
            unhealthy: 2,
            port: None,
            path: None,
            good: vec![(200, 200)],
        }
    }
}

impl Settings {
    pub fn of(group: &Group, used: bool) -> Self {
        let of: &TargetGroup = &group.definition;
        let seconds = |given: Option<i32>, usual: u64| {
            let given = given.and_then(|seconds| u64::try_from(seconds).ok());
            Duration::from_secs(given.unwrap_or(usual))
        };
        let count = |given: Option<i32>, usual: u32| {
            given
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(usual)
        };
        let http = of.health_check_protocol == Some(ProtocolEnum::Http);
        let codes = of
            .matcher
            .as_ref()
            .and_then(|matcher| matcher.http_code.as_deref());
        Self {
            used,
            enabled: of.health_check_enabled.unwrap_or(true),
            interval: seconds(of.health_check_interval_seconds, 30),
            patience: seconds(of.health_check_timeout_seconds, 5),
            healthy: count(of.healthy_threshold_count, 5),
            unhealthy: count(of.unhealthy_threshold_count, 2),
            port: of
                .health_check_port
                .as_deref()
                .and_then(|port| port.parse().ok()),
            path: http.then(|| {
                of.health_check_path
                    .clone()
                    .unwrap_or_else(|| "/".to_owned())
            }),
            good: codes.and_then(codes_of).unwrap_or_else(|| vec![(200, 200)]),
        }
    }

    pub fn matches(&self, status: u16) -> bool {
        self.good
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&status))
    }
}

/// `200`, `200,202`, `200-299`, or several of these.
pub fn codes_of(text: &str) -> Option<Vec<(u16, u16)>> {
    let range = |part: &str| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u16, u16) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        let known = 200..=599;
        (known.contains(&first) && known.contains(&last) && first <= last).then_some((first, last))
    };
    text.split(',').map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_values_lists_and_ranges() {
        // Witness: API reference, `Matcher`.
        assert_eq!(codes_of("200"), Some(vec![(200, 200)]));
        assert_eq!(codes_of("200,202"), Some(vec![(200, 200), (202, 202)]));
        assert_eq!(codes_of("200-299,404"), Some(vec![(200, 299), (404, 404)]));
        for odd in ["", "x", "199", "600", "299-200", "200-"] {
            assert_eq!(codes_of(odd), None, "{odd}");
        }
    }
}
