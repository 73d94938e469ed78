//! Many streams of one group merged by time, in pages: what FilterLogEvents shows.
//!
//! A page is a piece of one total order (time, stream, line), so that a token is a place in it and nothing is shown twice.

use super::companion::Logs;
use super::pattern::Pattern;
use super::read::{Bounds, Found, MAX_PAGE};
use super::store::{Line, Place, Stream};
use crate::aws::Time;
use crate::store::{Direction, StoreError};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::Arc;

/// Lines that one call looks at; it then answers with what it has found and a token.
const MAX_LOOKED_AT: usize = 100_000;
/// What is read of one stream at once.
const ROWS: usize = 200;
const BYTES: usize = 64 << 10;

/// A place in the order of all lines: time, stream, line.
pub type Order = (Time, u64, u64);

/// What to look for.
pub struct Query {
    /// Name and row.
    pub streams: Vec<(String, Arc<Stream>)>,
    pub start: Time,
    /// The last time that is inside.
    pub end: Time,
    pub pattern: Pattern,
    pub limit: usize,
    pub direction: Direction,
    /// Where the page before ended.
    pub last: Option<Order>,
}

/// A page of matches, each with its stream's name.
pub struct Matches {
    pub lines: Vec<(String, Found)>,
    /// Where the search stopped, when there may be more.
    pub next: Option<Order>,
}

impl Logs {
    pub(super) fn search(&self, query: &Query) -> Result<Matches, StoreError> {
        let mut merge = Merge::new(self, query);
        let mut lines = Vec::new();
        let mut size = 0;
        let mut last = None;
        for _ in 0..MAX_LOOKED_AT {
            if lines.len() >= query.limit || size > MAX_PAGE {
                break;
            }
            let Some((name, found)) = merge.next()? else {
                return Ok(Matches { lines, next: None });
            };
            last = Some(order(found.0));
            if query.pattern.matches(&found.1.1) {
                size += found.1.1.len();
                lines.push((name.to_owned(), found));
            }
        }
        let next = if merge.is_over()? { None } else { last };
        Ok(Matches { lines, next })
    }
}

fn order((stream, time, line): Place) -> Order {
    (time, stream, line)
}

/// The lines of all streams in order.
struct Merge<'a> {
    logs: &'a Logs,
    query: &'a Query,
    /// Streams that are not read yet, the next one last: a stream is opened when the merge gets to its first line.
    waiting: Vec<&'a (String, Arc<Stream>)>,
    /// Open streams by their next line.
    heads: BTreeMap<Order, Cursor<'a>>,
}

/// What was read of a stream and not yet given.
struct Cursor<'a> {
    name: &'a str,
    rest: Bounds,
    lines: VecDeque<(Place, Line)>,
}

impl<'a> Merge<'a> {
    fn new(logs: &'a Logs, query: &'a Query) -> Self {
        let inside = |entry: &&(String, Arc<Stream>)| {
            let times = entry.1.first_event.zip(entry.1.last_event);
            times.is_some_and(|(first, last)| first <= query.end && last >= query.start)
        };
        let mut waiting: Vec<_> = query.streams.iter().filter(inside).collect();
        match query.direction {
            Direction::Forward => {
                waiting.sort_by_key(|entry| std::cmp::Reverse(entry.1.first_event))
            }
            Direction::Backward => waiting.sort_by_key(|entry| entry.1.last_event),
        }
        Self {
            logs,
            query,
            waiting,
            heads: BTreeMap::new(),
        }
    }

    fn next(&mut self) -> Result<Option<(&'a str, Found)>, StoreError> {
        self.open_due()?;
        let head = match self.query.direction {
            Direction::Forward => self.heads.pop_first(),
            Direction::Backward => self.heads.pop_last(),
        };
        let Some((_, mut cursor)) = head else {
            return Ok(None);
        };
        let found = cursor.lines.pop_front();
        let name = cursor.name;
        self.insert(cursor)?;
        Ok(found.map(|found| (name, found)))
    }

    fn is_over(&mut self) -> Result<bool, StoreError> {
        self.open_due()?;
        Ok(self.heads.is_empty())
    }

    /// Opens streams whose first line may come before the next line of those that are open.
    fn open_due(&mut self) -> Result<(), StoreError> {
        while let Some((name, stream)) = self.waiting.last().copied() {
            let due = match self.query.direction {
                Direction::Forward => {
                    let head = self.heads.first_key_value();
                    head.is_none_or(|(head, _)| stream.first_event <= Some(head.0))
                }
                Direction::Backward => {
                    let head = self.heads.last_key_value();
                    head.is_none_or(|(head, _)| stream.last_event >= Some(head.0))
                }
            };
            if !due {
                return Ok(());
            }
            self.waiting.pop();
            let rest = bounds(self.query, stream.number);
            let lines = VecDeque::new();
            self.insert(Cursor { name, rest, lines })?;
        }
        Ok(())
    }

    /// Puts a cursor where its next line belongs; one without any is dropped.
    fn insert(&mut self, mut cursor: Cursor<'a>) -> Result<(), StoreError> {
        if cursor.lines.is_empty() {
            cursor.fill(self.logs, self.query.direction)?;
        }
        if let Some((place, _)) = cursor.lines.front() {
            self.heads.insert(order(*place), cursor);
        }
        Ok(())
    }
}

impl Cursor<'_> {
    fn fill(&mut self, logs: &Logs, direction: Direction) -> Result<(), StoreError> {
        let lines = &logs.tables.lines;
        self.lines = lines.page(self.rest, direction, ROWS, BYTES)?.into();
        let Some((last, _)) = self.lines.back() else {
            return Ok(());
        };
        match direction {
            Direction::Forward => self.rest.0 = Bound::Excluded(*last),
            Direction::Backward => self.rest.1 = Bound::Excluded(*last),
        }
        Ok(())
    }
}

/// What is left of a stream's lines after the page before.
fn bounds(query: &Query, stream: u64) -> Bounds {
    let mut bounds = (
        Bound::Included((stream, query.start, 0)),
        Bound::Included((stream, query.end, u64::MAX)),
    );
    let Some((time, last, line)) = query.last else {
        return bounds;
    };
    let line = match stream.cmp(&last) {
        std::cmp::Ordering::Equal => line,
        // At that time, streams before this one come before it, and streams after it come after it. Lines count from 1.
        std::cmp::Ordering::Less => u64::MAX,
        std::cmp::Ordering::Greater => 0,
    };
    let place = (stream, time, line);
    match query.direction {
        Direction::Forward if place >= (stream, query.start, 0) => {
            bounds.0 = Bound::Excluded(place)
        }
        Direction::Backward if place <= (stream, query.end, u64::MAX) => {
            bounds.1 = Bound::Excluded(place)
        }
        _ => {}
    }
    bounds
}
