//! Pages of lists: `Marker` and `MaxItems`.

use crate::aws::page;
use crate::server::fault::Invalid;
use slipway_runtime::CommonError;

/// Items of one page, and the marker of the next.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub truncated: Option<bool>,
    pub marker: Option<String>,
}

/// What a request asks of a list.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub marker: &'a Option<String>,
    pub most: Option<i32>,
}

const USUAL: usize = 100;

impl Wanted<'_> {
    /// Cuts a page from `items`, which are in the order of their keys. `list` names the operation and what it is about.
    pub fn cut<T>(
        self,
        list: &str,
        items: impl Iterator<Item = (String, T)>,
    ) -> Result<Page<T>, CommonError> {
        let after = match self.marker.as_deref() {
            Some(marker) => Some(
                page::position::<String>(list, marker)
                    .ok_or_else(|| Invalid::new("Invalid Marker."))?,
            ),
            None => None,
        };
        let size = self
            .most
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(USUAL);
        let rest = items.filter(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        let (shown, last) = page::cut(rest.take(size + 1).collect(), size, |(key, _)| key.clone());
        Ok(Page {
            items: shown.into_iter().map(|(_, item)| item).collect(),
            truncated: Some(last.is_some()),
            marker: last.map(|last| page::token(list, &last)),
        })
    }
}
