//! Pages of lists: fifty items unless a caller wants fewer, and the marker of the next.

use super::errors;
use crate::aws::page;
use crate::store::{Direction, Key};
use lambda_api::error::InvalidParameterValueException;
use std::ops::{Bound, RangeInclusive};

const MOST: usize = 50;

/// Items of a page with their keys, and the marker of the next page.
pub type Page<K, R> = (Vec<(K, R)>, Option<String>);

/// A page of what `read` finds in `range`; `list` names the operation and what it is about.
pub fn cut<K: Key, R>(
    list: &str,
    marker: Option<&str>,
    size: Option<i32>,
    range: RangeInclusive<K>,
    read: impl FnOnce((Bound<K>, Bound<K>), usize) -> Vec<(K, R)>,
) -> Result<Page<K, R>, InvalidParameterValueException> {
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(MOST).clamp(1, MOST);
    let after = marker
        .map(|marker| page::position::<K>(list, marker).ok_or_else(errors::bad_marker))
        .transpose()?;
    let (first, last) = range.into_inner();
    let rest = page::after(first, last, after, Direction::Forward);
    let (items, last) = page::cut(read(rest, size + 1), size, |(key, _)| key.clone());
    Ok((items, last.map(|last| page::token(list, &last))))
}
