//! Hostile archives on the host, where nothing but our own care keeps them in their folder.

use super::archive::{Node, file, raw_entry, streamed, tar};
use super::host::{options, place};
use super::run::{Place, nowhere, output};
use camino::{Utf8Path, Utf8PathBuf};
use slipway::sandbox::limits::Limits;
use slipway::sandbox::process::{HostOptions, HostSandboxes};
use slipway::sandbox::{Sandbox, SandboxError, Sandboxes};
use std::sync::Arc;
use tar::EntryType;

const DIR: &str = "/codebuild/output/tmp/in";

async fn refused(sandbox: &Arc<dyn Sandbox>, tar: Vec<u8>) -> String {
    match sandbox.copy_in(DIR.into(), streamed(tar)).await {
        Err(SandboxError::Failed(text)) => text,
        other => panic!("not refused: {other:?}"),
    }
}

fn with_end(mut tar: Vec<u8>) -> Vec<u8> {
    tar.extend([0; 1024]);
    tar
}

async fn prepared() -> (Place, Arc<dyn Sandbox>) {
    let place = place().await.unwrap();
    let sandbox = place.prepare("hostile").await;
    (place, sandbox)
}

/// Nothing but the three directories is in the sandbox.
fn assert_untouched(sandbox: &dyn Sandbox) {
    let outside = sandbox.path("/codebuild/output/tmp".into());
    let found: Vec<_> = outside
        .read_dir_utf8()
        .unwrap()
        .map(|e| e.unwrap().path().to_owned())
        .collect();
    assert!(
        found.iter().all(|path| path == &outside.join("in")),
        "{found:?}"
    );
    assert!(!Utf8Path::new("/tmp/slipway-escaped").exists());
}

// Witness: issue, "zip entries that escape".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_lead_outside_are_refused() {
    let (_place, sandbox) = prepared().await;
    for name in [
        "../escaped",
        "a/../../escaped",
        "/tmp/slipway-escaped",
        "..",
    ] {
        for kind in [EntryType::Regular, EntryType::Directory] {
            let text = refused(&sandbox, with_end(raw_entry(kind, name, "", b""))).await;
            assert!(
                text.contains(name) && text.contains("leads outside"),
                "{text}"
            );
        }
    }
    assert_untouched(&*sandbox);
}

// Witness: issue, "zip entries that escape".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_lead_outside_are_refused() {
    let (_place, sandbox) = prepared().await;
    for (kind, target) in [
        (EntryType::Symlink, "/tmp"),
        (EntryType::Symlink, "../.."),
        (EntryType::Symlink, "x/../../../tmp"),
        (EntryType::Link, "/etc/passwd"),
        (EntryType::Link, "../../readonly"),
    ] {
        let text = refused(&sandbox, with_end(raw_entry(kind, "link", target, b""))).await;
        assert!(text.contains("outside the folder"), "{target}: {text}");
    }
    assert_untouched(&*sandbox);
}

// Witness: our reading; each link looks harmless by its name, and together they climb out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_through_a_link_to_outside() {
    let (_place, sandbox) = prepared().await;
    let climbing = [
        ("d", Node::Link(".".into())),
        ("up", Node::Link("d/d/..".into())),
        ("up/escaped", file(0o644, "x")),
    ];
    let text = refused(&sandbox, tar(&climbing)).await;
    assert!(text.contains("outside the folder"), "{text}");

    let earlier = "rm -rf in; mkdir in; ln -s .. in/sly; ln -s ../escaped in/file";
    output(&sandbox, earlier).await;
    refused(&sandbox, tar(&[("sly/escaped", file(0o644, "x"))])).await;
    refused(
        &sandbox,
        tar(&[("sly/new", Node::Directory { mode: 0o755 })]),
    )
    .await;
    let over = streamed(tar(&[("file", file(0o644, "mine"))]));
    sandbox.copy_in(DIR.into(), over).await.unwrap();
    assert_untouched(&*sandbox);
}

// Witness: our reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_stay_inside_are_kept() {
    let (_place, sandbox) = prepared().await;
    let mut inside = tar(&[
        ("a", file(0o644, "content")),
        ("d/up", Node::Link("../a".into())),
        ("d/e", Node::Link("./../d".into())),
        ("d/e/through", file(0o644, "through")),
    ]);
    inside.truncate(inside.len() - 1024);
    inside.extend(raw_entry(EntryType::Link, "hard", "a", b""));
    sandbox
        .copy_in(DIR.into(), streamed(with_end(inside)))
        .await
        .unwrap();
    assert_eq!(
        output(&sandbox, "cat in/d/up in/hard in/d/through").await,
        "contentcontentthrough"
    );
}

// Witness: our reading; a build source has no devices.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_and_pipes_are_refused() {
    let (_place, sandbox) = prepared().await;
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        let text = refused(&sandbox, with_end(raw_entry(kind, "odd", "", b""))).await;
        assert!(text.contains("odd is neither"), "{text}");
    }
    assert_untouched(&*sandbox);
}

// Witness: our reading; a source must not make programs that run as their owner.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn setuid_bits_are_dropped() {
    let (_place, sandbox) = prepared().await;
    sandbox
        .copy_in(DIR.into(), streamed(tar(&[("s", file(0o6755, ""))])))
        .await
        .unwrap();
    assert!(
        output(&sandbox, "ls -l in/s")
            .await
            .starts_with("-rwxr-xr-x")
    );
}

// Witness: issue, "limits".
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn archives_beyond_the_limits_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::try_from(folder.path().to_owned()).unwrap();
    let boxes = HostSandboxes::new(HostOptions {
        limits: Limits {
            entries: 3,
            bytes: 100_000,
        },
        ..options(root)
    });
    let sandbox = boxes.prepare(&Default::default(), nowhere()).await.unwrap();

    let four: Vec<_> = ["a", "b", "c", "d"]
        .map(|name| (name, file(0o644, "")))
        .into();
    let text = refused(&sandbox, tar(&four)).await;
    assert!(text.contains("more than 3 entries"), "{text}");
    sandbox
        .copy_in(DIR.into(), streamed(tar(&four[..3])))
        .await
        .unwrap();

    let big = tar(&[("big", file(0o644, &"x".repeat(100_000)))]);
    assert!(
        refused(&sandbox, big)
            .await
            .contains("larger than 100000 bytes")
    );
    let padding = vec![0; 200_000];
    assert!(
        refused(&sandbox, padding)
            .await
            .contains("larger than 100000 bytes")
    );
}

// Witness: our reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_an_archive_is_refused() {
    let (_place, sandbox) = prepared().await;
    let text = refused(&sandbox, b"PK\x03\x04 not a tar ".repeat(100)).await;
    assert!(text.starts_with("cannot unpack: "), "{text}");
    let cut = tar(&[("file", file(0o644, &"x".repeat(5000)))])[..2000].to_vec();
    assert!(refused(&sandbox, cut).await.starts_with("cannot unpack: "));
}
