//! Tar streams, made and read.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use slipway::companions::ByteStream;
use std::collections::BTreeMap;
use std::io::{self, Read};
use tar::{Archive, Builder, EntryType, Header};

/// What one entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    File { mode: u32, content: Vec<u8> },
    Directory { mode: u32 },
    Link(String),
}

pub fn file(mode: u32, content: &str) -> Node {
    Node::File {
        mode,
        content: content.into(),
    }
}

/// Entries in the given order, all with the modification time 1,000,000,000.
pub fn tar(nodes: &[(&str, Node)]) -> Vec<u8> {
    let mut tar = Builder::new(Vec::new());
    for (name, node) in nodes {
        let mut header = Header::new_gnu();
        header.set_mtime(1_000_000_000);
        header.set_size(0);
        match node {
            Node::File { mode, content } => {
                header.set_mode(*mode);
                header.set_size(content.len() as u64);
                tar.append_data(&mut header, name, &**content).unwrap();
            }
            Node::Directory { mode } => {
                header.set_mode(*mode);
                header.set_entry_type(EntryType::Directory);
                tar.append_data(&mut header, name, io::empty()).unwrap();
            }
            Node::Link(target) => {
                header.set_entry_type(EntryType::Symlink);
                tar.append_link(&mut header, name, target).unwrap();
            }
        }
    }
    tar.into_inner().unwrap()
}

/// An entry whose name or target a well-behaved writer would refuse.
pub fn raw_entry(kind: EntryType, name: &str, target: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    let old = header.as_old_mut();
    old.name[..name.len()].copy_from_slice(name.as_bytes());
    old.linkname[..target.len()].copy_from_slice(target.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(content.len() as u64);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// In chunks that do not fit the blocks of the format.
pub fn streamed(tar: Vec<u8>) -> ByteStream {
    let chunks: Vec<_> = tar
        .chunks(700)
        .map(|c| Ok(Bytes::copy_from_slice(c)))
        .collect();
    stream::iter(chunks).boxed()
}

pub async fn collect(tar: ByteStream) -> Vec<u8> {
    let chunks: Vec<Bytes> = tar.try_collect().await.unwrap();
    chunks.concat()
}

/// Entries by name, without the slash at the end of directories; and their modification times.
pub async fn read(tar: ByteStream) -> BTreeMap<String, (Node, u64)> {
    let bytes = collect(tar).await;
    let mut archive = Archive::new(&*bytes);
    archive
        .entries()
        .unwrap()
        .map(|e| node(e.unwrap()))
        .collect()
}

fn node(mut entry: tar::Entry<'_, &[u8]>) -> (String, (Node, u64)) {
    let name = entry
        .path()
        .unwrap()
        .to_str()
        .unwrap()
        .trim_end_matches('/')
        .to_owned();
    let mode = entry.header().mode().unwrap() & 0o7777;
    let time = entry.header().mtime().unwrap();
    let node = match entry.header().entry_type() {
        EntryType::Directory => Node::Directory { mode },
        EntryType::Symlink => Node::Link(
            entry
                .link_name()
                .unwrap()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
        ),
        _ => {
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            Node::File { mode, content }
        }
    };
    (name, (node, time))
}
