//! Objects: put, read, copy, list, delete.

use super::client::Client;

/// Witness: API_PutObject, API_GetObject, API_HeadObject.
#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let client = Client::with_bucket().await;
    let headers = [
        ("content-type", "text/plain"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment"),
        ("content-language", "de"),
        ("content-encoding", "gzip"),
        ("expires", "Thu, 01 Dec 2044 16:00:00 GMT"),
        ("x-amz-meta-colour", "blue"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-tagging", "a=1&b=2"),
        ("x-amz-website-redirect-location", "/there"),
    ];
    let put = client
        .send("PUT", "/bkt/dir/k", &headers, "hello")
        .await
        .ok();
    assert_eq!(put.header("etag"), "\"5d41402abc4b2a76b9719d911017c592\"");
    assert_eq!(put.header("x-amz-server-side-encryption"), "AES256");
    assert_eq!(put.header("x-amz-checksum-type"), "FULL_OBJECT");
    assert!(!put.header("x-amz-checksum-crc64nvme").is_empty());
    assert_eq!(put.header("x-amz-version-id"), "");
    for method in ["GET", "HEAD"] {
        let got = client.send(method, "/bkt/dir/k", &[], "").await.ok();
        for (name, value) in headers.iter().filter(|(name, _)| *name != "x-amz-tagging") {
            assert_eq!(got.header(name), *value, "{method} {name}");
        }
        assert_eq!(got.header("content-length"), "5");
        assert_eq!(got.header("accept-ranges"), "bytes");
        assert_eq!(got.header("last-modified"), "Sun, 09 Sep 2001 01:46:41 GMT");
        assert_eq!(got.header("x-amz-checksum-crc64nvme"), "");
        assert_eq!(got.text(), if method == "GET" { "hello" } else { "" });
    }
    assert_eq!(
        client.get("/bkt/dir/k").await.header("x-amz-tagging-count"),
        "2"
    );
    let mode = [("x-amz-checksum-mode", "ENABLED")];
    let sum = client.send("HEAD", "/bkt/dir/k", &mode, "").await;
    assert_eq!(
        sum.header("x-amz-checksum-crc64nvme"),
        put.header("x-amz-checksum-crc64nvme")
    );
    let plain = client
        .get("/bkt/dir/k?response-content-type=text/html&response-cache-control=no-cache")
        .await;
    assert_eq!(
        (plain.header("content-type"), plain.header("cache-control")),
        ("text/html", "no-cache")
    );
    assert_eq!(client.news.keys(), ["dir/k"]);
}

#[tokio::test]
async fn keys_are_taken_byte_for_byte() {
    let client = Client::with_bucket().await;
    for key in [
        "%20",
        "a%2Fb",
        "a//b",
        "%C3%A4",
        "..%2F..%2Fetc",
        "a%2Bb+c",
        "%3F%23%26",
        "/",
    ] {
        let uri = format!("/bkt/{key}");
        client.send("PUT", &uri, &[], key.to_owned()).await.ok();
        assert_eq!(client.get(&uri).await.ok().text(), key);
    }
    let list = client.get("/bkt?encoding-type=url").await;
    assert!(
        list.elements("Key").contains(&"a%2Bb%2Bc".to_owned()),
        "{}",
        list.text()
    );
    assert_eq!(
        client
            .send("PUT", &format!("/bkt/{}", "k".repeat(1025)), &[], "")
            .await
            .code(),
        "400 KeyTooLongError"
    );
}

/// Witness: API_GetObject, RFC 9110: 206, suffix, open end, 416; what cannot be understood is ignored.
#[tokio::test]
async fn a_range_is_a_part_of_the_object() {
    let client = Client::with_bucket().await;
    client.put("k", "0123456789").await;
    for (range, status, content_range, body) in [
        ("bytes=2-4", 206, "bytes 2-4/10", "234"),
        ("bytes=-3", 206, "bytes 7-9/10", "789"),
        ("bytes=8-", 206, "bytes 8-9/10", "89"),
        ("bytes=8-100", 206, "bytes 8-9/10", "89"),
        ("bytes=0-1,3-4", 200, "", "0123456789"),
        ("lines=1-2", 200, "", "0123456789"),
    ] {
        let got = client.send("GET", "/bkt/k", &[("range", range)], "").await;
        assert_eq!(
            (got.status, got.header("content-range"), got.text()),
            (status, content_range, body),
            "{range}"
        );
        assert_eq!(got.header("content-length"), body.len().to_string());
        assert_eq!(
            client
                .send("HEAD", "/bkt/k", &[("range", range)], "")
                .await
                .status,
            status
        );
    }
    assert_eq!(
        client
            .send("GET", "/bkt/k", &[("range", "bytes=10-")], "")
            .await
            .code(),
        "416 InvalidRange"
    );
}

/// Witness: API_GetObject, "Conditional requests".
#[tokio::test]
async fn readers_may_set_conditions() {
    let client = Client::with_bucket().await;
    let etag = client.put("k", "body").await.header("etag").to_owned();
    let (before, after) = (
        "Sun, 09 Sep 2001 01:46:39 GMT",
        "Sun, 09 Sep 2001 01:46:51 GMT",
    );
    for (headers, status) in [
        (vec![("if-match", etag.as_str())], 200),
        (vec![("if-match", "\"other\"")], 412),
        (vec![("if-none-match", etag.as_str())], 304),
        (vec![("if-none-match", "\"other\"")], 200),
        (vec![("if-modified-since", before)], 200),
        (vec![("if-modified-since", after)], 304),
        (vec![("if-unmodified-since", before)], 412),
        (vec![("if-unmodified-since", after)], 200),
        (
            vec![("if-match", etag.as_str()), ("if-unmodified-since", before)],
            200,
        ),
        (
            vec![("if-none-match", "\"other\""), ("if-modified-since", after)],
            200,
        ),
    ] {
        for method in ["GET", "HEAD"] {
            let got = client.send(method, "/bkt/k", &headers, "").await;
            assert_eq!(got.status, status, "{method} {headers:?}");
            if status == 304 {
                assert_eq!((got.header("etag"), got.text()), (etag.as_str(), ""));
            }
        }
    }
}

/// Witness: "Conditional writes": If-None-Match `*`, If-Match.
#[tokio::test]
async fn writers_may_set_conditions() {
    let client = Client::with_bucket().await;
    let absent = [("if-none-match", "*")];
    let etag = client
        .send("PUT", "/bkt/k", &absent, "1")
        .await
        .ok()
        .header("etag")
        .to_owned();
    assert_eq!(
        client.send("PUT", "/bkt/k", &absent, "2").await.code(),
        "412 PreconditionFailed"
    );
    client
        .send("PUT", "/bkt/k", &[("if-match", etag.as_str())], "3")
        .await
        .ok();
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &[("if-match", etag.as_str())], "4")
            .await
            .code(),
        "412 PreconditionFailed"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/none", &[("if-match", "\"x\"")], "5")
            .await
            .code(),
        "404 NoSuchKey"
    );
    assert_eq!(
        client
            .send("DELETE", "/bkt/k", &[("if-match", etag.as_str())], "")
            .await
            .code(),
        "412 PreconditionFailed"
    );
    assert_eq!(client.get("/bkt/k").await.text(), "3");
    assert_eq!(client.files(), 1);
}

/// Witness: API_CopyObject; the brief: copies count references to bodies.
#[tokio::test]
async fn a_copy_shares_the_body_and_takes_over_or_replaces_what_is_said() {
    let client = Client::with_bucket().await;
    let headers = [
        ("content-type", "text/plain"),
        ("x-amz-meta-a", "1"),
        ("x-amz-tagging", "t=1"),
    ];
    client.send("PUT", "/bkt/from", &headers, "body").await.ok();
    let copy = client
        .send("PUT", "/bkt/to", &[("x-amz-copy-source", "/bkt/from")], "")
        .await
        .ok();
    assert_eq!(copy.element("ETag"), "\"841a2d689ad86bd1611447453c22c6fc\"");
    assert_eq!(client.files(), 1);
    let got = client.get("/bkt/to").await.ok();
    assert_eq!(
        (
            got.header("content-type"),
            got.header("x-amz-meta-a"),
            got.header("x-amz-tagging-count")
        ),
        ("text/plain", "1", "1")
    );
    let replace = [
        ("x-amz-copy-source", "bkt/from"),
        ("x-amz-metadata-directive", "REPLACE"),
        ("x-amz-tagging-directive", "REPLACE"),
        ("x-amz-meta-b", "2"),
    ];
    client.send("PUT", "/bkt/from", &replace, "").await.ok();
    let got = client.get("/bkt/from").await.ok();
    assert_eq!(
        (
            got.header("x-amz-meta-a"),
            got.header("x-amz-meta-b"),
            got.header("x-amz-tagging-count")
        ),
        ("", "2", "")
    );
    assert_eq!(got.text(), "body");
    client.send("DELETE", "/bkt/from", &[], "").await.ok();
    assert_eq!(
        (client.files(), client.get("/bkt/to").await.ok().text()),
        (1, "body")
    );
    client.send("DELETE", "/bkt/to", &[], "").await.ok();
    assert_eq!(client.files(), 0);
}

/// Witness: API_CopyObject's errors.
#[tokio::test]
async fn copies_that_cannot_be_are_refused() {
    let client = Client::with_bucket().await;
    client.put("k", "body").await;
    let copy = |source: &'static str, condition: (&'static str, &'static str)| {
        [("x-amz-copy-source", source), condition]
    };
    let none = ("x-test", "1");
    assert_eq!(
        client
            .send("PUT", "/bkt/k", &copy("/bkt/k", none), "")
            .await
            .code(),
        "400 InvalidRequest"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/x", &copy("/bkt/none", none), "")
            .await
            .code(),
        "404 NoSuchKey"
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/x", &copy("/none-such/k", none), "")
            .await
            .code(),
        "404 NoSuchBucket"
    );
    let condition = ("x-amz-copy-source-if-match", "\"other\"");
    assert_eq!(
        client
            .send("PUT", "/bkt/x", &copy("/bkt/k", condition), "")
            .await
            .code(),
        "412 PreconditionFailed"
    );
    let condition = (
        "x-amz-copy-source-if-none-match",
        "\"841a2d689ad86bd1611447453c22c6fc\"",
    );
    assert_eq!(
        client
            .send("PUT", "/bkt/x", &copy("/bkt/k", condition), "")
            .await
            .code(),
        "412 PreconditionFailed"
    );
}

/// Witness: API_ListObjectsV2, API_ListObjects.
#[tokio::test]
async fn objects_are_listed_in_pages() {
    let client = Client::with_bucket().await;
    for key in ["a", "dir/1", "dir/2", "dir/sub/3", "z"] {
        client.put(key, "x").await;
    }
    let all = client.get("/bkt?list-type=2").await.ok();
    assert_eq!(
        all.elements("Key"),
        ["a", "dir/1", "dir/2", "dir/sub/3", "z"]
    );
    assert_eq!(
        (all.element("KeyCount"), all.element("IsTruncated")),
        ("5".into(), "false".into())
    );
    let folded = client
        .get("/bkt?list-type=2&delimiter=/&max-keys=2")
        .await
        .ok();
    assert_eq!(
        (folded.elements("Key"), folded.elements("Prefix")),
        (vec!["a".to_owned()], vec![String::new(), "dir/".into()])
    );
    let token = folded.element("NextContinuationToken");
    let rest = client
        .get(&format!(
            "/bkt?list-type=2&delimiter=/&continuation-token={token}"
        ))
        .await
        .ok();
    assert_eq!(rest.elements("Key"), ["z"]);
    let within = client
        .get("/bkt?list-type=2&delimiter=/&prefix=dir/&start-after=dir/1&fetch-owner=true")
        .await
        .ok();
    assert_eq!(
        (within.elements("Key"), within.elements("Owner").len()),
        (vec!["dir/2".to_owned()], 1)
    );
    let old = client.get("/bkt?delimiter=/&max-keys=1").await.ok();
    assert_eq!(old.element("NextMarker"), "a");
    let old = client.get("/bkt?marker=a&max-keys=2").await.ok();
    assert_eq!(
        (old.elements("Key"), old.element("NextMarker")),
        (vec!["dir/1".to_owned(), "dir/2".into()], String::new())
    );
    assert_eq!(
        client
            .get("/bkt?list-type=2&max-keys=0")
            .await
            .ok()
            .element("IsTruncated"),
        "false"
    );
    assert_eq!(
        client.get("/bkt?list-type=2&max-keys=-1").await.code(),
        "400 InvalidArgument"
    );
    assert_eq!(
        client
            .get("/bkt?list-type=2&continuation-token=%21")
            .await
            .code(),
        "400 InvalidArgument"
    );
    assert_eq!(
        client.get("/bkt?list-type=2&encoding-type=x").await.code(),
        "400 InvalidArgument"
    );
}

/// Witness: API_DeleteObjects.
#[tokio::test]
async fn many_objects_are_deleted_at_once() {
    let client = Client::with_bucket().await;
    client.put("a", "1").await;
    client.put("b", "2").await;
    let text = "<Delete><Object><Key>a</Key></Object><Object><Key>none</Key></Object><Object><Key>b</Key><VersionId>bad</VersionId></Object></Delete>";
    let md5 = {
        use base64::Engine;
        use md5::Digest;
        base64::engine::general_purpose::STANDARD.encode(md5::Md5::digest(text))
    };
    let answer = client
        .send("POST", "/bkt?delete", &[("content-md5", &md5)], text)
        .await
        .ok();
    assert_eq!(answer.elements("Deleted").len(), 2);
    assert_eq!(answer.element("Code"), "InvalidArgument");
    assert_eq!(client.get("/bkt").await.elements("Key"), ["b"]);
    assert_eq!(
        client.send("POST", "/bkt?delete", &[], text).await.code(),
        "400 InvalidRequest"
    );
}

/// Witness: API_PutObjectTagging and its limits.
#[tokio::test]
async fn an_object_has_tags() {
    let client = Client::with_bucket().await;
    client.put("k", "x").await;
    assert_eq!(
        client
            .get("/bkt/k?tagging")
            .await
            .ok()
            .elements("Tag")
            .len(),
        0
    );
    let text = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    client.send("PUT", "/bkt/k?tagging", &[], text).await.ok();
    assert_eq!(client.get("/bkt/k?tagging").await.element("Value"), "1");
    assert_eq!(
        client
            .send("DELETE", "/bkt/k?tagging", &[], "")
            .await
            .status,
        204
    );
    assert_eq!(client.get("/bkt/k?tagging").await.elements("Tag").len(), 0);
    assert_eq!(
        client.get("/bkt/none?tagging").await.code(),
        "404 NoSuchKey"
    );
    let many: String = (0..11)
        .map(|i| format!("<Tag><Key>{i}</Key><Value/></Tag>"))
        .collect();
    let text = format!("<Tagging><TagSet>{many}</TagSet></Tagging>");
    assert_eq!(
        client.send("PUT", "/bkt/k?tagging", &[], text).await.code(),
        "400 BadRequest"
    );
}

/// Witness: "Protecting data with server-side encryption".
#[tokio::test]
async fn encryption_is_chosen_or_the_buckets() {
    let client = Client::with_bucket().await;
    let kms = [
        ("x-amz-server-side-encryption", "aws:kms"),
        (
            "x-amz-server-side-encryption-aws-kms-key-id",
            "arn:aws:kms:us-east-1:000000000000:key/k",
        ),
    ];
    client.send("PUT", "/bkt/k", &kms, "x").await.ok();
    let head = client.send("HEAD", "/bkt/k", &[], "").await;
    assert_eq!(head.header("x-amz-server-side-encryption"), "aws:kms");
    assert_eq!(
        head.header("x-amz-server-side-encryption-aws-kms-key-id"),
        "arn:aws:kms:us-east-1:000000000000:key/k"
    );
    let text = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
    client.send("PUT", "/bkt?encryption", &[], text).await.ok();
    let put = client.put("d", "x").await;
    assert_eq!(put.header("x-amz-server-side-encryption"), "aws:kms");
    assert!(
        put.header("x-amz-server-side-encryption-aws-kms-key-id")
            .starts_with("arn:aws:kms:us-east-1:000000000000:key/")
    );
    let bad = [("x-amz-server-side-encryption", "rot13")];
    assert_eq!(
        client.send("PUT", "/bkt/k", &bad, "x").await.code(),
        "400 InvalidEncryptionAlgorithmError"
    );
    let customer = [("x-amz-server-side-encryption-customer-algorithm", "AES256")];
    assert_eq!(
        client.send("PUT", "/bkt/k", &customer, "x").await.code(),
        "501 NotImplemented"
    );
}

/// Witness: API_GetObjectAttributes.
#[tokio::test]
async fn attributes_are_told_by_name() {
    let client = Client::with_bucket().await;
    client.put("k", "hello").await;
    let wanted = [(
        "x-amz-object-attributes",
        "ETag,ObjectSize,Checksum,StorageClass",
    )];
    let answer = client
        .send("GET", "/bkt/k?attributes", &wanted, "")
        .await
        .ok();
    assert_eq!(answer.element("ObjectSize"), "5");
    assert_eq!(answer.element("StorageClass"), "STANDARD");
    assert!(
        answer
            .element("ETag")
            .contains("5d41402abc4b2a76b9719d911017c592")
    );
    assert!(!answer.element("ChecksumCRC64NVME").is_empty());
    let wrong = [("x-amz-object-attributes", "Nonsense")];
    assert_eq!(
        client
            .send("GET", "/bkt/k?attributes", &wrong, "")
            .await
            .code(),
        "400 InvalidArgument"
    );
}

/// Our reading: a reader gets one whole object, old or new, however often it is replaced.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_never_meets_a_half_replaced_object() {
    let client = std::sync::Arc::new(Client::with_bucket().await);
    client.put("k", "old").await;
    let writer = {
        let client = client.clone();
        tokio::spawn(async move {
            for i in 0..60 {
                client
                    .put("k", if i % 2 == 0 { "new" } else { "old" })
                    .await;
            }
        })
    };
    while !writer.is_finished() {
        let text = client.get("/bkt/k").await.ok().text().to_owned();
        assert!(text == "old" || text == "new", "{text}");
    }
    writer.await.unwrap();
    assert_eq!(client.files(), 1);
}

/// The brief: orphans are swept at start; what a row names stays.
#[tokio::test]
async fn the_sweep_keeps_what_rows_name() {
    let client = Client::with_bucket().await;
    client.put("k", "kept").await;
    let copy = [("x-amz-copy-source", "/bkt/k")];
    client.send("PUT", "/bkt/copy", &copy, "").await.ok();
    let upload = client
        .send("POST", "/bkt/m?uploads", &[], "")
        .await
        .element("UploadId");
    let part = format!("/bkt/m?partNumber=1&uploadId={upload}");
    client.send("PUT", &part, &[], "part").await.ok();
    let stray = client.store.folder().join("objects").join("ab");
    std::fs::create_dir_all(&stray).unwrap();
    std::fs::write(
        stray.join("ab000000000000000000000000000000"),
        "left by a crash",
    )
    .unwrap();
    assert_eq!(client.files(), 3);
    assert_eq!(client.s3.sweep().await.unwrap(), 1);
    assert_eq!(client.files(), 2);
    client.store.reset().await.unwrap();
    assert_eq!(client.s3.sweep().await.unwrap(), 2);
    assert_eq!(client.files(), 0);
}
