//! The formats of report files.

use serde::{Deserialize, Serialize};

/// How the files of a group are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    Clover,
    Cobertura,
    Cucumber,
    Jacoco,
    #[default]
    Junit,
    Nunit3,
    Nunit,
    Simplecov,
    Testng,
    Trx,
}

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Test,
    CodeCoverage,
}

impl Format {
    /// In the order of their names.
    pub const ALL: [Format; 10] = [
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

    /// The name in a buildspec.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Clover => "CLOVERXML",
            Format::Cobertura => "COBERTURAXML",
            Format::Cucumber => "CUCUMBERJSON",
            Format::Jacoco => "JACOCOXML",
            Format::Junit => "JUNITXML",
            Format::Nunit3 => "NUNIT3XML",
            Format::Nunit => "NUNITXML",
            Format::Simplecov => "SIMPLECOV",
            Format::Testng => "TESTNGXML",
            Format::Trx => "VISUALSTUDIOTRX",
        }
    }

    /// The format of this name, in any case of letters.
    pub fn named(name: &str) -> Option<Format> {
        let named = |format: &Format| format.as_str().eq_ignore_ascii_case(name);
        Format::ALL.into_iter().find(named)
    }

    pub fn kind(self) -> Kind {
        match self {
            Format::Clover | Format::Cobertura | Format::Jacoco | Format::Simplecov => {
                Kind::CodeCoverage
            }
            _ => Kind::Test,
        }
    }
}

impl Kind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Test => "TEST",
            Kind::CodeCoverage => "CODE_COVERAGE",
        }
    }
}
