//! Pages of lists: a hundred items, and the token of the next.

use super::errors;
use crate::aws::page;
use crate::store::{Direction, Key};
use sns_api::error::InvalidParameterException;
use std::ops::{Bound, RangeInclusive};

const SIZE: usize = 100;

/// Items of a page with their keys, and the token of the next page.
pub type Page<K, R> = (Vec<(K, R)>, Option<String>);

/// A page of what `read` finds in `range`; `list` names the operation and what it is about.
pub fn cut<K: Key, R>(
    list: &str,
    token: Option<&str>,
    range: RangeInclusive<K>,
    read: impl FnOnce((Bound<K>, Bound<K>), usize) -> Vec<(K, R)>,
) -> Result<Page<K, R>, InvalidParameterException> {
    let after = token
        .map(|token| page::position::<K>(list, token).ok_or_else(|| errors::invalid("NextToken")));
    let (first, last) = range.into_inner();
    let rest = page::after(first, last, after.transpose()?, Direction::Forward);
    let (items, last) = page::cut(read(rest, SIZE + 1), SIZE, |(key, _)| key.clone());
    Ok((items, last.map(|last| page::token(list, &last))))
}
