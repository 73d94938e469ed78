//! Random news under seeds, with the invariants checked after each piece.

use super::script::{Run, assert_invariants, plan};

/// A small generator of repeatable numbers (splitmix64).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

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
