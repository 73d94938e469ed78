//! Texts that people read: ages, colours of statuses, arguments that a shell takes as they are.

use jiff::Timestamp;
use std::io::IsTerminal;
use std::time::Duration;

/// Two units at most: `35 s`, `2 min 5 s`, `3 h 2 min`, `2 d 3 h`.
pub fn age(span: Duration) -> String {
    let seconds = span.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |big: u64, big_unit: &str, small: u64, unit: &str| match small {
        0 => format!("{big} {big_unit}"),
        small => format!("{big} {big_unit} {small} {unit}"),
    };
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => two(minutes, "min", seconds % 60, "s"),
        (0, _, _) => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// The time between two moments; none when the clock went the other way.
pub fn between(from: Timestamp, to: Timestamp) -> Duration {
    let millis = to.as_millisecond().saturating_sub(from.as_millisecond());
    Duration::from_millis(u64::try_from(millis).unwrap_or(0))
}

/// ` for 35 s`; nothing in the first second or when it is not known since when.
pub fn since(then: Option<Timestamp>, now: Timestamp) -> String {
    let span = then.map(|then| between(then, now));
    let span = span.filter(|span| span.as_secs() > 0);
    span.map(|span| format!(" for {}", age(span)))
        .unwrap_or_default()
}

/// The value behind its prefix, or nothing.
pub fn prefixed(prefix: &str, value: Option<&str>) -> String {
    value
        .map(|value| format!("{prefix}{value}"))
        .unwrap_or_default()
}

/// An argument as a POSIX shell takes it.
pub fn quoted(argument: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:@=,+".contains(&byte);
    match !argument.is_empty() && argument.bytes().all(plain) {
        true => argument.to_owned(),
        false => format!("'{}'", argument.replace('\'', r"'\''")),
    }
}

/// Colours, or none where nobody would see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint(pub bool);

impl Paint {
    /// Colours on a terminal, unless `NO_COLOR` is set.
    pub fn for_stdout() -> Self {
        let unwanted = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
        Self(std::io::stdout().is_terminal() && !unwanted)
    }

    /// A status in the colour of what it means.
    pub fn status(self, status: &str) -> String {
        let colour = match status.to_ascii_uppercase().replace('_', "").as_str() {
            "SUCCEEDED" => 32,
            "FAILED" | "FAULT" | "TIMEDOUT" | "ABANDONED" => 31,
            "INPROGRESS" | "STOPPING" => 36,
            _ => 33,
        };
        self.colour(colour, status)
    }

    /// Something to be told apart from its neighbours by its number.
    pub fn name(self, number: usize, text: &str) -> String {
        const COLOURS: [u8; 5] = [36, 35, 34, 33, 32];
        self.colour(COLOURS[number % COLOURS.len()], text)
    }

    pub fn strong(self, text: &str) -> String {
        self.colour(1, text)
    }

    fn colour(self, code: u8, text: &str) -> String {
        match self.0 {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_two_units_at_most() {
        let text = |seconds| age(Duration::from_secs(seconds));
        let texts = [0, 59, 60, 125, 3600, 10_920, 86_400, 97_300].map(text);
        assert_eq!(
            texts,
            [
                "0 s",
                "59 s",
                "1 min",
                "2 min 5 s",
                "1 h",
                "3 h 2 min",
                "1 d",
                "1 d 3 h"
            ]
        );
    }

    #[test]
    fn a_clock_that_went_back_gives_no_age() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(since(Some(at(10)), at(5)), "");
        assert_eq!(since(Some(at(10)), at(45)), " for 35 s");
        assert_eq!(since(None, at(45)), "");
    }

    #[test]
    fn arguments_are_quoted_when_a_shell_would_take_them_apart() {
        assert_eq!(quoted("http://127.0.0.1:4566"), "http://127.0.0.1:4566");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn nothing_is_coloured_where_nobody_sees_it() {
        assert_eq!(Paint(false).status("Failed"), "Failed");
        assert_eq!(
            Paint(true).status("TIMED_OUT"),
            "\u{1b}[31mTIMED_OUT\u{1b}[0m"
        );
    }
}
