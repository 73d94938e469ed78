//! Report files that no tool wrote.

use super::{Format, Kind, Report, parse};
use crate::aws::Time;
use crate::fuzz::{fixtures, fuzz};

const WORDS: [&str; 26] = [
    "<testsuite name=\"s\">",
    "</testsuite>",
    "<testcase name=\"a\" time=\"1\"/>",
    "<failure message=\"m\">",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\"?>",
    "<!DOCTYPE a [<!ENTITY e \"x\">]>",
    "&e;",
    "&#0;",
    "&#x10ffff;",
    "&lt;",
    "time=\"-1\"",
    "time=\"1e400\"",
    "duration=\"99:99:99.9999999\"",
    "line-rate=\"2\"",
    "hits=\"18446744073709551616\"",
    "<class filename=\"f\">",
    "<line number=\"1\" hits=\"1\"/>",
    "[null,",
    "\"coverage\":",
    "\"elements\":",
    "encoding=\"UTF-16\"",
    "xmlns:a=\"b\"",
];

const FORMATS: [Format; 10] = [
    Format::Clover,
    Format::Cobertura,
    Format::Cucumber,
    Format::Jacoco,
    Format::Junit,
    Format::Nunit3,
    Format::Nunit,
    Format::Simplecov,
    Format::Testng,
    Format::Trx,
];

// Witness: our reading: any bytes may come in.
#[test]
fn fuzz_reports() {
    fuzz("reports", fixtures("reports"), &WORDS, |bytes| {
        let sum = bytes.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        // Each input as what it seems to be, and as one thing that it is not.
        let formats = [sum, sum / 10].map(|number| FORMATS[number % FORMATS.len()]);
        let outcomes = formats.map(|format| match parse(format, bytes) {
            Ok(found) => {
                let counts = format!(
                    "{format:?} {} {}",
                    found.cases.len().min(3),
                    found.covered.len().min(3)
                );
                let kind: Kind = format.kind();
                let _ = Report::new("g", String::new(), kind, Time::from_millis(0), found, true);
                counts
            }
            Err(error) => format!("{format:?} {error}"),
        });
        outcomes.join(" ")
    });
}
