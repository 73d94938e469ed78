//! What sets a deployment to instances back: the old revision in place, or traffic back to where it came from.
//!
//! Source: contract, codedeploy sections 5.5 and 8.2.

use super::fleet::{Fleet, Originals};
use super::plan::{BlueGreen, ServerWork, Style};
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::state::DeploymentState;

/// Whether there is anything to set back, and anything to go back to.
pub fn is_possible(fleet: &Fleet) -> bool {
    let mut instances = fleet.instances.iter();
    match fleet.is_of_two() {
        // Until traffic moves the originals serve as before.
        true => fleet.originals != Originals::Terminated && instances.any(|one| one.was_rerouted()),
        false => instances.any(|one| one.was_touched()),
    }
}

/// What is done to the instances that were touched, without regard to zones.
pub fn work_of(of: &DeploymentState, fleet: &Fleet) -> Option<Work> {
    let Work::Server(work) = &of.plan.work else {
        return None;
    };
    let mut work = ServerWork::clone(work);
    work.zones = None;
    work.outdated_only = false;
    let touched = fleet.instances.iter().filter(|one| match one.label {
        Some(_) => one.was_rerouted(),
        None => one.was_touched(),
    });
    let ids: Vec<String> = touched.map(|one| one.id.clone()).collect();
    work.selection.only = Some(ids);
    if let Style::BlueGreen(Some(of)) = work.style {
        work.style = Style::BlueGreen(Some(BlueGreen {
            ready_wait: None,
            termination_wait: None,
            back: true,
            ..of
        }));
    }
    Some(Work::Server(Box::new(work)))
}
