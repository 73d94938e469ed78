//! Pages of lists: opaque tokens that are good only where they were made.
//!
//! A token carries the key of the last item shown and a digest of its binding (operation, resource, filter), so that a token of
//! another list or garbage is recognised without being stored.

use crate::store::{Direction, Key};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use std::ops::Bound;

const DIGEST: usize = 12;
/// Longer than any token of ours; the models allow up to 2048 characters.
const LONGEST: usize = 2048;

/// The token that continues after `position` in the list named by `binding`.
pub fn token<K: Key>(binding: &str, position: &K) -> String {
    let mut bytes = digest(binding).to_vec();
    position.encode(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The position inside a token; `None` when the token is not one of ours for this binding.
pub fn position<K: Key>(binding: &str, token: &str) -> Option<K> {
    if token.len() > LONGEST {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (head, mut rest) = bytes.split_at_checked(DIGEST)?;
    let key = (head == digest(binding)).then(|| K::decode(&mut rest))??;
    rest.is_empty().then_some(key)
}

/// The range that is left of `first..=last` after `position`, walked in `direction`.
pub fn after<K: Key>(
    first: K,
    last: K,
    position: Option<K>,
    direction: Direction,
) -> (Bound<K>, Bound<K>) {
    let (first, last) = (Bound::Included(first), Bound::Included(last));
    match (position.map(Bound::Excluded), direction) {
        (None, _) => (first, last),
        (Some(position), Direction::Forward) => (position, last),
        (Some(position), Direction::Backward) => (first, position),
    }
}

/// Cuts `items` (fetched with one more than `size`) to a page and says where the next one begins.
pub fn cut<T, K>(mut items: Vec<T>, size: usize, key: impl Fn(&T) -> K) -> (Vec<T>, Option<K>) {
    if items.len() <= size {
        return (items, None);
    }
    items.truncate(size);
    let last = items.last().map(key);
    (items, last)
}

fn digest(binding: &str) -> [u8; DIGEST] {
    let mut head = [0; DIGEST];
    head.copy_from_slice(&Sha256::digest(binding.as_bytes())[..DIGEST]);
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_gives_its_position_back() {
        let position_in = ("name".to_owned(), 7_u64);
        let token = token("ListThings/a", &position_in);
        assert_eq!(
            position::<(String, u64)>("ListThings/a", &token),
            Some(position_in)
        );
    }

    #[test]
    fn tokens_of_other_lists_and_garbage_are_refused() {
        let token = token("ListThings/a", &"name".to_owned());
        assert_eq!(position::<String>("ListThings/b", &token), None);
        assert_eq!(position::<String>("ListThings/a", "garbage"), None);
        assert_eq!(position::<String>("ListThings/a", ""), None);
        assert_eq!(position::<String>("ListThings/a", &"A".repeat(5000)), None);
        assert_eq!(position::<u64>("ListThings/a", &token), None);
    }

    #[test]
    fn the_last_page_has_no_continuation() {
        assert_eq!(cut(vec![1, 2, 3], 3, |n| *n), (vec![1, 2, 3], None));
        assert_eq!(cut(vec![1, 2, 3, 4], 3, |n| *n), (vec![1, 2, 3], Some(3)));
    }
}
