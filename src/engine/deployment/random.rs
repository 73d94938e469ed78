//! Random news under seeds, with the invariants checked after each piece.

use super::script::{Run, assert_invariants, plan};
use crate::engine::seeded::Seeded;

const PARTS: &[&str] = &[
    "ecs",
    "test",
    "hold",
    "keep",
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
    "sick", "vanish", "stop", "stop+", "stop-", "gone", "1m", "30m", "1h", "20h",
];

#[test]
fn whatever_happens_the_invariants_hold() {
    for seed in 0..5000 {
        let mut random = Seeded(seed);
        let mut parts: Vec<&str> = (0..random.below(5)).map(|_| random.pick(PARTS)).collect();
        parts.sort_by_key(|part| *part != "ecs");
        if parts.first() != Some(&"ecs") {
            parts.retain(|part| !["test", "hold", "keep"].contains(part));
        }
        let mut run = Run::new(plan(&parts.join(" ")));
        run.twice = random.below(2) == 0;
        for _ in 0..random.below(30) {
            run.word(random.pick(WORDS));
            assert_invariants(&run);
        }
        for _ in 0..10 {
            run.words("300h ok");
        }
        assert!(run.state().is_over(), "{seed}: {:?}", run.state());
        assert_invariants(&run);
    }
}
