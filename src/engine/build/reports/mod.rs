//! Reports of builds: the bytes of report files in, test cases and coverage out, and one report made of the files of a group.
//!
//! Pure, and bounded in size, depth and counts: any bytes may come in. XML entities are not expanded, nothing outside a file is
//! read. What a file may look like was learned from the tools that write it.
//!
//! Source: contract, codebuild section 10.

mod cases;
mod clover;
mod cobertura;
mod coverage;
mod cucumber;
pub mod discover;
mod encoding;
mod format;
mod group;
mod jacoco;
mod json;
mod junit;
mod numbers;
mod nunit;
mod nunit3;
mod parse;
mod report;
mod simplecov;
mod testng;
mod trx;
mod xml;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;

pub use cases::{Case, CaseStatus};
pub use coverage::{Counts, Covered};
pub use format::{Format, Kind};
pub use group::{Export, Group, GroupRefused, Wanted, group_name, missing, unfinished};
pub use parse::{Findings, MAX_BYTES, ReportError, parse};
pub use report::{Report, ReportStatus, Summary};
