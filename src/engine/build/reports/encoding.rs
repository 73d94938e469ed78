//! Bytes of a report file as text: UTF-8 unless a byte order mark or the XML declaration says otherwise.

use super::parse::ReportError;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The declaration stands at the very beginning.
const LOOKED_AT: usize = 200;

/// The text without its byte order mark.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReportError> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, &bytes[length..]),
        None => (declared(bytes)?, bytes),
    };
    match encoding.decode_without_bom_handling(bytes) {
        (text, false) => Ok(text),
        _ => {
            let valid =
                std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
            let before = if encoding == UTF_8 {
                &bytes[..valid]
            } else {
                &[]
            };
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            let name = encoding.name();
            Err(ReportError::at(
                line,
                format!("the file is not valid {name}"),
            ))
        }
    }
}

fn declared(bytes: &[u8]) -> Result<&'static Encoding, ReportError> {
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let start = String::from_utf8_lossy(start);
    let Some(label) = label(&start) else {
        return Ok(UTF_8);
    };
    let encoding = Encoding::for_label(label.as_bytes());
    let encoding = encoding
        .ok_or_else(|| ReportError::at(1, format!("the encoding {label:?} is not known")))?;
    // The declaration could be read byte by byte, so these it cannot be.
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    Ok(if wide { UTF_8 } else { encoding })
}

/// The value of `encoding` in the XML declaration, if there is one.
fn label(start: &str) -> Option<&str> {
    let declaration = start.trim_start().strip_prefix("<?xml")?;
    let (declaration, _) = declaration.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split_once(quote).map(|(label, _)| label.trim())
}
