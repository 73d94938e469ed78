//! Walks rows in key order, folding keys with a common prefix, page by page.
//!
//! Reads ranges only: behind a folded prefix, and behind a key with many rows, it goes on with a new range.

use s3s::S3Result;

/// Rows read at first and at most in one range.
const FIRST: usize = 32;
const MOST: usize = 1000;

/// What is to be listed.
#[derive(Clone, Debug, Default)]
pub struct Query<S> {
    pub prefix: String,
    /// Not empty.
    pub delimiter: Option<String>,
    pub limit: usize,
    pub start: Start<S>,
    /// Of every key, only its first row counts.
    pub firsts: bool,
}

/// Where a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start<S> {
    #[default]
    Beginning,
    /// After all rows of the key; a common prefix equal to it is left out too.
    AfterKey(String),
    /// After one row of a key, which has a second part.
    AfterRow(String, S),
}

/// The rows to be read next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From<S> {
    /// Of this key and later ones.
    Key(String),
    AfterRow(String, S),
}

#[derive(Clone, Debug)]
pub enum Entry<S, R> {
    Row {
        key: String,
        second: S,
        row: R,
        /// The first row of its key.
        first: bool,
    },
    Prefix(String),
}

#[derive(Clone, Debug)]
pub struct Page<S, R> {
    pub entries: Vec<Entry<S, R>>,
    /// There is more.
    pub truncated: bool,
}

impl<S, R> Entry<S, R> {
    /// The key or the common prefix.
    pub fn name(&self) -> &str {
        match self {
            Self::Row { key, .. } => key,
            Self::Prefix(prefix) => prefix,
        }
    }
}

/// `fetch` reads at most so many rows from a place on; `visible` says which rows count.
pub fn walk<S: Clone, R>(
    query: &Query<S>,
    fetch: impl FnMut(&From<S>, usize) -> S3Result<Vec<(String, S, R)>>,
    visible: impl Fn(&R) -> bool,
) -> S3Result<Page<S, R>> {
    let mut walker = Walker {
        query,
        visible,
        entries: Vec::new(),
        last_key: None,
    };
    if query.limit > 0 {
        walker.run(fetch)?;
    }
    let truncated = walker.entries.len() > query.limit;
    walker.entries.truncate(query.limit);
    Ok(Page {
        entries: walker.entries,
        truncated,
    })
}

struct Walker<'a, S, R, V> {
    query: &'a Query<S>,
    visible: V,
    /// One more than the limit says that there is more.
    entries: Vec<Entry<S, R>>,
    last_key: Option<String>,
}

impl<S: Clone, R, V: Fn(&R) -> bool> Walker<'_, S, R, V> {
    fn run(
        &mut self,
        mut fetch: impl FnMut(&From<S>, usize) -> S3Result<Vec<(String, S, R)>>,
    ) -> S3Result<()> {
        let Some(mut from) = self.first() else {
            return Ok(());
        };
        let mut size = FIRST;
        loop {
            let rows = fetch(&from, size)?;
            let complete = rows.len() < size;
            match self.take(rows) {
                Taken::Done => return Ok(()),
                Taken::Skip(Some(key)) => (from, size) = (From::Key(key), FIRST),
                Taken::Skip(None) => return Ok(()),
                Taken::All(_) if complete => return Ok(()),
                Taken::All(next) => (from, size) = (next, (size * 4).min(MOST)),
            }
        }
    }

    fn first(&mut self) -> Option<From<S>> {
        let prefix = &self.query.prefix;
        match &self.query.start {
            Start::AfterKey(key) if key >= prefix => Some(From::Key(after_key(key))),
            Start::AfterRow(key, second) if key >= prefix => {
                self.last_key = Some(key.clone());
                Some(From::AfterRow(key.clone(), second.clone()))
            }
            _ => Some(From::Key(prefix.clone())),
        }
    }

    fn take(&mut self, rows: Vec<(String, S, R)>) -> Taken<S> {
        let mut next = None;
        for (key, second, row) in rows {
            if !key.starts_with(&self.query.prefix) {
                return Taken::Done;
            }
            next = Some(self.behind(&key, &second));
            let first = self.last_key.as_deref() != Some(&key);
            self.last_key = Some(key.clone());
            if (self.query.firsts && !first) || !(self.visible)(&row) {
                continue;
            }
            let folded = self.common_prefix(&key);
            let skip = folded.as_deref().map(successor);
            match folded {
                Some(prefix) => self.push_prefix(prefix),
                None => self.entries.push(Entry::Row {
                    key,
                    second,
                    row,
                    first,
                }),
            }
            if self.full() {
                return Taken::Done;
            }
            if let Some(next) = skip {
                return Taken::Skip(next);
            }
        }
        next.map_or(Taken::Done, Taken::All)
    }

    fn behind(&self, key: &str, second: &S) -> From<S> {
        match self.query.firsts {
            true => From::Key(after_key(key)),
            false => From::AfterRow(key.to_owned(), second.clone()),
        }
    }

    fn full(&self) -> bool {
        self.entries.len() > self.query.limit
    }

    fn common_prefix(&self, key: &str) -> Option<String> {
        let delimiter = self.query.delimiter.as_deref()?;
        let rest = &key[self.query.prefix.len()..];
        let end = self.query.prefix.len() + rest.find(delimiter)? + delimiter.len();
        Some(key[..end].to_owned())
    }

    fn push_prefix(&mut self, prefix: String) {
        let listed_before = matches!(&self.query.start, Start::AfterKey(key) if *key == prefix);
        if !listed_before {
            self.entries.push(Entry::Prefix(prefix));
        }
    }
}

enum Taken<S> {
    Done,
    All(From<S>),
    /// To the first key at or after this one; none: no key is greater.
    Skip(Option<String>),
}

/// The smallest string greater than `key`.
fn after_key(key: &str) -> String {
    format!("{key}\0")
}

/// The smallest string greater than everything that starts with `prefix`.
pub fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        if let Some(next) = next_char(last) {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

fn next_char(c: char) -> Option<char> {
    match c {
        char::MAX => None,
        '\u{D7FF}' => Some('\u{E000}'),
        c => char::from_u32(c as u32 + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Rows = Vec<(String, u64, bool)>;

    fn list(rows: &Rows, query: &Query<u64>) -> (String, bool) {
        let fetch = |from: &From<u64>, limit: usize| {
            let later = |(key, second, _): &&(String, u64, bool)| match from {
                From::Key(start) => key >= start,
                From::AfterRow(start, number) => (key, second) > (start, number),
            };
            Ok(rows.iter().filter(later).take(limit).cloned().collect())
        };
        let page = walk(query, fetch, |visible| *visible).unwrap();
        let names: Vec<&str> = page.entries.iter().map(Entry::name).collect();
        (names.join(" "), page.truncated)
    }

    fn rows(keys: &[&str]) -> Rows {
        keys.iter()
            .map(|key| ((*key).to_owned(), 0, true))
            .collect()
    }

    fn query(prefix: &str, delimiter: &str, limit: usize, start: Start<u64>) -> Query<u64> {
        let delimiter = Some(delimiter.to_owned()).filter(|d| !d.is_empty());
        Query {
            prefix: prefix.to_owned(),
            delimiter,
            limit,
            start,
            firsts: true,
        }
    }

    /// Witness: AWS, "Organizing objects using prefixes".
    #[test]
    fn keys_are_folded_at_the_delimiter() {
        let rows = rows(&["a", "b/1", "b/2", "b/c/3", "d"]);
        assert_eq!(
            list(&rows, &query("", "/", 10, Start::Beginning)),
            ("a b/ d".into(), false)
        );
        assert_eq!(
            list(&rows, &query("b/", "/", 10, Start::Beginning)),
            ("b/1 b/2 b/c/".into(), false)
        );
        assert_eq!(
            list(&rows, &query("b", "", 2, Start::Beginning)),
            ("b/1 b/2".into(), true)
        );
        assert_eq!(
            list(&rows, &query("", "/", 2, Start::Beginning)),
            ("a b/".into(), true)
        );
        assert_eq!(
            list(&rows, &query("", "/", 2, Start::AfterKey("b/".into()))),
            ("d".into(), false)
        );
        assert_eq!(
            list(&rows, &query("", "/", 0, Start::Beginning)),
            ("".into(), false)
        );
        assert_eq!(
            list(&rows, &query("x", "/", 9, Start::Beginning)),
            ("".into(), false)
        );
    }

    #[test]
    fn only_the_first_row_of_a_key_shows_it() {
        let mut rows: Rows = (0..5000).map(|n| ("a".to_owned(), n, n > 0)).collect();
        rows.push(("b".to_owned(), 0, true));
        assert_eq!(
            list(&rows, &query("", "", 10, Start::Beginning)),
            ("b".into(), false)
        );
        let all = Query {
            firsts: false,
            ..query("", "", 2, Start::AfterRow("a".into(), 4998))
        };
        assert_eq!(list(&rows, &all), ("a b".into(), false));
    }

    #[test]
    fn the_successor_is_above_everything_with_the_prefix() {
        assert_eq!(successor("a/").as_deref(), Some("a0"));
        assert_eq!(successor("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(successor("\u{10FFFF}"), None);
        assert_eq!(successor("\u{D7FF}").as_deref(), Some("\u{E000}"));
    }

    proptest! {
        /// Pages joined are the whole list, whatever the page size.
        #[test]
        fn pages_join_to_the_whole(keys in proptest::collection::btree_set("[ab/]{1,5}", 0..40), limit in 1usize..7, fold in any::<bool>()) {
            let rows: Rows = keys.into_iter().map(|key| (key, 0, true)).collect();
            let delimiter = if fold { "/" } else { "" };
            let (whole, _) = list(&rows, &query("", delimiter, 1000, Start::Beginning));
            let mut start = Start::Beginning;
            let mut pages = Vec::new();
            loop {
                let (page, truncated) = list(&rows, &query("", delimiter, limit, start));
                let last = page.rsplit(' ').next().unwrap_or_default().to_owned();
                pages.push(page);
                if !truncated { break }
                start = Start::AfterKey(last);
            }
            let joined = pages.join(" ");
            prop_assert_eq!(joined.trim(), whole);
        }
    }
}
