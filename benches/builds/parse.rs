//! A long buildspec.

use super::{median, ms};
use slipway::engine::build::buildspec;
use std::fmt::Write;
use std::time::Instant;

const LINES: usize = 2_000;
const ROUNDS: usize = 200;

pub fn run() {
    let mut spec = "version: 0.2\nenv:\n  variables:\n".to_owned();
    for number in 0..LINES / 4 {
        let _ = writeln!(spec, "    NAME_{number}: \"value {number}\"");
    }
    spec.push_str("phases:\n");
    for phase in ["install", "pre_build", "build", "post_build"] {
        let _ = write!(spec, "  {phase}:\n    commands:\n");
        for number in 0..LINES * 3 / 16 {
            let _ = writeln!(
                spec,
                "      - echo \"command {number} of $CODEBUILD_BUILD_ID\" && test -d ."
            );
        }
    }
    let times = (0..ROUNDS).map(|_| {
        let begin = Instant::now();
        let parsed = buildspec::parse(std::hint::black_box(spec.as_bytes())).expect("a buildspec");
        assert_eq!(parsed.phases.len(), 4);
        begin.elapsed()
    });
    let lines = spec.lines().count();
    println!(
        "parse: a buildspec of {lines} lines {:.2} ms",
        ms(median(times.collect()))
    );
}
