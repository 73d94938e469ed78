//! Keys of rows: encoded so that byte order on disk is the order of the values.

use crate::aws::{Account, Region, Scope, Time};
use std::hash::Hash;

/// An ordered key. `encode` is order-preserving and self-delimiting, so that tuples of keys sort by their parts.
pub trait Key: Clone + Eq + Ord + Hash + Send + Sync + 'static {
    fn encode(&self, out: &mut Vec<u8>);
    /// Takes this key's bytes from the front of `bytes`; `None` when they are not an encoding of this type.
    fn decode(bytes: &mut &[u8]) -> Option<Self>;
}

/// Zero bytes inside are escaped as `00 FF`, the end is `00 00`: shorter strings sort before longer ones.
impl Key for String {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_text(self, out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            let (&first, rest) = bytes.split_first()?;
            *bytes = rest;
            if first != 0 {
                text.push(first);
                continue;
            }
            let (&second, rest) = bytes.split_first()?;
            *bytes = rest;
            match second {
                0 => return String::from_utf8(text).ok(),
                0xFF => text.push(0),
                _ => return None,
            }
        }
    }
}

fn encode_text(text: &str, out: &mut Vec<u8>) {
    let mut parts = text.as_bytes().split(|byte| *byte == 0);
    out.extend(parts.next().unwrap_or_default());
    for part in parts {
        out.extend([0, 0xFF]);
        out.extend(part);
    }
    out.extend([0, 0]);
}

impl Key for u64 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.to_be_bytes());
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(u64::from_be_bytes(*head))
    }
}

/// The sign bit is flipped, so that negative times sort first.
impl Key for Time {
    fn encode(&self, out: &mut Vec<u8>) {
        (self.millis() as u64 ^ (1 << 63)).encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        u64::decode(bytes).map(|bits| Time::from_millis((bits ^ (1 << 63)) as i64))
    }
}

impl Key for Account {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_text(self.as_str(), out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Account::parse(&String::decode(bytes)?)
    }
}

impl Key for Region {
    fn encode(&self, out: &mut Vec<u8>) {
        encode_text(self.as_str(), out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Region::parse(&String::decode(bytes)?)
    }
}

impl Key for Scope {
    fn encode(&self, out: &mut Vec<u8>) {
        self.account.encode(out);
        self.region.encode(out);
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        Some(Scope::new(Account::decode(bytes)?, Region::decode(bytes)?))
    }
}

impl Key for u32 {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend(self.to_be_bytes());
    }

    fn decode(bytes: &mut &[u8]) -> Option<Self> {
        let (head, rest) = bytes.split_first_chunk()?;
        *bytes = rest;
        Some(u32::from_be_bytes(*head))
    }
}

macro_rules! tuple_keys {
    ($(($($part:ident $place:tt),+))+) => {$(
        impl<$($part: Key),+> Key for ($($part,)+) {
            fn encode(&self, out: &mut Vec<u8>) {
                $(self.$place.encode(out);)+
            }

            fn decode(bytes: &mut &[u8]) -> Option<Self> {
                Some(($($part::decode(bytes)?,)+))
            }
        }
    )+};
}

tuple_keys! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
}
