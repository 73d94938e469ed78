//! The child's whole configuration, as the one file it reads.
//!
//! Invariant: no hook, no helper of the user and no prompt; values are quoted, so that a value is never another setting.

use super::rewrite::Rewrites;
use std::fmt::Write;
use std::path::Path;

pub struct Settings<'a> {
    pub rewrites: &'a Rewrites,
    /// A file of `git credential-store`.
    pub credentials: Option<&'a Path>,
    /// Certificates of hosts are not looked at.
    pub insecure: bool,
    /// A host and a file of certificates that it is trusted by.
    pub trusted: Option<(&'a str, &'a Path)>,
}

/// What never changes. Slow transfers are given up after a minute, so that a host that hangs does not hold a build.
const ALWAYS: &str = "[core]
\thooksPath = /dev/null
\taskPass = \"\"
\tfsmonitor = false
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[maintenance]
\tauto = false
[advice]
\tdetachedHead = false
[safe]
\tdirectory = *
[submodule]
\trecurse = false
[http]
\tlowSpeedLimit = 1
\tlowSpeedTime = 60
";

impl Settings<'_> {
    pub fn text(&self) -> String {
        let mut text = ALWAYS.to_owned();
        if self.insecure {
            text.push_str("\tsslVerify = false\n");
        }
        if let Some((origin, file)) = self.trusted
            && let Some(file) = file.to_str()
        {
            let (origin, file) = (quoted(origin), quoted(file));
            let _ = write!(text, "[http {origin}]\n\tsslCAInfo = {file}\n");
        }
        for rewrite in self.rewrites.iter() {
            let (to, from) = (quoted(&rewrite.replacement), quoted(&rewrite.prefix));
            // Writing to a text cannot fail.
            let _ = write!(text, "[url {to}]\n\tinsteadOf = {from}\n");
        }
        if let Some(file) = self.credentials.and_then(Path::to_str) {
            let file = file.replace('\'', "'\\''");
            let store = quoted(&format!("store --file='{file}'"));
            let _ = write!(text, "[credential]\n\thelper = \"\"\n\thelper = {store}\n");
        }
        text
    }
}

fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars().filter(|letter| !letter.is_control()) {
        if matches!(letter, '"' | '\\') {
            text.push('\\');
        }
        text.push(letter);
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_another_setting() {
        let rewrites = Rewrites::new(vec!["https://h/=/a\"]\\b/".parse().unwrap()]);
        let settings = Settings {
            rewrites: &rewrites,
            credentials: Some(Path::new("/t/c")),
            insecure: true,
            trusted: Some(("https://h/", Path::new("/t/ca"))),
        };
        let text = settings.text();
        assert!(text.contains("\tsslVerify = false\n"), "{text}");
        assert!(
            text.contains("[url \"/a\\\"]\\\\b/\"]\n\tinsteadOf = \"https://h/\"\n"),
            "{text}"
        );
        assert!(
            text.contains("[http \"https://h/\"]\n\tsslCAInfo = \"/t/ca\"\n"),
            "{text}"
        );
        assert!(text.contains("helper = \"store --file='/t/c'\""), "{text}");
    }
}
