//! Random news under seeds, with the invariants checked after each piece.

use super::script::{Server, assert_invariants};
use crate::engine::seeded::Seeded;

const PARTS: &[&str] = &[
    "2",
    "3",
    "5",
    "all",
    "half",
    "min2",
    "traffic",
    "zones",
    "ignore",
    "alarms",
    "rollback",
    "norollback",
    "trigger",
    "listener",
    "rolling",
    "swap",
    "swap",
];

/// After `swap`.
const SWAPPING: &[&str] = &["hold", "keep", "now", "back", "bare", "odd"];

const WORDS: &[&str] = &[
    "ok", "ok", "ok", "ok", "ok", "ok", "late", "fail", "poll", "ack", "done", "bad", "a:ok",
    "b:ok", "b:poll", "b:ack", "b:bad", "c:done", "calm", "ring", "lost", "stop", "stop+", "stop-",
    "gone", "1m", "4m", "1h", "3h", "continue", "skip",
];

#[test]
fn whatever_happens_the_invariants_hold() {
    for seed in 0..2000 {
        let mut random = Seeded(seed);
        let mut parts: Vec<&str> = (0..random.below(5)).map(|_| random.pick(PARTS)).collect();
        if parts.contains(&"swap") {
            parts.retain(|part| *part != "zones");
            let swapping = (0..random.below(3)).map(|_| random.pick(SWAPPING));
            parts.extend(swapping.collect::<Vec<_>>());
            // What says nothing of how is said last.
            parts.sort_by_key(|part| ["bare", "odd"].contains(part));
        }
        let mut server = Server::new(&parts.join(" "));
        server.run.twice = random.below(2) == 0;
        for _ in 0..random.below(40) {
            server.word(random.pick(WORDS));
            assert_invariants(&server);
        }
        server.words("200h ok 200h ok 200h ok 200h ok");
        assert!(server.is_over(), "{seed}: {:?}", server.run.state());
        assert_invariants(&server);
    }
}
