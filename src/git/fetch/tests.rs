//! Repositories made here, fetched by path.

use super::*;
use std::process::Command;

/// A bare repository with a branch `main` of two commits, a branch `side`, a tag and a pull request.
struct Origin {
    folder: TempDir,
}

impl Origin {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let origin = Self { folder };
        origin.run(
            "",
            &[
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                "origin.git",
            ],
        );
        origin.run("", &["init", "--quiet", "--initial-branch=main", "work"]);
        origin.commit("one");
        origin.run("work", &["tag", "-a", "v1", "-m", "first"]);
        origin.commit("two");
        origin.run("work", &["branch", "side", "HEAD~1"]);
        origin.run("work", &["checkout", "--quiet", "-b", "request"]);
        origin.commit("three");
        origin.run(
            "work",
            &["push", "--quiet", "../origin.git", "main", "side", "v1"],
        );
        origin.run(
            "work",
            &[
                "push",
                "--quiet",
                "../origin.git",
                "request:refs/pull/7/head",
            ],
        );
        origin
    }

    fn run(&self, dir: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments)
            .current_dir(self.folder.path().join(dir))
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self, text: &str) {
        fs::write(self.folder.path().join("work/file"), text).unwrap();
        self.run("work", &["add", "file"]);
        self.run("work", &["commit", "--quiet", "-m", text]);
    }

    fn id(&self, name: &str) -> String {
        self.run("work", &["rev-parse", &format!("{name}^{{commit}}")])
    }

    fn wanted(&self, version: Option<&str>) -> Wanted {
        let path = self.folder.path().join("origin.git");
        Wanted {
            address: path.to_str().unwrap().to_owned(),
            version: version.map(str::to_owned),
            depth: None,
            submodules: false,
            insecure: false,
            login: None,
            certificates: None,
            cache: None,
        }
    }
}

fn file(fetched: &Fetched) -> String {
    fs::read_to_string(fetched.tree().join("file")).unwrap()
}

// Witness: behaviour contract, codebuild 7.2.
#[tokio::test]
async fn every_kind_of_version_is_checked_out_whole_and_shallow() {
    let origin = Origin::new();
    let git = Git::default();
    let first = origin.id("v1");
    for (version, expected, commit) in [
        (None, "two", origin.id("main")),
        (Some("main"), "two", origin.id("main")),
        (Some("refs/heads/side"), "one", first.clone()),
        (Some("v1"), "one", first.clone()),
        (Some("refs/tags/v1"), "one", first.clone()),
        (Some("pr/7"), "three", origin.id("request")),
        (Some(first.as_str()), "one", first.clone()),
        (Some(&first[..9]), "one", first.clone()),
        (
            Some(&format!("refs/heads/main^{{{first}}}")),
            "one",
            first.clone(),
        ),
    ] {
        for depth in [None, Some(1)] {
            let wanted = Wanted {
                // Depth counts over the transport only.
                address: format!("file://{}", origin.wanted(None).address),
                depth,
                ..origin.wanted(version)
            };
            let fetched = git.fetch(&wanted).await.unwrap();
            assert_eq!(file(&fetched), expected, "{version:?} {depth:?}");
            assert_eq!(fetched.commit, commit, "{version:?} {depth:?}");
            let shallow = fetched.tree().join(".git/shallow").exists();
            assert!(depth.is_some() || !shallow, "{version:?}");
        }
    }
    let wanted = Wanted {
        address: format!("file://{}", origin.wanted(None).address),
        depth: Some(1),
        ..origin.wanted(Some("main"))
    };
    let fetched = git.fetch(&wanted).await.unwrap();
    assert!(fetched.tree().join(".git/shallow").exists());
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() {
    let origin = Origin::new();
    let git = Git::default();
    let said = async |wanted: Wanted| git.fetch(&wanted).await.unwrap_err().to_string();
    assert_eq!(
        said(origin.wanted(Some("absent"))).await,
        "reference not found"
    );
    let unknown = "b".repeat(40);
    assert_eq!(
        said(origin.wanted(Some(&unknown))).await,
        "reference not found"
    );
    assert_eq!(
        said(origin.wanted(Some("bbbbbbb"))).await,
        "reference not found"
    );
    let mut wanted = origin.wanted(None);
    wanted.address.push_str("/absent");
    assert_eq!(said(wanted).await, "repository not found");
    let mut wanted = origin.wanted(None);
    wanted.address = "ext::sh".to_owned();
    assert!(
        said(wanted)
            .await
            .contains("is not the address of a repository")
    );
}

#[tokio::test]
async fn an_address_leads_elsewhere_by_configuration() {
    let origin = Origin::new();
    let folder = origin.folder.path().to_str().unwrap();
    let rewrite = format!("https://github.com/o/={folder}/");
    let git = Git {
        rewrites: Rewrites::new(vec![rewrite.parse().unwrap()]),
        ..Git::default()
    };
    let wanted = Wanted {
        address: "https://me:secret@github.com/o/origin.git".to_owned(),
        ..origin.wanted(Some("v1"))
    };
    let fetched = git.fetch(&wanted).await.unwrap();
    assert_eq!(file(&fetched), "one");
    let config = fs::read_to_string(fetched.tree().join(".git/config")).unwrap();
    assert!(
        config.contains("url = https://github.com/o/origin.git\n"),
        "{config}"
    );
}

#[tokio::test]
async fn submodules_come_only_when_they_are_asked_for() {
    let origin = Origin::new();
    let library = origin.wanted(None).address;
    origin.run("work", &["checkout", "--quiet", "main"]);
    let add = [
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "--",
        &library,
        "lib",
    ];
    origin.run("work", &add);
    origin.run("work", &["commit", "--quiet", "-m", "lib"]);
    origin.run("work", &["push", "--quiet", "../origin.git", "main"]);
    for (submodules, there) in [(false, false), (true, true)] {
        let wanted = Wanted {
            submodules,
            ..origin.wanted(None)
        };
        let fetched = Git::default().fetch(&wanted).await.unwrap();
        assert_eq!(fetched.tree().join("lib/file").exists(), there);
    }
}

#[tokio::test]
async fn a_machine_without_git_and_a_slow_host_are_told() {
    let origin = Origin::new();
    let said = async |git: Git| {
        git.fetch(&origin.wanted(None))
            .await
            .unwrap_err()
            .to_string()
    };
    let without = Git {
        program: "git-that-is-not-here".to_owned(),
        ..Git::default()
    };
    let text = said(without).await;
    assert!(
        text.contains("git is not installed on the machine"),
        "{text}"
    );
    let hasty = Git {
        patience: Duration::ZERO,
        ..Git::default()
    };
    assert_eq!(said(hasty).await, "git took longer than 0 seconds");
}

#[tokio::test]
async fn hooks_and_settings_of_a_user_take_no_part() {
    let origin = Origin::new();
    let fetched = Git::default().fetch(&origin.wanted(None)).await.unwrap();
    assert!(!fetched.tree().join(".git/hooks").exists());
    let folder = fetched.tree().parent().unwrap().to_owned();
    drop(fetched);
    assert!(!folder.exists(), "nothing is left behind");
}

#[test]
fn credentials_are_a_line_for_their_host_alone() {
    let address = Address::parse("https://host:8443/o/r").unwrap();
    let login = Login {
        username: "me".to_owned(),
        password: "a@b:c/d".to_owned(),
    };
    let line = stored(&address, &login).unwrap();
    assert_eq!(line, "https://me:a%40b%3Ac%2Fd@host:8443\n");
    assert_eq!(stored(&Address::parse("/srv/r").unwrap(), &login), None);
    assert_eq!(protocols(&address), "https:ssh");
}

// Witness: behaviour contract, codebuild 9.1, LOCAL_SOURCE_CACHE: best effort.
#[tokio::test]
async fn what_was_fetched_before_is_kept_and_spares_the_host() {
    let (origin, git) = (Origin::new(), Git::default());
    let cache = origin.folder.path().join("caches/one.git");
    fs::create_dir(cache.parent().unwrap()).unwrap();
    let cached = |version: &str| Wanted {
        cache: Some(cache.clone()),
        ..origin.wanted(Some(version))
    };
    let gone = origin.run("work", &["rev-parse", "request"]);
    let first = git.fetch(&cached("refs/pull/7/head")).await.unwrap();
    assert_eq!(first.commit, gone);
    let refs = Command::new("git")
        .args(["for-each-ref"])
        .current_dir(first.tree())
        .output()
        .unwrap();
    assert!(!String::from_utf8(refs.stdout).unwrap().contains("slipway"));
    let kept = Command::new("git")
        .args(["rev-parse", KEPT])
        .current_dir(&cache)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(kept.stdout).unwrap().trim(), gone);

    // The host has it no more, and need not.
    origin.run("origin.git", &["update-ref", "-d", "refs/pull/7/head"]);
    origin.run("origin.git", &["gc", "--quiet", "--prune=now"]);
    assert!(git.fetch(&origin.wanted(Some(&gone))).await.is_err());
    assert_eq!(git.fetch(&cached(&gone)).await.unwrap().commit, gone);
    assert_eq!(file(&git.fetch(&cached("main")).await.unwrap()), "two");
    let shallow = Wanted {
        depth: Some(1),
        address: format!("file://{}", origin.wanted(None).address),
        ..cached("main")
    };
    assert!(
        git.fetch(&shallow)
            .await
            .unwrap()
            .tree()
            .join(".git/shallow")
            .exists()
    );

    // A cache that is none harms nobody.
    fs::remove_dir_all(&cache).unwrap();
    fs::write(&cache, "no repository").unwrap();
    assert_eq!(file(&git.fetch(&cached("main")).await.unwrap()), "two");
}

// Witness: behaviour contract, codebuild 12.2: changed paths and the head commit's message of a pull request.
#[tokio::test]
async fn a_request_is_compared_with_where_it_parted_from_the_branch() {
    let origin = Origin::new();
    let git = Git::default();
    let minute = Duration::from_secs(60);
    for (version, base, files, message) in [
        ("pr/7", "refs/heads/main", vec!["file"], "three"),
        ("pr/7", "main", vec!["file"], "three"),
        // What the branch has got meanwhile is no change of the request.
        ("side", "refs/heads/main", vec![], "one"),
    ] {
        let wanted = origin.wanted(Some(version));
        let compared = git.compare(&wanted, base, minute).await.unwrap();
        assert_eq!(compared.files, files, "{version}...{base}");
        assert_eq!(compared.message, message, "{version}...{base}");
    }
    let wanted = origin.wanted(Some("pr/7"));
    let absent = git.compare(&wanted, "--output=x", minute);
    assert!(matches!(absent.await, Err(GitError::NoReference)));
    let late = git.compare(&wanted, "main", Duration::ZERO);
    assert!(matches!(late.await, Err(GitError::TooSlow(_))));
}
