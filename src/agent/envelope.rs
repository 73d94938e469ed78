//! A specification out of its envelope.
//!
//! Invariant: bounded in size and depth; any bytes may come in. AWS's agent looks at the signature and goes on whatever it finds, so
//! that the content alone matters here. Source: contract, codedeploy section 8.8, "Envelope".

use super::errors::{self, Done, Fault};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN PKCS7-----";
const END: &str = "-----END PKCS7-----";
/// Longest envelope.
const MAX_BYTES: usize = 1024 * 1024;

const SEQUENCE: u8 = 0x30;
const OBJECT_ID: u8 = 0x06;
const OCTETS: u8 = 0x04;
const OCTETS_IN_PARTS: u8 = 0x24;
const INTEGER: u8 = 0x02;
const SET: u8 = 0x31;
const FIRST: u8 = 0xa0;
/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

/// The specification's JSON. In service, AWS's agent takes `PKCS7/JSON` alone.
pub fn open(format: &str, payload: &str) -> Done<Vec<u8>> {
    match format {
        "PKCS7/JSON" => content(payload).ok_or_else(|| {
            Fault::unknown("Could not parse the PKCS7: it holds no signed content")
        }),
        other => Err(errors::unsupported_format(other)),
    }
}

/// The attached content of the SignedData in PEM armour.
fn content(payload: &str) -> Option<Vec<u8>> {
    if payload.len() > MAX_BYTES {
        return None;
    }
    let (_, armoured) = payload.split_once(BEGIN)?;
    let (armoured, _) = armoured.split_once(END)?;
    let text: String = armoured.split_whitespace().collect();
    let der = STANDARD.decode(text).ok()?;
    let mut info = Reader(Reader(&der).expect(SEQUENCE)?);
    if info.expect(OBJECT_ID)? != SIGNED_DATA {
        return None;
    }
    let mut signed = Reader(Reader(info.expect(FIRST)?).expect(SEQUENCE)?);
    signed.expect(INTEGER)?;
    signed.expect(SET)?;
    let mut inner = Reader(signed.expect(SEQUENCE)?);
    inner.expect(OBJECT_ID)?;
    let attached = inner.expect(FIRST)?;
    // The signer's certificate has to be there, too.
    signed.expect(FIRST)?;
    octets(attached)
}

/// One string of octets, in one piece or in parts.
fn octets(bytes: &[u8]) -> Option<Vec<u8>> {
    let (tag, value) = Reader(bytes).next()?;
    match tag {
        OCTETS => Some(value.to_vec()),
        OCTETS_IN_PARTS => {
            let (mut parts, mut all) = (Reader(value), Vec::new());
            while !parts.0.is_empty() {
                all.extend_from_slice(parts.expect(OCTETS)?);
            }
            Some(all)
        }
        _ => None,
    }
}

/// Values in DER, one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn expect(&mut self, wanted: u8) -> Option<&'a [u8]> {
        let (tag, value) = self.next()?;
        (tag == wanted).then_some(value)
    }

    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..0x80 => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
                (bytes.iter().fold(0, add), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x84], &length[..], content].concat()
    }

    fn signed(attached: &[u8], certificate: bool) -> Vec<u8> {
        let mut parts = vec![value(INTEGER, &[1]), value(SET, &[])];
        let data = value(OBJECT_ID, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]);
        parts.push(value(SEQUENCE, &[data, value(FIRST, attached)].concat()));
        if certificate {
            parts.push(value(FIRST, b"certificate"));
        }
        parts.push(value(SET, b"anything at all"));
        let signed = value(FIRST, &value(SEQUENCE, &parts.concat()));
        value(SEQUENCE, &[value(OBJECT_ID, SIGNED_DATA), signed].concat())
    }

    fn pem(der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"))
    }

    /// Witness: contract §8.8, "Envelope": attached content with a certificate is taken, the signature's bytes do not matter.
    #[test]
    fn attached_content_is_taken_whatever_the_signature() {
        let whole = value(OCTETS, b"{\"a\": 1}");
        let parts = value(OCTETS_IN_PARTS, &[value(OCTETS, b"{\"a\""), value(OCTETS, b": 1}")].concat());
        for attached in [whole, parts] {
            let payload = pem(&signed(&attached, true));
            assert_eq!(open("PKCS7/JSON", &payload).unwrap(), b"{\"a\": 1}");
        }
    }

    /// Witness: contract §8.8, "Envelope": no armour, detached, no certificate are rejected; so is TEXT/JSON.
    #[test]
    fn everything_else_is_refused() {
        let attached = value(OCTETS, b"{}");
        let der = signed(&attached, true);
        for payload in [
            STANDARD.encode(&der),
            pem(&signed(b"", true)),
            pem(&signed(&attached, false)),
            pem(&der[..der.len() - 1]),
            pem(b""),
            format!("{BEGIN}*{END}"),
        ] {
            let refused = open("PKCS7/JSON", &payload).unwrap_err();
            assert!(refused.message.starts_with("Could not parse the PKCS7"), "{payload}");
        }
        let refused = open("TEXT/JSON", "{}").unwrap_err().message;
        assert_eq!(refused, "Unsupported DeploymentSpecification format: TEXT/JSON");
    }
}
