//! Random wishes and news under a seed: the rules of `invariants.rs` hold after each, and everything comes to an end.

use super::script::Play;

/// How many words each walk has.
const WORDS_EACH: usize = 60;

const PLANS: &[&str] = &[
    "src; build; deploy",
    "src!; build1 build2 > test; deploy",
    "mode=QUEUED src srcB!; build > test1 test2; steps",
    "mode=PARALLEL src!; build(#{src-ns.VersionId}) > deploy",
    "var=A:1 var=B src; build(#{variables.B}) test(#{build-ns.OUT}); deploy",
    "src!; entry=fail:alarm+yes failure=retry build1 build2; success=rollback:alarm failure=rollback deploy",
    "mode=QUEUED src!; entry=skip:alarm build > worker; entry=fail:window approve > call",
    "mode=PARALLEL src!; entry=fail:alarm failure=retryall build > worker approve; call",
    "worker; success=fail:alarm failure=rollback:alarm build; approve",
];

const WORDS: &[&str] = &[
    "create",
    "start",
    "start",
    "start:B=1",
    "start:B=2,token=t",
    "start:version=v3",
    "ok:src",
    "ok:src",
    "ok:src",
    "ok:srcB",
    "ok:build",
    "ok:build",
    "ok:build1",
    "ok:build2",
    "ok:test",
    "ok:test1",
    "ok:test2",
    "ok:deploy",
    "ok:deploy",
    "fail:src",
    "fail:build",
    "fail:build1",
    "fail:test",
    "launched:build",
    "launched:build1",
    "late:src",
    "late:build",
    "late:deploy",
    "approve:approve",
    "approve:approve",
    "reject:approve",
    "done:worker",
    "done:worker",
    "broke:worker",
    "more:worker",
    "again:worker",
    "done:call",
    "more:call",
    "revision:worker:r1",
    "revision:worker:r2",
    "is:alarm:OK",
    "is:alarm:OK",
    "is:alarm:ALARM",
    "retry:e1:S2",
    "retry:e2:S2",
    "retry:e3:S2",
    "retryall:e1:S2",
    "retryall:e2:S3",
    "retry:e1:S3",
    "rollback:S2:e1",
    "rollback:S3:e1",
    "rollback:S2:e2",
    "override:e1:S2:entry",
    "override:e2:S2:entry",
    "override:e1:S2:success",
    "override:e1:S3:success",
    "close:S2",
    "open:S2",
    "closeout:S2",
    "openout:S2",
    "stop:e1",
    "stop:e2",
    "stop:e3",
    "stop:e4",
    "abandon:e1",
    "abandon:e2",
    "abandon:e3",
    "update",
    "delete",
    "seen:v1",
    "seen:v2",
    "seen:v3",
    "gone",
    "1s",
    "20m",
    "40h",
];

/// Splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// How many walks each of the tests takes.
const WALKS: u64 = 2_500;

fn walks(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let walk = std::panic::catch_unwind(|| walk(seed));
        assert!(walk.is_ok(), "the walk of seed {seed} broke a rule");
    }
}

/// Standing test 3, in four parts, so that they run side by side.
#[test]
fn random_walks_keep_the_rules_and_come_to_an_end() {
    walks(0..WALKS);
}

#[test]
fn random_walks_keep_the_rules_second_part() {
    walks(WALKS..2 * WALKS);
}

#[test]
fn random_walks_keep_the_rules_third_part() {
    walks(2 * WALKS..3 * WALKS);
}

#[test]
fn random_walks_keep_the_rules_fourth_part() {
    walks(3 * WALKS..4 * WALKS);
}

fn walk(seed: u64) {
    let mut dice = Dice(seed);
    let mut play = Play::new(PLANS[dice.roll(PLANS.len())]);
    play.sim.twice = dice.roll(3) == 0;
    for _ in 0..WORDS_EACH {
        // Deleting often would keep walks short.
        let word = WORDS[dice.roll(WORDS.len())];
        if word != "delete" || dice.roll(4) == 0 {
            play.word(word);
        }
    }
    // No action takes longer than its time limit, and nothing is started any more.
    for word in ["close:S2", "open:S2", "closeout:S2", "openout:S2"] {
        play.word(word);
    }
    for _ in 0..60 {
        play.word("36h");
    }
    assert!(
        play.state().is_none_or(|state| state.live.is_empty()),
        "something never ends"
    );
}
