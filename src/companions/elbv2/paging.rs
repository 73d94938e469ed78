//! Pages of lists: as many as asked for, at most 400, and the marker of the next.

use super::errors;
use crate::aws::page;
use crate::store::{Direction, Key};
use slipway_runtime::CommonError;
use std::ops::{Bound, RangeInclusive};

const SIZE: usize = 400;

/// Items of a page with their keys, and the marker of the next page.
pub type Page<K, R> = (Vec<(K, R)>, Option<String>);

/// Which page a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub marker: Option<&'a str>,
    pub size: Option<i32>,
}

/// A page of what `read` finds in `range`; `list` names the operation and what it is about.
pub fn cut<K: Key, R>(
    list: &str,
    wanted: Wanted<'_>,
    range: RangeInclusive<K>,
    read: impl FnOnce((Bound<K>, Bound<K>), usize) -> Vec<(K, R)>,
) -> Result<Page<K, R>, CommonError> {
    let size = wanted.size.and_then(|size| usize::try_from(size).ok());
    let size = size.unwrap_or(SIZE).clamp(1, SIZE);
    let after = wanted.marker.map(|marker| {
        page::position::<K>(list, marker).ok_or_else(|| errors::invalid("Invalid marker"))
    });
    let (first, last) = range.into_inner();
    let rest = page::after(first, last, after.transpose()?, Direction::Forward);
    let (items, last) = page::cut(read(rest, size + 1), size, |(key, _)| key.clone());
    Ok((items, last.map(|last| page::token(list, &last))))
}
