//! Stops a deployment: at once when nothing is executing, otherwise when that has ended.
//!
//! Without a rollback the traffic stays where it is. Source: contract, codedeploy section 5.7. Our reading where that leaves it open:
//! between two shifts nothing executes; and a stop in the wait before an original task set goes ends the deployment as Stopped, with
//! both task sets and the traffic as they are.

use crate::aws::Time;
use crate::engine::Step;
use crate::engine::deployment::Deployment;
use crate::engine::deployment::ending::end;
use crate::engine::deployment::state::{DeploymentState, Doing, Ending};
use crate::engine::deployment::turn::Turn;

/// What a stop leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopping {
    Stopped,
    /// A function or a command runs, or something is being changed; no more will follow.
    Pending,
}

/// A live deployment can always be stopped. `rollback` overrules what the deployment was told about rollbacks.
pub fn stop(
    state: DeploymentState,
    now: Time,
    rollback: Option<bool>,
) -> (Step<Deployment>, Stopping) {
    let mut turn = Turn::new(state, now);
    let ending = Ending::Requested { rollback };
    let changes = |doing: &Doing| doing.is_change() || matches!(doing, Doing::Hook { .. });
    let executing = match turn.state.fleet() {
        Some(fleet) => fleet.is_executing(),
        None => turn.state.doing().is_some_and(changes),
    };
    let answer = if executing {
        ask(&mut turn, ending);
        turn.state.stop_waited = true;
        Stopping::Pending
    } else {
        end(&mut turn, ending);
        Stopping::Stopped
    };
    (turn.step(), answer)
}

/// What was decided first stays, but of two people the later one says whether to roll back.
fn ask(turn: &mut Turn, ending: Ending) {
    match &turn.state.pending {
        None | Some(Ending::Requested { rollback: None }) => turn.state.pending = Some(ending),
        Some(Ending::Requested { .. })
            if matches!(ending, Ending::Requested { rollback: Some(_) }) =>
        {
            turn.state.pending = Some(ending);
        }
        Some(_) => {}
    }
}
