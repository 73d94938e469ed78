//! Chance against parsers: real texts with small changes, for as long as a run is told to go on.
//!
//! `SLIPWAY_FUZZ_SECONDS` says for how long each target is tried (without it: a moment, so that the targets stay alive);
//! `SLIPWAY_FUZZ_SEED` repeats a run. An input that led to something new is changed further. What makes a parser panic or dawdle is
//! left in the folder of temporary files, and the test fails; of a crash that takes the process along, the input is there too.

use crate::engine::seeded::Seeded;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Bytes of an input, at most.
const LONGEST: usize = 64 * 1024;

/// Inputs that are kept because something new came of them.
const KEPT: usize = 4096;

/// No parser takes longer for so little, however slow the machine.
const TOO_LONG: Duration = Duration::from_secs(30);

/// Numbers and letters that parsers may stumble over.
const WORDS: [&str; 24] = [
    "0",
    "-1",
    "4294967296",
    "18446744073709551616",
    "1e999",
    "NaN",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "é",
    "\t",
    "\r\n",
    "\n\n",
    " ",
    ":",
    "-",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "<",
    ">",
];

/// Tries `target` with inputs made of `seeds` and `words`. What it returns is the kind of outcome, by which inputs are told apart.
pub fn fuzz(name: &str, seeds: Vec<Vec<u8>>, words: &[&str], target: impl Fn(&[u8]) -> String) {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let asked = number("SLIPWAY_FUZZ_SECONDS");
    let span = asked.map_or(Duration::from_millis(300), Duration::from_secs);
    let seed = number("SLIPWAY_FUZZ_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let place = std::env::temp_dir().join(format!("slipway-fuzz-{name}"));
    let words: Vec<&str> = words.iter().copied().chain(WORDS).collect();
    let mut chance = Seeded(seed);
    let mut corpus = seeds;
    let (mut seen, mut tried) = (HashSet::new(), 0_u64);
    let begin = Instant::now();
    while begin.elapsed() < span {
        let mut input = chosen(&mut chance, &corpus);
        for _ in 0..=chance.below(4) {
            change(&mut chance, &mut input, &corpus, &words);
        }
        input.truncate(LONGEST);
        if asked.is_some() {
            // A crash of the whole process leaves no other trace.
            std::fs::write(&place, &input).unwrap();
        }
        let outcome = run(&place, seed, &input, &target);
        tried += 1;
        if seen.insert(kind(&outcome)) && corpus.len() < KEPT {
            corpus.push(input);
        }
    }
    let _ = std::fs::remove_file(&place);
    println!(
        "{name}: {tried} inputs, {} kinds of outcome, seed {seed}",
        seen.len()
    );
    assert!(tried > 0);
}

fn run(place: &PathBuf, seed: u64, input: &[u8], target: &impl Fn(&[u8]) -> String) -> String {
    let begin = Instant::now();
    let outcome = catch_unwind(AssertUnwindSafe(|| target(input)));
    let took = begin.elapsed();
    if outcome.is_err() || took > TOO_LONG {
        std::fs::write(place, input).unwrap();
        panic!(
            "an input of seed {seed} took {took:?} or panicked; it is in {}",
            place.display()
        );
    }
    outcome.unwrap()
}

/// Outcomes that differ in numbers only are of one kind.
fn kind(outcome: &str) -> String {
    let letters = outcome.chars().filter(|letter| !letter.is_ascii_digit());
    letters.take(200).collect()
}

fn at(chance: &mut Seeded, length: usize) -> usize {
    usize::try_from(chance.below(length as u64 + 1)).unwrap()
}

fn chosen(chance: &mut Seeded, corpus: &[Vec<u8>]) -> Vec<u8> {
    corpus[at(chance, corpus.len() - 1)].clone()
}

/// Two places in order.
fn stretch(chance: &mut Seeded, length: usize) -> std::ops::Range<usize> {
    let (a, b) = (at(chance, length), at(chance, length));
    a.min(b)..a.max(b)
}

fn change(chance: &mut Seeded, input: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[&str]) {
    let length = input.len();
    match chance.below(8) {
        0 if length > 0 => {
            let place = at(chance, length - 1);
            input[place] = u8::try_from(chance.below(256)).unwrap();
        }
        1 => {
            let place = at(chance, length);
            let word = words[at(chance, words.len() - 1)];
            input.splice(place..place, word.bytes());
        }
        2 => {
            let gone = stretch(chance, length);
            input.drain(gone);
        }
        3 => {
            let again = input[stretch(chance, length)].to_vec();
            let place = at(chance, length);
            input.splice(place..place, again);
        }
        4 => {
            let other = chosen(chance, corpus);
            let part = other[stretch(chance, other.len())].to_vec();
            let place = stretch(chance, length);
            input.splice(place, part);
        }
        5 => lines(chance, input),
        6 => {
            let word = words[at(chance, words.len() - 1)];
            let times = 1 + at(chance, 300);
            let place = at(chance, length);
            input.splice(place..place, word.repeat(times).into_bytes());
        }
        _ => {
            let place = stretch(chance, length);
            let word = words[at(chance, words.len() - 1)];
            input.splice(place, word.bytes());
        }
    }
}

/// One line goes elsewhere.
fn lines(chance: &mut Seeded, input: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = input
        .split_inclusive(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    if lines.len() > 1 {
        let moved = lines.remove(at(chance, lines.len() - 1));
        lines.insert(at(chance, lines.len()), moved);
        *input = lines.concat();
    }
}

/// All files below a folder of fixtures.
pub fn fixtures(folder: &str) -> Vec<Vec<u8>> {
    let mut folders = vec![
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(folder),
    ];
    let mut files = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
        .into_iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

#[test]
fn an_input_that_panics_is_found_and_kept() {
    let found = catch_unwind(|| {
        fuzz("itself", vec![b"abc".to_vec()], &["boom"], |input| {
            assert!(!input.windows(4).any(|part| part == b"boom"));
            String::new()
        });
    });
    let place = std::env::temp_dir().join("slipway-fuzz-itself");
    let kept = std::fs::read(&place);
    let _ = std::fs::remove_file(place);
    assert!(found.is_err() && kept.unwrap().windows(4).any(|part| part == b"boom"));
}
