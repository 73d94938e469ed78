//! Report files that no buildspec names: how they are looked for, and what their first words say of their format.
//!
//! Pure: a script for the sandbox, and what its answer means. What is not surely a report is none.

use super::format::Format;
use crate::engine::build::artifacts::Pattern;
use crate::engine::build::buildspec::spec::ReportSpec;
use crate::engine::build::script::quote;
use camino::Utf8Path;
use std::collections::BTreeMap;

/// Files that are looked into, at most.
const MOST: usize = 100;

/// Files beyond this are nobody's test results.
const LARGEST_KIB: usize = 20 * 1024;

/// What the first words of a file are, by format. Only some tools write JSON under names that say so.
const MARKS: [(&str, Format); 9] = [
    ("JACOCO//DTD", Format::Jacoco),
    ("<testsuite", Format::Junit),
    ("<test-results", Format::Nunit),
    ("<test-run", Format::Nunit3),
    ("<testng-results", Format::Testng),
    ("<TestRun", Format::Trx),
    ("clover=", Format::Clover),
    ("line-rate=", Format::Cobertura),
    ("\"elements\"", Format::Cucumber),
];

/// Whether the build wants it: `CODEBUILD_CONFIG_AUTO_DISCOVER`.
pub fn is_wanted(env: &[(String, String)]) -> bool {
    value(env, "CODEBUILD_CONFIG_AUTO_DISCOVER")
        .is_none_or(|value| !value.eq_ignore_ascii_case("false"))
}

/// Where to look, from the primary source on: `CODEBUILD_CONFIG_AUTO_DISCOVER_DIR`.
pub fn place(env: &[(String, String)]) -> &str {
    let dir = value(env, "CODEBUILD_CONFIG_AUTO_DISCOVER_DIR");
    dir.filter(|dir| !dir.is_empty()).unwrap_or(".")
}

fn value<'a>(env: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut named = env.iter().filter(|(known, _)| known == name);
    named.next().map(|(_, value)| value.as_str())
}

/// Prints `file:mark` for each file that has one, as one text. `src` is the primary source's directory, `dir` lies in it.
pub fn script(src: &str, dir: &str) -> String {
    let (src, dir) = (quote(src), quote(dir));
    let find = format!(
        "find . \\( -name .git -o -name node_modules -o -name .terraform \\) -prune -o -type f -size -{LARGEST_KIB}k"
    );
    let marks = r#"JACOCO//DTD|<testsuites?[ >]|<test-results[ >]|<test-run[ >]|<testng-results[ >]|<TestRun[ >]|<coverage [^>]*(clover|line-rate)="#;
    format!(
        "exec 2>/dev/null\ncd {src} && cd {dir} || exit 0\nprintf '%s\\0' \"$({{\n\
         {find} \\( -name '*.xml' -o -name '*.trx' \\) -exec grep -HoE -m1 '{marks}' {{}} +\n\
         {find} -name '*cucumber*.json' -exec grep -Ho -m1 '\"elements\"' {{}} +\n\
         {find} -name .resultset.json -exec grep -Ho -m1 '\"coverage\"' {{}} +\n}} | head -n 10000)\"\n"
    )
}

/// Files by format, relative to where it was looked. A file is what its first mark says.
pub fn found(answer: &str) -> BTreeMap<&'static str, (Format, Vec<String>)> {
    let mut files: BTreeMap<&str, Format> = BTreeMap::new();
    for line in answer.lines() {
        let Some((file, format)) = read(line) else {
            continue;
        };
        if files.len() < MOST || files.contains_key(file) {
            files.entry(file).or_insert(format);
        }
    }
    let mut by_format = BTreeMap::new();
    for (file, format) in files {
        let (_, list) = by_format
            .entry(format.as_str())
            .or_insert((format, Vec::new()));
        list.push(file.to_owned());
    }
    by_format
}

/// A name that a shell would change is left alone.
fn read(line: &str) -> Option<(&str, Format)> {
    let at = line
        .rfind(":<")
        .or_else(|| line.rfind(":\""))
        .or_else(|| line.rfind(":JACOCO"))?;
    let (file, mark) = (
        line[..at].strip_prefix("./").unwrap_or(&line[..at]),
        &line[at + 1..],
    );
    let simplecov = (mark == "\"coverage\"").then_some(Format::Simplecov);
    let mut known = MARKS.iter().filter(|(begin, _)| mark.contains(begin));
    let format = simplecov.or_else(|| known.next().map(|(_, format)| *format))?;
    (!file.is_empty() && !file.contains(['$', '`'])).then_some((file, format))
}

/// A group of files as a buildspec would name it; those that a group of the buildspec takes are left to it. `base`: where it was
/// looked, `src`: the primary source.
pub fn group(
    format: Format,
    files: Vec<String>,
    base: &str,
    src: &Utf8Path,
    named: &[ReportSpec],
) -> Option<ReportSpec> {
    let free = |file: &String| {
        !named
            .iter()
            .any(|spec| takes(spec, src, &src.join(base).join(file)))
    };
    let files: Vec<String> = files
        .into_iter()
        .filter(free)
        .map(|file| literal(&file))
        .collect();
    (!files.is_empty()).then(|| ReportSpec {
        group: format!("{}-AutoDiscovered", format.as_str()),
        files,
        format,
        base_directory: Some(base.to_owned()).filter(|base| base != "."),
        discard_paths: false,
    })
}

fn takes(spec: &ReportSpec, src: &Utf8Path, file: &Utf8Path) -> bool {
    let file = crate::engine::build::buildspec::locate::normal(file);
    let base = spec.base_directory.as_deref().unwrap_or(".");
    spec.files.iter().any(|pattern| {
        let pattern = Pattern::new(&format!("{base}/{pattern}"), src);
        pattern.is_ok_and(|pattern| pattern.matches(&file))
    })
}

/// A name as a pattern that matches nothing else.
fn literal(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if "*?[]{}\\".contains(letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use proptest::prelude::*;

    fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    // Witness: behaviour contract 10.1, auto-discovery: on by default, `false` switches it off, a directory of one's own.
    #[test]
    fn it_is_wanted_unless_the_build_says_otherwise() {
        assert!(is_wanted(&[]) && is_wanted(&env(&[("CODEBUILD_CONFIG_AUTO_DISCOVER", "yes")])));
        assert!(!is_wanted(&env(&[(
            "CODEBUILD_CONFIG_AUTO_DISCOVER",
            "False"
        )])));
        assert_eq!(place(&[]), ".");
        assert_eq!(
            place(&env(&[("CODEBUILD_CONFIG_AUTO_DISCOVER_DIR", "out")])),
            "out"
        );
    }

    // Witness: our reading; the files are those of the tests of each format.
    #[test]
    fn every_format_but_those_without_a_sign_is_told_by_its_first_words() {
        let folder = tempfile::tempdir().unwrap();
        let src = folder.path().to_str().unwrap();
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/reports/");
        for name in [
            "clover.xml",
            "cobertura.xml",
            "jacoco.xml",
            "junit.xml",
            "nunit.xml",
            "nunit3.xml",
            "testng.xml",
            "results.trx",
        ] {
            std::fs::copy(format!("{fixtures}{name}"), folder.path().join(name)).unwrap();
        }
        std::fs::create_dir_all(folder.path().join("deep/node_modules")).unwrap();
        std::fs::copy(
            format!("{fixtures}cucumber.json"),
            folder.path().join("deep/my-cucumber.json"),
        )
        .unwrap();
        std::fs::copy(
            format!("{fixtures}resultset.json"),
            folder.path().join("deep/.resultset.json"),
        )
        .unwrap();
        std::fs::copy(
            format!("{fixtures}junit.xml"),
            folder.path().join("deep/node_modules/other.xml"),
        )
        .unwrap();
        std::fs::copy(
            format!("{fixtures}junit.xml"),
            folder.path().join("deep/it's: [1].xml"),
        )
        .unwrap();
        std::fs::write(
            folder.path().join("pom.xml"),
            "<project><report/></project>",
        )
        .unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", &script(src, ".")])
            .output()
            .unwrap();
        let answer = String::from_utf8(output.stdout).unwrap();
        let lines = found(answer.trim_end_matches('\0')).into_iter();
        let lines = lines.map(|(name, (_, files))| format!("{name} {}", files.join(" ")));
        expect![[r#"
            CLOVERXML clover.xml
            COBERTURAXML cobertura.xml
            CUCUMBERJSON deep/my-cucumber.json
            JACOCOXML jacoco.xml
            JUNITXML deep/it's: [1].xml junit.xml
            NUNIT3XML nunit3.xml
            NUNITXML nunit.xml
            SIMPLECOV deep/.resultset.json
            TESTNGXML testng.xml
            VISUALSTUDIOTRX results.trx"#]]
        .assert_eq(&lines.collect::<Vec<_>>().join("\n"));
    }

    // Witness: behaviour contract 10.1: files of explicit groups are not reported twice.
    #[test]
    fn files_that_the_buildspec_names_are_left_to_it() {
        let named = ReportSpec {
            group: "unit".to_owned(),
            files: vec!["**/*.xml".to_owned()],
            format: Format::Junit,
            base_directory: Some("out".to_owned()),
            discard_paths: true,
        };
        let files = || vec!["out/a.xml".to_owned(), "b[1].xml".to_owned()];
        let group = |base: &str| {
            group(
                Format::Junit,
                files(),
                base,
                "/s".into(),
                std::slice::from_ref(&named),
            )
        };
        let found = group(".").unwrap();
        assert_eq!(found.files, ["b\\[1\\].xml"]);
        assert_eq!(
            (found.group.as_str(), found.base_directory),
            ("JUNITXML-AutoDiscovered", None)
        );
        assert_eq!(group("sub").unwrap().files.len(), 2);
    }

    proptest! {
        #[test]
        fn any_answer_is_read(answer in "(?s)([a-z./:\"<\n$]|<testsuite|:\"elements\"){0,60}") {
            for (_, files) in found(&answer).values() {
                prop_assert!(files.iter().all(|file| !file.is_empty() && !file.contains('$')));
            }
        }
    }
}
