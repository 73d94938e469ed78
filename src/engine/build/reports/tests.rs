//! Fixtures of every format as transcripts, reports made of findings, and bytes that are no reports.

use super::cases::MOST_CASES;
use super::*;
use crate::aws::Time;
use expect_test::{Expect, expect};
use proptest::prelude::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/reports/",
            $name
        ))
    };
}

const FIXTURES: [(Format, &[u8]); 10] = [
    (Format::Clover, fixture!("clover.xml")),
    (Format::Cobertura, fixture!("cobertura.xml")),
    (Format::Cucumber, fixture!("cucumber.json")),
    (Format::Jacoco, fixture!("jacoco.xml")),
    (Format::Junit, fixture!("junit.xml")),
    (Format::Nunit3, fixture!("nunit3.xml")),
    (Format::Nunit, fixture!("nunit.xml")),
    (Format::Simplecov, fixture!("resultset.json")),
    (Format::Testng, fixture!("testng.xml")),
    (Format::Trx, fixture!("results.trx")),
];

/// One line for each case or file, and what the whole came to.
fn transcript(found: &Findings) -> String {
    let mut text = String::new();
    for case in &found.cases {
        let suite = case.suite.as_deref().unwrap_or("-");
        let status = case.status.as_str();
        text += &format!(
            "{status} {} | {} | {suite} | {} ns",
            case.prefix, case.name, case.nanos
        );
        if !case.message.is_empty() {
            text += &format!(" | {:?}", case.message);
        }
        text += "\n";
    }
    for file in &found.covered {
        let (lines, branches) = (file.lines, file.branches);
        text += &format!(
            "{} | lines {}/{} {}% | branches {}/{} {}%\n",
            file.path,
            lines.covered,
            lines.covered + lines.missed,
            lines.percent(),
            branches.covered,
            branches.covered + branches.missed,
            branches.percent(),
        );
    }
    text + &format!("in all {} ns", found.nanos)
}

fn check(format: Format, expected: Expect) {
    let (_, bytes) = FIXTURES.iter().find(|(of, _)| *of == format).unwrap();
    expected.assert_eq(&transcript(&parse(format, bytes).unwrap()));
}

// Witness: contract, codebuild section 10.3, for all tests; durations of whole files included.
#[test]
fn junit_files_are_read() {
    check(
        Format::Junit,
        expect![[r#"
            SUCCEEDED com.example.CartTest | adds | com.example.CartTest | 1000000 ns
            FAILED com.example.CartTest | removes <one> | com.example.CartTest | 250000000 ns | "expected 1 & got 2\nat CartTest.java:12"
            ERROR com.example.CartTest | explodes | com.example.CartTest | 0 ns | "java.lang.NullPointerException\n\tat Cart.java:3"
            SKIPPED nested | later | nested | 0 ns | "not today"
            SUCCEEDED untimed | runs | untimed | 2000000000 ns
            in all 1002500000000 ns"#]],
    );
}

#[test]
fn nunit_2_files_are_read() {
    check(
        Format::Nunit,
        expect![[r#"
            SUCCEEDED Shop.Tests.CartTests | Shop.Tests.CartTests.Adds | CartTests | 16000000 ns
            FAILED Shop.Tests.CartTests | Shop.Tests.CartTests.Sums(1.5,2) | CartTests | 2000000 ns | "Expected: 3.5\nat Shop.Tests.CartTests.Sums\n"
            ERROR Shop.Tests.CartTests | Shop.Tests.CartTests.Breaks | CartTests | 0 ns
            ERROR Shop.Tests.CartTests | Shop.Tests.CartTests.Unready | CartTests | 0 ns | "No arguments were provided\n"
            ERROR Shop.Tests.CartTests | Shop.Tests.CartTests.Unsure | CartTests | 0 ns
            SKIPPED Shop.Tests.CartTests | Shop.Tests.CartTests.Left | CartTests | 0 ns
            SUCCEEDED Shop.Tests.CartTests | Shop.Tests.CartTests.Old | CartTests | 0 ns
            SKIPPED CartTests | alone | CartTests | 0 ns
            in all 94000000 ns"#]],
    );
}

#[test]
fn nunit_3_files_are_read() {
    check(
        Format::Nunit3,
        expect![[r#"
            SUCCEEDED Shop.CartTests | Shop.CartTests.Adds | CartTests | 500000000 ns
            FAILED Shop.CartTests | Shop.CartTests.Sums | CartTests | 0 ns | "Expected: 3\nat Sums\n"
            ERROR Shop.CartTests | Shop.CartTests.Breaks | CartTests | 0 ns
            SKIPPED Shop.CartTests | Shop.CartTests.Left | CartTests | 0 ns | "later\n"
            ERROR CartTests | Unsure | CartTests | 0 ns
            in all 1250000000 ns"#]],
    );
}

#[test]
fn testng_files_are_read() {
    check(
        Format::Testng,
        expect![[r#"
            SUCCEEDED com.example.CartTest | adds | Regression | 7000000 ns
            FAILED com.example.CartTest | removes | Regression | 2000000 ns | "expected [1] but found [2]\njava.lang.AssertionError\n\tat CartTest.removes"
            SKIPPED com.example.CartTest | later() | Regression | 0 ns
            in all 42000000 ns"#]],
    );
}

#[test]
fn cucumber_files_are_read() {
    check(
        Format::Cucumber,
        expect![[r#"
            SUCCEEDED Cart | adds | Cart | 1006 ns
            FAILED Cart | removes | Cart | 20 ns | "expected 1"
            UNKNOWN Cart | unknown | Cart | 0 ns
            SKIPPED Cart | later | Cart | 0 ns
            UNKNOWN Cart | says nothing | Cart | 0 ns
            in all 1026 ns"#]],
    );
}

#[test]
fn visual_studio_files_are_read() {
    check(
        Format::Trx,
        expect![[r#"
            SUCCEEDED Shop.CartTests | Adds | - | 1234500 ns
            FAILED Shop.CartTests | Removes | - | 60000000000 ns | "Assert failed\nat Removes"
            ERROR Shop.CartTests | Hangs | - | 0 ns
            SKIPPED Shop.CartTests | Left | - | 0 ns
            SUCCEEDED  | Rows (1) | - | 0 ns
            UNKNOWN  | Rows (2) | - | 0 ns
            in all 60001234500 ns"#]],
    );
}

// Witness: contract, codebuild section 10.4, for all coverage; percentages are cut off, not rounded.
#[test]
fn clover_files_are_read() {
    check(
        Format::Clover,
        expect![[r#"
            /repo/src/cart.js | lines 2/3 66.66% | branches 1/2 50%
            sums.php | lines 1/4 25% | branches 2/2 100%
            in all 0 ns"#]],
    );
}

#[test]
fn cobertura_files_are_read() {
    check(
        Format::Cobertura,
        expect![[r#"
            shop/cart.py | lines 3/4 75% | branches 1/2 50%
            shop/empty.py | lines 0/0 0% | branches 0/0 0%
            in all 0 ns"#]],
    );
}

#[test]
fn jacoco_files_are_read() {
    check(
        Format::Jacoco,
        expect![[r#"
            com/example/Cart.java | lines 10/11 90.9% | branches 3/4 75%
            com/example/Item.java | lines 5/6 83.33% | branches 0/0 0%
            in all 0 ns"#]],
    );
}

#[test]
fn simplecov_files_are_read() {
    check(
        Format::Simplecov,
        expect![[r#"
            /app/cart.rb | lines 3/3 100% | branches 1/2 50%
            /app/old.rb | lines 1/2 50% | branches 0/0 0%
            in all 0 ns"#]],
    );
}

fn refused(format: Format, bytes: impl AsRef<[u8]>) -> String {
    parse(format, bytes.as_ref()).unwrap_err().to_string()
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let wrong: [(Format, &[u8], &str); 9] = [
        (Format::Junit, b"", "the file holds no element at line 1"),
        (
            Format::Junit,
            b"no XML at all",
            "there is text outside of all elements at line 1",
        ),
        (
            Format::Junit,
            b"<html>\n</html>",
            "expected the element testsuites or testsuite, found html at line 1",
        ),
        (
            Format::Junit,
            b"<testsuite>\n\xff</testsuite>",
            "the file is not valid UTF-8 at line 2",
        ),
        (
            Format::Junit,
            b"<?xml version='1.0' encoding='klingon'?><testsuite/>",
            "the encoding \"klingon\" is not known at line 1",
        ),
        (
            Format::Nunit,
            b"<test-results/>\n<test-results/>",
            "the file has a second root element at line 2",
        ),
        (
            Format::Cucumber,
            b"[\n{,}]",
            "key must be a string at line 2",
        ),
        (
            Format::Cucumber,
            b"[{\"elements\": [{\"steps\": 1}]}]",
            "[0].elements[0].steps: expected a list",
        ),
        (
            Format::Simplecov,
            b"{\"RSpec\": {\"coverage\": {\"a.rb\": 1}}}",
            "RSpec.coverage.a.rb: expected an object",
        ),
    ];
    for (format, bytes, expected) in wrong {
        assert_eq!(refused(format, bytes), expected);
    }
}

// The words are those of the library that reads XML.
#[test]
fn what_is_not_well_formed_is_refused_with_its_line() {
    for (text, line) in [
        ("<testsuite>\n<testcase>\n</testsuite>", 3),
        ("<testsuite>\n<testcase/>\n", 3),
        ("<testsuite>\n<a b=c/></testsuite>", 2),
    ] {
        let said = refused(Format::Junit, text);
        assert!(said.ends_with(&format!(" at line {line}")), "{said}");
    }
}

// Entities could be bombs, or name files of this machine.
#[test]
fn entities_are_never_expanded() {
    let bomb = "<!DOCTYPE t [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]>\n<testsuite name=\"&b;\"/>";
    let file = "<!DOCTYPE t [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><testsuite>&f;</testsuite>";
    for text in [bomb, file] {
        assert_eq!(
            refused(Format::Junit, text),
            "a document type may not declare entities at line 1"
        );
    }
    assert_eq!(
        refused(
            Format::Junit,
            "<testsuite>\n<testcase>&f;</testcase></testsuite>"
        ),
        "the entity f is not known and not expanded at line 2"
    );
    assert!(parse(Format::Junit, b"<testsuite name='&f;'/>").is_err());
}

#[test]
fn size_depth_and_numbers_are_bounded() {
    let deep = "<testsuite>".repeat(200_000);
    assert_eq!(
        refused(Format::Junit, deep),
        "elements are nested more than 100 deep at line 1"
    );
    let many = format!("<testsuite {}/>", "a='' ".repeat(100_000));
    assert_eq!(
        refused(Format::Junit, many),
        "an element has more than 200 attributes at line 1"
    );
    let nested = "[".repeat(1_000_000);
    assert_eq!(
        refused(Format::Cucumber, nested),
        "recursion limit exceeded at line 1"
    );
    let large = vec![b' '; usize::try_from(MAX_BYTES).unwrap() + 1];
    assert_eq!(
        refused(Format::Junit, large),
        "the file is larger than 33554432 bytes"
    );
}

// Witness: contract, codebuild section 10.3: other charsets by XML declaration.
#[test]
fn charsets_follow_the_declaration() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><testsuite name=\"caf\xe9\"><testcase/></testsuite>";
    let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><testsuite name=\"caf\u{e9}\"><testcase/></testsuite>";
    let wide: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [latin.as_slice(), &wide, text.as_bytes()] {
        let found = parse(Format::Junit, bytes).unwrap();
        assert_eq!(found.cases[0].prefix, "caf\u{e9}");
    }
}

fn report(kind: Kind, findings: Findings, whole: bool) -> Report {
    let now = Time::from_millis(1_700_000_000_000);
    Report::new("p-tests", "u".to_owned(), kind, now, findings, whole)
}

fn cases(status: CaseStatus, number: usize) -> Findings {
    let case = Case {
        status,
        name: "n".repeat(2_000),
        message: "\u{e9}".repeat(6_000),
        nanos: 2,
        ..Case::default()
    };
    Findings::of_cases(vec![case; number], None)
}

// Witness: contract, codebuild sections 10.2 and 10.3: 500 cases, failures first; the total counts all.
#[test]
fn of_too_many_cases_failures_stay() {
    let mut found = Findings::default();
    found.add("a.xml", cases(CaseStatus::Succeeded, 600));
    found.add("b.xml", cases(CaseStatus::Failed, 3));
    let report = report(Kind::Test, found, true);
    assert!(report.truncated);
    assert_eq!(report.status, ReportStatus::Failed);
    assert_eq!(report.cases.len(), MOST_CASES);
    let failed = report.cases.iter().filter(|case| case.file == "b.xml");
    assert_eq!(failed.count(), 3);
    let summary = report.tests.unwrap();
    assert_eq!((summary.total, summary.nanos), (603, 1206));
    assert_eq!(summary.counts[&CaseStatus::Succeeded], 600);
    assert_eq!(report.cases[0].name.len(), 1_000);
    assert_eq!(report.cases[0].message.chars().count(), 5_000);
}

// Witness: contract, codebuild section 10.2.
#[test]
fn a_report_fails_with_its_cases_and_is_incomplete_without_its_files() {
    let status = |status, whole| report(Kind::Test, cases(status, 1), whole).status;
    for good in [
        CaseStatus::Succeeded,
        CaseStatus::Skipped,
        CaseStatus::Unknown,
    ] {
        assert_eq!(status(good, true), ReportStatus::Succeeded);
    }
    for bad in [CaseStatus::Failed, CaseStatus::Error] {
        assert_eq!(status(bad, true), ReportStatus::Failed);
        assert_eq!(status(bad, false), ReportStatus::Incomplete);
    }
    let coverage = report(Kind::CodeCoverage, Findings::default(), true);
    assert_eq!(coverage.status, ReportStatus::Succeeded);
    assert_eq!((coverage.tests, coverage.coverage.is_some()), (None, true));
}

// Witness: contract, codebuild section 10.1.
#[test]
fn groups_are_named_after_the_project_or_by_arn() {
    use crate::aws::{Account, Region, Scope};
    let account = Account::parse("000000000000").unwrap();
    let scope = Scope::new(account, Region::parse("us-east-1").unwrap());
    let name = |key: &str| group_name(&scope, "P", key);
    assert_eq!(name("unit"), Ok(("P-unit".to_owned(), false)));
    let arn = "arn:aws:codebuild:us-east-1:000000000000:report-group/shared";
    assert_eq!(name(arn), Ok(("shared".to_owned(), true)));
    for foreign in [
        "arn:aws:codebuild:eu-west-1:000000000000:report-group/shared",
        "arn:aws:codebuild:us-east-1:000000000000:report/shared:u",
        "arn:nonsense",
    ] {
        assert_eq!(
            name(foreign),
            Err(GroupRefused::NotFound(foreign.to_owned()))
        );
    }
}

#[test]
fn formats_have_names_in_any_case() {
    for format in Format::ALL {
        assert_eq!(Format::named(&format.as_str().to_lowercase()), Some(format));
    }
    assert_eq!(Format::named("XML"), None);
    assert_eq!(Format::default(), Format::Junit);
}

#[test]
fn cut_files_are_refused_or_read_but_never_panic() {
    for (format, bytes) in FIXTURES {
        for end in 0..bytes.len() {
            let _ = parse(format, &bytes[..end]);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_read_but_never_panic(bytes: Vec<u8>) {
        for format in Format::ALL {
            let _ = parse(format, &bytes);
        }
    }

    #[test]
    fn changed_files_are_refused_or_read_but_never_panic(
        which in 0..FIXTURES.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let (_, bytes) = FIXTURES[which];
        let mut bytes = bytes.to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for format in Format::ALL {
            let _ = parse(format, &bytes);
        }
    }

    #[test]
    fn words_of_xml_in_any_order_never_panic(
        words in prop::collection::vec(prop::sample::select(vec![
            "<testsuite", "<testcase", " name='", "'", ">", "/>", "</testsuite>", "</testcase>", "<![CDATA[", "]]>", "<!--",
            "-->", "<!DOCTYPE ", "&#x", "&amp", ";", "<?xml ", "?>", " encoding='utf-16'", "\u{0}", "\u{e9}", "\n",
        ]), 0..40),
    ) {
        let text = words.concat();
        for format in Format::ALL {
            let _ = parse(format, text.as_bytes());
        }
    }

    #[test]
    fn percentages_are_cut_off_and_never_exceed_the_whole(covered: u32, missed: u32) {
        let counts = Counts { covered, missed };
        prop_assert!(counts.hundredths() <= 10_000);
        prop_assert_eq!(counts.hundredths() == 10_000, missed == 0 && covered > 0);
    }
}
