//! Random identifiers. Engines never call these: what they need comes in with commands and events.

use uuid::Uuid;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A lower-case UUID, version 4.
pub fn uuid() -> String {
    Uuid::new_v4().to_string()
}

/// `length` random characters of `[A-Za-z0-9]`.
pub fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // Values of 248 and more would favour the first letters.
        let fair = Uuid::new_v4().into_bytes().into_iter().enumerate();
        let letters = fair.filter(|(at, byte)| !matches!(at, 6 | 8) && *byte < 248);
        text.extend(letters.map(|(_, byte)| char::from(ALPHANUMERIC[usize::from(byte) % 62])));
    }
    text.truncate(length);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_their_length_and_alphabet() {
        for length in [0, 1, 7, 32, 100] {
            let id = alphanumeric(length);
            assert_eq!(id.len(), length);
            assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn two_identifiers_differ() {
        assert_ne!(alphanumeric(20), alphanumeric(20));
        assert_ne!(uuid(), uuid());
    }
}
