//! Bad input: a clear error, and nothing stored.

use super::client::{Client, aws_chunked};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::StreamBody;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const UNSIGNED: (&str, &str) = ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");

/// The bucket is as empty as it was.
async fn nothing_stored(client: &Client) {
    assert_eq!(
        client
            .get("/bkt?versions")
            .await
            .ok()
            .elements("Version")
            .len(),
        0
    );
    assert_eq!(client.files(), 0);
    assert!(client.news.keys().is_empty());
}

/// Witness: "Checking object integrity": BadDigest; API errors XAmzContentSHA256Mismatch, InvalidDigest.
#[tokio::test]
async fn a_wrong_checksum_stores_nothing() {
    let client = Client::with_bucket().await;
    let other = "0".repeat(64);
    for (headers, code) in [
        (
            vec![("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg==")],
            "400 BadDigest",
        ),
        (vec![("content-md5", "x")], "400 InvalidDigest"),
        (vec![("x-amz-checksum-crc32", "AAAAAA==")], "400 BadDigest"),
        (
            vec![("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=")],
            "400 BadDigest",
        ),
        (vec![("x-amz-checksum-sha1", "AAAA")], "400 InvalidRequest"),
        (
            vec![
                ("x-amz-checksum-crc32", "AAAAAA=="),
                ("x-amz-checksum-crc32c", "AAAAAA=="),
            ],
            "400 InvalidRequest",
        ),
        (
            vec![("x-amz-content-sha256", other.as_str())],
            "400 XAmzContentSHA256Mismatch",
        ),
    ] {
        assert_eq!(
            client.send("PUT", "/bkt/k", &headers, "body").await.code(),
            code,
            "{headers:?}"
        );
        nothing_stored(&client).await;
    }
}

/// Witness: "Signature calculations … including trailing headers".
#[tokio::test]
async fn framed_bodies_are_taken_or_refused_whole() {
    let client = Client::with_bucket().await;
    let headers = |length: &'static str| {
        [
            UNSIGNED,
            ("x-amz-decoded-content-length", length),
            ("x-amz-trailer", "x-amz-checksum-crc32"),
            ("content-encoding", "aws-chunked"),
        ]
    };
    let wrong = aws_chunked("x-amz-checksum-crc32:AAAAAA==", &["hello ", "world"]);
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &headers("11"), wrong)
            .await
            .code(),
        "400 BadDigest"
    );
    nothing_stored(&client).await;
    let right = aws_chunked("x-amz-checksum-crc32:DUoRhQ==", &["hello ", "world"]);
    for cut in [1, 5, 14, 25, right.len() - 30] {
        let truncated = right[..cut].to_owned();
        let answer = client
            .send("PUT", "/bkt/k", &headers("11"), truncated)
            .await;
        assert!(
            ["400 IncompleteBody", "400 MalformedTrailerError"].contains(&answer.code().as_str()),
            "{cut}: {}",
            answer.code()
        );
        nothing_stored(&client).await;
    }
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &headers("12"), right.clone())
            .await
            .code(),
        "400 IncompleteBody"
    );
    let no_trailer = aws_chunked("", &["hello world"]);
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &headers("11"), no_trailer)
            .await
            .code(),
        "400 MalformedTrailerError"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[UNSIGNED], right.clone())
            .await
            .code(),
        "411 MissingContentLength"
    );
    nothing_stored(&client).await;
    let put = client
        .send("PUT", "/bkt/k", &headers("11"), right)
        .await
        .ok();
    assert_eq!(put.header("x-amz-checksum-crc32"), "DUoRhQ==");
    let got = client
        .send("GET", "/bkt/k", &[("x-amz-checksum-mode", "ENABLED")], "")
        .await
        .ok();
    assert_eq!(
        (
            got.text(),
            got.header("content-encoding"),
            got.header("x-amz-checksum-crc32")
        ),
        ("hello world", "", "DUoRhQ==")
    );
}

#[tokio::test]
async fn a_connection_that_breaks_stores_nothing() {
    let client = Client::with_bucket().await;
    let frames = stream::iter([
        Ok(Frame::data(Bytes::from_static(b"hel"))),
        Err(io::Error::other("reset")),
    ]);
    let request = http::Request::put("/bkt/k")
        .header("host", "localhost")
        .header("content-length", "5");
    let request = request.body(StreamBody::new(frames)).unwrap();
    let caller = client.caller("000000000000", "us-east-1");
    assert_eq!(
        client.request(caller, request).await.code(),
        "400 IncompleteBody"
    );
    nothing_stored(&client).await;
}

/// Witness: the error list: MissingContentLength, NotImplemented for Transfer-Encoding, EntityTooLarge.
#[tokio::test]
async fn the_length_of_an_object_must_be_known_and_allowed() {
    let client = Client::with_bucket().await;
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[("transfer-encoding", "chunked")], "x")
            .await
            .code(),
        "501 NotImplemented"
    );
    let huge = (5u64 << 30) + 1;
    assert_eq!(
        client
            .send(
                "PUT",
                "/bkt/k",
                &[("content-length", &huge.to_string())],
                "x"
            )
            .await
            .code(),
        "400 EntityTooLarge"
    );
    nothing_stored(&client).await;
}

/// Witness: the error list: MalformedXML, MalformedPolicy, MaxMessageLengthExceeded.
#[tokio::test]
async fn malformed_documents_change_nothing() {
    let client = Client::with_bucket().await;
    for (uri, text, code) in [
        (
            "/bkt?versioning",
            "<VersioningConfiguration>",
            "400 MalformedXML",
        ),
        ("/bkt?versioning", "not xml", "400 MalformedXML"),
        (
            "/bkt?tagging",
            "<Tagging><Wrong/></Tagging>",
            "400 MalformedXML",
        ),
        (
            "/bkt?cors",
            "<CORSConfiguration><Wrong/></CORSConfiguration>",
            "400 MalformedXML",
        ),
        ("/bkt?lifecycle", "", "400 MalformedXML"),
        ("/bkt?policy", "{", "400 MalformedPolicy"),
        ("/bkt?policy", "{}", "400 MalformedPolicy"),
        (
            "/bkt?replication",
            "<ReplicationConfiguration/>",
            "400 InvalidRequest",
        ),
        (
            "/bkt?object-lock",
            "<ObjectLockConfiguration/>",
            "409 InvalidBucketState",
        ),
        (
            "/new-bucket",
            "<CreateBucketConfiguration>",
            "400 MalformedXML",
        ),
    ] {
        assert_eq!(
            client.send("PUT", uri, &[], text).await.code(),
            code,
            "{uri} {text}"
        );
    }
    assert_eq!(client.get("/bkt?versioning").await.element("Status"), "");
    let long = " ".repeat((10 << 20) + 1);
    assert_eq!(
        client.send("PUT", "/bkt?cors", &[], long).await.code(),
        "400 MaxMessageLengthExceeded"
    );
    let text = "<CORSConfiguration/>";
    assert_eq!(
        client
            .send(
                "PUT",
                "/bkt?cors",
                &[("x-amz-checksum-crc32", "AAAAAA==")],
                text
            )
            .await
            .code(),
        "400 BadDigest"
    );
    assert_eq!(
        client.get("/bkt?cors").await.code(),
        "404 NoSuchCORSConfiguration"
    );
}

/// Our reading: what is not offered is named, with 501.
#[tokio::test]
async fn unknown_subresources_are_not_implemented_and_harmless() {
    let client = Client::with_bucket().await;
    for (method, uri) in [
        ("GET", "/bkt?unknown"),
        ("DELETE", "/bkt?unknown"),
        ("PUT", "/bkt?unknown"),
        ("GET", "/bkt/k?torrent"),
        ("POST", "/bkt/k?restore"),
    ] {
        let answer = client.send(method, uri, &[], "").await;
        assert_eq!(answer.code(), "501 NotImplemented", "{method} {uri}");
    }
    client.send("HEAD", "/bkt", &[], "").await.ok();
    let form = [("content-type", "multipart/form-data; boundary=x")];
    assert_eq!(
        client.send("POST", "/bkt", &form, "--x--").await.code(),
        "501 NotImplemented"
    );
}

#[tokio::test]
async fn metadata_and_tags_have_limits() {
    let client = Client::with_bucket().await;
    let long = "v".repeat(2049);
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[("x-amz-meta-a", &long)], "x")
            .await
            .code(),
        "400 MetadataTooLarge"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[("x-amz-tagging", "a=1&a=2")], "x")
            .await
            .code(),
        "400 InvalidTag"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[("x-amz-storage-class", "PAPER")], "x")
            .await
            .code(),
        "400 InvalidStorageClass"
    );
    nothing_stored(&client).await;
}

/// A folder that takes no files stands for a full disk: the same way out.
#[tokio::test]
async fn a_disk_that_takes_nothing_is_a_clear_error() {
    let client = Client::with_bucket().await;
    let folder = client.store.folder().join("objects");
    std::fs::remove_dir(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let answer = client.send("PUT", "/bkt/k", &[], "body").await;
    assert_eq!(answer.code(), "500 InternalError");
    assert!(
        answer
            .element("Message")
            .contains("the body cannot be stored"),
        "{}",
        answer.text()
    );
    assert_eq!(client.get("/bkt/k").await.code(), "404 NoSuchKey");
}

/// 64 MiB pass through in pieces: the sender is never far ahead of the disk, the reader gets pieces.
#[tokio::test]
async fn memory_does_not_grow_with_the_object() {
    const PIECES: usize = 1024;
    let client = Client::with_bucket().await;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = sent.clone();
    let piece = Bytes::from(vec![7u8; 64 * 1024]);
    let written = {
        let store = client.store.clone();
        move || -> u64 {
            let folders = std::fs::read_dir(store.folder().join("objects")).unwrap();
            let files =
                folders.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
            files
                .map(|file| file.unwrap().metadata().unwrap().len())
                .sum()
        }
    };
    let farthest = Arc::new(AtomicUsize::new(0));
    let ahead = farthest.clone();
    let frames = stream::iter(0..PIECES).map(move |_| {
        let sent = counter.fetch_add(1, Ordering::Relaxed) as u64 * 64 * 1024;
        let distance = sent.saturating_sub(written());
        ahead.fetch_max(usize::try_from(distance).unwrap(), Ordering::Relaxed);
        Ok::<_, io::Error>(Frame::data(piece.clone()))
    });
    let request = http::Request::put("/bkt/k")
        .header("host", "localhost")
        .header("content-length", PIECES * 64 * 1024);
    let caller = client.caller("000000000000", "us-east-1");
    client
        .request(caller, request.body(StreamBody::new(frames)).unwrap())
        .await
        .ok();
    assert_eq!(sent.load(Ordering::Relaxed), PIECES);
    assert!(
        farthest.load(Ordering::Relaxed) <= 1 << 20,
        "{} bytes ahead",
        farthest.load(Ordering::Relaxed)
    );

    let request = http::Request::get("/bkt/k")
        .header("host", "localhost")
        .body(http_body_util::Empty::<Bytes>::new())
        .unwrap();
    let caller = client.caller("000000000000", "us-east-1");
    let mut body = client.door.serve(request, caller).await.into_body();
    let (mut total, mut largest) = (0, 0);
    while let Some(piece) = body.next().await {
        let length = piece.unwrap().len();
        (total, largest) = (total + length, largest.max(length));
    }
    assert_eq!(total, PIECES * 64 * 1024);
    assert!(largest <= 1 << 20, "{largest} bytes at once");
}
