//! What the engine itself puts into a sandbox before the first command: a few small files and directories.
//!
//! A copy into a container costs its engine another process, so the first command brings them along where it can. Invariant: the
//! customer's text runs only when all of it is in place; the last entry is there only when all others are.

use super::archive::tarball::Small;
use super::script::{MAX_ARGUMENT, quote};
use camino::{Utf8Path, Utf8PathBuf};

/// The directory that everything lies in, as a container shows it.
pub const ROOT: &str = "/codebuild";

/// Files and directories below `ROOT`, in the order in which they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning(Vec<Small>);

impl Beginning {
    /// At least one file, at the end: it tells whether all is in place.
    pub fn new(entries: Vec<Small>) -> Self {
        Self(entries)
    }

    pub fn entries(&self) -> &[Small] {
        &self.0
    }

    /// Where the entry is that is written last, as a container shows it.
    pub fn last_path(&self) -> Option<Utf8PathBuf> {
        let last = self.0.last()?;
        Some(Utf8Path::new(ROOT).join(&last.name))
    }

    /// The argument vector that puts everything below `root`, writes the script and runs it. It ends before the script when something
    /// cannot be put in place: files need a shell only, directories a `mkdir`, programs a `chmod`. `None` for contents that no
    /// argument can hold.
    pub fn write_and_run(
        &self,
        shell: Option<&str>,
        root: &Utf8Path,
        script: &Utf8Path,
        text: &str,
    ) -> Option<Vec<String>> {
        let shell = shell.unwrap_or("sh");
        let mut lines = String::from("u=$(umask)\n");
        let mut contents = vec![text.to_owned()];
        let last = self.0.len().saturating_sub(1);
        for (at, entry) in self.0.iter().enumerate() {
            let path = quote(root.join(&entry.name).as_str());
            if at == last {
                lines.push_str(&programs(&self.0[..last], root));
            }
            match entry.name.ends_with('/') {
                true => lines.push_str(&directory(&path)),
                false => {
                    contents.push(String::from_utf8(entry.bytes.clone()).ok()?);
                    lines.push_str(&file(&path, entry.mode, contents.len()));
                }
            }
        }
        let shell_word = quote(shell);
        lines.push_str(&format!(
            r#"umask "$u"; printf %s "$1" >| "$0" && exec {shell_word} "$0""#
        ));
        let fits = |text: &String| text.len() <= MAX_ARGUMENT && !text.contains('\0');
        contents.iter().all(fits).then(|| {
            let words = [shell, "-c", &lines, script.as_str()];
            let words = words.into_iter().map(str::to_owned);
            words.chain(contents).collect()
        })
    }
}

/// A file that a shell writes is no program yet.
fn programs(entries: &[Small], root: &Utf8Path) -> String {
    let files = entries.iter().filter(|entry| !entry.name.ends_with('/'));
    let mut paths = files
        .filter(|entry| entry.mode & 0o111 != 0)
        .map(|entry| quote(root.join(&entry.name).as_str()))
        .peekable();
    match paths.peek() {
        None => String::new(),
        Some(_) => format!(
            "chmod 755 {} || exit 1\n",
            paths.collect::<Vec<_>>().join(" ")
        ),
    }
}

fn directory(path: &str) -> String {
    format!("[ -d {path} ] || {{ umask 022; mkdir -p {path} 2>/dev/null; }} || exit 1\n")
}

/// `number`: of the argument that holds the contents.
fn file(path: &str, mode: u32, number: usize) -> String {
    let hidden = 0o666 & !mode;
    format!("umask {hidden:03o}; printf %s \"${{{number}}}\" >| {path} || exit 1\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Output};

    fn beginning() -> Beginning {
        Beginning::new(vec![
            Small::directory("output/it's here/src"),
            Small::file("output/tmp/script.sh", 0o666, ""),
            Small::file("readonly/program", 0o755, "#!/bin/sh\n"),
            Small::file("readonly/spec.yml", 0o644, "a: '1'\nb: $x \"y\" \\n\n\n"),
            Small::file("output/tmp/dir.txt", 0o666, "/somewhere\n"),
        ])
    }

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            for dir in ["output/tmp", "readonly"] {
                std::fs::create_dir_all(folder.path().join(dir)).unwrap();
            }
            Self(folder)
        }

        fn root(&self) -> &Utf8Path {
            Utf8Path::from_path(self.0.path()).unwrap()
        }

        fn run(&self, shell: &str, path: &str, text: &str) -> Output {
            let script = self.root().join("output/tmp/script.sh");
            let argv = beginning().write_and_run(Some(shell), self.root(), &script, text);
            let argv = argv.unwrap();
            let output = Command::new(&argv[0])
                .args(&argv[1..])
                .env_clear()
                .env("PATH", path)
                .output();
            output.unwrap()
        }
    }

    fn shells() -> Vec<String> {
        let there = |shell: &String| Command::new(shell).arg("-c").arg(":").output().is_ok();
        let shells = ["/bin/sh", "/bin/bash", "/bin/dash"].map(str::to_owned);
        shells.into_iter().filter(there).collect()
    }

    // Witness: our reading; the modes are those of a copy, whatever the shell's own mask.
    #[test]
    fn the_first_command_finds_everything_and_its_own_mask() {
        for shell in shells() {
            let place = Place::new();
            let output = place.run(&shell, "/usr/bin:/bin", "umask; cat readonly/none; exit 7");
            let bare = Command::new(&shell).args(["-c", "umask"]).output().unwrap();
            assert_eq!(output.stdout, bare.stdout, "{shell}");
            assert_eq!(output.status.code(), Some(7), "{shell}");
            let at = |name: &str| place.root().join(name);
            assert!(at("output/it's here/src").is_dir());
            for entry in beginning().entries().iter().skip(2) {
                assert_eq!(std::fs::read(at(&entry.name)).unwrap(), entry.bytes);
                let mode = at(&entry.name).metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o777, entry.mode, "{}", entry.name);
            }
        }
    }

    // Witness: our reading; an image need not have more than a shell.
    #[test]
    fn without_a_mkdir_nothing_runs_and_the_last_entry_is_missing() {
        let place = Place::new();
        let output = place.run("/bin/sh", "/nowhere", "echo ran");
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]));
        assert!(output.stderr.is_empty());
        let last = beginning().last_path().unwrap();
        assert_eq!(last, "/codebuild/output/tmp/dir.txt");
        assert!(!place.root().join("output/tmp/dir.txt").exists());
    }

    #[test]
    fn contents_that_no_argument_can_hold_are_left_to_a_copy() {
        let run = |bytes: &[u8], text: &str| {
            let file = Small::file("f", 0o644, bytes);
            Beginning::new(vec![file]).write_and_run(None, "/r".into(), "/s".into(), text)
        };
        assert!(run(b"x", "true").is_some());
        assert_eq!(run(b"\xff", "true"), None);
        assert_eq!(run(b"\0", "true"), None);
        assert_eq!(run(&vec![b'x'; MAX_ARGUMENT + 1], "true"), None);
        assert_eq!(run(b"x", "a\0b"), None);
    }
}
