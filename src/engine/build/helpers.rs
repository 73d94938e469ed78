//! The small programs that commands of a build find: `codebuild-breakpoint`, `codebuild-resume`, `codebuild-glob-search`,
//! `codebuild-hash-files` and `codebuild-tests-run`.
//!
//! Pure texts for a POSIX shell; they lie beside the buildspec, and the scripts of the commands put their folder into `PATH`.

use super::archive::tarball::Small;
use super::script::quote;
use crate::engine::batch::spec::Shard;
use camino::Utf8Path;

/// Where they lie, as a container shows it.
pub const DIR: &str = "/codebuild/readonly";

const MODE: u32 = 0o755;

/// What they know of their build.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The build was started with a debug session: breakpoints hold it.
    pub debug: bool,
    /// Which part of the tests is this build's; `None`: all of them.
    pub shard: Option<Shard>,
    /// Where they and the scripts' own files lie, as the commands see it.
    pub dir: &'a Utf8Path,
    pub tmp: &'a Utf8Path,
}

/// The programs, below `/codebuild`.
pub fn entries(around: Around<'_>) -> Vec<Small> {
    let program = |name: &str, text: String| Small::file(format!("readonly/{name}"), MODE, text);
    let gate = quote(around.tmp.join("breakpoint").as_str());
    let (breakpoint, resume) = match around.debug {
        true => (
            hold(&gate, around.dir),
            format!("#!/bin/sh\n[ -p {gate} ] && echo >{gate}\n"),
        ),
        false => (NOTHING.to_owned(), NOTHING.to_owned()),
    };
    vec![
        program("codebuild-breakpoint", breakpoint),
        program("codebuild-resume", resume),
        program("codebuild-glob-search", GLOB_SEARCH.to_owned()),
        program("codebuild-hash-files", HASH_FILES.to_owned()),
        program("codebuild-tests-run", tests_run(around.shard)),
    ]
}

/// What is put in front of the programs of an image, or rather behind them.
pub fn path(dir: &Utf8Path) -> String {
    let dir = quote(dir.as_str());
    format!("case :$PATH: in *:{dir}:*) ;; *) PATH=$PATH:{dir};; esac")
}

/// Without a debug session there is nothing to hold and nothing to go on with.
const NOTHING: &str = "#!/bin/sh\nexit 0\n";

fn hold(gate: &str, dir: &Utf8Path) -> String {
    format!(
        "#!/bin/sh\nmkfifo {gate} || exit 1\necho {}\nread -r _ <{gate}\nrm -f {gate}\n",
        quote(&format!(
            "The build is held at codebuild-breakpoint; it goes on when {dir}/codebuild-resume runs where it runs."
        ))
    )
}

/// A star stays in its folder, two go below it.
const GLOB_SEARCH: &str = r#"#!/bin/sh
[ $# -gt 0 ] || { echo "codebuild-glob-search: expected a pattern such as '**/*_test.py'" >&2; exit 2; }
for pattern in "$@"; do
  text=$(printf '%s\n' "${pattern#./}" | sed -e 's/[].^$+(){}|\[]/\\&/g' -e 's|\*\*/|<folders>|g' -e 's|\*\*|<all>|g' \
    -e 's|\*|[^/]*|g' -e 's|?|[^/]|g' -e 's|<folders>|(.*/)?|g' -e 's|<all>|.*|g')
  find . -type f | sed 's|^\./||' | grep -E -e "^$text\$"
done | LC_ALL=C sort -u
"#;

/// The same hash as the engine's own for the key of a cache: of one line for each file, as `sha256sum` prints it.
const HASH_FILES: &str = r#"#!/bin/sh
refuse() { echo "codebuild-hash-files: $1" >&2; exit 2; }
[ $# -gt 0 ] || refuse "expected a pattern such as '**/package-lock.json'"
command -v sha256sum >/dev/null || refuse "the image has no sha256sum"
files=$("${0%/*}/codebuild-glob-search" "$@")
printf '%s\n' "$files" | while IFS= read -r file; do
  [ "$file" ] && sum=$(sha256sum <"$file") && printf '%s  %s\n' "${sum%% *}" "$file"
done | sha256sum | { read -r sum _; printf '%s\n' "$sum"; }
"#;

fn tests_run(shard: Option<Shard>) -> String {
    let Shard { index, of } = shard.unwrap_or(Shard { index: 0, of: 1 });
    format!("#!/bin/sh\nindex={index} of={of}\n{TESTS_RUN}")
}

/// The files are in a variable; a command that does not name it gets them as arguments.
const TESTS_RUN: &str = r#"refuse() { echo "codebuild-tests-run: $1" >&2; exit 2; }
command='' search='' strategy=equal-distribution
while [ $# -gt 0 ]; do
  [ $# -gt 1 ] || refuse "$1 needs a value"
  case $1 in
    --test-command) command=$2;;
    --files-search) search=$2;;
    --sharding-strategy) strategy=$2;;
    *) refuse "expected --test-command, --files-search or --sharding-strategy, found $1";;
  esac
  shift 2
done
[ "$command" ] || refuse "--test-command is needed"
case $strategy in equal-distribution|stability) ;; *) refuse "expected equal-distribution or stability, found $strategy";; esac
case $search in codebuild-glob-search*) search=$(eval "$search");; esac
[ "$search" ] || refuse "--files-search found no files"
set -f
IFS='
'
number=0
set --
for file in $search; do
  at=$((number % of)) number=$((number + 1))
  if [ "$strategy" = stability ]; then
    sum=$(printf %s "$file" | cksum 2>/dev/null) || sum=${#file}
    at=$((${sum%%[!0-9]*} % of))
  fi
  [ "$at" -ne "$index" ] || set -- "$@" "$file"
done
CODEBUILD_CURRENT_SHARD_FILES="$*"
export CODEBUILD_CURRENT_SHARD_FILES
unset IFS
echo "Running $# of $number test files: part $((index + 1)) of $of"
[ $# -gt 0 ] || exit 0
case $command in
  *CODEBUILD_CURRENT_SHARD_FILES*) exec sh -c "$command";;
  *) exec sh -c "$command \"\$@\"" sh "$@";;
esac
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::process::{Command, Output};

    /// A folder with the programs and a few files.
    struct Place(tempfile::TempDir);

    impl Place {
        fn new(debug: bool, shard: Option<Shard>) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(folder.path()).unwrap();
            for dir in ["readonly", "tmp", "src/sub/deep"] {
                std::fs::create_dir_all(root.join(dir)).unwrap();
            }
            for file in [
                "a_test.py",
                "b.py",
                "sub/c_test.py",
                "sub/deep/d_test.py",
                "sub/deep/e (1)_test.py",
            ] {
                std::fs::write(root.join("src").join(file), "").unwrap();
            }
            let around = Around {
                debug,
                shard,
                dir: &root.join("readonly"),
                tmp: &root.join("tmp"),
            };
            for entry in entries(around) {
                let path = root.join(&entry.name);
                std::fs::write(&path, &entry.bytes).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(entry.mode))
                    .unwrap();
            }
            Self(folder)
        }

        fn command(&self, script: &str) -> Command {
            let root = Utf8Path::from_path(self.0.path()).unwrap();
            let mut command = Command::new("sh");
            command
                .args(["-c", &format!("{}\n{script}", path(&root.join("readonly")))])
                .current_dir(root.join("src"));
            command
        }

        fn output(&self, script: &str) -> Output {
            self.command(script).output().unwrap()
        }

        fn said(&self, script: &str) -> String {
            let output = self.output(script);
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        }
    }

    // Witness: behaviour contract 5.9, "both are no-ops unless the build was started with debugSessionEnabled".
    #[test]
    fn without_a_debug_session_nothing_is_held() {
        let place = Place::new(false, None);
        assert_eq!(
            place.said("codebuild-breakpoint && codebuild-resume && echo on"),
            "on\n"
        );
    }

    // Witness: behaviour contract 5.9.
    #[test]
    fn a_breakpoint_holds_until_somebody_resumes() {
        let place = Place::new(true, None);
        let mut held = place.command("codebuild-breakpoint && echo on");
        let mut held = held.stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut lines =
            std::io::BufRead::lines(std::io::BufReader::new(held.stdout.take().unwrap()));
        assert!(
            lines
                .next()
                .unwrap()
                .unwrap()
                .contains("codebuild-resume runs")
        );
        assert!(held.try_wait().unwrap().is_none());
        place.said("codebuild-resume");
        assert_eq!(lines.next().unwrap().unwrap(), "on");
        assert!(held.wait().unwrap().success());
        assert!(
            !place.output("codebuild-resume").status.success(),
            "nothing is held any more"
        );
    }

    // Witness: behaviour contract 5.5 for stars; the rest is our reading.
    #[test]
    fn files_are_found_by_their_pattern() {
        let place = Place::new(false, None);
        let all = "a_test.py\nsub/c_test.py\nsub/deep/d_test.py\nsub/deep/e (1)_test.py\n";
        assert_eq!(place.said("codebuild-glob-search '**/*_test.py'"), all);
        assert_eq!(
            place.said("codebuild-glob-search 'sub/*_test.py' '?.py'"),
            "b.py\nsub/c_test.py\n"
        );
        assert_eq!(
            place.said("codebuild-glob-search 'sub/**'").lines().count(),
            3
        );
        assert_eq!(place.output("codebuild-glob-search").status.code(), Some(2));
    }

    // Witness: behaviour contract 5.6: `codebuild-hash-files` prints a SHA-256 over globbed files; over what exactly is our reading.
    #[test]
    fn files_have_a_hash_of_names_and_contents() {
        use sha2::{Digest, Sha256};
        let place = Place::new(false, None);
        place.said("echo two > sub/c_test.py");
        let line =
            |name: &str, text: &str| format!("{}  {name}\n", hex::encode(Sha256::digest(text)));
        let lines = line("a_test.py", "") + &line("sub/c_test.py", "two\n");
        let expected = format!("{}\n", hex::encode(Sha256::digest(lines)));
        let hash = |patterns: &str| place.said(&format!("codebuild-hash-files {patterns}"));
        assert_eq!(hash("sub/c_test.py '*_test.py' absent"), expected);
        assert_ne!(hash("'*_test.py'"), expected);
        assert_eq!(
            hash("absent"),
            format!("{}\n", hex::encode(Sha256::digest("")))
        );
        assert_eq!(place.output("codebuild-hash-files").status.code(), Some(2));
    }

    const SEARCH: &str = "--files-search \"codebuild-glob-search '**/*_test.py'\"";

    // Witness: behaviour contract 11.1, build-fanout: the builds share the tests; who gets which is our reading.
    #[test]
    fn every_file_is_in_exactly_one_part() {
        for strategy in ["equal-distribution", "stability"] {
            let mut seen = Vec::new();
            for index in 0..3 {
                let place = Place::new(false, Some(Shard { index, of: 3 }));
                let run = format!(
                    "codebuild-tests-run --test-command 'printf \"%s\\n\" ran' {SEARCH} --sharding-strategy {strategy}"
                );
                let said = place.said(&run);
                seen.extend(
                    said.lines()
                        .filter(|line| line.ends_with(".py"))
                        .map(str::to_owned),
                );
            }
            seen.sort();
            assert_eq!(
                seen,
                [
                    "a_test.py",
                    "sub/c_test.py",
                    "sub/deep/d_test.py",
                    "sub/deep/e (1)_test.py"
                ],
                "{strategy}"
            );
        }
    }

    // Witness: behaviour contract 6, 11.1: `CODEBUILD_CURRENT_SHARD_FILES`.
    #[test]
    fn a_command_that_names_the_files_gets_no_arguments() {
        let place = Place::new(false, Some(Shard { index: 1, of: 2 }));
        let run = format!(
            "codebuild-tests-run --test-command 'echo \"$CODEBUILD_CURRENT_SHARD_FILES\"; exit 7' {SEARCH}"
        );
        let output = place.output(&run);
        assert_eq!(output.status.code(), Some(7));
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said,
            "Running 2 of 4 test files: part 2 of 2\nsub/c_test.py\nsub/deep/e (1)_test.py\n"
        );
        let given = "codebuild-tests-run --test-command echo --files-search \"$(codebuild-glob-search '?.py' 'a_test.py')\"";
        assert!(place.said(given).ends_with("\nb.py\n"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let place = Place::new(false, None);
        for (arguments, said) in [
            ("", "--test-command is needed"),
            ("--test-command true", "--files-search found no files"),
            ("--test-command", "--test-command needs a value"),
            ("--what is", "found --what"),
            (
                "--test-command true --files-search a --sharding-strategy x",
                "found x",
            ),
        ] {
            let output = place.output(&format!("codebuild-tests-run {arguments}"));
            assert_eq!(output.status.code(), Some(2), "{arguments}");
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(error.contains(said), "{error}");
        }
    }
}
