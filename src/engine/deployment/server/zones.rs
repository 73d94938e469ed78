//! One availability zone after the other.
//!
//! Source: contract, codedeploy section 8.3, "Zonal config".

use super::fleet::{Fleet, Phase};
use super::order::Candidate;
use super::plan::Zones;
use super::run::{go_on, work};
use crate::engine::deployment::state::{Status, TargetStatus};
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

/// Whether the minimum of some zone leaves none of its instances to be deployed to. They come zone by zone.
pub(super) fn are_out_of_reach(found: &[Candidate], zones: Zones) -> bool {
    let mut each = found.chunk_by(|one, next| one.zone == next.zone);
    each.any(|zone| zones.minimum.is_out_of_reach(zone.len()))
}

/// Whether enough of the zone whose turn it is have succeeded: where not, the next one is spared.
pub(super) fn is_met(fleet: &Fleet, zones: Zones) -> bool {
    let mut names: Vec<_> = fleet.instances.iter().map(|one| &one.zone).collect();
    names.dedup();
    let Some(zone) = names.get(fleet.zones_done) else {
        return true;
    };
    let here = fleet.instances.iter().filter(|one| one.zone == **zone);
    let statuses: Vec<TargetStatus> = here.map(|one| one.status).collect();
    let succeeded = statuses.iter().filter(|of| **of == TargetStatus::Succeeded);
    zones.minimum.is_met(succeeded.count(), statuses.len())
}

/// Whether there is a zone after the present one.
pub(super) fn follow(turn: &Turn) -> Option<Zones> {
    let zones = work(&turn.state)?.zones?;
    let fleet = turn.state.fleet()?;
    fleet.has_more_zones().then_some(zones)
}
