//! Patterns of the model. AWS writes them for Java; the generator translates what the `regex` crate reads otherwise.
//!
//! Invariant: a pattern matches the whole string and is printed exactly as the model writes it. It is compiled once;
//! [`validate`] compiles all of a service at start, so that a bad one stops the server and not a request.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// Bounded repeats over Unicode classes (`[\p{L}…]{1,256}`) need more than the crate's default.
const SIZE_LIMIT: usize = 64 << 20;

#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    translated: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

/// A pattern that cannot be compiled.
#[derive(Debug)]
pub struct PatternError {
    pub pattern: &'static str,
    pub reason: String,
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pattern {}: {}", self.pattern, self.reason)
    }
}

impl std::error::Error for PatternError {}

impl Pattern {
    /// `text` as the model writes it, `translated` as the `regex` crate reads it, without anchors.
    pub const fn new(text: &'static str, translated: &'static str) -> Self {
        Self {
            text,
            translated,
            compiled: OnceLock::new(),
        }
    }

    /// The pattern as the model writes it.
    pub fn text(&self) -> &'static str {
        self.text
    }

    /// Whether the whole of `value` matches.
    pub fn matches(&self, value: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| self.compile().ok());
        // A pattern that cannot be compiled has stopped the start (`validate`); here it must not stop a request.
        compiled.as_ref().is_none_or(|regex| regex.is_match(value))
    }

    fn compile(&self) -> Result<Regex, regex::Error> {
        RegexBuilder::new(&format!(r"\A(?:{})\z", self.translated))
            .size_limit(SIZE_LIMIT)
            .build()
    }
}

/// Compiles every pattern; the first that cannot be is the error.
pub fn validate(patterns: &[&'static Pattern]) -> Result<(), PatternError> {
    for pattern in patterns {
        let compiled = pattern.compile().map_err(|error| PatternError {
            pattern: pattern.text,
            reason: error.to_string(),
        })?;
        pattern.compiled.get_or_init(|| Some(compiled));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_string_only() {
        static NAME: Pattern = Pattern::new("a|b", "a|b");
        assert!(NAME.matches("a"));
        assert!(!NAME.matches("ab"));
        assert!(!NAME.matches("a\n"));
    }

    #[test]
    fn a_pattern_that_cannot_be_compiled_is_reported_at_start() {
        static BAD: Pattern = Pattern::new("(", "(");
        let error = validate(&[&BAD]).expect_err("an open group");
        assert!(error.to_string().starts_with("pattern (:"));
        assert!(BAD.matches("anything"));
    }
}
