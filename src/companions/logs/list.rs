//! Pages of names: where a prefix ends, and what a page's token continues.

use super::errors;
use crate::aws::page;
use crate::store::Key;
use logs_api::error::InvalidParameterException;

/// Groups and streams per page, at most and by default.
const PAGE: usize = 50;

/// The least text that is greater than every text with this prefix; `None` when there is none.
pub fn after_all_with(prefix: &str) -> Option<String> {
    let mut text: Vec<char> = prefix.chars().collect();
    while let Some(last) = text.pop() {
        // Skips what is no character: surrogates.
        let next = (last as u32 + 1..=0x0010_FFFF).find_map(char::from_u32);
        if let Some(next) = next {
            text.push(next);
            return Some(text.into_iter().collect());
        }
    }
    None
}

/// The size of a page that a request asks for; the model bounds it.
pub fn size(limit: Option<i32>) -> usize {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok());
    limit.unwrap_or(PAGE)
}

/// The key a request's token continues after.
pub fn after<K: Key>(
    binding: &str,
    token: Option<&str>,
) -> Result<Option<K>, InvalidParameterException> {
    let Some(token) = token else { return Ok(None) };
    let position = page::position(binding, token);
    position.map(Some).ok_or_else(errors::invalid_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_before_the_next_text_of_its_length() {
        assert_eq!(after_all_with("ab").as_deref(), Some("ac"));
        assert_eq!(after_all_with("a\u{10FFFF}").as_deref(), Some("b"));
        assert_eq!(after_all_with("\u{D7FF}").as_deref(), Some("\u{E000}"));
        assert_eq!(after_all_with(""), None);
    }
}
