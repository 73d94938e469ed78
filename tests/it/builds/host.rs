//! Builds as processes of this machine.

use super::fixtures::{self, fixture::Where};
use super::house::House;
use super::stories;
use crate::sandbox::host;
use camino::Utf8PathBuf;
use slipway::sandbox::process::HostSandboxes;
use std::sync::Arc;

pub async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::try_from(folder.path().join("boxes")).unwrap();
    let sandboxes = Arc::new(HostSandboxes::new(host::options(root)));
    House::new(sandboxes, "not/used:here", Box::new(folder)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_becomes_artifacts() {
    stories::a_source_becomes_artifacts(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_pre_build_jumps_to_the_end() {
    stories::a_failed_pre_build_jumps_to_the_end(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_build_is_finished_and_uploaded() {
    stories::a_failed_build_is_finished_and_uploaded(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_to_upload_fails_the_build() {
    stories::nothing_to_upload_fails_the_build(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_build_ends_at_once() {
    stories::a_stopped_build_ends_at_once(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_become_reports() {
    stories::tests_become_reports(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_is_built_and_its_cache_comes_back() {
    stories::a_repository_is_built_and_its_cache_comes_back(house().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_is_there_in_the_next_build() {
    stories::a_file_system_is_there_in_the_next_build(house().await).await;
}

// Witness: each fixture names its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fixtures_end_as_they_say() {
    fixtures::run_all(house().await, Where::Host).await;
}
