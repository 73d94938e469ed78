//! Patterns of conditions: `*` for any characters, `?` for one, a backslash before either for itself; regular expressions; address ranges.

use regex::{Regex, RegexBuilder};
use std::net::IpAddr;

/// Compiled regular expressions are small, whatever was asked for.
const LARGEST: usize = 256 * 1024;

#[derive(Clone, Debug)]
pub enum Pattern {
    Wild(Vec<Piece>, Case),
    Regex(Regex),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Matters,
    Ignored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Any,
    One,
    Char(char),
}

impl Pattern {
    pub fn wild(text: &str, case: Case) -> Self {
        let text = match case {
            Case::Matters => text.to_owned(),
            Case::Ignored => text.to_lowercase(),
        };
        let mut pieces = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            pieces.push(match letter {
                '*' => Piece::Any,
                '?' => Piece::One,
                '\\' => Piece::Char(letters.next().unwrap_or('\\')),
                other => Piece::Char(other),
            });
        }
        Self::Wild(pieces, case)
    }

    pub fn regex(text: &str) -> Result<Self, String> {
        let built = RegexBuilder::new(text).size_limit(LARGEST).build();
        built.map(Self::Regex).map_err(|error| error.to_string())
    }

    pub fn matches(&self, text: &str) -> bool {
        match self {
            Self::Wild(pieces, Case::Matters) => wild(pieces, &text.chars().collect::<Vec<_>>()),
            Self::Wild(pieces, Case::Ignored) => {
                wild(pieces, &text.to_lowercase().chars().collect::<Vec<_>>())
            }
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Goes back to the last `*` only, so that time grows with the product of the lengths at most.
fn wild(pieces: &[Piece], text: &[char]) -> bool {
    let (mut piece, mut at) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < text.len() {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                back = Some((piece, at));
                piece += 1;
            }
            Some(Piece::One) => (piece, at) = (piece + 1, at + 1),
            Some(Piece::Char(letter)) if *letter == text[at] => (piece, at) = (piece + 1, at + 1),
            _ => match back {
                Some((star, begun)) => {
                    back = Some((star, begun + 1));
                    (piece, at) = (star + 1, begun + 1);
                }
                None => return false,
            },
        }
    }
    pieces[piece..].iter().all(|piece| *piece == Piece::Any)
}

/// A range of addresses: `192.0.2.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Net {
    base: u128,
    bits: u32,
    six: bool,
}

impl Net {
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let (base, six) = number(address);
        let bits: u32 = bits.parse().ok()?;
        let longest = if six { 128 } else { 32 };
        (bits <= longest).then_some(Self {
            base,
            bits: bits + 128 - longest,
            six,
        })
    }

    pub fn holds(self, address: IpAddr) -> bool {
        let (number, six) = number(address.to_canonical());
        let rest = 128 - self.bits;
        let cut = |number: u128| number.checked_shr(rest).unwrap_or(0);
        six == self.six && cut(number) == cut(self.base)
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(four) => (u128::from(u32::from(four)), false),
        IpAddr::V6(six) => (u128::from(six), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match_as_aws_says() {
        // Witness: user guide, "Path conditions" and "Host conditions".
        for (pattern, text, expected) in [
            ("/img/*", "/img/", true),
            ("/img/*", "/img/a/b", true),
            ("/img/*", "/img", false),
            ("/img/*/pics", "/img/a/b/pics", true),
            ("*.example.com", "a.example.com", true),
            ("*.example.com", "example.com", false),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("*a*b*", "xxaxxbxx", true),
            ("\\*", "*", true),
            ("\\*", "x", false),
            ("", "", true),
            ("*", "", true),
        ] {
            let found = Pattern::wild(pattern, Case::Matters).matches(text);
            assert_eq!(found, expected, "{pattern} {text}");
        }
        assert!(Pattern::wild("A.Example.com", Case::Ignored).matches("a.example.COM"));
        assert!(!Pattern::wild("/A", Case::Matters).matches("/a"));
    }

    #[test]
    fn a_pattern_of_many_stars_ends_soon() {
        let pattern = Pattern::wild(&"*a".repeat(60), Case::Matters);
        assert!(
            !pattern.matches(
                &"a".repeat(20_000)
                    .replace("aaaaaaaaaa", "aaaaaaaaab")
                    .replace('a', "c")
            )
        );
    }

    #[test]
    fn addresses_are_in_their_ranges() {
        let holds =
            |net: &str, address: &str| Net::parse(net).unwrap().holds(address.parse().unwrap());
        assert!(holds("127.0.0.0/8", "127.9.9.9"));
        assert!(!holds("127.0.0.1/32", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "10.0.0.1") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("::/0", "::1") && holds("127.0.0.0/8", "::ffff:127.0.0.1"));
        for odd in ["", "1.2.3.4", "1.2.3.4/33", "a/8", "::1/129"] {
            assert_eq!(Net::parse(odd), None, "{odd}");
        }
    }
}
