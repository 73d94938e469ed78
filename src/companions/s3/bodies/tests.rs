//! Bodies on a real disk.

use super::*;
use crate::companions::s3::digest::Algorithm;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};

fn folder() -> (tempfile::TempDir, Bodies) {
    let folder = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().join("objects")).unwrap();
    (folder, Bodies::open(&path).unwrap())
}

fn files(bodies: &Bodies) -> usize {
    let folders = fs::read_dir(&bodies.shared.folder).unwrap();
    folders
        .map(|f| fs::read_dir(f.unwrap().path()).unwrap().count())
        .sum()
}

fn body(pieces: &[&'static [u8]]) -> ByteStream {
    let pieces: Vec<_> = pieces.iter().map(|p| Ok(Bytes::from_static(p))).collect();
    stream::iter(pieces).boxed()
}

async fn put(
    bodies: &Bodies,
    stream: ByteStream,
    limit: u64,
) -> Result<(Option<Draft>, Sums), ReceiveError> {
    bodies
        .receive(stream, Digests::new(Algorithm::Crc32), limit)
        .await
}

async fn get(bodies: &Bodies, file: &str, offset: u64, length: u64) -> Vec<u8> {
    let slice = Slice {
        file: file.to_owned(),
        offset,
        length,
    };
    let reading = bodies.reading([file.to_owned()]);
    let pieces: Vec<Bytes> = bodies
        .read(vec![slice], reading)
        .try_collect()
        .await
        .unwrap();
    pieces.concat()
}

#[tokio::test]
async fn a_kept_draft_is_readable_in_slices() {
    let (_folder, bodies) = folder();
    let (draft, sums) = put(&bodies, body(&[b"hello ", b"world"]), 100)
        .await
        .unwrap();
    let mut draft = draft.unwrap();
    let file = draft.file().to_owned();
    draft.entrust();
    drop(draft);
    assert_eq!(sums.length, 11);
    assert_eq!(get(&bodies, &file, 0, 11).await, b"hello world");
    assert_eq!(get(&bodies, &file, 6, 3).await, b"wor");
}

#[tokio::test]
async fn a_dropped_draft_leaves_nothing() {
    let (_folder, bodies) = folder();
    drop(put(&bodies, body(&[b"x"]), 100).await.unwrap());
    assert_eq!(files(&bodies), 0);
    assert!(bodies.state().drafts.is_empty());
}

#[tokio::test]
async fn a_body_that_breaks_off_or_is_too_long_leaves_nothing() {
    let (_folder, bodies) = folder();
    let big = Bytes::from(vec![7; CHUNK]);
    let broken = stream::iter([Ok(big.clone()), Err(io::Error::other("gone"))]).boxed();
    assert!(matches!(
        put(&bodies, broken, u64::MAX).await,
        Err(ReceiveError::Sender(_))
    ));
    let long = stream::iter([Ok(big.clone()), Ok(big)]).boxed();
    assert!(matches!(
        put(&bodies, long, CHUNK as u64).await,
        Err(ReceiveError::TooLarge(_))
    ));
    assert_eq!(files(&bodies), 0);
}

#[tokio::test]
async fn an_empty_body_has_no_file() {
    let (_folder, bodies) = folder();
    let (draft, sums) = put(&bodies, body(&[]), 100).await.unwrap();
    assert!(draft.is_none());
    assert_eq!(sums.etag(), "d41d8cd98f00b204e9800998ecf8427e");
}

#[tokio::test]
async fn a_file_being_read_outlives_its_row() {
    let (_folder, bodies) = folder();
    let (draft, _) = put(&bodies, body(&[b"still here"]), 100).await.unwrap();
    let mut draft = draft.unwrap();
    let file = draft.file().to_owned();
    draft.entrust();
    drop(draft);
    let reading = bodies.reading([file.clone()]);
    bodies.remove(vec![file.clone()]).await;
    assert_eq!(files(&bodies), 1);
    assert_eq!(get(&bodies, &file, 0, 10).await, b"still here");
    drop(reading);
    assert_eq!(files(&bodies), 0);
}

#[tokio::test]
async fn the_sweep_removes_only_files_without_a_row() {
    let (_folder, bodies) = folder();
    let mut kept = Vec::new();
    for _ in 0..2 {
        let (draft, _) = put(&bodies, body(&[b"x"]), 100).await.unwrap();
        let mut draft = draft.unwrap();
        kept.push(draft.file().to_owned());
        draft.entrust();
    }
    let (writing, _) = put(&bodies, body(&[b"y"]), 100).await.unwrap();
    assert_eq!(bodies.sweep(|file| file == kept[0]).unwrap(), 1);
    assert_eq!(files(&bodies), 2);
    drop(writing);
}
