//! Buckets and their configurations.

use super::client::Client;

/// Witness: API_CreateBucket, API_HeadBucket, API_ListBuckets, API_DeleteBucket.
#[tokio::test]
async fn a_bucket_is_created_found_listed_and_deleted() {
    let client = Client::new();
    let created = client.send("PUT", "/my-bucket", &[], "").await.ok();
    assert_eq!(created.header("location"), "/my-bucket");
    assert_eq!(created.header("x-amz-request-id"), "request-1");
    let head = client.send("HEAD", "/my-bucket", &[], "").await.ok();
    assert_eq!(head.header("x-amz-bucket-region"), "us-east-1");
    let list = client.get("/").await.ok();
    assert_eq!(list.element("Name"), "my-bucket");
    assert_eq!(list.element("CreationDate"), "2001-09-09T01:46:40.000Z");
    assert_eq!(
        client.send("DELETE", "/my-bucket", &[], "").await.status,
        204
    );
    assert_eq!(client.send("HEAD", "/my-bucket", &[], "").await.status, 404);
    let gone = client.get("/my-bucket").await;
    assert_eq!(
        (gone.code().as_str(), gone.element("BucketName").as_str()),
        ("404 NoSuchBucket", "my-bucket")
    );
    assert_eq!(gone.element("RequestId"), "request-1");
}

/// Witness: API_CreateBucket: us-east-1 answers 200 to the owner, other regions and accounts get errors.
#[tokio::test]
async fn a_name_is_taken_once_for_all_accounts() {
    let client = Client::with_bucket().await;
    client.send("PUT", "/bkt", &[], "").await.ok();
    let other = client.caller("111111111111", "us-east-1");
    assert_eq!(
        client.send_as(other, "PUT", "/bkt", &[], "").await.code(),
        "409 BucketAlreadyExists"
    );
    let body = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.send("PUT", "/eu-bucket", &[], body).await.ok();
    let again = client.caller("000000000000", "eu-west-1");
    assert_eq!(
        client
            .send_as(again, "PUT", "/eu-bucket", &[], body)
            .await
            .code(),
        "409 BucketAlreadyOwnedByYou"
    );
    assert_eq!(
        client
            .get("/eu-bucket?location")
            .await
            .text()
            .matches("eu-west-1")
            .count(),
        1
    );
    assert_eq!(
        client
            .send("HEAD", "/eu-bucket", &[], "")
            .await
            .header("x-amz-bucket-region"),
        "eu-west-1"
    );
}

/// Witness: API_CreateBucket and the error list.
#[tokio::test]
async fn bad_names_and_locations_are_refused() {
    let client = Client::new();
    assert_eq!(
        client.send("PUT", "/Bad_Name", &[], "").await.code(),
        "400 InvalidBucketName"
    );
    assert_eq!(
        client.send("PUT", "/sthree-bucket", &[], "").await.code(),
        "400 InvalidBucketName"
    );
    let body = |region| {
        format!(
            "<CreateBucketConfiguration><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        )
    };
    let eu = |client: &Client| client.caller("000000000000", "eu-west-1");
    for (text, code) in [
        (body("us-west-2"), "400 IllegalLocationConstraintException"),
        (body("us-east-1"), "400 InvalidLocationConstraint"),
        (String::new(), "400 IllegalLocationConstraintException"),
    ] {
        let answer = client
            .send_as(eu(&client), "PUT", "/my-bucket", &[], text)
            .await;
        assert_eq!(answer.code(), code);
    }
}

/// Witness: the brief: a bucket belongs to an account; other accounts are denied.
#[tokio::test]
async fn another_accounts_bucket_is_denied() {
    let client = Client::with_bucket().await;
    client.put("k", "body").await;
    for (method, uri) in [
        ("GET", "/bkt/k"),
        ("PUT", "/bkt/k"),
        ("DELETE", "/bkt/k"),
        ("GET", "/bkt"),
        ("DELETE", "/bkt"),
        ("GET", "/bkt?cors"),
    ] {
        let other = client.caller("111111111111", "us-east-1");
        assert_eq!(
            client.send_as(other, method, uri, &[], "").await.code(),
            "403 AccessDenied",
            "{method} {uri}"
        );
    }
    let other = client.caller("111111111111", "us-east-1");
    assert_eq!(
        client
            .send_as(other, "GET", "/", &[], "")
            .await
            .elements("Bucket")
            .len(),
        0
    );
    let headers = [("x-amz-expected-bucket-owner", "111111111111")];
    assert_eq!(
        client.send("GET", "/bkt/k", &headers, "").await.code(),
        "403 AccessDenied"
    );
}

/// Witness: API_DeleteBucket: all objects, versions and markers must be deleted first.
#[tokio::test]
async fn a_bucket_that_is_not_empty_stays() {
    let client = Client::versioned().await;
    client.put("k", "body").await;
    client.send("DELETE", "/bkt/k", &[], "").await.ok();
    assert_eq!(
        client.send("DELETE", "/bkt", &[], "").await.code(),
        "409 BucketNotEmpty"
    );
    let versions = client.get("/bkt?versions").await.elements("VersionId");
    for version in versions {
        client
            .send("DELETE", &format!("/bkt/k?versionId={version}"), &[], "")
            .await
            .ok();
    }
    // An unfinished upload does not keep it.
    let upload = client
        .send("POST", "/bkt/k?uploads", &[], "")
        .await
        .element("UploadId");
    client
        .send(
            "PUT",
            &format!("/bkt/k?partNumber=1&uploadId={upload}"),
            &[],
            "part",
        )
        .await
        .ok();
    assert_eq!(client.files(), 1);
    client.send("DELETE", "/bkt", &[], "").await.ok();
    assert_eq!(client.files(), 0);
}

/// Witness: the API reference's errors of each sub-resource; defaults of new buckets since April 2023.
#[tokio::test]
async fn configurations_that_were_not_put_answer_as_aws_does() {
    let client = Client::with_bucket().await;
    for (name, code) in [
        ("cors", "404 NoSuchCORSConfiguration"),
        ("lifecycle", "404 NoSuchLifecycleConfiguration"),
        ("policy", "404 NoSuchBucketPolicy"),
        ("policyStatus", "404 NoSuchBucketPolicy"),
        ("replication", "404 ReplicationConfigurationNotFoundError"),
        ("tagging", "404 NoSuchTagSet"),
        ("website", "404 NoSuchWebsiteConfiguration"),
        ("object-lock", "404 ObjectLockConfigurationNotFoundError"),
    ] {
        assert_eq!(client.get(&format!("/bkt?{name}")).await.code(), code);
    }
    for (name, part) in [
        ("acl", "FULL_CONTROL"),
        ("accelerate", "<AccelerateConfiguration"),
        ("encryption", "<SSEAlgorithm>AES256</SSEAlgorithm>"),
        ("location", "<LocationConstraint"),
        ("logging", "<BucketLoggingStatus"),
        ("notification", "<NotificationConfiguration"),
        ("ownershipControls", "BucketOwnerEnforced"),
        ("publicAccessBlock", "<BlockPublicPolicy>true"),
        ("requestPayment", "<Payer>BucketOwner</Payer>"),
        ("versioning", "<VersioningConfiguration"),
    ] {
        let answer = client.get(&format!("/bkt?{name}")).await.ok();
        assert!(answer.text().contains(part), "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_configuration_is_answered_as_it_was_put_until_it_is_deleted() {
    let client = Client::versioned().await;
    let policy = r#"{"Version":"2012-10-17","Statement":[]}"#;
    for (name, text, after) in [
        (
            "cors",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>",
            "404 NoSuchCORSConfiguration",
        ),
        (
            "lifecycle",
            "<LifecycleConfiguration><Rule><ID>x</ID><NewElement/></Rule></LifecycleConfiguration>",
            "404 NoSuchLifecycleConfiguration",
        ),
        (
            "encryption",
            "<ServerSideEncryptionConfiguration><Rule/></ServerSideEncryptionConfiguration>",
            "200 ",
        ),
        (
            "publicAccessBlock",
            "<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>",
            "404 NoSuchPublicAccessBlockConfiguration",
        ),
        (
            "ownershipControls",
            "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>",
            "404 OwnershipControlsNotFoundError",
        ),
        (
            "replication",
            "<ReplicationConfiguration><Role>r</Role><Rule/></ReplicationConfiguration>",
            "404 ReplicationConfigurationNotFoundError",
        ),
        (
            "website",
            "<WebsiteConfiguration><IndexDocument/></WebsiteConfiguration>",
            "404 NoSuchWebsiteConfiguration",
        ),
        ("policy", policy, "404 NoSuchBucketPolicy"),
    ] {
        let uri = format!("/bkt?{name}");
        client.send("PUT", &uri, &[], text).await.ok();
        assert_eq!(client.get(&uri).await.ok().text(), text);
        assert_eq!(client.send("DELETE", &uri, &[], "").await.status, 204);
        assert_eq!(client.get(&uri).await.code(), after);
    }
    let lifecycle = client.send(
        "PUT",
        "/bkt?lifecycle",
        &[(
            "x-amz-transition-default-minimum-object-size",
            "varies_by_storage_class",
        )],
        "<LifecycleConfiguration/>",
    );
    lifecycle.await.ok();
    assert_eq!(
        client
            .get("/bkt?lifecycle")
            .await
            .header("x-amz-transition-default-minimum-object-size"),
        "varies_by_storage_class"
    );
}

/// Witness: API_CreateBucket and API_PutBucketAcl with BucketOwnerEnforced, the default of new buckets.
#[tokio::test]
async fn acls_exist_only_where_ownership_lets_them() {
    let client = Client::with_bucket().await;
    let public = [("x-amz-acl", "public-read")];
    assert_eq!(
        client.send("PUT", "/bkt?acl", &public, "").await.code(),
        "400 AccessControlListNotSupported"
    );
    assert_eq!(
        client.send("PUT", "/bkt/k", &public, "x").await.code(),
        "400 AccessControlListNotSupported"
    );
    assert_eq!(
        client.send("PUT", "/other", &public, "").await.code(),
        "400 InvalidBucketAclWithObjectOwnership"
    );
    let text = "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
    client
        .send("PUT", "/bkt?ownershipControls", &[], text)
        .await
        .ok();
    client.send("PUT", "/bkt?acl", &public, "").await.ok();
    assert!(client.get("/bkt?acl").await.text().contains("AllUsers"));
    client.send("PUT", "/bkt/k", &public, "x").await.ok();
    assert!(client.get("/bkt/k?acl").await.text().contains("AllUsers"));
    let policy = client.get("/bkt/k?acl").await.text().replace(
        "<Permission>READ</Permission>",
        "<Permission>WRITE</Permission>",
    );
    client.send("PUT", "/bkt/k?acl", &[], policy).await.ok();
    assert_eq!(
        client.get("/bkt/k?acl").await.elements("Permission"),
        ["FULL_CONTROL", "WRITE"]
    );
}

/// Witness: API_PutBucketTagging; tags in CreateBucketConfiguration since 2025.
#[tokio::test]
async fn a_bucket_has_tags() {
    let client = Client::with_bucket().await;
    let text = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";
    assert_eq!(
        client.send("PUT", "/bkt?tagging", &[], text).await.status,
        204
    );
    assert_eq!(client.get("/bkt?tagging").await.element("Key"), "a");
    assert_eq!(
        client.send("DELETE", "/bkt?tagging", &[], "").await.status,
        204
    );
    assert_eq!(client.get("/bkt?tagging").await.code(), "404 NoSuchTagSet");
    let text = "<CreateBucketConfiguration><Tags><Tag><Key>born</Key><Value>with</Value></Tag></Tags></CreateBucketConfiguration>";
    client.send("PUT", "/tagged", &[], text).await.ok();
    assert_eq!(client.get("/tagged?tagging").await.element("Key"), "born");
}

/// Witness: "Virtual hosting of general purpose buckets".
#[tokio::test]
async fn a_bucket_in_the_hosts_name_is_the_bucket() {
    let client = Client::new();
    let request = |method: &str, host: &str, path: &str, body: &'static str| {
        http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("content-length", body.len())
            .body(http_body_util::Full::new(bytes::Bytes::from(body)))
            .unwrap()
    };
    let caller = || client.caller("000000000000", "us-east-1");
    client
        .request(caller(), request("PUT", "vhost.s3.localhost:4566", "/", ""))
        .await
        .ok();
    client
        .request(
            caller(),
            request("PUT", "vhost.s3.localhost:4566", "/a/b%20c", "x"),
        )
        .await
        .ok();
    assert_eq!(client.get("/vhost/a/b%20c").await.ok().text(), "x");
    let over_http2 = http::Request::builder()
        .version(http::Version::HTTP_2)
        .uri("http://vhost.localhost:4566/a/b%20c")
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    assert_eq!(client.request(caller(), over_http2).await.ok().text(), "x");
}

/// Witness: API_ListBuckets: prefix, max-buckets, continuation-token.
#[tokio::test]
async fn buckets_are_listed_in_pages() {
    let client = Client::new();
    for name in ["aaa", "aab", "bbb"] {
        client.send("PUT", &format!("/{name}"), &[], "").await.ok();
    }
    let page = client.get("/?max-buckets=2").await.ok();
    assert_eq!(page.elements("Name"), ["aaa", "aab"]);
    let next = client
        .get(&format!(
            "/?continuation-token={}",
            page.element("ContinuationToken")
        ))
        .await
        .ok();
    assert_eq!(next.elements("Name"), ["bbb"]);
    assert_eq!(
        client.get("/?prefix=aa").await.elements("Name"),
        ["aaa", "aab"]
    );
    assert_eq!(
        client
            .get("/?bucket-region=eu-west-1")
            .await
            .elements("Name")
            .len(),
        0
    );
}
