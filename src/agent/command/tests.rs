//! Commands one after the other, as a deployment brings them. Witness: contract codedeploy §8.6 unless said otherwise.

use super::*;
use crate::agent::errors::Code;
use crate::agent::place::Host;
use crate::git::Git;
use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;
use std::io::{Cursor, Write};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Witness: contract §8.8, the names of commands.
#[test]
fn commands_are_eleven() {
    assert_eq!(Command::parse("Install"), Ok(Command::Install));
    for event in hooks::EVENTS {
        let hook = Command::Hook(event.to_owned());
        assert_eq!(Command::parse(event), Ok(hook));
    }
    for name in ["BlockTraffic", "install", ""] {
        let fault = Command::parse(name).unwrap_err();
        assert_eq!(fault.message, format!("Unsupported command type: {name}."));
    }
}

/// Witness: contract §8.5, the row "file name".
#[test]
fn installing_takes_an_appspec_by_its_other_name() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Utf8Path::from_path(folder.path()).unwrap();
    assert_eq!(appspec_name(archive, "appspec.yml"), "appspec.yml");
    fs::write(archive.join("appspec.yaml"), "").unwrap();
    assert_eq!(appspec_name(archive, "appspec.yml"), "appspec.yaml");
    assert_eq!(appspec_name(archive, "other.yml"), "appspec.yaml");
    fs::write(archive.join("other.yml"), "").unwrap();
    assert_eq!(appspec_name(archive, "other.yml"), "other.yml");
}

/// An S3 that has one object.
async fn s3(bundle: Vec<u8>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\netag: \"e\"\r\ncontent-length: {}\r\n\r\n",
                bundle.len()
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&bundle).await.unwrap();
        }
    });
    url
}

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An agent's tools, and the only bundle that there is.
struct House {
    folder: tempfile::TempDir,
    tools: Tools,
    bundle: Vec<u8>,
}

impl House {
    /// `TO` in the AppSpec stands for the folder to install to.
    async fn new(appspec: (&str, &str), files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = Utf8Path::from_path(folder.path()).unwrap();
        let (name, rest) = appspec;
        let to = at.join("to");
        let text = format!("version: 0.0\nos: linux\n{rest}").replace("TO", to.as_str());
        let bundle = zip(&[&[(name, text.as_str())], files].concat());
        let url = s3(bundle.clone()).await;
        let tools = Tools {
            root: Root::new(at.join("root")),
            sources: Sources {
                s3: url.clone(),
                authorization: String::new(),
                github: url,
                again: Vec::new(),
                git: Git::default(),
            },
            place: Arc::new(Host),
        };
        Self {
            folder,
            tools,
            bundle,
        }
    }

    fn to(&self, name: &str) -> Utf8PathBuf {
        let at = Utf8Path::from_path(self.folder.path()).unwrap();
        at.join("to").join(name)
    }

    async fn run(&self, deployment: &str, command: &str) -> Done<()> {
        let spec = json!({"DeploymentId": deployment, "DeploymentGroupId": "g", "DeploymentGroupName": "group",
            "ApplicationName": "app", "Revision": {"RevisionType": "S3", "S3Revision":
                {"Bucket": "b", "Key": "k", "BundleType": "zip", "ETag": "e"}}});
        let spec = Specification::parse(spec.to_string().as_bytes()).unwrap();
        let command = Command::parse(command)?;
        command.is_noop(&self.tools, &spec)?;
        command.run(&self.tools, &spec).await
    }

    fn deployment(&self, name: &str) -> crate::agent::root::DeploymentFolder {
        self.tools.root.deployment("g", name)
    }
}

/// The layout, and when each record is written: the newest revision when it is here, the last successful one when it is installed, so that
/// a script that fails afterwards does not undo it.
#[tokio::test]
async fn revisions_are_recorded_when_they_are_here_and_when_they_are_installed() {
    let rest = "files: [{source: a, destination: TO}]\nhooks: {AfterInstall: [{location: bad.sh}]}";
    let files = [("a", "1"), ("bad.sh", "#!/bin/sh\nexit 1\n")];
    let house = House::new(("appspec.yml", rest), &files).await;
    let root = &house.tools.root;
    house.run("d-1", "ApplicationStop").await.unwrap();
    assert!(!house.deployment("d-1").archive().exists());
    house.run("d-1", "DownloadBundle").await.unwrap();
    let one = house.deployment("d-1");
    assert_eq!(fs::read(one.bundle()).unwrap(), house.bundle);
    assert_eq!(fs::read_to_string(one.archive().join("a")).unwrap(), "1");
    assert_eq!(root.most_recent("g"), Some(one.clone()));
    assert_eq!(root.last_successful("g"), None);
    assert!(!house.to("a").exists());
    house.run("d-1", "BeforeInstall").await.unwrap();
    house.run("d-1", "Install").await.unwrap();
    assert_eq!(fs::read_to_string(house.to("a")).unwrap(), "1");
    assert_eq!(root.last_successful("g"), Some(one.clone()));
    let fault = house.run("d-1", "AfterInstall").await.unwrap_err();
    assert_eq!(fault.code, Code::ScriptFailed);
    assert_eq!(root.last_successful("g"), Some(one.clone()));
    assert!(one.script_log().exists());
    // What nobody has recorded is in the way of the next one.
    fs::remove_file(root.cleanup_file("g")).unwrap();
    house.run("d-2", "DownloadBundle").await.unwrap();
    let fault = house.run("d-2", "Install").await.unwrap_err();
    assert!(fault.message.contains("already exists"), "{fault}");
    assert_eq!(root.most_recent("g"), Some(house.deployment("d-2")));
    assert_eq!(root.last_successful("g"), Some(one));
}

/// §8.5, the row "file name": hooks look for the given name alone.
#[tokio::test]
async fn hooks_do_not_take_the_other_name() {
    let house = House::new(("appspec.yaml", ""), &[]).await;
    house.run("d-1", "DownloadBundle").await.unwrap();
    let fault = house.run("d-1", "BeforeInstall").await.unwrap_err();
    let archive = house.deployment("d-1").archive();
    let text = format!(
        "The CodeDeploy agent did not find an AppSpec file within the unpacked revision directory at revision-relative path \
         \"appspec.yml\". The revision was unpacked to directory \"{archive}\", and the AppSpec file was expected but not found at \
         path \"{archive}/appspec.yml\"."
    );
    assert!(fault.message.starts_with(&text), "{fault}");
    assert_eq!(fault.code, Code::Unknown);
    house.run("d-1", "Install").await.unwrap();
}

/// DownloadBundle: old revisions go when a new one comes.
#[tokio::test]
async fn five_revisions_are_kept() {
    let house = House::new(("appspec.yml", ""), &[]).await;
    for number in 0..8 {
        let name = format!("d-{number}");
        house.run(&name, "DownloadBundle").await.unwrap();
        if number == 0 {
            house.run(&name, "Install").await.unwrap();
        }
    }
    let kept = (0..8).filter(|number| house.deployment(&format!("d-{number}")).path().exists());
    let kept: Vec<usize> = kept.collect();
    assert_eq!(
        kept[..2],
        [0, 4],
        "the installed one and the newest: {kept:?}"
    );
    assert_eq!(kept.len(), 5);
}
