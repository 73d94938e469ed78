//! Random news and commands under seeds, with the invariants checked after each piece.

use super::commands::retry::Which;
use super::event::GroupToken;
use super::tests::{Run, assert_invariants, plan, spec};
use crate::engine::seeded::Seeded;
use std::time::Duration;

const BATCHES: [&str; 6] = [
    "a; b; c",
    "a; b on a; c on b",
    "a ignore; b on a; c on a; fast",
    "a; b on a ignore; c on a,b",
    "a; b; c on a,b; fast",
    "a",
];

const GROUPS: [&str; 5] = ["DOWNLOAD_SOURCE", "a", "b", "c", "nobody"];

const NEWS: [&str; 7] = [
    "launched", "launched", "ok", "ok", "fail", "stopped", "refused",
];

fn something_happens(run: &mut Run, random: &mut Seeded) {
    match random.below(16) {
        0 => run.stop(),
        1 => drop(run.retry(Which::All)),
        2 => drop(run.retry(Which::Failed)),
        3 => run.pass(Duration::from_secs(random.below(4 * 3600))),
        4 => run.word("tick"),
        5 => run.word("combined"),
        6 => run.word("uncombined"),
        7 => {
            // News of some attempt, old or yet to come.
            let token = GroupToken {
                group: random.pick(&GROUPS).to_owned(),
                attempt: u32::try_from(random.below(3)).unwrap(),
            };
            run.news(token, random.pick(&NEWS));
        }
        _ => {
            let token = run.token(random.pick(&GROUPS));
            run.news(token, random.pick(&NEWS));
        }
    }
}

#[test]
fn whatever_happens_the_invariants_hold() {
    for seed in 0..3000 {
        let mut random = Seeded(seed);
        let mut run = Run::new(plan(), spec(random.pick(&BATCHES)));
        run.twice = random.below(2) == 0;
        for _ in 0..random.below(60) {
            something_happens(&mut run, &mut random);
            assert_invariants(&run);
        }
    }
}
