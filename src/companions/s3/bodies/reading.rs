//! Slices of files as one stream.
//!
//! Invariant: the files stay until the stream ends or is dropped.

use super::{Bodies, CHUNK, Reading, Slice};
use crate::companions::ByteStream;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use tokio::task::spawn_blocking;

pub fn stream(bodies: Bodies, slices: Vec<Slice>, reading: Reading) -> ByteStream {
    let start = ReadState {
        bodies,
        slices: slices.into_iter(),
        open: None,
        _reading: reading,
    };
    stream::try_unfold(start, |state| async move {
        spawn_blocking(move || state.next())
            .await
            .map_err(io::Error::other)?
    })
    .boxed()
}

struct ReadState {
    bodies: Bodies,
    slices: std::vec::IntoIter<Slice>,
    open: Option<(File, u64)>,
    _reading: Reading,
}

impl ReadState {
    fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        loop {
            match self.open.take() {
                Some((_, 0)) => {}
                Some((file, left)) => return self.read(file, left).map(Some),
                None => {
                    let Some(slice) = self.slices.next() else {
                        return Ok(None);
                    };
                    let mut file = File::open(self.bodies.path(&slice.file))?;
                    file.seek(SeekFrom::Start(slice.offset))?;
                    self.open = Some((file, slice.length));
                }
            }
        }
    }

    fn read(mut self, mut file: File, left: u64) -> io::Result<(Bytes, Self)> {
        let size = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
        let mut bytes = vec![0; size];
        file.read_exact(&mut bytes)?;
        self.open = Some((file, left - size as u64));
        Ok((Bytes::from(bytes), self))
    }
}
