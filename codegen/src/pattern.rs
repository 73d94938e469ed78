//! Patterns AWS writes for Java, as the `regex` crate reads the same language.
//!
//! Invariant: the result matches the same whole strings. What cannot be translated (look-around) stops generation.

use anyhow::{Context, Result};

/// Translates and compiles, so that a bad pattern is found here and not at start.
pub fn translate(java: &str) -> Result<String> {
    let translated = rewrite(java);
    regex::RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
        .size_limit(64 << 20)
        .build()
        .with_context(|| format!("pattern {java} (read as {translated})"))?;
    Ok(translated)
}

fn rewrite(java: &str) -> String {
    let mut chars = java.chars().peekable();
    let mut out = String::new();
    let mut in_class = false;
    let mut class_start = false;
    while let Some(c) = chars.next() {
        let starting = std::mem::take(&mut class_start);
        match c {
            '\\' => {
                let escaped = chars.next().unwrap_or('\\');
                out.push_str(&escape(escaped));
                // `[\w-_]`: Java reads a hyphen after a class as itself.
                if in_class && is_class(escaped) && chars.peek() == Some(&'-') {
                    chars.next();
                    out.push_str(r"\-");
                }
            }
            '[' if in_class => out.push_str(r"\["),
            '[' => {
                in_class = true;
                class_start = true;
                out.push('[');
            }
            '^' if starting => {
                class_start = true;
                out.push('^');
            }
            ']' if in_class && !starting => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => out.extend(['\\', c]),
            // Java's dot stops at every line terminator.
            '.' if !in_class => out.push_str(r"[^\n\r\u{85}\u{2028}\u{2029}]"),
            _ => out.push(c),
        }
    }
    out
}

fn is_class(escaped: char) -> bool {
    matches!(escaped, 'w' | 'W' | 'd' | 'D' | 's' | 'S')
}

/// Java's classes are ASCII; those of `regex` are Unicode.
fn escape(escaped: char) -> String {
    match escaped {
        'w' => "[0-9A-Za-z_]".to_owned(),
        'W' => "[^0-9A-Za-z_]".to_owned(),
        'd' => "[0-9]".to_owned(),
        'D' => "[^0-9]".to_owned(),
        's' => r"[\t\n\x0B\x0C\r ]".to_owned(),
        'S' => r"[^\t\n\x0B\x0C\r ]".to_owned(),
        other => format!("\\{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(java: &str, text: &str) -> bool {
        let translated = translate(java).expect("translates");
        regex::Regex::new(&format!(r"\A(?:{translated})\z"))
            .expect("compiles")
            .is_match(text)
    }

    #[test]
    fn word_characters_are_ascii_as_in_java() {
        assert!(matches(r"[\w+=/:,.@-]*", "a_Z9+=/:,.@-"));
        assert!(!matches(r"[\w+=/:,.@-]*", "é"));
    }

    #[test]
    fn a_hyphen_after_a_class_is_itself() {
        assert!(matches(r"[\w-_]*", "a-_"));
        assert!(matches(r"[0-9a-z-\/]*", "a-/"));
    }

    #[test]
    fn a_dot_stops_at_line_ends() {
        assert!(matches(".*", "abc"));
        assert!(!matches(".*", "a\rb"));
        assert!(matches(r"[.]", "."));
    }

    #[test]
    fn unicode_classes_and_escapes_are_kept() {
        assert!(matches(r"^([\p{L}\p{Z}\p{N}_.:/=@+\-]*)$", "Größe 1"));
        assert!(matches(r"[\u0009\u000A\u000D\u0020-\u00FF]+", "a\tÿ"));
        assert!(matches(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", "/a/"));
    }

    #[test]
    fn look_around_is_refused() {
        assert!(translate("a(?!-)b").is_err());
    }
}
