//! `GET /_slipway/events`: recorded events as lines of JSON, each in EventBridge's envelope with its number in `sequence`.
//!
//! | parameter | meaning |
//! |---|---|
//! | `after` | only events whose `sequence` is greater; `newest`: only what is still to come |
//! | `source` | only events of this source, such as `aws.codepipeline` |
//! | `limit` | at most so many lines |
//! | `follow` | `true`: stays open and gives new events as they come, until the client goes or the server stops |
//!
//! Invariant: an answer holds one page of events at a time, however many there are and however slowly they are taken.

use super::control::refuse;
use super::visit::Visit;
use super::wire::Response;
use crate::companions::events::{Events, Kept, Watch, envelope};
use crate::store::StoreError;
use aws_smithy_http_server::body::wrap_stream;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use tokio_util::sync::CancellationToken;

pub fn answer(events: &Events, head: &Parts) -> Response {
    let wish = match Wish::parse(head.uri.query().unwrap_or_default(), events.newest()) {
        Ok(wish) => wish,
        Err(text) => return refuse(StatusCode::BAD_REQUEST, &text),
    };
    let lines = Lines::new(events, wish, Visit::of(head).stop);
    let stream = futures::stream::try_unfold(lines, Lines::next);
    let mut response = http::Response::new(wrap_stream(stream));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    response
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    after: u64,
    source: Option<String>,
    limit: Option<usize>,
    follow: bool,
}

impl Wish {
    fn parse(query: &str, newest: u64) -> Result<Self, String> {
        let mut wish = Self {
            after: 0,
            source: None,
            limit: None,
            follow: false,
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let wrong = |expected: &str| format!("{name} is {expected}, not '{value}'.");
            match &*name {
                "after" if value == "newest" => wish.after = newest,
                "after" => {
                    let number = value.parse();
                    wish.after = number.map_err(|_| wrong("a sequence number or 'newest'"))?;
                }
                "limit" => {
                    let number = value.parse().map_err(|_| wrong("a number of lines"))?;
                    wish.limit = Some(number);
                }
                "follow" => {
                    let flag = value.parse();
                    wish.follow = flag.map_err(|_| wrong("'true' or 'false'"))?;
                }
                "source" => wish.source = Some(value.into_owned()),
                _ => {
                    return Err(format!(
                        "There is no parameter {name}; there are after, follow, limit and source."
                    ));
                }
            }
        }
        Ok(wish)
    }
}

/// An answer under way.
struct Lines {
    watch: Watch,
    source: Option<String>,
    left: usize,
    /// Where it ends; following never does by itself.
    last: Option<u64>,
    stop: CancellationToken,
}

impl Lines {
    fn new(events: &Events, wish: Wish, stop: CancellationToken) -> Self {
        Self {
            watch: events.watch(wish.after),
            source: wish.source,
            left: wish.limit.unwrap_or(usize::MAX),
            last: (!wish.follow).then(|| events.newest()),
            stop,
        }
    }

    /// The next lines; `None` at the end.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, StoreError> {
        while self.left > 0 {
            let Some(page) = self.page().await? else {
                return Ok(None);
            };
            let lines = self.lines(&page);
            if !lines.is_empty() {
                return Ok(Some((lines.into(), self)));
            }
            // A page without any wanted event: others have their turn before the next.
            tokio::task::yield_now().await;
        }
        Ok(None)
    }

    async fn page(&mut self) -> Result<Option<Vec<(u64, Kept)>>, StoreError> {
        let Some(last) = self.last else {
            return tokio::select! {
                page = self.watch.next() => page.map(Some),
                () = self.stop.cancelled() => Ok(None),
            };
        };
        let mut page = self.watch.read()?;
        page.retain(|(sequence, _)| *sequence <= last);
        Ok((!page.is_empty()).then_some(page))
    }

    fn lines(&mut self, page: &[(u64, Kept)]) -> String {
        let wanted = |kept: &Kept| {
            let source = self.source.as_ref();
            source.is_none_or(|source| *source == kept.event.source)
        };
        let mut lines = String::new();
        let mut count = 0;
        for (sequence, kept) in page.iter().filter(|(_, kept)| wanted(kept)).take(self.left) {
            lines.push_str(&envelope(kept, Some(*sequence)));
            lines.push('\n');
            count += 1;
        }
        self.left -= count;
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_mean_nothing_are_named() {
        // our reading
        for (query, said) in [
            (
                "after=x",
                "after is a sequence number or 'newest', not 'x'.",
            ),
            (
                "after=-1",
                "after is a sequence number or 'newest', not '-1'.",
            ),
            ("limit=many", "limit is a number of lines, not 'many'."),
            ("follow=1", "follow is 'true' or 'false', not '1'."),
            (
                "from=3",
                "There is no parameter from; there are after, follow, limit and source.",
            ),
        ] {
            assert_eq!(Wish::parse(query, 7), Err(said.to_owned()));
        }
    }

    #[test]
    fn parameters_are_read() {
        // our reading
        let wish = Wish::parse("after=3&source=aws.codepipeline&limit=5&follow=true", 7);
        let expected = Wish {
            after: 3,
            source: Some("aws.codepipeline".to_owned()),
            limit: Some(5),
            follow: true,
        };
        assert_eq!(wish, Ok(expected));
        assert_eq!(Wish::parse("after=newest", 7).map(|wish| wish.after), Ok(7));
    }
}
