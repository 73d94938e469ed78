//! Bodies sent as `aws-chunked`: sizes, signatures and trailers are taken out while the bytes pass by.
//!
//! Signatures of chunks are not verified, like all signatures. Everything is limited: heads of chunks, trailers; the payload by
//! whoever reads it.

use super::Incoming;
use crate::companions::s3::claims::{Claims, Expected};
use crate::companions::s3::errors;
use bytes::{Buf, Bytes, BytesMut};
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use s3s::{Body, S3Error};
use std::sync::{Arc, OnceLock};

/// A size, `;chunk-signature=` and 64 or, for asymmetric signatures, 144 digits.
const LONGEST_HEAD: usize = 512;
const LONGEST_TRAILERS: usize = 16 * 1024;

/// The payload. A promised checksum is put where the claims look for it.
pub fn plain(body: Incoming, framed: bool, claims: &Claims) -> Body {
    if !framed {
        return Body::http_body_unsync(body);
    }
    let promised = match &claims.checksum {
        Some((algorithm, Expected::Trailer(cell))) => Some((algorithm.header(), cell.clone())),
        _ => None,
    };
    let start = Deframer {
        body,
        buffer: BytesMut::new(),
        state: State::Head,
        promised,
    };
    let pieces = stream::try_unfold(start, Deframer::next);
    Body::http_body_unsync(StreamBody::new(pieces.map(|piece| piece.map(Frame::data))))
}

struct Deframer {
    body: Incoming,
    buffer: BytesMut,
    state: State,
    promised: Option<(&'static str, Arc<OnceLock<String>>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Head,
    /// Bytes left of a chunk.
    Data(u64),
    /// The line end behind a chunk.
    End,
    Trailers,
    Done,
}

impl Deframer {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, S3Error> {
        loop {
            match self.state {
                State::Head => self.state = self.head().await?,
                State::Data(left) => {
                    let piece = self.piece(left).await?;
                    return Ok(Some((piece, self)));
                }
                State::End => self.line_end().await?,
                State::Trailers => self.trailers().await?,
                State::Done => return Ok(None),
            }
        }
    }

    async fn head(&mut self) -> Result<State, S3Error> {
        let end = loop {
            if let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") {
                break end;
            }
            if self.buffer.len() > LONGEST_HEAD {
                return Err(errors::malformed_chunk());
            }
            self.fill().await?;
        };
        let line = self.buffer.split_to(end);
        self.buffer.advance(2);
        match chunk_size(&line).ok_or_else(errors::malformed_chunk)? {
            0 => Ok(State::Trailers),
            size => Ok(State::Data(size)),
        }
    }

    async fn piece(&mut self, left: u64) -> Result<Bytes, S3Error> {
        if self.buffer.is_empty() {
            self.fill().await?;
        }
        let size =
            usize::try_from(left).map_or(self.buffer.len(), |left| left.min(self.buffer.len()));
        let left = left - size as u64;
        self.state = if left == 0 {
            State::End
        } else {
            State::Data(left)
        };
        Ok(self.buffer.split_to(size).freeze())
    }

    async fn line_end(&mut self) -> Result<(), S3Error> {
        while self.buffer.len() < 2 {
            self.fill().await?;
        }
        if !self.buffer.starts_with(b"\r\n") {
            return Err(errors::malformed_chunk());
        }
        self.buffer.advance(2);
        self.state = State::Head;
        Ok(())
    }

    /// Everything behind the last chunk. Senders differ in where they put empty lines.
    async fn trailers(&mut self) -> Result<(), S3Error> {
        while self.buffer.len() <= LONGEST_TRAILERS && self.more().await? {}
        if self.buffer.len() > LONGEST_TRAILERS {
            return Err(errors::malformed_trailer());
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| errors::malformed_trailer())?;
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').ok_or_else(errors::malformed_trailer)?;
            if let Some((promised, cell)) = &self.promised
                && name.trim().eq_ignore_ascii_case(promised)
            {
                let _ = cell.set(value.trim().to_owned());
            }
        }
        self.state = State::Done;
        Ok(())
    }

    /// Errors: `IncompleteBody` when there is nothing more.
    async fn fill(&mut self) -> Result<(), S3Error> {
        match self.more().await? {
            true => Ok(()),
            false => Err(errors::incomplete_body()),
        }
    }

    /// Whether something more came.
    async fn more(&mut self) -> Result<bool, S3Error> {
        loop {
            let Some(frame) = self.body.frame().await else {
                return Ok(false);
            };
            let frame = frame.map_err(|_| errors::incomplete_body())?;
            match frame.into_data() {
                Ok(data) if data.is_empty() => continue,
                Ok(data) => {
                    self.take(data);
                    return Ok(true);
                }
                Err(_trailers_of_http) => continue,
            }
        }
    }

    fn take(&mut self, data: Bytes) {
        // Without a copy where nothing is left over.
        if self.buffer.is_empty() {
            self.buffer = BytesMut::from(data);
        } else {
            self.buffer.extend_from_slice(&data);
        }
    }
}

/// `<hex>[;extensions]`.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?;
    let digits = line.split(';').next()?.trim();
    let plain = (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    plain
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companions::s3::digest::Algorithm;
    use proptest::prelude::*;

    fn incoming(pieces: Vec<Vec<u8>>) -> Incoming {
        let frames = pieces
            .into_iter()
            .map(|piece| Ok(Frame::data(Bytes::from(piece))));
        StreamBody::new(stream::iter(frames)).boxed_unsync()
    }

    fn promising() -> (Claims, Arc<OnceLock<String>>) {
        let cell: Arc<OnceLock<String>> = Arc::default();
        let claims = Claims {
            checksum: Some((Algorithm::Crc32, Expected::Trailer(cell.clone()))),
            ..Claims::default()
        };
        (claims, cell)
    }

    fn deframe(pieces: Vec<Vec<u8>>) -> (Result<Vec<u8>, String>, Option<String>) {
        let (claims, cell) = promising();
        let body = plain(incoming(pieces), true, &claims);
        let collected = futures::executor::block_on(BodyExt::collect(body));
        let code = |error: Box<dyn std::error::Error + Send + Sync>| {
            error
                .downcast_ref::<S3Error>()
                .map_or("?".to_owned(), |error| error.code().as_str().to_owned())
        };
        (
            collected.map(|body| body.to_bytes().to_vec()).map_err(code),
            cell.get().cloned(),
        )
    }

    fn whole(text: &str) -> (Result<Vec<u8>, String>, Option<String>) {
        deframe(vec![text.as_bytes().to_vec()])
    }

    /// Witness: AWS, "Signature calculations for the Authorization header: transferring payload in multiple chunks", and the
    /// same "including trailing headers".
    #[test]
    fn chunks_signatures_and_trailers_are_taken_out() {
        let (body, trailer) =
            whole("5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n");
        assert_eq!(
            (body.unwrap(), trailer.as_deref()),
            (b"hello world".to_vec(), Some("DUoRhQ=="))
        );
        let signature = "0".repeat(64);
        let (body, trailer) = whole(&format!(
            "5;chunk-signature={signature}\r\nhello\r\n0;chunk-signature={signature}\r\nx-amz-checksum-crc32:NhCmhg==\n\r\n\r\nx-amz-trailer-signature:{signature}\r\n\r\n"
        ));
        assert_eq!(
            (body.unwrap(), trailer.as_deref()),
            (b"hello".to_vec(), Some("NhCmhg=="))
        );
        assert_eq!(whole("0\r\n\r\n").0.unwrap(), b"");
    }

    #[test]
    fn a_body_that_breaks_off_or_is_malformed_is_an_error() {
        for (text, code) in [
            ("", "IncompleteBody"),
            ("5\r\nhel", "IncompleteBody"),
            ("5\r\nhello", "IncompleteBody"),
            ("5\r\nhello\r\n", "IncompleteBody"),
            ("zz\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
            ("-5\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
            ("5\r\nhello!\r\n0\r\n\r\n", "InvalidRequest"),
            ("11112222333344445\r\n", "InvalidRequest"),
            ("0\r\nno colon\r\n\r\n", "MalformedTrailerError"),
        ] {
            assert_eq!(whole(text).0.unwrap_err(), code, "{text:?}");
        }
        assert_eq!(whole(&"1".repeat(600)).0.unwrap_err(), "InvalidRequest");
        assert_eq!(
            whole(&format!("0\r\n{}", "a:b\r\n".repeat(5000)))
                .0
                .unwrap_err(),
            "MalformedTrailerError"
        );
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_payload_is_the_same(chunks in proptest::collection::vec("[a-z]{1,40}", 0..6), cut in 1usize..20) {
            let mut text = String::new();
            for chunk in &chunks {
                text.push_str(&format!("{:x}\r\n{chunk}\r\n", chunk.len()));
            }
            text.push_str("0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n");
            let pieces = text.as_bytes().chunks(cut).map(<[u8]>::to_vec).collect();
            let (body, trailer) = deframe(pieces);
            prop_assert_eq!(body.unwrap(), chunks.concat().into_bytes());
            prop_assert_eq!(trailer.as_deref(), Some("AAAAAA=="));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = deframe(vec![bytes]);
        }
    }
}
