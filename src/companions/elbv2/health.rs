//! How a target is, from one look to the next. Pure.
//!
//! Invariant: a new target is healthy after one good look; a healthy one becomes unhealthy and an unhealthy one healthy after as many
//! looks in a row as the group's thresholds say.

use super::outside::Seen;
use super::settings::Settings;
use elbv2_api::model::{TargetHealth, TargetHealthReasonEnum, TargetHealthStateEnum};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Not looked at yet.
    #[default]
    New,
    /// Looked at, and neither healthy nor unhealthy yet.
    Initial,
    Healthy,
    Unhealthy(Why),
}

/// Why a look was not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Status(u16),
    TimedOut,
    Failed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    pub status: Status,
    /// Looks in a row that speak against the status.
    against: u32,
}

impl Health {
    /// After a look.
    pub fn after(self, seen: Seen, settings: &Settings) -> Self {
        let bad = match seen {
            Seen::Open => None,
            Seen::Status(status) if settings.matches(status) => None,
            Seen::Status(status) => Some(Why::Status(status)),
            Seen::TimedOut => Some(Why::TimedOut),
            Seen::Failed => Some(Why::Failed),
        };
        let stays = |status| Self { status, against: 0 };
        let against = Self {
            against: self.against + 1,
            ..self
        };
        match (self.status, bad) {
            (Status::New | Status::Initial | Status::Healthy, None) => stays(Status::Healthy),
            (Status::Unhealthy(_), None) if against.against >= settings.healthy => {
                stays(Status::Healthy)
            }
            (Status::Unhealthy(_), None) => against,
            (Status::Unhealthy(_), Some(why)) => stays(Status::Unhealthy(why)),
            (_, Some(why)) if against.against >= settings.unhealthy => {
                stays(Status::Unhealthy(why))
            }
            (Status::New, Some(_)) => Self {
                status: Status::Initial,
                ..against
            },
            (_, Some(_)) => against,
        }
    }

    /// It failed a look that does not count.
    pub fn looked(self) -> Self {
        match self.status {
            Status::New => Self {
                status: Status::Initial,
                ..self
            },
            _ => self,
        }
    }
}

/// What `DescribeTargetHealth` says of a target that is in use.
pub fn shown(status: Status) -> TargetHealth {
    use TargetHealthReasonEnum::*;
    use TargetHealthStateEnum::{Healthy, Initial, Unhealthy};
    match status {
        Status::New => said(
            Initial,
            ElbRegistrationInProgress,
            "Target registration is in progress",
        ),
        Status::Initial => said(
            Initial,
            ElbInitialHealthChecking,
            "Initial health checks in progress",
        ),
        Status::Healthy => TargetHealth {
            state: Some(Healthy),
            ..TargetHealth::default()
        },
        Status::Unhealthy(Why::Status(status)) => said(
            Unhealthy,
            TargetResponseCodeMismatch,
            &format!("Health checks failed with these codes: [{status}]"),
        ),
        Status::Unhealthy(Why::TimedOut) => said(Unhealthy, TargetTimeout, "Request timed out"),
        Status::Unhealthy(Why::Failed) => {
            said(Unhealthy, TargetFailedHealthChecks, "Health checks failed")
        }
    }
}

pub fn said(
    state: TargetHealthStateEnum,
    reason: TargetHealthReasonEnum,
    description: &str,
) -> TargetHealth {
    TargetHealth {
        state: Some(state),
        reason: Some(reason),
        description: Some(description.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(looks: &str) -> Vec<Status> {
        let settings = Settings {
            healthy: 3,
            unhealthy: 2,
            ..Settings::default()
        };
        let mut health = Health::default();
        let look = |letter| match letter {
            '+' => Seen::Status(200),
            '4' => Seen::Status(404),
            't' => Seen::TimedOut,
            _ => Seen::Failed,
        };
        let steps = looks.chars().map(|letter| {
            health = health.after(look(letter), &settings);
            health.status
        });
        steps.collect()
    }

    #[test]
    fn a_new_target_is_healthy_after_one_good_look() {
        // Witness: user guide, "Health checks for your target groups".
        assert_eq!(walk("+"), [Status::Healthy]);
        assert_eq!(walk("-+"), [Status::Initial, Status::Healthy]);
        assert_eq!(
            walk("--"),
            [Status::Initial, Status::Unhealthy(Why::Failed)]
        );
    }

    #[test]
    fn states_change_after_as_many_looks_in_a_row_as_the_thresholds_say() {
        let mut expected = vec![Status::Healthy; 3];
        expected.extend([Status::Unhealthy(Why::Status(404)); 4]);
        expected.push(Status::Unhealthy(Why::TimedOut));
        assert_eq!(walk("++44++4t"), expected);
        assert_eq!(walk("+44+++").last(), Some(&Status::Healthy));
        assert_eq!(walk("+4+4+4").last(), Some(&Status::Healthy));
    }
}
