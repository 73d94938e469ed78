//! Numbers and durations as report files write them. What is none counts as 0, as the writers of these files are many.

/// A count.
pub fn count(text: Option<&str>) -> u64 {
    let text = text.map_or("", str::trim);
    match text.parse::<i64>() {
        Ok(number) => u64::try_from(number).unwrap_or(0),
        Err(_) => text.parse().unwrap_or(0),
    }
}

/// Decimal seconds in nanoseconds: `0.001`, `1,234.5`, and `0,25` of countries that write so.
pub fn seconds(text: Option<&str>) -> Option<u64> {
    let text = text?.trim();
    let plain = match text.contains('.') {
        true => text.replace(',', ""),
        false => text.replacen(',', ".", 1),
    };
    nanos(plain.parse::<f64>().ok()? * 1e9)
}

/// Milliseconds in nanoseconds.
pub fn millis(text: Option<&str>) -> Option<u64> {
    nanos(text?.trim().parse::<f64>().ok()? * 1e6)
}

/// `hh:mm:ss.fffffff`, perhaps with days before it, in nanoseconds.
pub fn clock(text: Option<&str>) -> Option<u64> {
    let mut parts = text?.trim().rsplitn(3, ':');
    let seconds = self::seconds(parts.next())?;
    let minutes: u64 = parts.next()?.parse().ok()?;
    let hours = parts.next()?;
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let (days, hours): (u64, u64) = (days.parse().ok()?, hours.parse().ok()?);
    let whole = days.checked_mul(24)?.checked_add(hours)?;
    let whole = whole.checked_mul(60)?.checked_add(minutes)?;
    whole.checked_mul(60_000_000_000)?.checked_add(seconds)
}

/// Negative and endless times are none.
fn nanos(nanos: f64) -> Option<u64> {
    // More than a hundred years is no duration of a test.
    (0.0..4e18).contains(&nanos).then(|| nanos.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract, codebuild section 10.3.
    #[test]
    fn durations_are_nanoseconds() {
        assert_eq!(seconds(Some("0.001")), Some(1_000_000));
        assert_eq!(seconds(Some("1,234.5")), Some(1_234_500_000_000));
        assert_eq!(seconds(Some("0,25")), Some(250_000_000));
        for none in ["", "soon", "NaN", "inf", "-1", "1e300"] {
            assert_eq!(seconds(Some(none)), None, "{none}");
        }
        assert_eq!(millis(Some("12")), Some(12_000_000));
        assert_eq!(clock(Some("00:01:02.0000005")), Some(62_000_000_500));
        assert_eq!(clock(Some("1.00:00:00")), Some(86_400_000_000_000));
        assert_eq!(clock(Some("99999999999999999999:0:0")), None);
        assert_eq!(clock(Some("soon")), None);
        assert_eq!(count(Some("-1")), 0);
        assert_eq!(count(Some("18446744073709551615")), u64::MAX);
    }
}
