//! Builds in containers; skipped, and said so, where there is no Docker.

use super::fixtures::{self, fixture::Where};
use super::house::House;
use super::stories;
use crate::sandbox::docker_place;

pub async fn house() -> Option<House> {
    let place = docker_place::place().await?;
    Some(
        House::new(
            place.sandboxes.clone(),
            &docker_place::image(),
            Box::new(place),
        )
        .await,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_becomes_artifacts() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_source_becomes_artifacts(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_pre_build_jumps_to_the_end() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_failed_pre_build_jumps_to_the_end(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_build_is_finished_and_uploaded() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_failed_build_is_finished_and_uploaded(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_to_upload_fails_the_build() {
    let Some(house) = house().await else {
        return;
    };
    stories::nothing_to_upload_fails_the_build(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_build_ends_at_once() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_stopped_build_ends_at_once(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_become_reports() {
    let Some(house) = house().await else {
        return;
    };
    stories::tests_become_reports(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_is_built_and_its_cache_comes_back() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_repository_is_built_and_its_cache_comes_back(house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_system_is_there_in_the_next_build() {
    let Some(house) = house().await else {
        return;
    };
    stories::a_file_system_is_there_in_the_next_build(house).await;
}

// Witness: each fixture names its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fixtures_end_as_they_say() {
    let Some(house) = house().await else {
        return;
    };
    fixtures::run_all(house, Where::Docker).await;
}
