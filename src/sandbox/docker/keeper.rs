//! Scripts of ours that the shell runs which keeps a container alive: its input is at hand, where an exec costs the engine two calls
//! and another process of its runtime.
//!
//! Invariant: a script takes nothing from the keeper's input and changes nothing in it. A keeper that does not begin at once is not
//! waited for: an image's entrypoint may have taken the input for itself.

use super::container::Container;
use super::wrapper::new_mark;
use bollard::container::AttachContainerResults;
use bollard::query_parameters::AttachContainerOptionsBuilder;
use futures::StreamExt;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

/// A shell that has its input begins at once.
const BEGINS_WITHIN: Duration = Duration::from_secs(1);

/// Longest answer that is kept.
const MAX_ANSWER: usize = 4 << 20;

/// What the script prints; `None` when nobody runs it.
pub async fn ask(container: &Container, script: &str) -> Option<Vec<u8>> {
    let options = AttachContainerOptionsBuilder::default()
        .stream(true)
        .stdin(true)
        .stdout(true)
        .build();
    let attached = container
        .docker
        .attach_container(&container.id, Some(options));
    let AttachContainerResults {
        mut output,
        mut input,
    } = attached.await.ok()?;
    let mark = new_mark();
    input.write_all(told(script, &mark).as_bytes()).await.ok()?;
    input.flush().await.ok()?;
    let mut answer = Answer::new(&mark);
    let begun = async {
        while !answer.has_begun() {
            answer.push(&output.next().await?.ok()?.into_bytes());
        }
        Some(())
    };
    timeout(BEGINS_WITHIN, begun).await.ok()??;
    while !answer.is_whole() {
        answer.push(&output.next().await?.ok()?.into_bytes());
    }
    Some(answer.text())
}

/// The script between two marks, in a shell of its own.
fn told(script: &str, mark: &str) -> String {
    format!("printf %s '{mark}'\n(\n{script}\n) </dev/null 2>/dev/null\nprintf %s '{mark}'\n")
}

/// Output of the container's first program up to the second mark.
struct Answer {
    mark: Vec<u8>,
    seen: Vec<u8>,
}

impl Answer {
    fn new(mark: &str) -> Self {
        Self {
            mark: mark.as_bytes().to_vec(),
            seen: Vec::new(),
        }
    }

    /// What is too long is cut: its middle is nobody's answer.
    fn push(&mut self, bytes: &[u8]) {
        self.seen.extend_from_slice(bytes);
        if self.seen.len() > MAX_ANSWER {
            let rest = self.seen.split_off(self.seen.len() - self.mark.len());
            self.seen.truncate(MAX_ANSWER / 2);
            self.seen.extend(rest);
        }
    }

    fn after(&self, from: usize) -> Option<usize> {
        let rest = self.seen.get(from..)?;
        let mut windows = rest.windows(self.mark.len());
        let at = windows.position(|window| window == self.mark)?;
        Some(from + at + self.mark.len())
    }

    fn has_begun(&self) -> bool {
        self.after(0).is_some()
    }

    fn is_whole(&self) -> bool {
        let begun = self.after(0);
        begun.and_then(|at| self.after(at)).is_some()
    }

    fn text(self) -> Vec<u8> {
        let begin = self.after(0).unwrap_or_default();
        let end = self
            .after(begin)
            .map_or(self.seen.len(), |at| at - self.mark.len());
        self.seen[begin..end].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_lies_between_its_marks_however_it_comes() {
        let all = b"noise<>an answer<>noise";
        for size in 1..all.len() {
            let mut answer = Answer::new("<>");
            let mut pieces = all.chunks(size);
            while !answer.is_whole() {
                answer.push(pieces.next().unwrap());
            }
            assert_eq!(answer.text(), b"an answer", "{size}");
        }
        let mut answer = Answer::new("<>");
        answer.push(b"<");
        assert!(!answer.has_begun());
        answer.push(b">");
        assert!(answer.has_begun() && !answer.is_whole());
        answer.push(b"<>");
        assert!(answer.is_whole());
        assert_eq!(answer.text(), b"");
    }

    #[test]
    fn an_answer_that_is_too_long_ends_all_the_same() {
        let mut answer = Answer::new("<>");
        answer.push(b"<>");
        for _ in 0..5 {
            answer.push(&vec![b'x'; MAX_ANSWER / 4]);
        }
        answer.push(b"<>");
        assert!(answer.is_whole());
        assert!(answer.text().len() <= MAX_ANSWER);
    }

    #[test]
    fn a_script_that_exits_or_fails_ends_like_any_other() {
        use std::process::{Command, Stdio};
        let run = |script: &str| {
            let shell = Command::new("sh")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn();
            let mut shell = shell.unwrap();
            let lines = told(script, "<>") + &told("echo next", "<>");
            std::io::Write::write_all(&mut shell.stdin.take().unwrap(), lines.as_bytes()).unwrap();
            String::from_utf8(shell.wait_with_output().unwrap().stdout).unwrap()
        };
        for script in [
            "echo on; exit 3",
            "cat; echo on",
            "echo on; no-such-command",
        ] {
            assert_eq!(run(script), "<>on\n<><>next\n<>", "{script}");
        }
    }
}
