//! One availability zone after the other.
//!
//! Source: contract, codedeploy section 8.3, "Zonal config".

use super::fleet::Phase;
use super::plan::Zones;
use super::run::{go_on, work};
use crate::engine::deployment::state::Status;
use crate::engine::deployment::turn::Turn;
use std::time::Duration;

/// The zone is through: the next one comes after a while, or at once.
pub(super) fn rest(turn: &mut Turn, zones: Zones) {
    let now = turn.now;
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    let seconds = match fleet.zones_done {
        0 => zones.first,
        _ => zones.others,
    };
    if seconds == 0 {
        fleet.zones_done += 1;
        return go_on(turn);
    }
    let pause = Duration::from_secs(seconds);
    fleet.phase = Phase::Baking { until: now + pause };
    fleet.rested += pause;
    turn.move_to(Status::Baking);
}

/// It has rested long enough.
pub(super) fn wake(turn: &mut Turn) {
    let now = turn.now;
    let Some(fleet) = turn.state.fleet_mut() else {
        return;
    };
    if matches!(fleet.phase, Phase::Baking { until } if until <= now) {
        fleet.phase = Phase::Deploying;
        fleet.zones_done += 1;
        turn.move_to(Status::InProgress);
        go_on(turn);
    }
}

/// Whether there is a zone after the present one.
pub(super) fn follow(turn: &Turn) -> Option<Zones> {
    let zones = work(&turn.state)?.zones?;
    let fleet = turn.state.fleet()?;
    fleet.has_more_zones().then_some(zones)
}
