//! One stream in pages, both ways: what GetLogEvents shows, and where its tokens point.

use super::companion::Logs;
use super::errors;
use super::store::{Line, Place};
use crate::aws::Time;
use crate::store::{Direction, StoreError};
use logs_api::error::InvalidParameterException;
use std::ops::Bound;

/// Bytes of one answer, as stored; a single larger line is shown alone.
pub const MAX_PAGE: usize = 1 << 20;

/// The lines of one stream between two times.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub stream: u64,
    /// The first that is inside.
    pub start: Time,
    /// The first that is no longer inside; `None`: no end.
    pub end: Option<Time>,
}

pub type Found = (Place, Line);
pub type Bounds = (Bound<Place>, Bound<Place>);

impl Window {
    pub fn all(stream: u64) -> Self {
        Self {
            stream,
            start: Time::from_millis(0),
            end: None,
        }
    }

    fn bounds(&self) -> Bounds {
        let end = match self.end {
            Some(end) => Bound::Excluded((self.stream, end, 0)),
            None => Bound::Included((self.stream, Time::from_millis(i64::MAX), u64::MAX)),
        };
        (Bound::Included((self.stream, self.start, 0)), end)
    }

    fn after(&self, last: Option<Place>) -> Bounds {
        let (start, end) = self.bounds();
        match last {
            Some(last) if last >= (self.stream, self.start, 0) => (Bound::Excluded(last), end),
            _ => (start, end),
        }
    }

    fn before(&self, first: Option<Place>) -> Bounds {
        let (start, end) = self.bounds();
        match first {
            Some(first) if self.end.is_none_or(|end| first < (self.stream, end, 0)) => {
                (start, Bound::Excluded(first))
            }
            _ => (start, end),
        }
    }
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// After this place.
    Forward(Place),
    /// Before this place.
    Backward(Place),
}

impl Token {
    /// As clients know it: `f/` or `b/`, 56 digits, `/s`.
    pub fn text(self) -> String {
        let (way, (stream, time, line)) = match self {
            Self::Forward(place) => ('f', place),
            Self::Backward(place) => ('b', place),
        };
        let time = time.millis().max(0);
        format!("{way}/{time:017}{stream:019}{line:020}/s")
    }

    /// `Err` when it is no token of this stream.
    pub fn parse(text: &str, stream: u64) -> Result<Self, InvalidParameterException> {
        let token = Self::read(text).filter(|token| token.place().0 == stream);
        token.ok_or_else(errors::invalid_token)
    }

    fn read(text: &str) -> Option<Self> {
        let (way, rest) = text.split_once('/')?;
        let digits = rest.strip_suffix("/s")?;
        if digits.len() != 56 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let time = Time::from_millis(digits[..17].parse().ok()?);
        let place = (
            digits[17..36].parse().ok()?,
            time,
            digits[36..].parse().ok()?,
        );
        match way {
            "f" => Some(Self::Forward(place)),
            "b" => Some(Self::Backward(place)),
            _ => None,
        }
    }

    fn place(self) -> Place {
        match self {
            Self::Forward(place) | Self::Backward(place) => place,
        }
    }
}

/// A page in order of time, and the tokens around it.
pub struct Page {
    pub lines: Vec<Found>,
    pub forward: Token,
    pub backward: Token,
}

impl Logs {
    /// A page of at most `limit` lines. Without a token: from the head or from the tail of the window.
    pub fn page(
        &self,
        window: &Window,
        token: Option<Token>,
        from_head: bool,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let lines = match token {
            Some(Token::Forward(last)) => self.after(window, Some(last), limit)?,
            Some(Token::Backward(first)) => self.before(window, Some(first), limit)?,
            None if from_head => self.after(window, None, limit)?,
            None => self.before(window, None, limit)?,
        };
        Ok(around(lines, window, token))
    }

    /// The first lines after a place.
    pub fn after(
        &self,
        window: &Window,
        last: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        self.fill(window.after(last), Direction::Forward, limit)
    }

    fn before(
        &self,
        window: &Window,
        first: Option<Place>,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        let mut lines = self.fill(window.before(first), Direction::Backward, limit)?;
        lines.reverse();
        Ok(lines)
    }

    fn fill(
        &self,
        bounds: Bounds,
        direction: Direction,
        limit: usize,
    ) -> Result<Vec<Found>, StoreError> {
        self.tables.lines.page(bounds, direction, limit, MAX_PAGE)
    }
}

/// At an end, the token of that way is the one that was given: that is how clients know the end.
fn around(lines: Vec<Found>, window: &Window, token: Option<Token>) -> Page {
    let ends = lines.first().zip(lines.last());
    let (forward, backward) = match (ends.map(|(first, last)| (first.0, last.0)), token) {
        (Some((first, last)), _) => (last, first),
        (None, Some(Token::Forward(last))) => (last, (last.0, last.1, last.2 + 1)),
        (None, Some(Token::Backward(first))) => {
            ((first.0, first.1, first.2.saturating_sub(1)), first)
        }
        (None, None) => {
            let start = (window.stream, window.start, 0);
            (start, start)
        }
    };
    Page {
        lines,
        forward: Token::Forward(forward),
        backward: Token::Backward(backward),
    }
}
