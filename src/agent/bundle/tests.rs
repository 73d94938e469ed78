//! Bundles of every kind, from a server of the test. Witness: contract codedeploy §8.6, "DownloadBundle".

use super::*;
use crate::agent::errors::Done;
use crate::agent::specification::{BundleKind, Revision};
use crate::git::{Git, Rewrites};
use camino::{Utf8Path, Utf8PathBuf};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

type Files<'a> = &'a [(&'a str, &'a str)];

fn tar(files: Files) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_size(text.len() as u64);
        // Written as it is, so that names that lead elsewhere can be tried.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, text.as_bytes()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

fn zip(files: Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Answers requests in their order; gives what was asked.
async fn answering(answers: Vec<Vec<u8>>) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = vec![0; 4096];
            let count = stream.read(&mut seen).await.unwrap();
            asked.push(String::from_utf8_lossy(&seen[..count]).into_owned());
            stream.write_all(&answer).await.unwrap();
        }
        asked
    });
    (url, task)
}

fn ok(body: &[u8], headers: &str) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn status(line: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\n{headers}content-length: 0\r\n\r\n").into_bytes()
}

fn sources(url: &str) -> Sources {
    Sources {
        s3: url.to_owned(),
        authorization: "who".to_owned(),
        github: url.to_owned(),
        again: vec![Duration::ZERO; 3],
        git: Git::default(),
    }
}

fn s3(version: Option<&str>, etag: Option<&str>) -> Revision {
    Revision::S3 {
        bucket: "b".into(),
        key: "a b/k.zip".into(),
        kind: BundleKind::Zip,
        version: version.map(str::to_owned),
        etag: etag.map(str::to_owned),
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> Utf8PathBuf {
        Utf8Path::from_path(self.0.path()).unwrap().join(name)
    }

    async fn unpack(&self, bytes: &[u8], kind: BundleKind) -> Done<()> {
        fs::write(self.path("bundle.tar"), bytes).unwrap();
        unpack(&self.path("bundle.tar"), kind, &self.path("archive")).await
    }

    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.path("archive").join(name)).ok()
    }
}

#[tokio::test]
async fn an_object_is_asked_for_by_version_and_compared_by_etag() {
    let folder = Folder::new();
    let into = folder.path("bundle.tar");
    let (url, task) = answering(vec![ok(b"bytes", "etag: \"abc\"\r\n")]).await;
    // The quotes do not matter.
    let kind = fetch(&sources(&url), &s3(Some("v+1"), Some("abc")), &into)
        .await
        .unwrap();
    assert_eq!(
        (kind, fs::read(&into).unwrap()),
        (BundleKind::Zip, b"bytes".to_vec())
    );
    let asked = task.await.unwrap().remove(0);
    assert!(
        asked.starts_with("GET /b/a%20b/k.zip?versionId=v%2B1 HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(asked.contains("authorization: who\r\n"), "{asked}");

    let (url, _task) = answering(vec![ok(b"bytes", "etag: \"abc\"\r\n")]).await;
    let fault = fetch(&sources(&url), &s3(None, Some("def")), &into)
        .await
        .unwrap_err();
    assert_eq!(
        fault.message,
        "Expected deployment artifact bundle etag def but was actually \"abc\""
    );
}

#[tokio::test]
async fn what_s3_refuses_is_told_in_its_words() {
    let folder = Folder::new();
    let body = "<?xml?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
    let answer = format!(
        "HTTP/1.1 404 Not Found\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let (url, _task) = answering(vec![answer.into_bytes()]).await;
    let fault = fetch(&sources(&url), &s3(None, None), &folder.path("x"))
        .await
        .unwrap_err();
    assert_eq!(fault.message, "The specified key does not exist.");
}

fn github(token: Option<&str>) -> Revision {
    Revision::GitHub {
        account: "owner".into(),
        repository: "repo".into(),
        commit: "c0ffee".into(),
        kind: BundleKind::Tar,
        token: token.map(str::to_owned),
    }
}

#[tokio::test]
async fn github_is_asked_again_and_its_redirects_are_followed() {
    let folder = Folder::new();
    let bundle = gzip(&tar(&[("owner-repo-c0ffee/appspec.yml", "x")]));
    let (elsewhere, archive) = answering(vec![ok(&bundle, "")]).await;
    let redirect = status("302 Found", &format!("location: {elsewhere}/there\r\n"));
    let (url, api) = answering(vec![status("502 Bad Gateway", ""), redirect]).await;
    let into = folder.path("bundle.tar");
    fetch(&sources(&url), &github(Some("secret")), &into)
        .await
        .unwrap();
    unpack(&into, BundleKind::Tar, &folder.path("archive"))
        .await
        .unwrap();
    assert_eq!(folder.read("appspec.yml").as_deref(), Some("x"));
    let asked = api.await.unwrap();
    assert!(
        asked[0].starts_with("GET /repos/owner/repo/tarball/c0ffee HTTP/1.1\r\n"),
        "{}",
        asked[0]
    );
    assert!(asked[1].contains("authorization: token secret\r\n"));
    // The token is for the API alone.
    let asked = archive.await.unwrap().remove(0);
    assert!(
        asked.starts_with("GET /there ") && !asked.contains("secret"),
        "{asked}"
    );
}

/// The path by the kind of bundle, and the pauses before further attempts.
#[tokio::test]
async fn github_packs_a_revision_as_it_is_asked_to() {
    let folder = Folder::new();
    let bundle = zip(&[("owner-repo-c0ffee/appspec.yml", "x")]);
    let (url, task) = answering(vec![ok(&bundle, "")]).await;
    let revision = match github(None) {
        Revision::GitHub {
            account,
            repository,
            commit,
            token,
            ..
        } => Revision::GitHub {
            account,
            repository,
            commit,
            token,
            kind: BundleKind::Zip,
        },
        other => other,
    };
    let into = folder.path("bundle.tar");
    let kind = fetch(&sources(&url), &revision, &into).await.unwrap();
    unpack(&into, kind, &folder.path("archive")).await.unwrap();
    assert_eq!(folder.read("appspec.yml").as_deref(), Some("x"));
    let asked = task.await.unwrap().remove(0);
    assert!(
        asked.starts_with("GET /repos/owner/repo/zipball/c0ffee HTTP/1.1\r\n"),
        "{asked}"
    );
    assert_eq!(Sources::GITHUB, "https://api.github.com");
    assert_eq!(Sources::pauses(), [10, 30, 90].map(Duration::from_secs));
}

#[tokio::test]
async fn github_is_given_up_after_three_more_attempts() {
    let folder = Folder::new();
    let (url, task) = answering(vec![status("404 Not Found", ""); 4]).await;
    let fault = fetch(&sources(&url), &github(None), &folder.path("x"))
        .await
        .unwrap_err();
    let ends = "after 3 retries. Server returned codes: 404; 404; 404; 404.";
    assert!(
        fault.message.starts_with("Could not download bundle at '")
            && fault.message.ends_with(ends),
        "{fault}"
    );
    assert!(
        task.await
            .unwrap()
            .iter()
            .all(|asked| !asked.contains("authorization"))
    );
}

/// Our own: behind https, GitHub is asked by git. The repository is one of this machine.
#[tokio::test]
async fn what_is_behind_https_is_fetched_by_git() {
    let folder = Folder::new();
    let at = folder.path("repos/owner/repo.git");
    fs::create_dir_all(&at).unwrap();
    fs::write(at.join("appspec.yml"), "x").unwrap();
    let run = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        let git = git.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        let output = git.args(arguments).current_dir(&at).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    run(&["init", "--quiet", "--initial-branch=main"]);
    run(&["add", "."]);
    run(&["commit", "--quiet", "--message", "one"]);
    let commit = run(&["rev-parse", "HEAD"]);
    let rewrite = format!("https://github.com/={}/", folder.path("repos"));
    let sources = Sources {
        git: Git {
            rewrites: Rewrites::new(vec![rewrite.parse().unwrap()]),
            ..Git::default()
        },
        ..sources(Sources::GITHUB)
    };
    let revision = |commit: &str| Revision::GitHub {
        account: "owner".into(),
        repository: "repo".into(),
        commit: commit.to_owned(),
        kind: BundleKind::Zip,
        token: None,
    };
    let into = folder.path("bundle.tar");
    let kind = fetch(&sources, &revision(&commit), &into).await.unwrap();
    unpack(&into, kind, &folder.path("archive")).await.unwrap();
    assert_eq!(folder.read("appspec.yml").as_deref(), Some("x"));
    assert!(!folder.path("archive/.git").exists());
    let fault = fetch(&sources, &revision(&"0".repeat(40)), &into)
        .await
        .unwrap_err();
    assert!(
        fault
            .message
            .starts_with("Could not download bundle at 'https://github.com/owner/repo.git'"),
        "{fault}"
    );
}

#[tokio::test]
async fn bundles_of_every_kind_are_unpacked_with_their_modes() {
    use std::os::unix::fs::MetadataExt;
    let files: Files = &[("appspec.yml", "x"), ("bin/run", "r")];
    for (bytes, kind) in [
        (tar(files), BundleKind::Tar),
        (gzip(&tar(files)), BundleKind::Tgz),
        (gzip(&tar(files)), BundleKind::Tar),
        (zip(files), BundleKind::Zip),
    ] {
        let folder = Folder::new();
        folder.unpack(&bytes, kind).await.unwrap();
        assert_eq!(folder.read("bin/run").as_deref(), Some("r"), "{kind:?}");
        let found = fs::metadata(folder.path("archive/bin/run")).unwrap();
        assert_eq!(found.mode() & 0o777, 0o755);
    }
}

/// "a lone top directory containing an `appspec*` is stripped"
#[tokio::test]
async fn a_lone_folder_with_an_appspec_is_the_top() {
    let folder = Folder::new();
    folder
        .unpack(
            &zip(&[("top/appspec.yaml", "x"), ("top/sub/a", "a")]),
            BundleKind::Zip,
        )
        .await
        .unwrap();
    assert_eq!(folder.read("sub/a").as_deref(), Some("a"));
    folder
        .unpack(&zip(&[("top/other.yml", "x")]), BundleKind::Zip)
        .await
        .unwrap();
    assert_eq!(folder.read("top/other.yml").as_deref(), Some("x"));
    assert_eq!(
        folder.read("sub/a"),
        None,
        "what was unpacked before is gone"
    );
    folder
        .unpack(
            &zip(&[("top/appspec.yml", "x"), ("second", "a")]),
            BundleKind::Zip,
        )
        .await
        .unwrap();
    assert_eq!(folder.read("top/appspec.yml").as_deref(), Some("x"));
}

/// Our limits; the first words are §8.7's.
#[tokio::test]
async fn what_is_no_bundle_or_leads_elsewhere_is_refused() {
    let folder = Folder::new();
    let outside: Files = &[("../outside", "x")];
    for (bytes, kind, begins) in [
        (
            tar(outside),
            BundleKind::Tar,
            "Error extracting tar archive: 2",
        ),
        (
            gzip(&tar(&[("/etc/x", "x")])),
            BundleKind::Tgz,
            "Error extracting tar archive: 2",
        ),
        (
            b"no gzip".to_vec(),
            BundleKind::Tgz,
            "Error extracting tar archive: 2",
        ),
        (
            vec![b'x'; 2000],
            BundleKind::Tar,
            "Error extracting tar archive: 2",
        ),
        (
            zip(outside),
            BundleKind::Zip,
            "Error extracting zip archive",
        ),
        (
            b"no zip".to_vec(),
            BundleKind::Zip,
            "Error extracting zip archive",
        ),
    ] {
        let fault = folder.unpack(&bytes, kind).await.unwrap_err();
        assert!(fault.message.starts_with(begins), "{fault}");
    }
    assert!(!folder.path("outside").exists());
}
