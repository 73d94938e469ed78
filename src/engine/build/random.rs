//! Random news under seeds, with the invariants checked after each piece.

use super::event::{Event, Failure};
use super::state::OnFailure;
use super::tests::{ALL, COMMAND_PHASES, Run, assert_invariants, plan, sandbox};
use crate::engine::seeded::Seeded;
use std::time::Duration;

fn something_happens(run: &mut Run, random: &mut Seeded) {
    let phase = random.pick(&ALL);
    match random.below(14) {
        12 => drop(run.submit(random.pick(&["a", "b", "c"]))),
        13 => run.ran(random.pick(&["a", "b", "c"]), 0),
        0 => run.stop(),
        1 => run.restart(),
        2 => run.pass(Duration::from_secs(random.below(3600))),
        3 => run.event(Event::Ticked),
        4 => run.event(Event::PhaseFailed(phase, Failure::client("no"))),
        5 => run.event(Event::PhaseFailed(run.phase(), Failure::client("no"))),
        6 => run.event(Event::PhaseFailed(phase, Failure::platform("broken"))),
        7 => run
            .success_of(phase)
            .into_iter()
            .for_each(|event| run.event(event)),
        _ => run.success().into_iter().for_each(|event| run.event(event)),
    }
}

#[test]
fn whatever_happens_the_invariants_hold() {
    for seed in 0..3000 {
        let mut random = Seeded(seed);
        let is_sandbox = random.below(4) == 0;
        let mut run = Run::new(if is_sandbox { sandbox() } else { plan() });
        run.twice = random.below(2) == 0;
        for phase in COMMAND_PHASES {
            let said = random.pick(&[None, Some(OnFailure::Abort), Some(OnFailure::Continue)]);
            run.on_failure.extend(said.map(|said| (phase, said)));
        }
        for _ in 0..random.below(40) {
            something_happens(&mut run, &mut random);
            assert_invariants(&run);
        }
    }
}
