//! Version ids: opaque to customers, a direct way to the row for us.
//!
//! 24 bytes as 32 letters: 16 random bytes, then the row's sequence number hidden by the first eight of them. So an id names one
//! version for ever (the random part), and finding its row needs no index (the sequence number).

use base64::Engine;
use base64::alphabet::Alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use std::sync::LazyLock;

/// The id of the one version per key that was written without versioning.
pub const NULL: &str = "null";

/// No dash, so that an id is never taken for an option on a command line.
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";

static ENGINE: LazyLock<GeneralPurpose> = LazyLock::new(|| {
    let alphabet = Alphabet::new(LETTERS).expect("64 different printable letters");
    GeneralPurpose::new(&alphabet, NO_PAD)
});

/// The id of the version with this sequence number.
pub fn make(seq: u64, random: [u8; 16]) -> String {
    let mut bytes = random.to_vec();
    bytes.extend((seq ^ mask(&random)).to_be_bytes());
    ENGINE.encode(bytes)
}

/// The sequence number inside an id; `None` when we never made such an id.
pub fn seq_of(id: &str) -> Option<u64> {
    let bytes: [u8; 24] = ENGINE.decode(id).ok()?.try_into().ok()?;
    let (random, hidden) = bytes.split_at(16);
    let hidden = u64::from_be_bytes(hidden.try_into().ok()?);
    Some(hidden ^ mask(random.try_into().ok()?))
}

fn mask(random: &[u8; 16]) -> u64 {
    let (head, _) = random.split_at(8);
    u64::from_be_bytes(head.try_into().expect("eight of sixteen bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Our reading: AWS documents version ids as opaque strings; its own are 32 letters.
    #[test]
    fn an_id_has_32_letters_and_leads_back_to_its_sequence_number() {
        for seq in [0, 1, 77, u64::MAX] {
            let id = make(seq, *uuid::Uuid::new_v4().as_bytes());
            assert_eq!(id.len(), 32);
            assert!(!id.contains('-'));
            assert_eq!(seq_of(&id), Some(seq));
        }
    }

    #[test]
    fn ids_of_one_sequence_number_differ() {
        let random = || *uuid::Uuid::new_v4().as_bytes();
        assert_ne!(make(5, random()), make(5, random()));
    }

    #[test]
    fn foreign_ids_lead_nowhere() {
        for id in [
            "",
            "null",
            "3HL4kqtJvjVBH40Nrjfkd",
            "å",
            "-------------------------------!",
        ] {
            assert_eq!(seq_of(id), None, "{id}");
        }
    }
}
