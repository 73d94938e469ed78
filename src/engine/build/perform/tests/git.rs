//! Repositories: made here, reached by rewritten addresses.

use super::house::{House, phases, readable};
use super::{commands, plan};
use crate::engine::build::perform::BuildOptions;
use crate::engine::build::plan::{BuildPlan, GitHow, SecondarySource, Source};
use crate::engine::build::state::BuildStatus;
use crate::git::{Git, Rewrites};
use expect_test::expect;
use std::process::Command;
use tempfile::TempDir;

/// Bare repositories `app` and `lib` of the owner `o`, each with a branch `main` of one commit.
struct Hub(TempDir);

const SPEC: &str = "version: 0.2\nphases: {build: {commands: [./run.sh]}}\n";
const RUN: &str = r#"#!/bin/sh
cat "$CODEBUILD_SRC_DIR_lib/name"
echo "$CODEBUILD_SOURCE_REPO_URL $CODEBUILD_SOURCE_VERSION $CODEBUILD_SOURCE_VERSION_lib"
test "$CODEBUILD_RESOLVED_SOURCE_VERSION" = "$(git rev-parse HEAD)" && echo resolved
git status --porcelain
"#;

impl Hub {
    fn new() -> Self {
        let hub = Self(tempfile::tempdir().unwrap());
        hub.repository("app", &[("buildspec.yml", SPEC), ("run.sh", RUN)]);
        hub.repository("lib", &[("name", "the library\n")]);
        hub
    }

    fn repository(&self, name: &str, files: &[(&str, &str)]) {
        let work = self.0.path().join("work").join(name);
        std::fs::create_dir_all(&work).unwrap();
        std::fs::create_dir_all(self.0.path().join("o")).unwrap();
        git(&work, &["init", "--quiet", "--initial-branch=main"]);
        for (file, text) in files {
            std::fs::write(work.join(file), text).unwrap();
            git(&work, &["add", "--chmod=+x", file]);
        }
        git(&work, &["commit", "--quiet", "-m", "first"]);
        let bare = format!("../../o/{name}.git");
        git(&work, &["clone", "--quiet", "--bare", ".", &bare]);
    }

    fn commit(&self, name: &str) -> String {
        git(
            &self.0.path().join("work").join(name),
            &["rev-parse", "HEAD"],
        )
    }

    fn house(&self) -> House {
        let rewrite = format!("https://github.com/={}/", self.0.path().display());
        let rewrites = Rewrites::new(vec![rewrite.parse().unwrap()]);
        House::with(BuildOptions {
            git: Git {
                rewrites,
                ..Git::default()
            },
            ..BuildOptions::default()
        })
    }
}

fn git(dir: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn source(location: &str) -> Source {
    Source::Git {
        provider: "GITHUB".to_owned(),
        location: location.to_owned(),
        how: GitHow::default(),
    }
}

fn of(location: &str, version: Option<&str>) -> BuildPlan {
    BuildPlan {
        source: source(location),
        source_version: version.map(str::to_owned),
        buildspec: None,
        ..plan("")
    }
}

// Witness: behaviour contract 5.1, 6, 7.1, 7.2, 7.3; 14.31.
#[tokio::test]
async fn a_repository_and_a_second_one_are_built() {
    let hub = Hub::new();
    let house = hub.house();
    let mut plan = of("https://github.com/o/app.git", Some("main"));
    plan.secondary_sources.push(SecondarySource {
        identifier: "lib".to_owned(),
        source: source("https://me:hidden@github.com/o/lib.git"),
        version: Some("refs/heads/main".to_owned()),
    });
    let build = house.run(plan).await;
    let log = house.log();
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    assert_eq!(build.resolved_source_version, Some(hub.commit("app")));
    let said = "\nthe library\nhttps://github.com/o/app.git main refs/heads/main\nresolved\n[]";
    assert!(log.contains(said), "{log}");
    let places = "[] CODEBUILD_SRC_DIR=/codebuild/output/src286331153/src/github.com/o/app\n\
        [] CODEBUILD_SRC_DIR_lib=/codebuild/output/src286331154/src/github.com/o/lib\n";
    assert!(log.contains(places), "{log}");
    assert!(!log.contains("hidden"), "{log}");
}

// Witness: behaviour contract 4.4, 7.2: the wordings of DOWNLOAD_SOURCE.
#[tokio::test]
async fn what_cannot_be_fetched_is_told_in_awss_words() {
    let hub = Hub::new();
    let house = hub.house();
    let mut second = plan(&commands(&["true"]));
    second.secondary_sources.push(SecondarySource {
        identifier: "lib".to_owned(),
        source: source("https://github.com/o/lib.git"),
        version: Some("absent".to_owned()),
    });
    let mut said = Vec::new();
    for plan in [
        of("https://github.com/o/app.git", Some("absent")),
        of("https://github.com/o/absent.git", Some("main")),
        of("https://github.com/o/absent.git", None),
        of("ext::sh -c touch", None),
        second,
    ] {
        let build = house.run(plan).await;
        assert_eq!(build.status, BuildStatus::Failed);
        said.push(readable(&phases(&build).remove(0)));
    }
    expect![[r#"
        DOWNLOAD_SOURCE FAILED CLIENT_ERROR reference not found for primary source and source version absent
        DOWNLOAD_SOURCE FAILED CLIENT_ERROR repository not found for primary source and source version main
        DOWNLOAD_SOURCE FAILED CLIENT_ERROR repository not found for primary source
        DOWNLOAD_SOURCE FAILED CLIENT_ERROR ext::sh -c touch is not the address of a repository: https, http, ssh and absolute paths are fetched for primary source
        DOWNLOAD_SOURCE FAILED CLIENT_ERROR reference not found for secondary source lib and source version absent"#]]
    .assert_eq(&said.join("\n"));
    house.emptied().await;
}

// Witness: behaviour contract 5.2, `git-credential-helper`: default no; 5.7, masking.
#[tokio::test]
async fn git_in_commands_gets_credentials_when_the_buildspec_says_so() {
    let hub = Hub::new();
    let house = hub.house();
    let ask = "printf 'protocol=https\\nhost=github.com\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill || echo none";
    for (word, said) in [("yes", "\nusername=me\npassword=***\n"), ("no", "\nnone\n")] {
        let spec = format!(
            "version: 0.2\nenv: {{git-credential-helper: {word}}}\nphases: {{build: {{commands: [{ask:?}]}}}}\n"
        );
        let mut plan = plan(&spec);
        plan.source = source("https://me:hidden@github.com/o/lib.git");
        let build = house.run(plan).await;
        let log = house.log();
        assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
        assert!(log.contains(said) && !log.contains("hidden"), "{log}");
    }
}

// Witness: behaviour contract 4.4, 9.2: certificate, and why it cannot be had. The host here needs none: that git trusts them is
// tested where its settings are written.
#[tokio::test]
async fn a_certificate_is_taken_from_its_object() {
    let hub = Hub::new();
    let house = hub.house();
    let pem = "-----BEGIN CERTIFICATE-----\none\n-----END CERTIFICATE-----\n";
    let objects = [("ca.pem", pem), ("odd.pem", "nothing")];
    house.bucket(
        "trust",
        &objects.map(|(key, text)| (key, text.as_bytes().to_vec())),
    );
    let with = |key: &str| {
        let mut plan = of("https://github.com/o/app.git", Some("main"));
        plan.environment.certificate = Some(format!("arn:aws:s3:::trust/{key}"));
        plan
    };
    for (key, why) in [
        ("ca.pem", None),
        ("odd.pem", Some("there is no certificate in it")),
        ("absent.pem", Some("NoSuchKey")),
    ] {
        let build = house.run(with(key)).await;
        let failure = build.failure().map(|(_, _, context)| context.message);
        let why = why.map(|why| format!("Unable to download certificate from S3. {why}"));
        assert_eq!(failure, why, "{key}");
    }
}
