//! Versions and delete markers.

use super::client::Client;

/// Witness: "Using versioning in S3 buckets".
#[tokio::test]
async fn a_versioned_bucket_keeps_every_version() {
    let client = Client::versioned().await;
    let first = client
        .put("k", "1")
        .await
        .header("x-amz-version-id")
        .to_owned();
    let second = client
        .put("k", "2")
        .await
        .header("x-amz-version-id")
        .to_owned();
    assert_eq!((first.len(), first == second), (32, false));
    assert_eq!(client.get("/bkt/k").await.text(), "2");
    assert_eq!(
        client
            .get(&format!("/bkt/k?versionId={first}"))
            .await
            .text(),
        "1"
    );
    let deleted = client.send("DELETE", "/bkt/k", &[], "").await;
    assert_eq!(
        (deleted.status, deleted.header("x-amz-delete-marker")),
        (204, "true")
    );
    let marker = deleted.header("x-amz-version-id").to_owned();
    let gone = client.get("/bkt/k").await;
    assert_eq!(
        (gone.code().as_str(), gone.header("x-amz-delete-marker")),
        ("404 NoSuchKey", "true")
    );
    let gone = client.get(&format!("/bkt/k?versionId={marker}")).await;
    assert_eq!(
        (gone.code().as_str(), gone.header("x-amz-delete-marker")),
        ("405 MethodNotAllowed", "true")
    );
    assert_eq!(client.get("/bkt").await.elements("Key").len(), 0);
    let list = client.get("/bkt?versions").await.ok();
    assert_eq!(
        (
            list.elements("Version").len(),
            list.elements("DeleteMarker").len()
        ),
        (2, 1)
    );
    assert_eq!(
        list.elements("IsLatest")
            .iter()
            .filter(|latest| *latest == "true")
            .count(),
        1
    );
    let restored = client
        .send("DELETE", &format!("/bkt/k?versionId={marker}"), &[], "")
        .await;
    assert_eq!(
        (
            restored.header("x-amz-delete-marker"),
            restored.header("x-amz-version-id")
        ),
        ("true", marker.as_str())
    );
    assert_eq!(client.get("/bkt/k").await.text(), "2");
    client
        .send("DELETE", &format!("/bkt/k?versionId={second}"), &[], "")
        .await
        .ok();
    assert_eq!(client.get("/bkt/k").await.text(), "1");
    assert_eq!(client.files(), 1);
}

/// Witness: "Working with objects in a versioning-suspended bucket".
#[tokio::test]
async fn a_suspended_bucket_replaces_the_null_version_only() {
    let client = Client::with_bucket().await;
    client.put("k", "before").await;
    client.versioning("Enabled").await;
    let kept = client
        .put("k", "kept")
        .await
        .header("x-amz-version-id")
        .to_owned();
    assert_eq!(client.get("/bkt/k?versionId=null").await.text(), "before");
    client.versioning("Suspended").await;
    client.put("k", "null").await;
    assert_eq!(client.get("/bkt/k?versionId=null").await.text(), "null");
    assert_eq!(
        client.get("/bkt?versions").await.elements("Version").len(),
        2
    );
    client.send("DELETE", "/bkt/k", &[], "").await.ok();
    let list = client.get("/bkt?versions").await;
    assert_eq!(
        (
            list.elements("Version").len(),
            list.elements("DeleteMarker").len()
        ),
        (1, 1)
    );
    assert_eq!(
        client.get(&format!("/bkt/k?versionId={kept}")).await.text(),
        "kept"
    );
    client
        .send("DELETE", "/bkt/k?versionId=null", &[], "")
        .await
        .ok();
    assert_eq!(client.get("/bkt/k").await.text(), "kept");
    assert_eq!(
        client.get("/bkt/k?versionId=null").await.code(),
        "404 NoSuchVersion"
    );
    // A null version behind newer ones is found and replaced, too.
    client.put("k", "null again").await;
    client.versioning("Enabled").await;
    client.put("k", "newest").await;
    client.put("k", "newest of all").await;
    assert_eq!(
        client.get("/bkt/k?versionId=null").await.text(),
        "null again"
    );
    client.versioning("Suspended").await;
    client.put("k", "the only null").await;
    assert_eq!(
        client
            .get("/bkt?versions")
            .await
            .elements("VersionId")
            .iter()
            .filter(|id| *id == "null")
            .count(),
        1
    );
}

/// Witness: API_ListObjectVersions: key and version markers.
#[tokio::test]
async fn versions_are_listed_newest_first_in_pages() {
    let client = Client::versioned().await;
    for body in ["1", "2", "3"] {
        client.put("k", body).await;
    }
    client.put("l", "4").await;
    let whole = client.get("/bkt?versions").await.elements("VersionId");
    let (mut pages, mut markers) = (Vec::new(), String::new());
    loop {
        let page = client
            .get(&format!("/bkt?versions&max-keys=1{markers}"))
            .await
            .ok();
        pages.extend(page.elements("VersionId"));
        if page.element("IsTruncated") == "false" {
            break;
        }
        markers = format!(
            "&key-marker={}&version-id-marker={}",
            page.element("NextKeyMarker"),
            page.element("NextVersionIdMarker")
        );
    }
    assert_eq!(pages, whole);
    assert_eq!(
        client
            .get("/bkt?versions&key-marker=k")
            .await
            .elements("VersionId")
            .len(),
        1
    );
    assert_eq!(
        client.get("/bkt?versions&version-id-marker=x").await.code(),
        "400 InvalidArgument"
    );
}

#[tokio::test]
async fn versions_that_are_not_there_are_named_errors() {
    let client = Client::versioned().await;
    let version = client
        .put("k", "1")
        .await
        .header("x-amz-version-id")
        .to_owned();
    assert_eq!(
        client.get("/bkt/k?versionId=nonsense").await.code(),
        "400 InvalidArgument"
    );
    assert_eq!(
        client.get("/bkt/k?versionId=null").await.code(),
        "404 NoSuchVersion"
    );
    assert_eq!(
        client
            .get(&format!("/bkt/other?versionId={version}"))
            .await
            .code(),
        "404 NoSuchVersion"
    );
    client
        .send(
            "DELETE",
            &format!("/bkt/other?versionId={version}"),
            &[],
            "",
        )
        .await
        .ok();
    assert_eq!(client.get("/bkt/k").await.text(), "1");
}

/// Witness: "Copying objects": restoring an earlier version by copying it over.
#[tokio::test]
async fn a_version_is_copied_by_its_id() {
    let client = Client::versioned().await;
    let first = client
        .put("k", "1")
        .await
        .header("x-amz-version-id")
        .to_owned();
    client.put("k", "2").await;
    let source = format!("/bkt/k?versionId={first}");
    let copy = client
        .send(
            "PUT",
            "/bkt/k",
            &[("x-amz-copy-source", source.as_str())],
            "",
        )
        .await
        .ok();
    assert_eq!(copy.header("x-amz-copy-source-version-id"), first);
    assert_eq!(
        (client.get("/bkt/k").await.text(), client.files()),
        ("1", 2)
    );
    let marker = client
        .send("DELETE", "/bkt/k", &[], "")
        .await
        .header("x-amz-version-id")
        .to_owned();
    let source = format!("/bkt/k?versionId={marker}");
    assert_eq!(
        client
            .send(
                "PUT",
                "/bkt/x",
                &[("x-amz-copy-source", source.as_str())],
                ""
            )
            .await
            .code(),
        "400 InvalidRequest"
    );
}

/// Witness: API_PutBucketVersioning's errors.
#[tokio::test]
async fn versioning_takes_two_states() {
    let client = Client::with_bucket().await;
    assert_eq!(client.get("/bkt?versioning").await.element("Status"), "");
    client.versioning("Suspended").await;
    assert_eq!(
        client.get("/bkt?versioning").await.element("Status"),
        "Suspended"
    );
    let put = |text: &'static str| client.send("PUT", "/bkt?versioning", &[], text);
    assert_eq!(
        put("<VersioningConfiguration/>").await.code(),
        "400 IllegalVersioningConfigurationException"
    );
    assert_eq!(
        put("<VersioningConfiguration><Status>On</Status></VersioningConfiguration>")
            .await
            .code(),
        "400 MalformedXML"
    );
}
