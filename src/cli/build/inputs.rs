//! Variables and secrets that the command line and its files bring.
//!
//! Invariant: one name has one value; a value is never part of a complaint.

use anyhow::{Context, bail};
use camino::Utf8PathBuf;
use std::collections::BTreeMap;

/// Bytes of a secret, as Secrets Manager has it.
const LONGEST_SECRET: usize = 65_536;

/// What the build gets, by name.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Given {
    pub variables: BTreeMap<String, String>,
    pub secrets: BTreeMap<String, String>,
}

impl Given {
    /// Reads files of variables in their order, then single variables, then secrets.
    pub fn read(
        variables: &[(String, String)],
        files: &[Utf8PathBuf],
        secrets: &[(String, String)],
    ) -> anyhow::Result<Self> {
        let mut given = Self::default();
        for file in files {
            let text = std::fs::read_to_string(file);
            let text = text.with_context(|| format!("cannot read {file}"))?;
            let lines = lines(&text)
                .map_err(|line| anyhow::anyhow!("{file}, line {line}: expected NAME=VALUE"))?;
            given.variables.extend(lines);
        }
        given.variables.extend(variables.iter().cloned());
        for (name, file) in secrets {
            let value = secret(name, file)?;
            if given.variables.contains_key(name) {
                bail!("{name} is given as a variable and as a secret");
            }
            if given.secrets.insert(name.clone(), value).is_some() {
                bail!("the secret {name} is given twice");
            }
        }
        Ok(given)
    }
}

/// Pairs of a file, or the number of the line that is none.
fn lines(text: &str) -> Result<Vec<(String, String)>, usize> {
    let lines = text.lines().enumerate();
    let told = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    told.map(|(at, line)| variable(line).map_err(|_| at + 1))
        .collect()
}

/// The text of a file without the line break at its end, which editors write and nobody means.
fn secret(name: &str, file: &str) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file);
    let text = text.with_context(|| format!("cannot read the secret {name} in {file}"))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() || text.len() > LONGEST_SECRET {
        bail!(
            "the secret {name} in {file} has {} bytes; expected 1 to {LONGEST_SECRET}",
            text.len()
        );
    }
    Ok(text.to_owned())
}

/// `NAME=VALUE` as clap wants it.
pub fn variable(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = pair.ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `NAME=FILE`.
pub fn assignment(text: &str) -> Result<(String, String), String> {
    let pair = variable(text).ok().filter(|(_, file)| !file.is_empty());
    pair.ok_or_else(|| "expected NAME=FILE".to_owned())
}

/// Whether the build can have a variable of this name.
pub fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let head = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    head && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(text: &str) -> (tempfile::TempDir, Utf8PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(folder.path().join("file")).unwrap();
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    // Witness: behaviour contract 12.7, `-e env file (no quote handling)`; the rest is our reading.
    #[test]
    fn the_last_word_on_a_variable_is_the_flag_s() {
        let (_keep, path) = file("# about\nA=1\n\nB=\"two words\"\nC==\nA=2\n");
        let given = Given::read(&[pair("C", "flag")], &[path], &[]).unwrap();
        let expected = [
            pair("A", "2"),
            pair("B", "\"two words\""),
            pair("C", "flag"),
        ];
        assert_eq!(given.variables, expected.into());
    }

    #[test]
    fn a_line_that_is_no_variable_is_named_without_its_text() {
        let (_keep, path) = file("A=1\nhidden\n");
        let error = Given::read(&[], std::slice::from_ref(&path), &[]);
        let said = error.err().unwrap().to_string();
        assert_eq!(said, format!("{path}, line 2: expected NAME=VALUE"));
    }

    #[test]
    fn a_secret_is_its_file_without_the_last_line_break() {
        for (text, value) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\nb", "a\nb"),
            ("a\n\n", "a\n"),
        ] {
            let (_keep, path) = file(text);
            let given = Given::read(&[], &[], &[pair("S", path.as_str())]).unwrap();
            assert_eq!(given.secrets["S"], value);
        }
        for text in ["", "\n", &"x".repeat(LONGEST_SECRET + 1)] {
            let (_keep, path) = file(text);
            assert!(Given::read(&[], &[], &[pair("S", path.as_str())]).is_err());
        }
    }

    #[test]
    fn a_name_has_one_value() {
        let (_keep, path) = file("x");
        let secret = pair("S", path.as_str());
        assert!(Given::read(&[pair("S", "y")], &[], std::slice::from_ref(&secret)).is_err());
        assert!(Given::read(&[], &[], &[secret.clone(), secret]).is_err());
        assert_eq!(assignment("S="), Err("expected NAME=FILE".to_owned()));
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(text in "(?s).{0,80}") {
            let _ = lines(&text);
        }
    }
}
