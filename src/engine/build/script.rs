//! The scripts that make separate commands look like one shell.
//!
//! Each item of a buildspec becomes the file `script.sh` with the customer's text from line 4 on. The lines before restore the
//! directory and the exported variables that the item before it left; the lines after save them. Only builtins of a POSIX shell
//! are used: an image need not have more.

use super::helpers;
use camino::{Utf8Path, Utf8PathBuf};

/// Where scripts and the saved state lie, as the commands see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// `/codebuild/output/tmp`.
    pub tmp: Utf8PathBuf,
    /// The directory that each command of version 0.1 begins in.
    pub src: Utf8PathBuf,
    /// Where the engine's own programs lie.
    pub programs: Utf8PathBuf,
}

pub const SCRIPT: &str = "script.sh";
pub const SAVED_ENV: &str = "env.sh";
pub const SAVED_DIR: &str = "dir.txt";

impl Places {
    pub fn script(&self) -> Utf8PathBuf {
        self.tmp.join(SCRIPT)
    }

    fn quoted(&self, file: &str) -> String {
        quote(self.tmp.join(file).as_str())
    }

    /// Lines 1 and 2: an item whose directory is gone must not run elsewhere.
    fn restore(&self) -> String {
        let dir = self.quoted(SAVED_DIR);
        let env = self.quoted(SAVED_ENV);
        format!(
            "cd \"$(IFS= read -r dir < {dir}; printf %s \"$dir\")\" || exit 1\nset -a; . {env}; {}\n",
            helpers::path(&self.programs)
        )
    }

    /// One item of a version 0.2 buildspec.
    pub fn item(&self, text: &str, succeeding: bool) -> String {
        let restore = self.restore();
        let dir = self.quoted(SAVED_DIR);
        let env = self.quoted(SAVED_ENV);
        let flag = u8::from(succeeding);
        format!(
            "{restore}CODEBUILD_BUILD_SUCCEEDING={flag}\n{text}\nCODEBUILD_LAST_EXIT=$?\nexport -p >| {env}\npwd >| {dir}\nexit $CODEBUILD_LAST_EXIT\n"
        )
    }

    /// One item of a version 0.1 buildspec: nothing comes in, nothing is kept.
    pub fn single(&self, text: &str, succeeding: bool) -> String {
        let dir = quote(self.src.as_str());
        let flag = u8::from(succeeding);
        let path = helpers::path(&self.programs);
        format!("cd {dir} || exit 1\nset -a; {path}\nCODEBUILD_BUILD_SUCCEEDING={flag}\n{text}\n")
    }

    /// The argument vector of a shell for a person, with directory and variables as the next item would find them.
    pub fn interactive(&self, shell: &str) -> Vec<String> {
        let restore = self.restore();
        let word = quote(shell);
        let script = format!("{restore}set +a\nexec {word} -i\n");
        ["sh", "-c", &script].map(str::to_owned).to_vec()
    }

    /// Prints each of these variables: `x` and its value, or nothing when it is unset, each followed by a NUL.
    pub fn print_variables(&self, names: &[String]) -> String {
        let mut script = self.restore();
        for name in names {
            script.push_str(&format!("printf '%s\\0' \"${{{name}+x${name}}}\"\n"));
        }
        script
    }

    /// Expands `$…` and `` `…` `` in each text as the last command's shell would and prints it, followed by a NUL.
    /// Complaints of the texts are not heard. `mark` must not be a line of any text.
    pub fn expand(&self, texts: &[String], mark: &str, succeeding: bool) -> String {
        let flag = u8::from(succeeding);
        let mut script = format!(
            "exec 2>/dev/null\n{}CODEBUILD_BUILD_SUCCEEDING={flag}\n",
            self.restore()
        );
        for text in texts {
            let line = text.replace(['\n', '\r'], " ");
            script.push_str(&format!(
                "IFS= read -r text <<{mark}\n{line}\n{mark}\nprintf '%s\\0' \"$text\"\n"
            ));
        }
        script
    }
}

/// Whether a shell would change the text.
pub fn needs_expansion(text: &str) -> bool {
    text.contains(['$', '`'])
}

/// The values that `print_variables` or `expand` printed.
pub fn printed(output: &[u8]) -> Vec<String> {
    let mut values: Vec<String> = output
        .split(|byte| *byte == 0)
        .map(|value| String::from_utf8_lossy(value).into_owned())
        .collect();
    values.pop();
    values
}

/// The text as one word of a shell.
pub fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The argument vector that runs a script which is there.
pub fn argv(shell: Option<&str>, script: &Utf8Path) -> Vec<String> {
    vec![shell.unwrap_or("sh").to_owned(), script.to_string()]
}

/// Longest text that is sure to fit into one argument.
pub const MAX_ARGUMENT: usize = 100 * 1024;

/// The argument vector that writes the script and then runs it: one command in place of a copy and a command. `None` for a text
/// that no argument can hold.
pub fn write_and_run(shell: Option<&str>, script: &Utf8Path, text: &str) -> Option<Vec<String>> {
    if text.len() > MAX_ARGUMENT || text.contains('\0') {
        return None;
    }
    let shell = shell.unwrap_or("sh");
    let write = format!(r#"printf %s "$1" >| "$0" && exec {} "$0""#, quote(shell));
    let words = [shell, "-c", &write, script.as_str(), text];
    Some(words.map(str::to_owned).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Output};

    /// A folder where scripts run as they would in a sandbox.
    struct Shell {
        folder: tempfile::TempDir,
        places: Places,
    }

    impl Shell {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
            let places = Places {
                tmp: root.join("tm'p"),
                src: root.join("s rc"),
                programs: root.join("pro'grams"),
            };
            std::fs::create_dir(&places.tmp).unwrap();
            std::fs::create_dir_all(places.src.join("sub")).unwrap();
            std::fs::write(places.tmp.join(SAVED_ENV), "").unwrap();
            std::fs::write(places.tmp.join(SAVED_DIR), format!("{}\n", places.src)).unwrap();
            Self { folder, places }
        }

        fn run(&self, shell: &str, script: &str) -> Output {
            let argv = write_and_run(Some(shell), &self.places.script(), script).unwrap();
            Command::new(&argv[0])
                .args(&argv[1..])
                .env_clear()
                .env("PATH", "/usr/bin:/bin")
                .current_dir(self.folder.path())
                .output()
                .unwrap()
        }

        /// Output and exit status of one item.
        fn item(&self, shell: &str, text: &str) -> (String, i32) {
            let output = self.run(shell, &self.places.item(text, true));
            let text = [output.stdout, output.stderr].concat();
            (
                String::from_utf8(text).unwrap(),
                output.status.code().unwrap(),
            )
        }
    }

    fn shells() -> Vec<&'static str> {
        let there = |shell: &&str| {
            let found = Command::new(shell).arg("-c").arg(":").output();
            found.is_ok_and(|output| output.status.success())
        };
        ["sh", "bash", "dash"].into_iter().filter(there).collect()
    }

    fn in_every_shell(test: impl Fn(&Shell, &dyn Fn(&str) -> (String, i32), &str)) {
        assert!(shells().contains(&"sh"));
        for shell in shells() {
            let place = Shell::new();
            test(&place, &|text| place.item(shell, text), shell);
        }
    }

    // Witness: behaviour contract 5.4, 14.1.
    #[test]
    fn directory_and_variables_reach_the_next_item() {
        in_every_shell(|place, item, _| {
            assert_eq!(item("cd sub"), (String::new(), 0));
            assert_eq!(item("pwd").0, format!("{}/sub\n", place.places.src));
            item("export A=1\nB='two words'; C=\"it's \\\"x\\\" \\$y\"");
            assert_eq!(
                item("sh -c 'echo \"$A $B $C\"'").0,
                "1 two words it's \"x\" $y\n"
            );
            item("D='first\nsecond\n'");
            assert_eq!(item("printf %s \"$D\"").0, "first\nsecond\n");
        });
    }

    // Witness: behaviour contract 5.4, 14.2.
    #[test]
    fn only_the_last_status_of_an_item_counts() {
        in_every_shell(|_, item, _| {
            assert_eq!(item("false; true").1, 0);
            assert_eq!(item("true\nfalse\ntrue\n").1, 0);
            assert_eq!(item("true\nfalse\n").1, 1);
            assert_eq!(item("exit 3").1, 3);
            assert_eq!(item("(exit 7)").1, 7);
            assert_eq!(item("echo $CODEBUILD_LAST_EXIT").0, "7\n");
        });
    }

    // Witness: behaviour contract 5.4: the bookkeeping runs for failing items too, but not after `exit`.
    #[test]
    fn a_failing_item_leaves_its_state_and_an_exiting_one_does_not() {
        in_every_shell(|_, item, _| {
            item("A=kept; cd sub; false");
            assert_eq!(item("echo $A ${PWD##*/}").0, "kept sub\n");
            item("A=lost; exit 1");
            assert_eq!(item("echo $A").0, "kept\n");
            item("set -e; A=lost; false; A=never");
            assert_eq!(item("echo $A").0, "kept\n");
        });
    }

    // Witness: behaviour contract section 0 and 5.4, 14.3.
    #[test]
    fn functions_and_options_do_not_reach_the_next_item() {
        in_every_shell(|_, item, _| {
            item("f() { echo f; }; set -e -u -f -C; umask 077");
            assert_ne!(item("f").1, 0);
            assert_eq!(
                item("false; echo $NOT_SET *ub on; umask").0.lines().next(),
                Some("sub on")
            );
            assert_eq!(item("umask").0, item("umask").0);
        });
    }

    // Witness: behaviour contract 5.4.
    #[test]
    fn the_text_begins_in_line_four() {
        in_every_shell(|_, item, _| {
            let (said, status) = item("no-such-command");
            assert_eq!(status, 127);
            assert!(
                said.contains("script.sh: line 4: ") || said.contains("script.sh: 4: "),
                "{said}"
            );
        });
    }

    #[test]
    fn an_item_whose_directory_is_gone_does_not_run_elsewhere() {
        in_every_shell(|place, item, _| {
            item("cd sub");
            std::fs::remove_dir(place.places.src.join("sub")).unwrap();
            let (said, status) = item("echo ran");
            assert_ne!(status, 0);
            assert!(!said.contains("ran"), "{said}");
        });
    }

    #[test]
    fn texts_that_no_argument_can_hold_are_copied() {
        let script = Utf8Path::new("/s");
        assert!(write_and_run(None, script, &"x".repeat(MAX_ARGUMENT)).is_some());
        assert_eq!(
            write_and_run(None, script, &"x".repeat(MAX_ARGUMENT + 1)),
            None
        );
        assert_eq!(write_and_run(None, script, "a\0b"), None);
        assert_eq!(argv(Some("bash"), script), ["bash", "/s"]);
    }

    // Witness: behaviour contract section 6.
    #[test]
    fn a_failed_phase_is_seen_by_later_items() {
        let place = Shell::new();
        for (succeeding, seen) in [(true, "1\n"), (false, "0\n"), (false, "0\n")] {
            let script = place
                .places
                .item("sh -c 'echo $CODEBUILD_BUILD_SUCCEEDING'", succeeding);
            assert_eq!(place.run("sh", &script).stdout, seen.as_bytes());
        }
    }

    // Witness: behaviour contract 5.3.
    #[test]
    fn nothing_survives_in_version_0_1() {
        let place = Shell::new();
        let run = |text: &str| place.run("sh", &place.places.single(text, true));
        run("cd sub; export A=1");
        let expected = format!("{}[]\n", place.places.src);
        assert_eq!(run("echo $(pwd)[$A]").stdout, expected.as_bytes());
        assert_eq!(run("exit 9").status.code(), Some(9));
        let said = run("no-such-command").stderr;
        assert!(String::from_utf8_lossy(&said).contains('4'), "line 4");
    }

    #[test]
    fn exported_values_are_read_back_whole() {
        in_every_shell(|place, item, shell| {
            item("A='x\ny\n'; B=; unset C");
            let names = ["A", "B", "C"].map(str::to_owned);
            let output = place.run(shell, &place.places.print_variables(&names));
            assert_eq!(printed(&output.stdout), ["xx\ny\n", "x", ""]);
        });
    }

    // Witness: behaviour contract 5.5: names are evaluated by a shell.
    #[test]
    fn texts_are_expanded_as_a_shell_would() {
        in_every_shell(|place, item, shell| {
            item("N=7");
            let texts = [
                "app-$N",
                "a'b\"c *",
                "$(echo \"$N\" | sed s/7/8/)",
                "`pwd`",
                "$(nope)x",
                "a\\b",
            ]
            .map(str::to_owned);
            let output = place.run(shell, &place.places.expand(&texts, "END-of-it", true));
            let here = place.places.src.as_str();
            assert_eq!(
                printed(&output.stdout),
                ["app-7", "a'b\"c *", "8", here, "x", "a\\b"]
            );
            assert!(output.stderr.is_empty());
        });
    }
}
