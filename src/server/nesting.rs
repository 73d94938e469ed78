//! Looks a body over before it is decoded: bounded nesting, a bounded number of values, nothing behind the one that it is.
//!
//! Invariant: looks at each byte once, allocates a stack of at most [`DEEPEST`] counters, and believes no length that the body
//! states about itself.

/// Deeper bodies are refused.
pub const DEEPEST: usize = 128;

/// Bodies of more values are refused: two bytes of a body can become hundreds in memory. The largest request that AWS takes, ten
/// thousand log events, has half as many; keys count as values.
pub const MOST_VALUES: usize = 100_000;

/// Why a body is not worth decoding; the text is for the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("The body is nested deeper than {DEEPEST} levels.")]
    TooDeep,
    #[error("The body has more than {MOST_VALUES} values.")]
    TooMany,
    #[error("The body ends before its value does.")]
    Unfinished,
    #[error("Unexpected data at byte {0} of the body.")]
    Unexpected(usize),
}

/// Checks brackets, strings and the end of a JSON text; the decoder checks the rest of the grammar.
pub fn check_json(body: &[u8]) -> Result<(), Malformed> {
    let mut depth = 0_usize;
    let mut at = 0;
    let mut complete = false;
    let mut values = Values::default();
    while let Some(&byte) = body.get(at) {
        let blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        if complete && !blank {
            return Err(Malformed::Unexpected(at));
        }
        match byte {
            b'"' => at = end_of_string(body, at)?,
            // Whatever is inside something stands behind one of these.
            b',' | b':' => values.add()?,
            b'{' | b'[' => {
                values.add()?;
                depth += 1;
            }
            b'}' | b']' => depth = depth.checked_sub(1).ok_or(Malformed::Unexpected(at))?,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Malformed::TooDeep);
        }
        at += 1;
        // A body that is a bare number or literal is no structure; the decoder says so.
        complete = complete || (depth == 0 && matches!(byte, b'}' | b']' | b'"'));
    }
    if depth == 0 {
        Ok(())
    } else {
        Err(Malformed::Unfinished)
    }
}

/// The place of the closing quote of the string that opens at `start`.
fn end_of_string(body: &[u8], start: usize) -> Result<usize, Malformed> {
    let mut at = start + 1;
    loop {
        match body.get(at) {
            Some(b'"') => return Ok(at),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return Err(Malformed::Unfinished),
        }
    }
}

/// What has been counted so far.
#[derive(Default)]
pub struct Values(usize);

impl Values {
    /// One more, if there may be one.
    pub fn add(&mut self) -> Result<(), Malformed> {
        self.0 += 1;
        match self.0 > MOST_VALUES {
            true => Err(Malformed::TooMany),
            false => Ok(()),
        }
    }
}

/// Checks that the body is one well-formed CBOR item.
pub fn check_cbor(body: &[u8]) -> Result<(), Malformed> {
    let mut open: Vec<Open> = vec![Open::Items(1)];
    let mut at = 0;
    let mut values = Values::default();
    while let Some(top) = open.last_mut() {
        if top.is_done() {
            open.pop();
            continue;
        }
        values.add()?;
        let head = Head::read(body, at)?;
        if head.is_break() {
            top.end(at)?;
        } else {
            top.take();
        }
        let inner = head.inner(at)?;
        at = head.end;
        if let Some(inner) = inner {
            open.push(inner);
        }
        // The first entry stands for the body itself.
        if open.len() > DEEPEST + 1 {
            return Err(Malformed::TooDeep);
        }
    }
    if at == body.len() {
        Ok(())
    } else {
        Err(Malformed::Unexpected(at))
    }
}

/// What is still expected inside an item that has begun.
enum Open {
    Items(u64),
    UntilBreak,
    Ended,
}

impl Open {
    fn is_done(&self) -> bool {
        matches!(self, Self::Items(0) | Self::Ended)
    }

    fn take(&mut self) {
        if let Self::Items(count) = self {
            *count -= 1;
        }
    }

    fn end(&mut self, at: usize) -> Result<(), Malformed> {
        match self {
            Self::UntilBreak => {
                *self = Self::Ended;
                Ok(())
            }
            _ => Err(Malformed::Unexpected(at)),
        }
    }
}

/// The head of one item: its type, its argument, and where its inner items or the next item begin.
struct Head {
    major: u8,
    /// `None`: indefinite length.
    argument: Option<u64>,
    end: usize,
}

impl Head {
    fn read(body: &[u8], at: usize) -> Result<Self, Malformed> {
        let first = *body.get(at).ok_or(Malformed::Unfinished)?;
        let (major, short) = (first >> 5, first & 0x1f);
        let width = match short {
            0..=23 => {
                return Self {
                    major,
                    argument: Some(short.into()),
                    end: at + 1,
                }
                .past_text(body);
            }
            24..=27 => 1_usize << (short - 24),
            31 => {
                return Ok(Self {
                    major,
                    argument: None,
                    end: at + 1,
                });
            }
            _ => return Err(Malformed::Unexpected(at)),
        };
        let bytes = body
            .get(at + 1..at + 1 + width)
            .ok_or(Malformed::Unfinished)?;
        let argument = bytes
            .iter()
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        Self {
            major,
            argument: Some(argument),
            end: at + 1 + width,
        }
        .past_text(body)
    }

    /// Byte and text strings of stated length have no inner items; their bytes are stepped over.
    fn past_text(mut self, body: &[u8]) -> Result<Self, Malformed> {
        if let (2 | 3, Some(length)) = (self.major, self.argument) {
            let length = usize::try_from(length).map_err(|_| Malformed::Unfinished)?;
            let end = self
                .end
                .checked_add(length)
                .filter(|end| *end <= body.len());
            self.end = end.ok_or(Malformed::Unfinished)?;
        }
        Ok(self)
    }

    fn is_break(&self) -> bool {
        self.major == 7 && self.argument.is_none()
    }

    fn inner(&self, at: usize) -> Result<Option<Open>, Malformed> {
        match (self.major, self.argument) {
            (2..=5, None) => Ok(Some(Open::UntilBreak)),
            (4, Some(count)) => Ok(Some(Open::Items(count))),
            (5, Some(count)) => count
                .checked_mul(2)
                .map(Open::Items)
                .map(Some)
                .ok_or(Malformed::Unfinished),
            (6, Some(_)) => Ok(Some(Open::Items(1))),
            (0 | 1 | 6, None) => Err(Malformed::Unexpected(at)),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn nested_json(depth: usize) -> Vec<u8> {
        [vec![b'['; depth], vec![b']'; depth]].concat()
    }

    /// Arrays of one element around an empty map.
    fn nested_cbor(depth: usize) -> Vec<u8> {
        [vec![0x81; depth - 1], vec![0xa0]].concat()
    }

    #[test]
    fn the_deepest_allowed_body_passes_and_one_level_more_does_not() {
        assert_eq!(check_json(&nested_json(DEEPEST)), Ok(()));
        assert_eq!(
            check_json(&nested_json(DEEPEST + 1)),
            Err(Malformed::TooDeep)
        );
        assert_eq!(check_cbor(&nested_cbor(DEEPEST)), Ok(()));
        assert_eq!(
            check_cbor(&nested_cbor(DEEPEST + 1)),
            Err(Malformed::TooDeep)
        );
    }

    #[test]
    fn a_million_open_brackets_are_refused_and_not_followed() {
        assert_eq!(check_json(&vec![b'['; 1_000_000]), Err(Malformed::TooDeep));
        assert_eq!(check_cbor(&vec![0x81; 1_000_000]), Err(Malformed::TooDeep));
        assert_eq!(check_cbor(&vec![0x9f; 1_000_000]), Err(Malformed::TooDeep));
        assert_eq!(check_cbor(&vec![0xc1; 1_000_000]), Err(Malformed::TooDeep));
    }

    /// A list of empty lists, in JSON and CBOR, that counts as `values` values.
    fn lists(values: usize) -> (Vec<u8>, Vec<u8>) {
        let inner = vec!["[]"; values / 2].join(",");
        let mut cbor = vec![0x9a];
        cbor.extend(u32::try_from(values - 1).unwrap().to_be_bytes());
        cbor.extend(vec![0x80; values - 1]);
        (format!("[{inner}]").into_bytes(), cbor)
    }

    #[test]
    fn the_most_values_allowed_pass_and_more_do_not() {
        let (json, cbor) = lists(MOST_VALUES);
        assert_eq!(check_json(&json), Ok(()));
        assert_eq!(check_cbor(&cbor), Ok(()));
        let (json, cbor) = lists(MOST_VALUES + 2);
        assert_eq!(check_json(&json), Err(Malformed::TooMany));
        assert_eq!(check_cbor(&cbor), Err(Malformed::TooMany));
        let members = vec!["\"a\":1"; MOST_VALUES / 2 + 1].join(",");
        let json = format!("{{{members}}}");
        assert_eq!(check_json(json.as_bytes()), Err(Malformed::TooMany));
    }

    #[test]
    fn a_long_text_is_one_value() {
        let text = ",:[{".repeat(MOST_VALUES);
        assert_eq!(check_json(format!("[\"{text}\"]").as_bytes()), Ok(()));
        let mut cbor = vec![0x7a];
        cbor.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        cbor.extend(text.into_bytes());
        assert_eq!(check_cbor(&cbor), Ok(()));
    }

    #[test]
    fn brackets_inside_strings_do_not_count() {
        assert_eq!(check_json(br#"{"a":"[[[{\"\\","b":1}  "#), Ok(()));
    }

    #[test]
    fn data_behind_the_value_and_a_missing_end_are_refused() {
        assert_eq!(check_json(b"{} x"), Err(Malformed::Unexpected(3)));
        assert_eq!(check_json(b"{}}"), Err(Malformed::Unexpected(2)));
        assert_eq!(check_json(b"}"), Err(Malformed::Unexpected(0)));
        assert_eq!(check_json(b"{\"a"), Err(Malformed::Unfinished));
        assert_eq!(check_json(b"{\"a\\"), Err(Malformed::Unfinished));
        assert_eq!(check_cbor(&[0xa0, 0x00]), Err(Malformed::Unexpected(1)));
        assert_eq!(check_cbor(&[]), Err(Malformed::Unfinished));
    }

    #[test]
    fn stated_lengths_are_not_believed() {
        let huge_array = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let huge_map = [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        let huge_text = [0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        for body in [huge_array, huge_map, huge_text] {
            assert_eq!(check_cbor(&body), Err(Malformed::Unfinished));
        }
    }

    #[test]
    fn indefinite_lengths_are_followed_to_their_break() {
        // {_ "a": [_ 1, 2], "b": (_ "x", "y")}
        let body = [
            0xbf, 0x61, b'a', 0x9f, 1, 2, 0xff, 0x61, b'b', 0x7f, 0x61, b'x', 0x61, b'y', 0xff,
            0xff,
        ];
        assert_eq!(check_cbor(&body), Ok(()));
        assert_eq!(
            check_cbor(&body[..body.len() - 1]),
            Err(Malformed::Unfinished)
        );
        assert_eq!(check_cbor(&[0xff]), Err(Malformed::Unexpected(0)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = check_json(&body);
            let _ = check_cbor(&body);
        }
    }
}
