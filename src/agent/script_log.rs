//! What scripts say: all of it in a file, the last of it for the server.
//!
//! Invariant: the tail is whole lines of the file without their times, at most [`MOST`] characters. Source: contract, codedeploy
//! section 8.6.

use super::errors::{Done, Fault};
use super::root::create;
use camino::Utf8Path;
use jiff::Zoned;
use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::Write;

/// Characters of the tail.
pub const MOST: usize = 2048;

/// The log of one event of one deployment.
#[derive(Debug)]
pub struct ScriptLog {
    file: File,
    tail: Tail,
}

/// The newest lines.
#[derive(Debug, Default)]
pub struct Tail {
    lines: VecDeque<String>,
    length: usize,
}

impl ScriptLog {
    /// Goes on with the file at `path`, or begins it.
    pub fn open(path: &Utf8Path) -> Done<Self> {
        if let Some(folder) = path.parent() {
            create(folder)?;
        }
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let file = opened.map_err(|error| Fault::file("write", path, &error))?;
        Ok(Self {
            file,
            tail: Tail::default(),
        })
    }

    /// Adds a line. A disk that is full does not end a script.
    pub fn line(&mut self, text: &str) {
        let now = Zoned::now().strftime("%Y-%m-%d %H:%M:%S");
        if let Err(error) = self.file.write_all(format!("{now} {text}\n").as_bytes()) {
            tracing::warn!(%error, "a line of a script's log is lost");
        }
        self.tail.push(format!("{text}\n"));
    }

    pub fn tail(&self) -> String {
        self.tail.lines.iter().map(String::as_str).collect()
    }
}

impl Tail {
    fn push(&mut self, line: String) {
        self.length += line.chars().count();
        self.lines.push_back(line);
        while self.length > MOST {
            let Some(oldest) = self.lines.pop_front() else {
                return;
            };
            self.length -= oldest.chars().count();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Witness: contract §8.6, "scripts.log lines".
    #[test]
    fn the_file_has_times_and_the_tail_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = Utf8Path::from_path(folder.path())
            .unwrap()
            .join("logs/scripts.log");
        ScriptLog::open(&path)
            .unwrap()
            .line("LifecycleEvent - ApplicationStop");
        let mut log = ScriptLog::open(&path).unwrap();
        log.line("Script - stop.sh");
        log.line("[stdout]bye");
        assert_eq!(log.tail(), "Script - stop.sh\n[stdout]bye\n");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        let pattern = regex::Regex::new(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[stdout\]bye$").unwrap();
        assert!(pattern.is_match(lines[2]), "{text}");
        assert!(lines[0].ends_with(" LifecycleEvent - ApplicationStop"));
    }

    /// Witness: contract §8.6, "newest ≤ 2048 characters, whole lines".
    #[test]
    fn the_tail_is_the_newest_whole_lines() {
        let mut tail = Tail::default();
        for number in 0..1000 {
            tail.push(format!("[stdout]line {number:03} ä\n"));
        }
        let text: String = tail.lines.iter().map(String::as_str).collect();
        assert!(text.chars().count() <= MOST && text.chars().count() > MOST - 20);
        assert!(text.starts_with("[stdout]line ") && text.ends_with("line 999 ä\n"));
        tail.push("x".repeat(MOST + 1));
        assert!(tail.lines.is_empty());
    }
}
