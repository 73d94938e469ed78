//! Pages of lists: where one begins, how many items it has, and the token of the next.
//!
//! A token is good only for the list that made it, in the same order and with the same filter.

use super::errors;
use crate::aws::page;
use crate::store::{Direction, Key};
use codebuild_api::error::InvalidInputException;
use codebuild_api::model::SortOrderType;
use std::ops::Bound;

/// Items on a page when the request does not say; also the most.
pub const PAGE: usize = 100;

/// One request for a page.
#[derive(Debug)]
pub struct List<'a> {
    binding: String,
    direction: Direction,
    size: usize,
    token: Option<&'a str>,
}

/// The items of a page, and the token of the next one.
pub type Page<T> = Result<(Vec<T>, Option<String>), InvalidInputException>;

pub type Range<K> = (Bound<K>, Bound<K>);

impl<'a> List<'a> {
    /// `name` says which list it is: operation, scope, filter. Ascending, a hundred items.
    pub fn new(name: String, token: &'a Option<String>) -> Self {
        Self {
            binding: name,
            direction: Direction::Forward,
            size: PAGE,
            token: token.as_deref(),
        }
    }

    /// The order asked for, or `usual`.
    pub fn ordered(mut self, order: Option<SortOrderType>, usual: Direction) -> Self {
        self.direction = match order {
            Some(SortOrderType::Ascending) => Direction::Forward,
            Some(SortOrderType::Descending) => Direction::Backward,
            None => usual,
        };
        self
    }

    /// The number of items asked for; the model has checked it.
    pub fn sized(mut self, most: Option<i32>) -> Self {
        let asked = most.and_then(|most| usize::try_from(most).ok());
        self.size = asked.unwrap_or(PAGE).clamp(1, PAGE);
        self
    }

    /// Cuts the page out of `first..=last`. `rows` gives at most as many rows of a range as it is told, in that direction.
    pub fn page<K: Key, T>(
        &self,
        first: K,
        last: K,
        rows: impl FnOnce(Range<K>, Direction, usize) -> Vec<(K, T)>,
    ) -> Page<T> {
        let binding = format!("{}/{:?}", self.binding, self.direction);
        let after = self.token.map(|token| {
            page::position::<K>(&binding, token).ok_or_else(|| errors::invalid_page(token))
        });
        let range = page::after(first, last, after.transpose()?, self.direction);
        let rows = rows(range, self.direction, self.size + 1);
        let (rows, next) = page::cut(rows, self.size, |(at, _)| at.clone());
        let items = rows.into_iter().map(|(_, item)| item).collect();
        Ok((items, next.map(|at| page::token(&binding, &at))))
    }
}
