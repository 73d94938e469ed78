//! Filter patterns for texts: terms, `"phrases"`, `?optional`, `-excluded`. Case-sensitive; a term is found anywhere in a message.
//!
//! Witness: CloudWatch Logs user guide, "Filter pattern syntax", unstructured log events.
// Differs from AWS: FilterLogEvents reads filter patterns of terms and phrases; JSON, space-delimited and regular-expression patterns are refused.

use super::errors;
use logs_api::error::InvalidParameterException;

/// What a message must and must not contain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, InvalidParameterException> {
        let mut pattern = Self::default();
        let mut rest = text.trim_start();
        if rest.starts_with(['{', '[', '%']) {
            return Err(errors::invalid(format!(
                "slipway does not read JSON, space-delimited and regular-expression filter patterns such as {text:?}; use terms, \
                 \"quoted phrases\", ?optional and -excluded terms"
            )));
        }
        while !rest.is_empty() {
            let list = pattern.list(&mut rest);
            let term = term(&mut rest)?;
            list.push(term);
            rest = rest.trim_start();
        }
        // Beside other terms, optional ones have no effect.
        if !pattern.all.is_empty() || !pattern.none.is_empty() {
            pattern.any.clear();
        }
        Ok(pattern)
    }

    pub fn matches(&self, message: &str) -> bool {
        let found = |term: &String| message.contains(term.as_str());
        let any = self.any.is_empty() || self.any.iter().any(found);
        any && self.all.iter().all(found) && !self.none.iter().any(found)
    }

    /// Takes the sign of a term and says where the term goes.
    fn list(&mut self, rest: &mut &str) -> &mut Vec<String> {
        let list = match rest.chars().next() {
            Some('?') => &mut self.any,
            Some('-') => &mut self.none,
            _ => return &mut self.all,
        };
        *rest = &rest[1..];
        list
    }
}

/// Takes a word or a phrase from the front.
fn term(rest: &mut &str) -> Result<String, InvalidParameterException> {
    if let Some(inside) = rest.strip_prefix('"') {
        *rest = inside;
        return phrase(rest);
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    *rest = after;
    let strange = |c: &char| !c.is_alphanumeric() && *c != '_';
    match word.chars().find(strange) {
        Some(strange) => Err(bad(strange)),
        None if word.is_empty() => Err(bad(' ')),
        None => Ok(word.to_owned()),
    }
}

/// Until the closing quote; a backslash takes the next character as it is.
fn phrase(rest: &mut &str) -> Result<String, InvalidParameterException> {
    let mut text = String::new();
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                *rest = &rest[at + 1..];
                return Ok(text);
            }
            '\\' => text.extend(letters.next().map(|(_, letter)| letter)),
            letter => text.push(letter),
        }
    }
    Err(bad('"'))
}

fn bad(letter: char) -> InvalidParameterException {
    errors::invalid(format!("Invalid character(s) in term '{letter}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 6] = [
        "[ERROR 400] BAD REQUEST",
        "[ERROR 401] UNAUTHORIZED REQUEST",
        "[ERROR 419] MISSING ARGUMENTS",
        "[ERROR 420] INVALID ARGUMENTS",
        "[INFO] REQUEST FAILED",
        "[ERROR 500] INTERNAL SERVER ERROR",
    ];

    #[track_caller]
    fn check(pattern: &str, expected: &[usize]) {
        let pattern = Pattern::parse(pattern).unwrap();
        let found = LINES
            .iter()
            .enumerate()
            .filter(|(_, line)| pattern.matches(line));
        assert_eq!(found.map(|(at, _)| at).collect::<Vec<_>>(), expected);
    }

    // The examples of the user guide.
    #[test]
    fn terms_phrases_optional_and_excluded_terms_are_read() {
        check("", &[0, 1, 2, 3, 4, 5]);
        check("ERROR", &[0, 1, 2, 3, 5]);
        check("error", &[]);
        check("ERROR ARGUMENTS", &[2, 3]);
        check("?ERROR ?ARGUMENTS", &[0, 1, 2, 3, 5]);
        check("?INFO ?ARGUMENTS REQUEST", &[0, 1, 4]);
        check("\"INTERNAL SERVER ERROR\"", &[5]);
        check("ERROR -ARGUMENTS", &[0, 1, 5]);
        check("-\"[ERROR\"", &[4]);
        check("  ?\"BAD REQUEST\"   ?\"[INFO]\" ", &[0, 4]);
    }

    #[test]
    fn a_backslash_quotes_inside_a_phrase() {
        let pattern = Pattern::parse(r#""say \"hi\" \\""#).unwrap();
        assert!(pattern.matches(r#"they say "hi" \ and go"#));
    }

    // Recorded answers of the service name the character.
    #[test]
    fn other_characters_must_be_quoted() {
        for (text, letter) in [
            ("a:b", ':'),
            ("ERR*", '*'),
            ("request-id", '-'),
            ("\"open", '"'),
            ("a ?", ' '),
        ] {
            let error = Pattern::parse(text).unwrap_err();
            assert_eq!(
                error.message,
                format!("Invalid character(s) in term '{letter}'")
            );
        }
    }

    // Our reading: what is not understood is refused, never ignored.
    #[test]
    fn structured_patterns_are_refused_by_name() {
        for text in ["{ $.a = 1 }", "[ip, user]", "%ERR.*%"] {
            let error = Pattern::parse(text).unwrap_err();
            assert!(
                error.message.contains("slipway does not read"),
                "{}",
                error.message
            );
            assert!(error.message.contains(text));
        }
    }
}
