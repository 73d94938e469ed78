//! The constraints of one shape as a table, and what checks a value against it.
//!
//! Invariant: rules are `static`; checking a value that keeps them allocates nothing.

use crate::pattern::Pattern;
use crate::reader::Reader;
use crate::violation::Constraint;

/// Limits of a value and of what it contains. For strings, blobs, lists and maps `min`/`max` bound the length, for
/// numbers the value.
#[derive(Debug)]
pub struct Rules {
    pub min: Option<i64>,
    pub max: Option<i64>,
    pub pattern: Option<&'static Pattern>,
    /// Allowed texts, for map keys that are enums.
    pub values: Option<&'static [&'static str]>,
    /// A list's elements or a map's values.
    pub member: Option<&'static Rules>,
    /// A map's keys.
    pub key: Option<&'static Rules>,
}

impl Rules {
    pub const NONE: Rules = Rules {
        min: None,
        max: None,
        pattern: None,
        values: None,
        member: None,
        key: None,
    };

    /// Rules of the elements or map values.
    pub fn of_member(&self) -> &'static Rules {
        self.member.unwrap_or(&Rules::NONE)
    }

    /// `shown` is what a message may say of the text: nothing if it is sensitive.
    pub(crate) fn check_text(&self, text: &str, shown: Option<&str>, at: &mut Reader<'_>) {
        if !at.checks() {
            return;
        }
        if self.min.is_some() || self.max.is_some() {
            let count = text.chars().count();
            self.check_count(count, shown, at);
        }
        if let Some(pattern) = self.pattern
            && !pattern.matches(text)
        {
            at.violated(
                shown.map(str::to_owned),
                Constraint::Pattern(pattern.text()),
            );
        }
    }

    pub(crate) fn check_length(&self, length: usize, at: &mut Reader<'_>) {
        if at.checks() {
            self.check_count(length, None, at);
        }
    }

    fn check_count(&self, count: usize, shown: Option<&str>, at: &mut Reader<'_>) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if let Some(min) = self.min.filter(|min| count < *min) {
            at.violated(shown.map(str::to_owned), Constraint::LengthMin(min));
        }
        if let Some(max) = self.max.filter(|max| count > *max) {
            at.violated(shown.map(str::to_owned), Constraint::LengthMax(max));
        }
    }

    pub(crate) fn check_integer(&self, number: i64, at: &mut Reader<'_>) {
        self.check_range(
            self.min.is_some_and(|min| number < min),
            self.max.is_some_and(|max| number > max),
            &number,
            at,
        );
    }

    pub(crate) fn check_float(&self, number: f64, at: &mut Reader<'_>) {
        // Bounds in models are small whole numbers, exact as f64. NaN keeps neither bound.
        let low = self
            .min
            .is_some_and(|min| number < min as f64 || number.is_nan());
        let high = self.max.is_some_and(|max| number > max as f64);
        self.check_range(low, high, &number, at);
    }

    fn check_range(&self, low: bool, high: bool, number: &dyn ToString, at: &mut Reader<'_>) {
        if !at.checks() {
            return;
        }
        if let Some(min) = self.min.filter(|_| low) {
            at.violated(Some(number.to_string()), Constraint::RangeMin(min));
        }
        if let Some(max) = self.max.filter(|_| high) {
            at.violated(Some(number.to_string()), Constraint::RangeMax(max));
        }
    }

    /// Whether `text` keeps these rules, for map keys and values that are reported at their map.
    pub(crate) fn holds_for(&self, text: &str) -> bool {
        let count = || i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        self.min.is_none_or(|min| count() >= min)
            && self.max.is_none_or(|max| count() <= max)
            && self.pattern.is_none_or(|pattern| pattern.matches(text))
            && self.values.is_none_or(|values| values.contains(&text))
    }

    /// All constraints of this shape in the order AWS lists them: maximum, minimum, pattern.
    pub(crate) fn constraints(&self) -> Vec<Constraint> {
        let max = self.max.map(Constraint::LengthMax);
        let min = self.min.map(Constraint::LengthMin);
        let pattern = self
            .pattern
            .map(|pattern| Constraint::Pattern(pattern.text()));
        let values = self.values.map(Constraint::Enum);
        [max, min, pattern, values].into_iter().flatten().collect()
    }
}
