//! Multipart uploads.

use super::client::{Answer, Client};
use bytes::Bytes;

const PART: usize = 5 << 20;

struct Upload<'a> {
    client: &'a Client,
    id: String,
}

impl<'a> Upload<'a> {
    async fn start(client: &'a Client, headers: &[(&str, &str)]) -> Self {
        let answer = client
            .send("POST", "/bkt/k?uploads", headers, "")
            .await
            .ok();
        Self {
            client,
            id: answer.element("UploadId"),
        }
    }

    async fn put(&self, number: u32, body: impl Into<Bytes>) -> String {
        let uri = format!("/bkt/k?partNumber={number}&uploadId={}", self.id);
        self.client
            .send("PUT", &uri, &[], body)
            .await
            .ok()
            .header("etag")
            .to_owned()
    }

    async fn complete(&self, parts: &[(u32, &str)]) -> Answer {
        let part = |(number, etag): &(u32, &str)| {
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>")
        };
        let parts: String = parts.iter().map(part).collect();
        let text = format!("<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>");
        self.client
            .send("POST", &format!("/bkt/k?uploadId={}", self.id), &[], text)
            .await
    }
}

fn big(byte: u8) -> Vec<u8> {
    vec![byte; PART]
}

/// Witness: "Uploading and copying objects using multipart upload", API_CompleteMultipartUpload.
#[tokio::test]
async fn parts_become_one_object() {
    let client = Client::with_bucket().await;
    let upload = Upload::start(
        &client,
        &[("content-type", "text/plain"), ("x-amz-meta-a", "1")],
    )
    .await;
    let first = upload.put(1, big(b'a')).await;
    let stale = upload.put(3, "stale").await;
    let last = upload.put(3, "end").await;
    assert_ne!(stale, last);
    upload.put(7, "never listed").await;
    assert_eq!(client.get("/bkt/k").await.code(), "404 NoSuchKey");
    let done = upload.complete(&[(1, &first), (3, &last)]).await.ok();
    assert!(done.element("ETag").ends_with("-2\""), "{}", done.text());
    assert_eq!(client.files(), 2);
    let got = client.get("/bkt/k").await.ok();
    assert_eq!(
        (
            got.body.len(),
            &got.body[PART..],
            got.header("x-amz-meta-a")
        ),
        (PART + 3, &b"end"[..], "1")
    );
    let across = client
        .send("GET", "/bkt/k", &[("range", "bytes=5242878-5242881")], "")
        .await;
    assert_eq!((across.status, across.text()), (206, "aaen"));
    let part = client.get("/bkt/k?partNumber=3").await;
    assert_eq!(
        (
            part.status,
            part.text(),
            part.header("x-amz-mp-parts-count")
        ),
        (206, "end", "2")
    );
    assert_eq!(
        client.get("/bkt/k?partNumber=2").await.code(),
        "416 InvalidPartNumber"
    );
    let attributes = client
        .send(
            "GET",
            "/bkt/k?attributes",
            &[("x-amz-object-attributes", "ObjectParts")],
            "",
        )
        .await
        .ok();
    assert_eq!(attributes.element("PartsCount"), "2");
    assert_eq!(
        upload.complete(&[(1, &first)]).await.code(),
        "404 NoSuchUpload"
    );
    assert_eq!(client.news.keys(), ["k"]);
    client.send("DELETE", "/bkt/k", &[], "").await.ok();
    assert_eq!(client.files(), 0);
}

/// Witness: API_CompleteMultipartUpload's errors.
#[tokio::test]
async fn an_upload_that_does_not_fit_together_is_refused_and_stays() {
    let client = Client::with_bucket().await;
    let upload = Upload::start(&client, &[]).await;
    let (one, two) = (upload.put(1, "small").await, upload.put(2, "small").await);
    assert_eq!(
        upload.complete(&[(1, &one), (2, &two)]).await.code(),
        "400 EntityTooSmall"
    );
    assert_eq!(
        upload.complete(&[(2, &two), (1, &one)]).await.code(),
        "400 InvalidPartOrder"
    );
    assert_eq!(
        upload.complete(&[(1, &two.replace('"', "x"))]).await.code(),
        "400 InvalidPart"
    );
    assert_eq!(
        upload.complete(&[(5, &one)]).await.code(),
        "400 InvalidPart"
    );
    assert_eq!(upload.complete(&[]).await.code(), "400 MalformedXML");
    assert_eq!(client.files(), 2);
    let uri = format!("/bkt/k?partNumber=10001&uploadId={}", upload.id);
    assert_eq!(
        client.send("PUT", &uri, &[], "x").await.code(),
        "400 InvalidArgument"
    );
    let uri = "/bkt/k?partNumber=1&uploadId=none";
    assert_eq!(
        client.send("PUT", uri, &[], "x").await.code(),
        "404 NoSuchUpload"
    );
    assert_eq!(
        client
            .send("DELETE", &format!("/bkt/k?uploadId={}", upload.id), &[], "")
            .await
            .status,
        204
    );
    assert_eq!(client.files(), 0);
    assert_eq!(
        client
            .send("DELETE", &format!("/bkt/k?uploadId={}", upload.id), &[], "")
            .await
            .code(),
        "404 NoSuchUpload"
    );
}

/// Witness: API_ListParts, API_ListMultipartUploads.
#[tokio::test]
async fn parts_and_uploads_are_listed() {
    let client = Client::with_bucket().await;
    let upload = Upload::start(&client, &[]).await;
    for number in [2, 1, 5] {
        upload.put(number, "x").await;
    }
    let parts = client
        .get(&format!("/bkt/k?uploadId={}&max-parts=2", upload.id))
        .await
        .ok();
    assert_eq!(parts.elements("PartNumber"), ["1", "2"]);
    assert_eq!(
        (
            parts.element("IsTruncated"),
            parts.element("NextPartNumberMarker")
        ),
        ("true".into(), "2".into())
    );
    let rest = client
        .get(&format!(
            "/bkt/k?uploadId={}&part-number-marker=2",
            upload.id
        ))
        .await
        .ok();
    assert_eq!(rest.elements("PartNumber"), ["5"]);
    let second = Upload::start(&client, &[]).await;
    client.send("POST", "/bkt/z/y?uploads", &[], "").await.ok();
    let all = client.get("/bkt?uploads").await.ok();
    assert_eq!(
        all.elements("UploadId")[..2],
        [upload.id.clone(), second.id.clone()]
    );
    let page = client.get("/bkt?uploads&max-uploads=1").await.ok();
    let next = format!(
        "/bkt?uploads&delimiter=/&key-marker={}&upload-id-marker={}",
        page.element("NextKeyMarker"),
        page.element("NextUploadIdMarker")
    );
    let rest = client.get(&next).await.ok();
    assert_eq!(
        (
            rest.elements("UploadId"),
            rest.elements("CommonPrefixes").len()
        ),
        (vec![second.id], 1)
    );
}

/// Witness: API_UploadPartCopy.
#[tokio::test]
async fn a_part_may_be_a_stretch_of_an_object() {
    let client = Client::with_bucket().await;
    client.put("source", "0123456789").await;
    let upload = Upload::start(&client, &[]).await;
    let uri = format!("/bkt/k?partNumber=1&uploadId={}", upload.id);
    let copy = async |range: &str| {
        let headers = [
            ("x-amz-copy-source", "/bkt/source"),
            ("x-amz-copy-source-range", range),
        ];
        client.send("PUT", &uri, &headers, "").await
    };
    assert_eq!(copy("bytes=2-20").await.code(), "400 InvalidArgument");
    assert_eq!(copy("bytes=2-").await.code(), "400 InvalidArgument");
    let etag = copy("bytes=2-4").await.ok().element("ETag");
    assert_eq!(client.files(), 1);
    client.send("DELETE", "/bkt/source", &[], "").await.ok();
    upload.complete(&[(1, &etag)]).await.ok();
    assert_eq!(
        (client.get("/bkt/k").await.text(), client.files()),
        ("234", 1)
    );
}

/// Witness: "Checking object integrity": composite and full object checksums of multipart uploads.
#[tokio::test]
async fn checksums_of_parts_make_the_objects_checksum() {
    let client = Client::with_bucket().await;
    let sha = [("x-amz-checksum-algorithm", "SHA256")];
    let upload = Upload::start(&client, &sha).await;
    let uri = format!("/bkt/k?partNumber=1&uploadId={}", upload.id);
    assert_eq!(
        client.send("PUT", &uri, &[], "x").await.code(),
        "400 InvalidRequest"
    );
    let value = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
    let part = client
        .send("PUT", &uri, &[("x-amz-checksum-sha256", value)], "x")
        .await
        .ok();
    assert_eq!(part.header("x-amz-checksum-sha256"), value);
    assert_eq!(
        upload.complete(&[(1, part.header("etag"))]).await.code(),
        "400 InvalidRequest"
    );
    let text = format!(
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{}</ETag><ChecksumSHA256>{value}</ChecksumSHA256></Part></CompleteMultipartUpload>",
        part.header("etag")
    );
    let done = client
        .send("POST", &format!("/bkt/k?uploadId={}", upload.id), &[], text)
        .await
        .ok();
    assert!(done.element("ChecksumSHA256").ends_with("-1"));
    assert_eq!(done.element("ChecksumType"), "COMPOSITE");
    // Without a named algorithm parts may bring any checksum, and the object has the one AWS adds.
    let upload = Upload::start(&client, &[]).await;
    let uri = format!("/bkt/k?partNumber=1&uploadId={}", upload.id);
    let part = client
        .send("PUT", &uri, &[("x-amz-checksum-sha256", value)], "x")
        .await
        .ok();
    let done = upload.complete(&[(1, part.header("etag"))]).await.ok();
    assert_eq!(done.element("ChecksumType"), "FULL_OBJECT");
    assert!(!done.element("ChecksumCRC64NVME").is_empty());
    let unfit = [
        ("x-amz-checksum-algorithm", "SHA256"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
    ];
    assert_eq!(
        client
            .send("POST", "/bkt/k?uploads", &unfit, "")
            .await
            .code(),
        "400 InvalidRequest"
    );
}

/// Our reading: a copy of a multipart object is of one piece, and shares the bytes.
#[tokio::test]
async fn a_copy_of_a_multipart_object_has_the_md5_of_its_bytes() {
    let client = Client::with_bucket().await;
    let upload = Upload::start(&client, &[]).await;
    let (one, two) = (upload.put(1, big(b'a')).await, upload.put(2, "b").await);
    upload.complete(&[(1, &one), (2, &two)]).await.ok();
    let copy = client
        .send("PUT", "/bkt/copy", &[("x-amz-copy-source", "/bkt/k")], "")
        .await
        .ok();
    assert_eq!((copy.element("ETag").len(), client.files()), (34, 2));
    client.send("DELETE", "/bkt/k", &[], "").await.ok();
    assert_eq!(client.get("/bkt/copy").await.ok().body.len(), PART + 1);
    client.send("DELETE", "/bkt/copy", &[], "").await.ok();
    assert_eq!(client.files(), 0);
}
