//! The words between the server and a supervisor, over a socket pair: frames of a length and JSON.
//!
//! Invariant: the server's end closing, for whatever reason, is the order to end everything at once.

use crate::sandbox::Exit;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The argument that makes this program a supervisor.
pub const SUPERVISE: &str = "__supervise";

/// An argument vector and an environment are far smaller: the kernel takes about 2 MiB.
const LONGEST_FRAME: usize = 16 << 20;

/// What the server says: first `Run`, later perhaps `Stop`.
#[derive(Serialize, Deserialize)]
pub enum Order {
    Run(Run),
    /// Ask every process to end; after so many milliseconds, force it to.
    Stop {
        grace_ms: u64,
    },
}

/// The command; paths are the host's.
#[derive(Serialize, Deserialize)]
pub struct Run {
    pub argv: Vec<String>,
    pub env: Vec<(String, String)>,
    pub dir: String,
}

/// What a supervisor says, once.
#[derive(Serialize, Deserialize)]
pub enum Reply {
    Ended(Exit),
    /// Nothing was started; the code is what a shell would answer.
    NotStarted {
        code: i32,
        why: String,
    },
}

pub fn write(mut to: impl Write, words: &impl Serialize) -> io::Result<()> {
    to.write_all(&frame(words)?)
}

pub fn read<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let mut body = vec![0; checked(length)?];
    from.read_exact(&mut body)?;
    Ok(serde_json::from_slice(&body)?)
}

pub async fn send(mut to: impl AsyncWrite + Unpin, words: &impl Serialize) -> io::Result<()> {
    to.write_all(&frame(words)?).await
}

pub async fn receive<T: DeserializeOwned>(mut from: impl AsyncRead + Unpin) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length).await?;
    let mut body = vec![0; checked(length)?];
    from.read_exact(&mut body).await?;
    Ok(serde_json::from_slice(&body)?)
}

fn frame(words: &impl Serialize) -> io::Result<Vec<u8>> {
    let body = serde_json::to_vec(words)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    checked(length.to_le_bytes())?;
    Ok([&length.to_le_bytes()[..], &body].concat())
}

fn checked(length: [u8; 4]) -> io::Result<usize> {
    match u32::from_le_bytes(length) as usize {
        length if length > LONGEST_FRAME => {
            Err(io::Error::other("command and environment are too large"))
        }
        length => Ok(length),
    }
}
