//! The door to the parsers: a format and the bytes of one file in, findings or what is wrong with the file out.

use super::cases::Case;
use super::coverage::Covered;
use super::format::Format;
use super::{clover, cobertura, cucumber, jacoco, junit, nunit, nunit3, simplecov, testng, trx};

/// Larger files are refused.
pub const MAX_BYTES: u64 = 32 << 20;

/// What one file holds: cases of a test report, files of a coverage report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    pub cases: Vec<Case>,
    /// What the file states for all of it; else the sum of its cases.
    pub nanos: u64,
    pub covered: Vec<Covered>,
}

/// What is wrong with a report file, and on which line, if that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", .line.map(|line| format!(" at line {line}")).unwrap_or_default())]
pub struct ReportError {
    pub message: String,
    pub line: Option<usize>,
}

pub type Read<T> = Result<T, ReportError>;

impl ReportError {
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: Some(line),
        }
    }

    pub fn somewhere(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: None,
        }
    }
}

impl Findings {
    /// Of test cases; the duration is theirs unless the file states one.
    pub fn of_cases(cases: Vec<Case>, stated: Option<u64>) -> Self {
        let sum = || {
            cases
                .iter()
                .fold(0u64, |sum, case| sum.saturating_add(case.nanos))
        };
        Self {
            nanos: stated.unwrap_or_else(sum),
            cases,
            covered: Vec::new(),
        }
    }

    pub fn of_files(covered: Vec<Covered>) -> Self {
        Self {
            covered,
            ..Self::default()
        }
    }
}

/// Reads one file. Paths of cases stay empty: the file does not know its own.
pub fn parse(format: Format, bytes: &[u8]) -> Read<Findings> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReportError::somewhere(format!(
            "the file is larger than {MAX_BYTES} bytes"
        )));
    }
    match format {
        Format::Clover => clover::parse(bytes),
        Format::Cobertura => cobertura::parse(bytes),
        Format::Cucumber => cucumber::parse(bytes),
        Format::Jacoco => jacoco::parse(bytes),
        Format::Junit => junit::parse(bytes),
        Format::Nunit3 => nunit3::parse(bytes),
        Format::Nunit => nunit::parse(bytes),
        Format::Simplecov => simplecov::parse(bytes),
        Format::Testng => testng::parse(bytes),
        Format::Trx => trx::parse(bytes),
    }
}
