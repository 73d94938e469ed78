//! Many files as artifacts: packed and uploaded, and as a folder, beside `tar` and a plain copy; memory is to stay flat.

use super::house::House;
use super::{ms, peak};
use serde_json::json;
use slipway::config::Builds;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

pub async fn run(files: usize, megabytes: usize) {
    let source = tempfile::tempdir().expect("a temporary folder");
    fill(source.path(), files, megabytes);
    let tarred = timed(&format!(
        "tar cf - -C {0} . | gzip -1 > {0}.tgz && rm {0}.tgz",
        source.path().display()
    ));
    let copied = timed(&format!(
        "cp -r {0} {0}.copy && rm -r {0}.copy",
        source.path().display()
    ));
    let house = House::new(Builds::Host).await;
    let spec = format!(
        "version: 0.2\nphases: {{build: {{commands: [\"cp -r {} files\"]}}}}\nartifacts: {{base-directory: files, files: ['**/*']}}\n",
        source.path().display()
    );
    for (packaging, beside, what) in [("ZIP", tarred, "tar | gzip -1"), ("NONE", copied, "cp -r")] {
        let target = json!({"type": "S3", "location": "out", "name": packaging.to_lowercase(), "packaging": packaging});
        house.project(packaging, &spec, Some(target)).await;
        let before = peak();
        let id = house.start(packaging).await;
        let state = house.end(&id).await;
        let upload = state
            .phases
            .iter()
            .find(|of| of.phase.as_str() == "UPLOAD_ARTIFACTS");
        let took = upload.and_then(|of| of.duration()).expect("it has ended");
        println!(
            "artifacts: {files} files, {megabytes} MB, packaging {packaging}: {:.0} ms; {what}: {:.0} ms: {:.2} of it; memory grew by {:.0} MB",
            ms(took),
            ms(beside),
            ms(beside) / ms(took),
            peak() - before
        );
    }
    download(&house, files).await;
    house.close().await;
}

/// The zip as the source of the next build.
async fn download(house: &House, files: usize) {
    let spec = "version: 0.2\nphases: {build: {commands: ['ls | head -1']}}\n";
    house.project("next", spec, None).await;
    let input = serde_json::from_value(json!({
        "projectName": "next", "sourceTypeOverride": "S3", "sourceLocationOverride": "out/zip", "buildspecOverride": spec,
    }));
    let started =
        slipway::codebuild::operations::start_build(input.expect("an input"), house.call()).await;
    let id = started
        .expect("a build")
        .build
        .and_then(|build| build.id)
        .expect("an id");
    let state = house.end(&id).await;
    let download = state
        .phases
        .iter()
        .find(|of| of.phase.as_str() == "DOWNLOAD_SOURCE");
    let took = download.and_then(|of| of.duration()).expect("it has ended");
    println!("artifacts: {files} files as a source: {:.0} ms", ms(took));
}

/// Half of each file can be compressed.
fn fill(folder: &Path, files: usize, megabytes: usize) {
    let size = (megabytes << 20) / files.max(1);
    let mut state = 0x9E37_79B9_u32;
    for number in 0..files {
        let dir = folder.join(format!("d{}", number % 100));
        std::fs::create_dir_all(&dir).expect("a folder");
        let random = (0..size / 2).map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        });
        let bytes: Vec<u8> = random
            .chain(std::iter::repeat_n(b'x', size - size / 2))
            .collect();
        std::fs::write(dir.join(format!("f{number}")), bytes).expect("a file");
    }
}

fn timed(script: &str) -> Duration {
    let begin = Instant::now();
    let status = Command::new("sh").args(["-c", script]).status();
    assert!(status.expect("a shell").success());
    begin.elapsed()
}
