//! Pages of lists of ARNs.

use super::errors;
use crate::aws::page;
use crate::store::Key;
use ecs_api::error::InvalidParameterException;

/// Results of one page, at most and unless another number is asked for.
const PAGE: i32 = 100;

/// Where a page begins, and how long it is.
pub struct Page<K> {
    binding: String,
    pub after: Option<K>,
    pub size: usize,
}

impl<K: Key> Page<K> {
    /// `binding` names the list with all that it depends on.
    pub fn read(
        binding: String,
        token: Option<&String>,
        size: Option<i32>,
    ) -> Result<Self, InvalidParameterException> {
        let size = size.unwrap_or(PAGE);
        if !(1..=PAGE).contains(&size) {
            return Err(errors::invalid(format!(
                "Invalid max results: must be between 1 and {PAGE}."
            )));
        }
        let after = match token {
            None => None,
            Some(token) => Some(page::position(&binding, token).ok_or_else(errors::bad_token)?),
        };
        Ok(Self {
            binding,
            after,
            size: usize::try_from(size).unwrap_or(1),
        })
    }

    /// Cuts what was fetched with one more than the page's size; the token of the rest.
    pub fn cut<T>(&self, rows: Vec<T>, key: impl Fn(&T) -> K) -> (Vec<T>, Option<String>) {
        let (rows, last) = page::cut(rows, self.size, key);
        let token = last.map(|last| page::token(&self.binding, &last));
        (rows, token)
    }
}
