//! Random news under seeds, with the invariants checked after each piece.

use super::script::{Run, assert_invariants, plan};
use crate::engine::seeded::Seeded;

const PARTS: &[&str] = &[
    "canary",
    "linear",
    "hooks",
    "alarms",
    "rollback",
    "norollback",
    "trigger",
    "listener",
    "s3",
    "rolling",
    "still",
];

const WORDS: &[&str] = &[
    "ok", "ok", "ok", "ok", "ok", "ok", "late", "calm", "calm", "ring", "lost", "fail", "refuse",
    "stop", "stop+", "stop-", "gone", "1m", "30m", "1h", "20h",
];

#[test]
fn whatever_happens_the_invariants_hold() {
    for seed in 0..5000 {
        let mut random = Seeded(seed);
        let parts: Vec<&str> = (0..random.below(5)).map(|_| random.pick(PARTS)).collect();
        let mut run = Run::new(plan(&parts.join(" ")));
        run.twice = random.below(2) == 0;
        for _ in 0..random.below(30) {
            run.word(random.pick(WORDS));
            assert_invariants(&run);
        }
        run.words("100h ok 100h");
        assert!(run.state().is_over(), "{seed}: {:?}", run.state());
        assert_invariants(&run);
    }
}
