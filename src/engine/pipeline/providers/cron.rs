//! The schedule of a deployment window: Quartz-like, in a time zone, to the minute.
//!
//! Six or seven fields: seconds (read and ignored), minute, hour, day of the month, month, day of the week (1 is Sunday), year.
//! One of the two days is `?`.
//! Source: contract, codepipeline section 5.8.

use crate::aws::Time;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// A parsed schedule.
#[derive(Debug)]
pub(super) struct Cron {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
    year: Field,
    zone: TimeZone,
}

/// Why a schedule cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CronError {
    #[error("it has {0} fields where six or seven are expected")]
    Fields(usize),
    #[error("exactly one of its fields day of month and day of week is to be '?'")]
    Days,
    #[error("'{0}' is not a value or range of the field {1}, which goes from {2} to {3}")]
    Field(String, &'static str, u16, u16),
    #[error("'{0}' is neither the name of a time zone nor an offset such as +02:00")]
    Zone(String),
}

/// How far ahead a window is looked for, in days.
const HORIZON: i32 = 5 * 366;

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

impl Cron {
    pub fn parse(text: &str, zone: &str) -> Result<Self, CronError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [seconds, minute, hour, day, month, weekday, year @ ..] = words.as_slice() else {
            return Err(CronError::Fields(words.len()));
        };
        if year.len() > 1 {
            return Err(CronError::Fields(words.len()));
        }
        Field::parse(seconds, "seconds", 0, 59, &[])?;
        if (*day == "?") == (*weekday == "?") {
            return Err(CronError::Days);
        }
        Ok(Self {
            minute: Field::parse(minute, "minute", 0, 59, &[])?,
            hour: Field::parse(hour, "hour", 0, 23, &[])?,
            day: Field::parse(day, "day of month", 1, 31, &[])?,
            month: Field::parse(month, "month", 1, 12, &MONTHS)?,
            weekday: Field::parse(weekday, "day of week", 1, 7, &WEEKDAYS)?,
            year: Field::parse(year.first().unwrap_or(&"*"), "year", 1970, 2199, &[])?,
            zone: time_zone(zone)?,
        })
    }

    /// Whether the window is open in the minute of `now`.
    pub fn holds(&self, now: Time) -> bool {
        let local = self.local(now);
        self.is_day(local.date())
            && self.hour.has(number(local.hour()))
            && self.minute.has(number(local.minute()))
    }

    /// When the window opens next after `now`; `None`: not within five years.
    pub fn next(&self, now: Time) -> Option<Time> {
        let local = self.local(now);
        let days = (0..HORIZON).filter_map(|ahead| local.date().checked_add(ahead.days()).ok());
        days.filter(|day| self.is_day(*day))
            .flat_map(|day| self.openings(day))
            .find(|opening| *opening > now)
    }

    /// All minutes of this day at which it is open, in order.
    fn openings(&self, day: Date) -> impl Iterator<Item = Time> + '_ {
        let hours = (0..24).filter(|hour| self.hour.has(number(*hour)));
        let times = hours.flat_map(|hour| {
            let minutes = (0..60).filter(|minute| self.minute.has(number(*minute)));
            minutes.map(move |minute| (hour, minute))
        });
        times.filter_map(move |(hour, minute)| {
            let zoned = self.zone.to_zoned(day.at(hour, minute, 0, 0)).ok()?;
            Some(Time::from_millis(zoned.timestamp().as_millisecond()))
        })
    }

    fn is_day(&self, day: Date) -> bool {
        let weekday = day.weekday().to_sunday_one_offset();
        self.year.has(day.year().unsigned_abs())
            && self.month.has(number(day.month()))
            && self.day.has(number(day.day()))
            && self.weekday.has(number(weekday))
    }

    fn local(&self, now: Time) -> DateTime {
        let at = Timestamp::from_millisecond(now.millis()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.zone.to_datetime(at)
    }
}

/// The values that one field allows, as ranges with steps.
#[derive(Debug)]
struct Field(Vec<(u16, u16, u16)>);

impl Field {
    fn parse(
        text: &str,
        name: &'static str,
        least: u16,
        most: u16,
        names: &[&str],
    ) -> Result<Self, CronError> {
        let range = |part: &str| {
            let wrong = || CronError::Field(part.to_owned(), name, least, most);
            let (span, step) = match part.split_once('/') {
                Some((span, step)) => (span, step.parse().ok().filter(|step| *step > 0)),
                None => (part, Some(1)),
            };
            let step: u16 = step.ok_or_else(wrong)?;
            let value = |text: &str| value(text, least, most, names);
            let (from, to) = match span.split_once('-') {
                _ if span == "*" || span == "?" => (least, most),
                Some((from, to)) => (value(from).ok_or_else(wrong)?, value(to).ok_or_else(wrong)?),
                None => {
                    let from = value(span).ok_or_else(wrong)?;
                    // A value with a step goes on to the end of the field.
                    (from, if part.contains('/') { most } else { from })
                }
            };
            if from <= to {
                Ok(vec![(from, to, step)])
            } else {
                Ok(vec![(from, most, step), (least, to, step)])
            }
        };
        let ranges: Result<Vec<Vec<_>>, CronError> = text.split(',').map(range).collect();
        Ok(Self(ranges?.concat()))
    }

    fn has(&self, value: u16) -> bool {
        let allows = |&(from, to, step): &(u16, u16, u16)| {
            (from..=to).contains(&value) && (value - from).is_multiple_of(step)
        };
        self.0.iter().any(allows)
    }
}

fn value(text: &str, least: u16, most: u16, names: &[&str]) -> Option<u16> {
    let named = names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(text));
    let named = named
        .and_then(|at| u16::try_from(at).ok())
        .map(|at| least + at);
    let value = named.or_else(|| text.parse().ok())?;
    (least..=most).contains(&value).then_some(value)
}

/// An IANA name, `UTC`, or an offset: `+02:00`, `UTC+2`.
fn time_zone(text: &str) -> Result<TimeZone, CronError> {
    let wrong = || CronError::Zone(text.to_owned());
    let offset = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"))
        .unwrap_or(text);
    if offset.is_empty() || offset == "Z" {
        return Ok(TimeZone::UTC);
    }
    let Some(sign) = offset
        .chars()
        .next()
        .filter(|sign| matches!(sign, '+' | '-'))
    else {
        return TimeZone::get(text).map_err(|_| wrong());
    };
    let (hours, minutes) = offset[1..].split_once(':').unwrap_or((&offset[1..], "0"));
    let hours: i32 = hours.parse().map_err(|_| wrong())?;
    let minutes: i32 = minutes.parse().map_err(|_| wrong())?;
    if hours > 14 || minutes > 59 {
        return Err(wrong());
    }
    let seconds = (hours * 60 + minutes) * 60;
    let seconds = if sign == '-' { -seconds } else { seconds };
    Offset::from_seconds(seconds)
        .map(TimeZone::fixed)
        .map_err(|_| wrong())
}

fn number(small: i8) -> u16 {
    u16::from(small.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Time {
        let stamp: Timestamp = text.parse().unwrap();
        Time::from_millis(stamp.as_millisecond())
    }

    fn next(cron: &str, zone: &str, now: &str) -> Option<Time> {
        Cron::parse(cron, zone).unwrap().next(at(now))
    }

    /// Witness: contract §5.8, DeploymentWindow; days of the week begin with Sunday.
    #[test]
    fn a_window_is_open_in_the_minutes_that_its_fields_allow() {
        let working = Cron::parse("* * 9-17 ? * MON-FRI", "UTC").unwrap();
        assert!(working.holds(at("2026-11-27T09:00:30Z")), "a Friday");
        assert!(!working.holds(at("2026-11-27T18:00:00Z")));
        assert!(!working.holds(at("2026-11-28T09:00:00Z")), "a Saturday");
        let by_number = Cron::parse("0 0/15 * ? * 6 2026", "UTC").unwrap();
        assert!(by_number.holds(at("2026-11-27T10:45:00Z")));
        assert!(!by_number.holds(at("2026-11-27T10:50:00Z")));
    }

    #[test]
    fn the_next_opening_is_found_across_days_years_and_zones() {
        let monday = at("2026-11-30T09:00:00Z");
        assert_eq!(
            next("* * 9-17 ? * MON-FRI", "UTC", "2026-11-28T12:00:00Z"),
            Some(monday)
        );
        let leap = at("2028-02-29T00:00:00Z");
        assert_eq!(
            next("* 0 0 29 2 ?", "UTC", "2026-11-28T12:00:00Z"),
            Some(leap)
        );
        let offset = at("2026-11-28T22:30:00Z");
        assert_eq!(
            next("* 30 0 * * ?", "UTC+2", "2026-11-28T12:00:00Z"),
            Some(offset)
        );
        let named = at("2026-11-28T15:00:00Z");
        assert_eq!(
            next("* 0 0 * * ?", "Asia/Tokyo", "2026-11-28T12:00:00Z"),
            Some(named)
        );
        assert_eq!(
            next("* 0 0 1 1 ? 2026", "UTC", "2026-11-28T12:00:00Z"),
            None
        );
    }

    #[test]
    fn a_range_may_go_round_the_end() {
        let night = Cron::parse("* * 22-4 * * ?", "UTC").unwrap();
        assert!(night.holds(at("2026-11-27T23:00:00Z")));
        assert!(night.holds(at("2026-11-27T04:59:00Z")));
        assert!(!night.holds(at("2026-11-27T05:00:00Z")));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let error = |text: &str, zone: &str| Cron::parse(text, zone).unwrap_err().to_string();
        assert_eq!(
            error("* *", "UTC"),
            "it has 2 fields where six or seven are expected"
        );
        assert_eq!(
            error("* 61 * * * ?", "UTC"),
            "'61' is not a value or range of the field minute, which goes from 0 to 59"
        );
        for text in ["* * * * * *", "* * * ? * ?"] {
            assert_eq!(
                error(text, "UTC"),
                "exactly one of its fields day of month and day of week is to be '?'"
            );
        }
        for text in [
            "* * 1/0 * * ?",
            "* * - * * ?",
            "* * * L * ?",
            "* * * * FOO ?",
            "* * * 1 ? *",
        ] {
            assert!(Cron::parse(text, "UTC").is_err(), "{text}");
        }
        assert!(error("* * * * * ?", "Mars").contains("'Mars'"));
        assert!(error("* * * * * ?", "+99:00").contains("'+99:00'"));
    }
}
