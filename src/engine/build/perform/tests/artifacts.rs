//! Artifacts: what is taken, how it is packed, where it goes.

use super::house::{House, readable};
use super::{machine, plan};
use crate::engine::build::plan::*;
use crate::engine::build::state::{ArtifactResult, BuildState, BuildStatus};
use crate::engine::world::BuildTarget;
use expect_test::expect;
use sha2::Digest;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Makes the files that the tests take.
const FILES: &str = "mkdir -p dist/js empty && echo page > dist/index.html && echo code > dist/js/app.js && echo map > dist/js/app.map && echo '#!/bin/sh' > run.sh && chmod 755 run.sh && echo jar > app-1.jar && ln -s dist/index.html link && ln -s dist tree && ln -s . circle && mkdir -p target-a target-b && echo a > target-a/out && echo b > target-b/out";

fn s3() -> S3Artifacts {
    S3Artifacts {
        bucket: "out".to_owned(),
        path: String::new(),
        build_id_folder: false,
        name: "app".to_owned(),
        packaging: Packaging::Folder,
        override_name: false,
        encryption_disabled: true,
        bucket_owner_access: BucketOwnerAccess::Unset,
    }
}

fn made(artifacts: S3Artifacts, block: &str) -> BuildPlan {
    let spec =
        format!("version: 0.2\nphases: {{build: {{commands: [{FILES:?}]}}}}\nartifacts:\n{block}");
    BuildPlan {
        artifacts: Some(Artifacts::S3(artifacts)),
        ..plan(&spec)
    }
}

async fn run(house: &House, plan: BuildPlan) -> BuildState {
    house.bucket("out", &[]);
    let build = house.run(plan).await;
    house.emptied().await;
    build
}

/// The keys that a folder block leads to.
#[track_caller]
fn keys(block: &str) -> impl Future<Output = Vec<String>> {
    let plan = made(s3(), block);
    async move {
        let house = House::new();
        let build = run(&house, plan).await;
        assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
        house
            .objects("out")
            .into_iter()
            .map(|(key, _)| key)
            .collect()
    }
}

// Witness: behaviour contract 5.5, 8, 14.33.
#[tokio::test]
async fn a_folder_is_written_file_by_file() {
    let house = House::new();
    let block = "  files: ['dist/**/*', run.sh, missing.txt]\n  exclude-paths: ['**/*.map']\n";
    let build = run(&house, made(s3(), block)).await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let pair = |key: &str, text: &str| (key.to_owned(), text.to_owned());
    assert_eq!(
        house.objects("out"),
        [
            pair("app/dist/index.html", "page\n"),
            pair("app/dist/js/app.js", "code\n"),
            pair("app/run.sh", "#!/bin/sh\n"),
        ]
    );
    let result = ArtifactResult {
        identifier: None,
        location: "arn:aws:s3:::out/app".to_owned(),
        md5: String::new(),
        sha256: String::new(),
    };
    assert_eq!(build.artifacts, [result]);
    let log = house.log();
    let end = log
        .split_once("Phase complete: POST_BUILD State: SUCCEEDED\n")
        .unwrap()
        .1;
    expect![[r#"
        [] Phase context status code:  Message: 
        [] Expanding base directory path: .
        [] Assembling file list
        [] Expanding .
        [] Expanding file paths for base directory .
        [] Assembling file list
        [] Expanding dist/**/*
        [] Expanding run.sh
        [] Expanding missing.txt
        [] Skipping invalid file path missing.txt
        [] Found 3 file(s)
        [] No secondary artifacts defined in buildspec
        [] Set report auto-discover timeout to 5 seconds
        [] No matching auto-discover report paths found
        [] Report auto-discover file discovery took 0.000000 seconds
        [] Phase complete: UPLOAD_ARTIFACTS State: SUCCEEDED
        [] Phase context status code:  Message: 
    "#]]
    .assert_eq(end);
}

// Witness: behaviour contract 8, 14.33: the name is used verbatim; checksums are those of the object.
#[tokio::test]
async fn a_zip_is_one_object_with_checksums_and_modes() {
    let house = House::new();
    let target = S3Artifacts {
        path: "/builds/".to_owned(),
        build_id_folder: true,
        packaging: Packaging::Zip,
        encryption_disabled: false,
        bucket_owner_access: BucketOwnerAccess::ReadOnly,
        ..s3()
    };
    let build = run(
        &house,
        made(target, "  files: [run.sh, link, 'dist/js/*']\n"),
    )
    .await;
    assert_eq!(build.status, BuildStatus::Succeeded, "{}", house.log());
    let key = format!("builds/{}/app", build.plan.uuid);
    let stored = house.object("out", &key);
    let [result] = build.artifacts.as_slice() else {
        panic!("{:?}", build.artifacts);
    };
    assert_eq!(result.location, format!("arn:aws:s3:::out/{key}"));
    assert_eq!(
        result.sha256,
        hex::encode(sha2::Sha256::digest(&stored.bytes))
    );
    assert_eq!(result.md5, hex::encode(md5::Md5::digest(&stored.bytes)));
    assert_eq!(stored.meta.metadata["codebuild-buildarn"], build.plan.arn());
    assert_eq!(stored.meta.metadata["codebuild-content-md5"], result.md5);
    assert_eq!(
        stored.meta.metadata["codebuild-content-sha256"],
        result.sha256
    );
    assert_eq!(stored.meta.kms_key, Some(build.plan.encryption_key));
    assert_eq!(stored.meta.canned_acl.as_deref(), Some("bucket-owner-read"));
    assert_eq!(
        entries(&stored.bytes),
        [
            "dist/js/app.js 100644 code\n",
            "dist/js/app.map 100644 map\n",
            "link 100644 page\n",
            "run.sh 100755 #!/bin/sh\n",
        ]
    );
}

fn entries(zip: &[u8]) -> Vec<String> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            let name = entry.name().unwrap().into_owned();
            format!("{name} {:o} {text}", entry.unix_mode().unwrap())
        })
        .collect()
}

// Witness: behaviour contract 5.5.
#[tokio::test]
async fn blocks_take_what_they_name() {
    assert_eq!(
        keys("  base-directory: dist\n  files: ['**/*.html']\n").await,
        ["app/index.html"]
    );
    assert_eq!(
        keys("  base-directory: 'target-*'\n  files: ['*']\n").await,
        ["app/out"]
    );
    assert_eq!(
        keys("  discard-paths: yes\n  files: ['**/*.js', run.sh]\n").await,
        ["app/app.js", "app/run.sh"]
    );
    assert_eq!(keys("  files: ['app-$N.jar', '`echo dist`/*']\n  base-directory: $CODEBUILD_SRC_DIR\n  exclude-paths: ['$NOTHING']\n").await, ["app/dist/index.html"]);
    assert_eq!(
        keys("  base-directory: $CODEBUILD_SRC_DIR/dist\n  files: ['*']\n").await,
        ["app/index.html"]
    );
    // What a link leads to lies in its place; a link to a directory that holds it is passed over.
    assert_eq!(
        keys("  files: ['tree/*', 'link']\n").await,
        ["app/link", "app/tree/index.html"]
    );
    assert_eq!(
        keys("  files: ['**/*.html']\n").await,
        ["app/dist/index.html", "app/tree/index.html"]
    );
    assert_eq!(
        keys("  files: ['circle/**/*', 'run.sh']\n").await,
        ["app/run.sh"]
    );
}

// Witness: behaviour contract 5.5 (enable-symlinks, zips only).
#[tokio::test]
async fn links_are_kept_when_the_block_wants_them() {
    let house = House::new();
    let target = S3Artifacts {
        packaging: Packaging::Zip,
        ..s3()
    };
    let block = "  enable-symlinks: yes\n  files: [link, 'dist/*']\n";
    run(&house, made(target, block)).await;
    let stored = house.object("out", "app");
    assert_eq!(
        entries(&stored.bytes),
        [
            "dist/index.html 100644 page\n",
            "link 120777 dist/index.html"
        ]
    );
}

// Witness: behaviour contract 5.5, 8.
#[tokio::test]
async fn names_are_evaluated_where_the_project_allows_it() {
    let house = House::new();
    let block = "  name: app-$CODEBUILD_BUILD_NUMBER-$(echo x | tr x y)\n  files: [run.sh]\n";
    let overriding = S3Artifacts {
        override_name: true,
        ..s3()
    };
    let build = run(&house, made(overriding.clone(), block)).await;
    assert_eq!(build.artifacts[0].location, "arn:aws:s3:::out/app-7-y");
    assert_eq!(house.objects("out")[0].0, "app-7-y/run.sh");
    let build = run(&house, made(s3(), block)).await;
    assert_eq!(build.artifacts[0].location, "arn:aws:s3:::out/app");
    let build = run(
        &house,
        made(overriding, "  name: $NOTHING\n  files: [run.sh]\n"),
    )
    .await;
    assert_eq!(
        build.failure().unwrap().2.message,
        "Failed to upload artifacts: invalid artifact name \"\""
    );
}

// Witness: behaviour contract 5.5: s3-prefix.
#[tokio::test]
async fn a_prefix_of_the_buildspec_takes_the_place_of_the_path() {
    let house = House::new();
    let target = S3Artifacts {
        path: "path".to_owned(),
        build_id_folder: true,
        packaging: Packaging::Zip,
        ..s3()
    };
    let build = run(
        &house,
        made(target, "  s3-prefix: releases\n  files: [run.sh]\n"),
    )
    .await;
    let key = format!("releases/{}/app", build.plan.uuid);
    assert_eq!(house.objects("out")[0].0, key);
}

// Witness: behaviour contract 4.4, 5.5, 14.34; texts without an entry there are our reading.
#[tokio::test]
async fn uploads_that_fail_are_told_in_these_words() {
    let mut said = Vec::new();
    let ids = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
    let far = S3Artifacts {
        bucket: "far".to_owned(),
        ..s3()
    };
    let missing = S3Artifacts {
        bucket: "nowhere".to_owned(),
        path: "a".to_owned(),
        ..s3()
    };
    for (target, block) in [
        (s3(), "  files: [missing.txt]\n"),
        (s3(), "  files: ['*.none', empty, 'empty/**/*']\n"),
        (s3(), "  base-directory: nowhere\n  files: ['**/*']\n"),
        (s3(), "  base-directory: 'nowhere-*'\n  files: ['**/*']\n"),
        (s3(), "  files: ['a[b']\n"),
        (
            s3(),
            "  files: [run.sh]\n  secondary-artifacts: {other: {files: [run.sh]}}\n",
        ),
        (far, "  files: [run.sh]\n"),
        (missing, "  files: [run.sh]\n"),
    ] {
        let house = House::new();
        house.bucket_in("eu-west-1", "far", &[]);
        let build = run(&house, made(target, block)).await;
        assert_eq!(build.status, BuildStatus::Failed, "{block}");
        let (phase, _, context) = build.failure().unwrap();
        let message = ids.replace_all(&context.message, "ID");
        said.push(format!("{} {}: {message}", phase.as_str(), context.code));
    }
    expect![[r#"
        UPLOAD_ARTIFACTS CLIENT_ERROR: no matching artifact paths found
        UPLOAD_ARTIFACTS CLIENT_ERROR: no matching artifact paths found
        UPLOAD_ARTIFACTS CLIENT_ERROR: no matching base directory path found for nowhere
        UPLOAD_ARTIFACTS CLIENT_ERROR: no matching base directory path found for nowhere-*
        UPLOAD_ARTIFACTS CLIENT_ERROR: syntax error in pattern: a[b
        UPLOAD_ARTIFACTS CLIENT_ERROR: no secondary artifact with the identifier other is configured in the project
        UPLOAD_ARTIFACTS CLIENT_ERROR: Failed to upload artifacts: Invalid arn
        UPLOAD_ARTIFACTS CLIENT_ERROR: Failed to upload artifacts: NoSuchBucket: The specified bucket does not exist
        	status code: 404, request id: ID, host id: ID for arn:aws:s3:::nowhere/a/app"#]].assert_eq(&said.join("\n"));
}

// Witness: behaviour contract 5.5: NO_ARTIFACTS ignores the block; a project without a block uploads nothing.
#[tokio::test]
async fn without_a_target_or_a_block_nothing_is_uploaded() {
    let house = House::new();
    let mut plan = made(s3(), "  files: [run.sh]\n");
    plan.artifacts = None;
    let build = run(&house, plan).await;
    assert_eq!(
        (build.status, build.artifacts.len()),
        (BuildStatus::Succeeded, 0)
    );
    let plan = BuildPlan {
        artifacts: Some(Artifacts::S3(s3())),
        ..machine::plan()
    };
    let build = run(&house, plan).await;
    assert_eq!(
        (build.status, build.artifacts.len()),
        (BuildStatus::Succeeded, 0)
    );
    assert!(house.log().contains("No artifacts defined in buildspec"));
}

fn output(artifact: &str) -> Artifacts {
    Artifacts::Pipeline(BuildTarget {
        artifact: artifact.to_owned(),
        bucket: "out".to_owned(),
        key: format!("pipe/{artifact}/xyz"),
        kms_key: Some("key".to_owned()),
    })
}

// Witness: behaviour contract 8; codepipeline contract 6.4: one output is the block, several are secondary ones by name.
#[tokio::test]
async fn output_artifacts_of_a_pipeline_are_zips_at_given_places() {
    let house = House::new();
    let mut plan = made(s3(), "  files: [run.sh]\n");
    plan.artifacts = Some(output("Only"));
    let build = run(&house, plan.clone()).await;
    assert_eq!(
        build.artifacts[0].location,
        "arn:aws:s3:::out/pipe/Only/xyz"
    );
    let stored = house.object("out", "pipe/Only/xyz");
    assert_eq!(entries(&stored.bytes), ["run.sh 100755 #!/bin/sh\n"]);
    assert_eq!(stored.meta.kms_key.as_deref(), Some("key"));

    let block = "  files: [ignored]\n  secondary-artifacts:\n    Web: {base-directory: dist, files: ['**/*.html']}\n    Bin: {files: [run.sh]}\n";
    let mut plan = made(s3(), block);
    plan.artifacts = None;
    plan.secondary_artifacts = ["Bin", "Web"]
        .map(|name| SecondaryArtifacts {
            identifier: name.to_owned(),
            artifacts: output(name),
        })
        .to_vec();
    let build = run(&house, plan).await;
    assert_eq!(
        build.status,
        BuildStatus::Succeeded,
        "{}",
        readable(&house.log())
    );
    let identifiers: Vec<&str> = build
        .artifacts
        .iter()
        .filter_map(|result| result.identifier.as_deref())
        .collect();
    assert_eq!(identifiers, ["Web", "Bin"]);
    assert_eq!(
        entries(&house.object("out", "pipe/Web/xyz").bytes),
        ["index.html 100644 page\n"]
    );
    assert_eq!(
        entries(&house.object("out", "pipe/Bin/xyz").bytes),
        ["run.sh 100755 #!/bin/sh\n"]
    );
}
