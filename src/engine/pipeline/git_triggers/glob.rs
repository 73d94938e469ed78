//! Glob patterns as AWS documents them for triggers ("Working with glob patterns in syntax"); they are those of Java's paths.
//!
//! `*` and `?` stay within a segment, `**` crosses `/`, `[a-c]` and `[!a-c]` are one character but `/`, `{a,b}` are alternatives
//! that hold no others, `\` takes the next character as it is; inside brackets `*`, `?` and `\` are themselves. A pattern matches
//! the whole text. globset means something else by some of this (`**` only between slashes, alternatives within each other).
//!
//! Invariant: matching takes time linear in the text.

use regex::Regex;

/// A parsed pattern.
#[derive(Clone, Debug)]
pub struct Glob(Regex);

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    #[error("a bracket is not closed")]
    Bracket,
    #[error("a brace is not closed")]
    Brace,
    #[error("braces do not go into braces")]
    Nested,
    #[error("nothing follows the last backslash")]
    Escape,
    #[error("a range of characters runs backwards")]
    Range,
    #[error("the pattern is too large")]
    Size,
}

impl Glob {
    pub fn parse(pattern: &str) -> Result<Self, GlobError> {
        let expression = Translation::of(pattern)?;
        let compiled = Regex::new(&expression);
        compiled.map(Self).map_err(|_| GlobError::Size)
    }

    pub fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// A pattern on its way to a regular expression.
struct Translation<'a> {
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    out: String,
    in_braces: bool,
}

impl<'a> Translation<'a> {
    fn of(pattern: &'a str) -> Result<String, GlobError> {
        let mut it = Self {
            letters: pattern.chars().peekable(),
            out: r"(?s)\A".to_owned(),
            in_braces: false,
        };
        while let Some(letter) = it.letters.next() {
            it.letter(letter)?;
        }
        match it.in_braces {
            true => Err(GlobError::Brace),
            false => Ok(it.out + r"\z"),
        }
    }

    fn letter(&mut self, letter: char) -> Result<(), GlobError> {
        match letter {
            '*' if self.letters.next_if_eq(&'*').is_some() => self.out.push_str(".*"),
            '*' => self.out.push_str("[^/]*"),
            '?' => self.out.push_str("[^/]"),
            '[' => self.class()?,
            '{' if self.in_braces => return Err(GlobError::Nested),
            '{' => {
                self.in_braces = true;
                self.out.push_str("(?:");
            }
            '}' if self.in_braces => {
                self.in_braces = false;
                self.out.push(')');
            }
            ',' if self.in_braces => self.out.push('|'),
            '\\' => {
                let next = self.letters.next().ok_or(GlobError::Escape)?;
                self.literal(next);
            }
            other => self.literal(other),
        }
        Ok(())
    }

    /// One character of a set: up to `]`, which is itself when it comes first.
    fn class(&mut self) -> Result<(), GlobError> {
        let negated = self.letters.next_if_eq(&'!').is_some();
        let mut ranges = Vec::new();
        loop {
            let first = self.letters.next().ok_or(GlobError::Bracket)?;
            if first == ']' && !ranges.is_empty() {
                break;
            }
            ranges.push((first, self.range_end(first)?));
        }
        self.out.push_str(if negated { "[^/" } else { "[" });
        for (first, last) in ranges {
            self.code_points(first, last);
        }
        // A set that names the slash does not match it all the same.
        self.out.push_str(if negated { "]" } else { "&&[^/]]" });
        Ok(())
    }

    /// The end of `a-c`; a hyphen at the beginning or the end of a set is itself.
    fn range_end(&mut self, first: char) -> Result<char, GlobError> {
        let mut ahead = self.letters.clone();
        let range = ahead.next() == Some('-') && ahead.peek().is_some_and(|next| *next != ']');
        if first == '-' || !range {
            return Ok(first);
        }
        self.letters.next();
        let last = self.letters.next().ok_or(GlobError::Bracket)?;
        (first <= last).then_some(last).ok_or(GlobError::Range)
    }

    fn code_points(&mut self, first: char, last: char) {
        let range = format!("\\x{{{:X}}}-\\x{{{:X}}}", u32::from(first), u32::from(last));
        self.out.push_str(&range);
    }

    fn literal(&mut self, letter: char) {
        let mut bytes = [0; 4];
        self.out
            .push_str(&regex::escape(letter.encode_utf8(&mut bytes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Glob::parse(pattern).unwrap().matches(text)
    }

    #[test]
    fn patterns_mean_what_the_guide_says() {
        // contract codepipeline §8.3, globs
        for (pattern, yes, no) in [
            (
                "main",
                &["main"][..],
                &["main2", "amain", "Main", "ma\nin"][..],
            ),
            ("*.java", &["a.java", ".java"], &["a.class", "src/a.java"]),
            ("*.*", &["a.b", "."], &["ab", "a/b.c"]),
            (
                "*.{java,class}",
                &["a.java", "a.class"],
                &["a.jar", "a.java,class"],
            ),
            ("foo.?", &["foo.c", "foo.é"], &["foo.", "foo.cc", "foo./"]),
            (
                "feature/*",
                &["feature/a", "feature/"],
                &["feature/a/b", "feature"],
            ),
            ("feature/**", &["feature/a", "feature/a/b"], &["feature"]),
            ("**", &["", "a", "a/b/c"], &[]),
            (
                "**/README.md",
                &["a/README.md", "a/b/README.md", "/README.md"],
                &["README.md"],
            ),
            ("a**b", &["ab", "axb", "a/x/b"], &["a/x/c"]),
            (
                "v[0-9].[!0-9a]",
                &["v1.b", "v9.-"],
                &["vx.b", "v1.2", "v1.a", "v1./"],
            ),
            ("[a/]b", &["ab"], &["/b"]),
            ("[*?\\]x", &["*x", "?x", "\\x"], &["ax"]),
            ("[-a]", &["-", "a"], &["b"]),
            ("[!-a]", &["b"], &["-", "a"]),
            ("[a-]", &["-", "a"], &["b"]),
            ("[]a]", &["]", "a"], &["b"]),
            ("[&&a]", &["&", "a"], &["b"]),
            ("\\*", &["*"], &["a", "\\*"]),
            ("\\{a\\}", &["{a}"], &["a"]),
            ("{a,b}/{c,}", &["a/c", "b/"], &["a", "c/a"]),
            ("{rel*,v?}", &["release", "v1"], &["rel/1", "v"]),
            ("a,b}", &["a,b}"], &["a"]),
            ("a.b+(c)^$|", &["a.b+(c)^$|"], &["axb+(c)^$|"]),
        ] {
            for text in yes {
                assert!(matches(pattern, text), "{pattern} {text}");
            }
            for text in no {
                assert!(!matches(pattern, text), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        // contract codepipeline §8.3: alternatives do not nest
        for (pattern, why) in [
            ("[a", GlobError::Bracket),
            ("[", GlobError::Bracket),
            ("[]", GlobError::Bracket),
            ("[a-", GlobError::Bracket),
            ("{a", GlobError::Brace),
            ("{a,{b,c}}", GlobError::Nested),
            ("a\\", GlobError::Escape),
            ("[c-a]", GlobError::Range),
        ] {
            assert_eq!(Glob::parse(pattern).map(drop), Err(why), "{pattern}");
        }
    }

    /// A second reading of the rules: tries all ways, letter by letter.
    fn reference(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', '*', rest @ ..] => (0..=text.len()).any(|taken| reference(rest, &text[taken..])),
            ['*', rest @ ..] => (0..=text.len())
                .take_while(|taken| !text[..*taken].contains(&'/'))
                .any(|taken| reference(rest, &text[taken..])),
            ['?', rest @ ..] => {
                text.first().is_some_and(|c| *c != '/') && reference(rest, &text[1..])
            }
            ['\\', letter, rest @ ..] | [letter, rest @ ..] => {
                text.first() == Some(letter) && reference(rest, &text[1..])
            }
        }
    }

    proptest! {
        #[test]
        fn stars_and_escapes_agree_with_a_second_reading(pattern in "([ab/*?]|\\\\[*?a]){0,8}", text in "[ab/*?]{0,10}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            let expected = reference(&letters(&pattern), &letters(&text));
            prop_assert_eq!(matches(&pattern, &text), expected);
        }

        #[test]
        fn an_escaped_text_matches_itself_alone(text in "\\PC{1,12}", other in "\\PC{1,12}") {
            let pattern: String = text.chars().flat_map(|c| ['\\', c]).collect();
            prop_assert!(matches(&pattern, &text));
            prop_assert_eq!(matches(&pattern, &other), text == other);
        }

        #[test]
        fn alternatives_match_as_each_of_them(one in "[ab*?]{0,4}", two in "[ab*?]{0,4}", text in "[ab/]{0,6}") {
            let either = matches(&one, &text) || matches(&two, &text);
            prop_assert_eq!(matches(&format!("{{{one},{two}}}"), &text), either);
        }

        #[test]
        fn no_pattern_makes_it_panic(pattern in "[\\[\\]{}!,*?a-c/\\\\&~^-]{0,20}", text in any::<String>()) {
            if let Ok(glob) = Glob::parse(&pattern) {
                glob.matches(&text);
            }
        }
    }
}
