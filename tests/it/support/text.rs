//! Texts that keep, or break, a shape's length and pattern.
//!
//! Invariant: equal shapes give equal texts; every text returned was checked against the pattern with the `regex` crate.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use regex_syntax::hir::{Hir, HirKind};

use super::model::Shape;

/// Length of the longest text made where the model sets no limit, or a larger one.
const LONG: usize = 300;

/// The shortest text that a caller would send: what length and pattern allow, but one character at least.
pub fn minimal(shape: &Shape) -> String {
    let length = bound(shape, "min").unwrap_or(0).max(1);
    of_length(shape, length.max(shortest(shape)))
}

/// A long text: as long as length and pattern allow, up to [`LONG`] characters.
pub fn maximal(shape: &Shape) -> String {
    let length = bound(shape, "max").unwrap_or(LONG).min(LONG);
    of_length(shape, length.max(shortest(shape)))
}

/// The `number`-th of several different texts, each of the minimal length or one more.
pub fn distinct(shape: &Shape, number: usize) -> String {
    let length = minimal(shape).chars().count();
    if number == 0 {
        return minimal(shape);
    }
    let alternatives = "bcdefghijklmnopqrstuvwxyz0123456789"
        .chars()
        .collect::<Vec<_>>();
    let mut text = of_length(shape, length.max(2));
    let digits = [
        alternatives[number / alternatives.len()],
        alternatives[number % alternatives.len()],
    ];
    text.replace_range(text.len() - 2.., &digits.iter().collect::<String>());
    assert!(matches(shape, &text), "{text} keeps {:?}", shape.pattern());
    text
}

/// One character less than allowed; `None` if that is not possible.
pub fn too_short(shape: &Shape) -> Option<String> {
    let length = bound(shape, "min")?.checked_sub(1)?;
    Some(if length >= shortest(shape) {
        of_length(shape, length)
    } else {
        "a".repeat(length)
    })
}

/// One character more than allowed. Keeps the pattern where the pattern's own repetitions let it.
pub fn too_long(shape: &Shape) -> Option<String> {
    let length = bound(shape, "max")? + 1;
    let made = grown(shape, length);
    Some(if made.chars().count() == length {
        made
    } else {
        "a".repeat(length)
    })
}

/// A text of an allowed length that breaks the pattern; `None` without pattern.
pub fn mismatched(shape: &Shape) -> Option<String> {
    shape.pattern()?;
    let good = minimal(shape);
    let tail: String = good.chars().skip(1).collect();
    let bad = ["\u{1}", "/", "x", "\n"]
        .iter()
        .map(|first| format!("{first}{tail}"));
    Some(
        bad.into_iter()
            .find(|bad| !matches(shape, bad))
            .expect("some character breaks the pattern"),
    )
}

/// Whether the whole text matches the shape's pattern.
pub fn matches(shape: &Shape, text: &str) -> bool {
    shape
        .pattern()
        .is_none_or(|pattern| compiled(pattern).is_match(text))
}

/// Compiling is slow, and there are few patterns.
fn compiled(pattern: &str) -> Regex {
    static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let compile =
        || Regex::new(&format!(r"\A(?:{pattern})\z")).expect("patterns of the models are regular");
    let mut known = COMPILED.lock().expect("nothing panics while it is held");
    known
        .entry(pattern.to_owned())
        .or_insert_with(compile)
        .clone()
}

fn bound(shape: &Shape, which: &str) -> Option<usize> {
    shape
        .bound("length", which)
        .map(|bound| usize::try_from(bound).expect("a length"))
}

/// A text of exactly `length` characters that keeps the pattern, or the nearest that the pattern has.
fn of_length(shape: &Shape, length: usize) -> String {
    let text = grown(shape, length);
    assert!(matches(shape, &text), "{text} keeps {:?}", shape.pattern());
    text
}

fn grown(shape: &Shape, length: usize) -> String {
    let Some(pattern) = parsed(shape) else {
        // Every other character takes two bytes: lengths count characters.
        return "aé".chars().cycle().take(length).collect();
    };
    let mut text = String::new();
    let mut spare = length.saturating_sub(shortest_of(&pattern));
    sample(&pattern, &mut spare, &mut text);
    text
}

fn parsed(shape: &Shape) -> Option<Hir> {
    shape
        .pattern()
        .map(|pattern| regex_syntax::parse(pattern).expect("patterns of the models are regular"))
}

fn shortest(shape: &Shape) -> usize {
    parsed(shape).map_or(0, |pattern| shortest_of(&pattern))
}

fn shortest_of(hir: &Hir) -> usize {
    let mut text = String::new();
    sample(hir, &mut 0, &mut text);
    text.chars().count()
}

/// Appends a text that matches `hir`; repetitions go on while they can use up the `spare` characters.
fn sample(hir: &Hir, spare: &mut usize, out: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            out.push_str(std::str::from_utf8(&literal.0).expect("literals are text"))
        }
        HirKind::Class(_) => out.push(member_of(hir)),
        HirKind::Capture(capture) => sample(&capture.sub, spare, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| sample(part, spare, out)),
        HirKind::Alternation(parts) => sample(&parts[0], spare, out),
        HirKind::Repetition(repetition) => {
            (0..repetition.min).for_each(|_| sample(&repetition.sub, &mut 0, out));
            let unit = shortest_of(&repetition.sub).max(1);
            let mut more = repetition.max.map_or(u32::MAX, |max| max - repetition.min);
            while more > 0 && *spare >= unit {
                *spare -= unit;
                more -= 1;
                sample(&repetition.sub, spare, out);
            }
        }
    }
}

/// Some character of a class: a letter or a digit where there is one.
fn member_of(class: &Hir) -> char {
    let one = |c: &char| {
        let HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = class.kind() else {
            return c.is_ascii();
        };
        class
            .ranges()
            .iter()
            .any(|range| (range.start()..=range.end()).contains(c))
    };
    ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .chain(' '..='~')
        .find(one)
        .expect("classes have an ASCII member")
}
