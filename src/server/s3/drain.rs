//! A refused upload is read to its end, within limits: a client that only listens after it has sent everything would otherwise
//! see a broken connection instead of the refusal.

use super::Incoming;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

const MOST: usize = 128 << 20;
const LONGEST: Duration = Duration::from_secs(20);

/// A body whose rest is read when it is dropped.
pub struct Patient {
    body: Option<Incoming>,
}

/// `asks_first`: the sender waits for leave to send; then there is nothing to be read.
pub fn patient(body: Incoming, asks_first: bool) -> Incoming {
    match asks_first {
        true => body,
        false => Patient { body: Some(body) }.boxed_unsync(),
    }
}

impl Body for Patient {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(SizeHint::default, Body::size_hint)
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(rest), Ok(runtime)) = (rest, tokio::runtime::Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(LONGEST, read(rest)));
        }
    }
}

async fn read(mut rest: Incoming) {
    let mut left = MOST;
    while let Some(Ok(frame)) = rest.frame().await {
        let size = frame.data_ref().map_or(0, Bytes::len);
        let Some(less) = left.checked_sub(size) else {
            return;
        };
        left = less;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{StreamExt, stream};
    use http_body_util::StreamBody;
    use tokio::sync::oneshot;

    /// A body of `pieces`; the receiver hears when the last was asked for.
    fn body(pieces: usize) -> (Incoming, oneshot::Receiver<()>) {
        let (ended, end) = oneshot::channel();
        let data = stream::iter(0..pieces).map(|_| Ok(Frame::data(Bytes::from_static(&[0; 1024]))));
        let last = stream::once(async move {
            let _ = ended.send(());
            Ok(Frame::data(Bytes::new()))
        });
        (StreamBody::new(data.chain(last)).boxed_unsync(), end)
    }

    #[tokio::test]
    async fn what_nobody_read_is_read() {
        let (body, end) = body(100);
        let mut body = patient(body, false);
        body.frame().await.unwrap().unwrap();
        drop(body);
        end.await.unwrap();
    }

    #[tokio::test]
    async fn a_sender_that_waits_is_not_asked_to_send() {
        let (body, end) = body(100);
        drop(patient(body, true));
        assert!(end.await.is_err());
    }
}
