//! S3 deploys, row by row, and S3 sources as a pipeline runs them.

use super::*;

/// A zip with what no honest packer makes: names as they are given.
fn odd(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = SimpleFileOptions::default();
        match name.strip_prefix('@') {
            Some(link) => zip.add_symlink(link, *text, options).unwrap(),
            None if name.ends_with('/') => zip.add_directory(*name, options).unwrap(),
            None => {
                zip.start_file(*name, options).unwrap();
                zip.write_all(text.as_bytes()).unwrap();
            }
        }
    }
    zip.finish().unwrap().into_inner()
}

async fn deployed(memory: &Arc<Memory>, job: DeployToS3) -> Option<String> {
    match performer(memory)
        .deploy(&script::key(), &job)
        .await
        .unwrap()
    {
        Outcome::Succeeded(success) => success.result.external_id,
        Outcome::Failed(failure) => panic!("{failure:?}"),
    }
}

/// Witness: contract §6.3: a prefix that ends with a slash, directories, leading slashes, symbolic links, backslashes.
#[tokio::test]
async fn odd_entries_become_objects_as_they_are_called() {
    let memory = Memory::with(BUCKETS);
    let entries = [
        ("dir/", ""),
        ("dir/page.html", "page"),
        ("/leading.txt", "leads"),
        ("@link", "dir/page.html"),
        ("back\\slash", "back"),
    ];
    stored(&memory, &odd(&entries));
    let place = deployed(&memory, deploy_job(true, Some("prefix/"))).await;
    assert_eq!(place.as_deref(), Some("site/prefix/"));
    assert_eq!(
        memory.keys("site"),
        [
            "prefix///leading.txt",
            "prefix//back/slash",
            "prefix//dir/page.html",
            "prefix//link"
        ]
    );
    let text = |key: &str| memory.find("site", key).unwrap().bytes;
    assert_eq!(text("prefix//link"), b"dir/page.html");
    assert_eq!(text("prefix//back/slash"), b"back");
}

/// Witness: contract §6.3: the last duplicate wins. That AWS keeps the first as an older version is in the list of differences.
#[tokio::test]
async fn of_entries_of_one_name_the_last_wins() {
    let memory = Memory::with(BUCKETS);
    let mut bytes = odd(&[("page1", "first"), ("page2", "second")]);
    // Both names, in the entries and in the directory at the end.
    for at in 0..bytes.len() - 5 {
        if &bytes[at..at + 5] == b"page2" {
            bytes[at + 4] = b'1';
        }
    }
    stored(&memory, &bytes);
    deployed(&memory, deploy_job(true, None)).await;
    assert_eq!(memory.keys("site"), ["page1"]);
    assert_eq!(memory.find("site", "page1").unwrap().bytes, b"second");
}

/// Witness: contract §6.3, F25, success: external id without and with a key; ACL, cache control and key on every object.
#[tokio::test]
async fn every_object_has_what_is_configured() {
    let memory = Memory::with(BUCKETS);
    stored(&memory, &zip(&[("a", "1"), ("b.css", "2")]));
    let keyed = |extract, key| DeployToS3 {
        kms_key: Some("arn:aws:kms:us-east-1:000000000000:key/k".to_owned()),
        ..deploy_job(extract, key)
    };
    let place = deployed(&memory, keyed(true, None)).await;
    assert_eq!(place.as_deref(), Some("site"));
    let place = deployed(&memory, keyed(false, Some("x/all.zip"))).await;
    assert_eq!(place.as_deref(), Some("site/x/all.zip"));
    for key in ["a", "b.css", "x/all.zip"] {
        let meta = memory.find("site", key).unwrap().meta;
        assert_eq!(meta.canned_acl.as_deref(), Some("public-read"), "{key}");
        assert_eq!(meta.cache_control.as_deref(), Some("no-cache"), "{key}");
        let of_key = meta.kms_key.unwrap();
        assert!(of_key.ends_with("key/k"), "{key}");
    }
}

/// Witness: contract §6.3: Extract=false without ObjectKey; Extract not exactly true or false.
#[tokio::test]
async fn a_deploy_that_is_configured_wrongly_fails_when_it_runs() {
    let error = async |pairs: &[(&str, &str)]| {
        let house = House::memory("src; deploy").await;
        for (key, value) in pairs {
            house.configure("deploy", key, value);
        }
        let error = house.failure().await;
        assert_eq!(error.code, ErrorCode::ConfigurationError);
        error.message
    };
    assert_eq!(
        error(&[("Extract", "false")]).await,
        "When the extract feature is disabled, you must provide an object. Edit your pipeline to fix the configuration."
    );
    for value in ["True", "yes", ""] {
        assert_eq!(
            error(&[("Extract", value), ("ObjectKey", "k")]).await,
            format!(
                "Invalid value for configuration property '{value}': 'Extract'. Edit your pipeline and set 'Extract' to either 'true' or 'false'."
            )
        );
    }
}

/// Witness: contract §6.3, placeholders.
#[tokio::test]
async fn the_object_key_may_have_the_time_and_an_id_in_it() {
    let house = House::memory("src; deploy").await;
    house.configure("deploy", "Extract", "false");
    house.configure("deploy", "ObjectKey", "{datetime}/{uuid}.zip");
    house.upload(b"1");
    house.start().await;
    assert_eq!(house.end().await.status, ExecutionStatus::Succeeded);
    let keys = house.world.memory.keys("site");
    let (time, id) = keys[0].split_once('/').unwrap();
    assert_eq!(time, "2023-11-14_22-13-20");
    assert!(Uuid::parse_str(id.strip_suffix(".zip").unwrap()).is_ok());
}

/// Witness: contract §6.2: the revision id is the external id; §5.13, F25: the key ends as the source object's does.
#[tokio::test]
async fn a_source_shows_its_version_everywhere() {
    let house = House::memory("src; approve").await;
    house.upload(b"1");
    house.start().await;
    let all = house
        .until(|all| all[0].running().any(|run| run.name == "approve"))
        .await;
    let source = &all[0].stages[0].actions[0];
    assert_eq!(source.result.external_id.as_deref(), Some("v1"));
    let text = Some("Amazon S3 version id: v1");
    assert_eq!(source.result.summary.as_deref(), text);
    assert_eq!(all[0].revisions[0].revision.id, "v1");
    assert!(source.outputs[0].key.ends_with(".zip"));
    let names: Vec<&str> = source.variables.keys().map(String::as_str).collect();
    assert_eq!(names, ["BucketName", "ETag", "ObjectKey", "VersionId"]);
    assert_eq!(source.variables["ETag"], "etag1");
}
