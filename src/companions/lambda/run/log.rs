//! An environment's log stream: what its process prints, between the lines that Lambda writes.
//!
//! One task per environment writes, so that lines stand in their order. A runtime of ours prints a mark when a handler has
//! returned: whatever it printed before belongs to that invocation, however late it is read.
//!
//! Invariant: nothing that is printed is kept in memory beyond one line and the last [`TAIL`] bytes.

use super::super::outside::Outside;
use crate::aws::Scope;
use crate::companions::LogLine;
use bytes::Bytes;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// What `LogType: Tail` shows.
const TAIL: usize = 4096;
/// A longer line is cut.
const LONGEST: usize = 64 << 10;
const AHEAD: usize = 64;
/// A mark that does not come within this is not waited for: the process writes to a file, say, in place of its output.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where an environment writes.
#[derive(Clone, Debug)]
pub struct Stream {
    pub scope: Scope,
    pub group: String,
    pub name: String,
}

/// When everything of an invocation has been printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    Marked,
    /// The process has ended.
    Ended,
    /// Nobody tells; what has been read by now counts.
    Now,
}

enum Order {
    Begin(String),
    Finish {
        until: Until,
        lines: Vec<String>,
        tail: oneshot::Sender<Vec<u8>>,
    },
}

/// The task's other end; the task ends when this is dropped.
pub struct Log {
    orders: mpsc::Sender<Order>,
}

impl Log {
    /// Starts the task; `mark` is what ends an invocation's output. The sender is for the process's output.
    pub fn open(outside: &Outside, stream: Stream, mark: String) -> (Self, mpsc::Sender<Bytes>) {
        let (orders, taken) = mpsc::channel(1);
        let (output, read) = mpsc::channel(AHEAD);
        let writer = Writer {
            outside: outside.clone(),
            stream,
            pages: Pages::new(mark),
        };
        tokio::spawn(writer.run(taken, read));
        (Self { orders }, output)
    }

    /// An invocation begins with this line.
    pub async fn begin(&self, line: String) {
        let _ = self.orders.send(Order::Begin(line)).await;
    }

    /// The invocation has ended: its last lines. Gives the end of what it wrote; it is in the log then.
    pub async fn finish(&self, until: Until, lines: Vec<String>) -> Vec<u8> {
        let (tail, told) = oneshot::channel();
        let order = Order::Finish { until, lines, tail };
        let _ = self.orders.send(order).await;
        told.await.unwrap_or_default()
    }
}

struct Writer {
    outside: Outside,
    stream: Stream,
    pages: Pages,
}

impl Writer {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>, mut output: mpsc::Receiver<Bytes>) {
        let mut open = true;
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(Order::Begin(line)) => {
                        self.pages.begin();
                        self.write(vec![line]).await;
                    }
                    Some(Order::Finish { until, lines, tail }) => {
                        open &= self.drain(until, &mut output).await;
                        let rest = self.pages.rest();
                        self.write(rest.into_iter().chain(lines).collect()).await;
                        let _ = tail.send(self.pages.tail.clone());
                    }
                    None => break,
                },
                piece = output.recv(), if open => match piece {
                    Some(piece) => self.take(&piece).await,
                    None => open = false,
                },
            }
        }
    }

    /// Reads what is still to be printed; false when nothing more can come.
    async fn drain(&mut self, until: Until, output: &mut mpsc::Receiver<Bytes>) -> bool {
        let reading = async {
            loop {
                if until == Until::Marked && self.pages.marked {
                    return true;
                }
                let piece = match until {
                    Until::Now => match output.try_recv() {
                        Ok(piece) => Some(piece),
                        Err(_) => return true,
                    },
                    _ => output.recv().await,
                };
                match piece {
                    Some(piece) => self.take(&piece).await,
                    None => return false,
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading)
            .await
            .unwrap_or(true)
    }

    async fn take(&mut self, piece: &[u8]) {
        let lines = self.pages.take(piece);
        self.write(lines).await;
    }

    async fn write(&mut self, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        lines.iter().for_each(|line| self.pages.remember(line));
        let time = (self.outside.now)();
        let lines = lines.into_iter().map(|message| LogLine { time, message });
        let Stream { scope, group, name } = &self.stream;
        let logs = &self.outside.logs;
        let written = match logs.open_stream(scope, group, name, time).await {
            Ok(()) => logs.append(scope, group, name, lines.collect(), time).await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(group, %error, "a function's log cannot be written");
        }
    }
}

/// Pieces of output to lines, with the mark taken out.
struct Pages {
    mark: Vec<u8>,
    marked: bool,
    begun: Vec<u8>,
    tail: Vec<u8>,
}

impl Pages {
    fn new(mark: String) -> Self {
        Self {
            mark: mark.into_bytes(),
            marked: false,
            begun: Vec::new(),
            tail: Vec::new(),
        }
    }

    fn begin(&mut self) {
        self.marked = false;
        self.tail.clear();
    }

    fn take(&mut self, piece: &[u8]) -> Vec<String> {
        self.begun.extend_from_slice(piece);
        let mut lines = Vec::new();
        if let Some(at) = find(&self.begun, &self.mark) {
            let after = self.begun.split_off(at + self.mark.len());
            self.begun.truncate(at);
            self.marked = true;
            self.cut(&mut lines);
            lines.extend(self.rest());
            self.begun = after;
        }
        self.cut(&mut lines);
        lines
    }

    /// Takes whole lines, and what is too long for one.
    fn cut(&mut self, lines: &mut Vec<String>) {
        let mut taken = 0;
        while let Some(end) = self.begun[taken..].iter().position(|byte| *byte == b'\n') {
            lines.extend(self.begun[taken..=taken + end].chunks(LONGEST).map(text));
            taken += end + 1;
        }
        while self.begun.len() - taken > LONGEST {
            lines.push(text(&self.begun[taken..taken + LONGEST]));
            taken += LONGEST;
        }
        self.begun.drain(..taken);
    }

    /// A line that was begun and not ended.
    fn rest(&mut self) -> Option<String> {
        let rest = std::mem::take(&mut self.begun);
        (!rest.is_empty()).then(|| text(&rest) + "\n")
    }

    fn remember(&mut self, line: &str) {
        self.tail.extend_from_slice(line.as_bytes());
        let over = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..over);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    if mark.is_empty() {
        return None;
    }
    text.windows(mark.len()).position(|window| window == mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_ends_an_invocation_wherever_the_pieces_are_cut() {
        let printed = b"one\ntwo\x01m\x01three\n";
        for cut in 0..printed.len() {
            let mut pages = Pages::new("\u{1}m\u{1}".to_owned());
            let mut lines = pages.take(&printed[..cut]);
            lines.extend(pages.take(&printed[cut..]));
            assert_eq!(lines, ["one\n", "two\n", "three\n"], "{cut}");
            assert!(pages.marked);
        }
    }

    #[test]
    fn long_lines_are_cut_and_only_the_last_bytes_are_remembered() {
        let mut pages = Pages::new(String::new());
        let lines = pages.take(&vec![b'x'; LONGEST + 10]);
        assert_eq!(lines.len(), 1);
        assert_eq!(pages.rest().unwrap().len(), 11);
        lines.iter().for_each(|line| pages.remember(line));
        assert_eq!(pages.tail.len(), TAIL);
    }
}
