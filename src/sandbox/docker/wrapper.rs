//! The few lines of shell around each command in a container, and the mark they write when it has ended.
//!
//! Why a mark: the engine closes an exec's output two seconds after its first process ends, and only then tells the exit code; what the
//! command left in the background would hold us up so long, and die of the closed pipe afterwards. With the mark the end is known at
//! once, and the wrapper stays, holding the pipe open, as long as somebody else has it.
//!
//! Invariant: bytes before the mark are the command's, unchanged and in order (standard output and error are one pipe).

use crate::sandbox::Exit;
use bytes::{Bytes, BytesMut};

/// `$1` is the mark, the rest the command. Nothing but a POSIX shell is needed: `exec` in a subshell finds programs only, never
/// builtins; where `-ef` is unknown the wrapper simply ends. Asked to end, it
/// waits for its command and stays for nothing else.
///
/// What the waiting shell says of the command's end, and then its status, go to the second part of a pipe: a status above 128 is a
/// signal's when there are words before it (`Killed`). Of an interrupt and a broken pipe shells say nothing: those stay numbers. A
/// command substitution in place of the pipe would keep bash silent.
const SCRIPT: &str = r#"exec 2>/dev/null
m=$1; shift
t=; trap t=1 TERM
exec 3>&1
{
  trap : TERM
  exec 2>&1
  (exec "$@") </dev/null >&3 2>&3 3>&-
  echo "$?"
} | {
  trap '' TERM
  w=; s=
  while IFS= read -r l; do w=$w$s; s=$l; done
  [ "$s" ] || s=137
  [ "$w" ] && [ "$s" -gt 128 ] && s=${s}s
  echo "$m$s" >&3
  exit "${s%s}"
}
s=$?
exec 3>&-
trap - TERM
[ "$t" ] && exit "$s"
for f in /proc/[0-9]*/fd/[12]; do
  case $f in "/proc/$$/"*) continue;; esac
  [ "$f" -ef "/proc/$$/fd/1" ] && read -r _ && break
done
exit "$s""#;

/// Rare in output, so that scanning is fast.
const BEGIN: u8 = 0x1e;

/// Behind the status of a command that died of a signal.
const SIGNALLED: char = 's';

/// `255s` and a newline.
const LONGEST_CODE: usize = 5;

/// The argument vector to give to the engine.
pub fn argv(mark: &str, command: &[String]) -> Vec<String> {
    ["/bin/sh", "-c", SCRIPT, "sh", mark]
        .into_iter()
        .map(str::to_owned)
        .chain(command.iter().cloned())
        .collect()
}

/// A mark that a command cannot meet by accident.
pub fn new_mark() -> String {
    format!(
        "{}slipway-{}:",
        char::from(BEGIN),
        uuid::Uuid::new_v4().simple()
    )
}

/// Finds the mark in output that comes in pieces.
pub struct Scanner {
    mark: Vec<u8>,
    /// What may be the beginning of a mark.
    held: BytesMut,
}

/// What a piece of output turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Scanned {
    Output(Bytes),
    /// The last output, and how the command ended.
    End(Bytes, Exit),
}

impl Scanner {
    pub fn new(mark: &str) -> Scanner {
        Scanner {
            mark: mark.as_bytes().to_vec(),
            held: BytesMut::new(),
        }
    }

    pub fn feed(&mut self, piece: &Bytes) -> Scanned {
        if self.held.is_empty() && !piece.contains(&BEGIN) {
            return Scanned::Output(piece.clone());
        }
        self.held.extend_from_slice(piece);
        let mut from = 0;
        while let Some(found) = self.held[from..].iter().position(|&b| b == BEGIN) {
            match self.read_mark(from + found) {
                Mark::Whole(exit) => return Scanned::End(self.take(from + found), exit),
                Mark::Beginning => return Scanned::Output(self.take(from + found)),
                Mark::No => from += found + 1,
            }
        }
        Scanned::Output(self.take(self.held.len()))
    }

    /// What was held back when the output ended without a mark.
    pub fn rest(mut self) -> Bytes {
        self.take(self.held.len())
    }

    fn take(&mut self, length: usize) -> Bytes {
        self.held.split_to(length).freeze()
    }

    fn read_mark(&self, at: usize) -> Mark {
        let Some(rest) = self.held[at..].strip_prefix(&*self.mark) else {
            return match self.mark.starts_with(&self.held[at..]) {
                true => Mark::Beginning,
                false => Mark::No,
            };
        };
        match rest.iter().position(|&b| b == b'\n') {
            Some(end) => str::from_utf8(&rest[..end])
                .ok()
                .and_then(exit)
                .map_or(Mark::No, Mark::Whole),
            None if rest.len() < LONGEST_CODE => Mark::Beginning,
            None => Mark::No,
        }
    }
}

/// What stands behind the mark.
fn exit(text: &str) -> Option<Exit> {
    match text.strip_suffix(SIGNALLED) {
        Some(code) => {
            let signal = code.parse::<u8>().ok()?.checked_sub(128)?;
            Some(Exit::Signal(signal.into()))
        }
        None => Some(Exit::Code(text.parse::<u8>().ok()?.into())),
    }
}

enum Mark {
    Whole(Exit),
    Beginning,
    No,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(scanner: &mut Scanner, pieces: &[&[u8]]) -> (Vec<u8>, Option<Exit>) {
        let mut output = Vec::new();
        for piece in pieces {
            match scanner.feed(&Bytes::copy_from_slice(piece)) {
                Scanned::Output(bytes) => output.extend_from_slice(&bytes),
                Scanned::End(bytes, exit) => {
                    output.extend_from_slice(&bytes);
                    return (output, Some(exit));
                }
            }
        }
        (output, None)
    }

    // Witness: our reading.
    #[test]
    fn a_mark_ends_the_output_wherever_it_is_cut() {
        let mark = new_mark();
        for (written, exit) in [("137", Exit::Code(137)), ("137s", Exit::Signal(9))] {
            let whole = format!("no newline{mark}{written}\nfrom the background");
            for cut in 0..whole.len() {
                let (a, b) = whole.as_bytes().split_at(cut);
                let found = scan(&mut Scanner::new(&mark), &[a, b]);
                let expected = (b"no newline".to_vec(), Some(exit));
                assert_eq!(found, expected, "{written} cut at {cut}");
            }
        }
    }

    // Witness: our reading.
    #[test]
    fn what_only_looks_like_a_mark_is_output() {
        let mark = new_mark();
        let near =
            format!("\u{1e}\u{1e}slipway-{mark}x\n{mark}12345\n{mark}12s\n{mark}300s\n\u{1e}slip");
        let mut scanner = Scanner::new(&mark);
        let (mut output, code) = scan(&mut scanner, &[near.as_bytes()]);
        output.extend_from_slice(&scanner.rest());
        assert_eq!((output, code), (near.into_bytes(), None));
    }

    /// What a shell of this machine makes of the command; `None` where it has no such shell.
    fn wrapped(shell: &str, command: &str) -> Option<(Vec<u8>, Option<Exit>)> {
        let mark = new_mark();
        let command = ["sh", "-c", command].map(str::to_owned);
        let argv = argv(&mark, &command);
        let output = std::process::Command::new(shell).args(&argv[1..]).output();
        let output = output.ok()?.stdout;
        Some(scan(&mut Scanner::new(&mark), &[&output]))
    }

    // Witness: contract §4.4, `signal: killed` in place of exit status.
    #[test]
    fn a_signal_is_told_from_a_status_in_every_shell() {
        let mut shells = 0;
        for shell in ["/bin/sh", "/bin/dash", "/bin/bash"] {
            for (command, exit) in [
                ("kill -9 $$", Exit::Signal(9)),
                ("kill -TERM $$", Exit::Signal(15)),
                ("kill -SEGV $$", Exit::Signal(11)),
                ("exit 137", Exit::Code(137)),
                ("exit 255", Exit::Code(255)),
                ("sh -c 'kill -9 $$'; exit $?", Exit::Code(137)),
                ("exit 0", Exit::Code(0)),
            ] {
                let Some((output, found)) = wrapped(shell, &format!("echo out; {command}")) else {
                    continue;
                };
                shells += 1;
                assert_eq!(found, Some(exit), "{shell}: {command}");
                assert!(output.starts_with(b"out\n"), "{shell}: {command}");
            }
        }
        assert!(shells > 0);
    }

    proptest! {
        // Witness: our reading; whatever is written comes out unchanged, whatever the pieces.
        #[test]
        fn any_output_passes_unchanged(
            output in proptest::collection::vec(prop_oneof![Just(BEGIN), Just(b's'), any::<u8>()], 0..200),
            size in 1_usize..50,
        ) {
            let mark = new_mark();
            let whole = [&output, mark.as_bytes(), b"0\n"].concat();
            let pieces: Vec<&[u8]> = whole.chunks(size).collect();
            prop_assert_eq!(scan(&mut Scanner::new(&mark), &pieces), (output, Some(Exit::Code(0))));
        }
    }
}
