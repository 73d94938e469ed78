//! Pages of lists: a hundred items, and the token of the next page.
//!
//! A token is good only for the list that made it, with the same filter. Source: contract, codedeploy section 1.2.

use super::errors;
use crate::aws::page;
use crate::store::{Direction, Key, Row, Table};
use codedeploy_api::error::InvalidNextTokenException;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Items on a page.
pub const PAGE: usize = 100;

/// Rows that are looked at for one page of a filtered list: where few match, a page is short and still has a token.
pub const LOOKED_AT: usize = 1000;

/// The items of a page, and the token of the next one.
pub type Page<T> = Result<(Vec<T>, Option<String>), InvalidNextTokenException>;

/// What the token says to begin after; none for an absent or empty one.
pub fn position<K: Key>(
    binding: &str,
    token: Option<&str>,
) -> Result<Option<K>, InvalidNextTokenException> {
    let token = token.filter(|token| !token.is_empty());
    let position =
        |token| page::position(binding, token).ok_or_else(|| errors::invalid_token(token));
    token.map(position).transpose()
}

/// A page of a table's rows. `binding` says which list it is: operation, scope, filter.
pub fn rows<K: Key, R: Row>(
    table: &Table<K, R>,
    all: RangeInclusive<K>,
    binding: &str,
    token: Option<&str>,
) -> Page<(K, Arc<R>)> {
    let after = position(binding, token)?;
    let (first, last) = all.into_inner();
    let range = page::after(first, last, after, Direction::Forward);
    let rows = table.range(range, Direction::Forward, PAGE + 1);
    let (rows, next) = page::cut(rows, PAGE, |(key, _)| key.clone());
    Ok((rows, next.map(|at| page::token(binding, &at))))
}

/// A page of what is kept of `rows`, of which there are as many as are left up to `LOOKED_AT`.
pub fn kept<K: Key, T, U>(
    rows: Vec<(K, T)>,
    binding: &str,
    keep: impl Fn(&K, T) -> Option<U>,
) -> (Vec<U>, Option<String>) {
    let (mut items, mut looked_at, count) = (Vec::new(), 0, rows.len());
    let mut last = None;
    for (key, row) in rows {
        looked_at += 1;
        items.extend(keep(&key, row));
        last = Some(key);
        if items.len() == PAGE {
            break;
        }
    }
    let more = looked_at < count || count == LOOKED_AT;
    let next = last.filter(|_| more);
    (items, next.map(|at| page::token(binding, &at)))
}
