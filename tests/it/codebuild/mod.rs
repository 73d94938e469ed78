//! CodeBuild over the wire, one file per AWS operation.
//!
//! The engine stands still here: a build gets as far as the tests tell it (`sample::succeed`), so every answer is known.
//! What really runs is tested with clients and in the engine's own tests.

#![allow(
    clippy::too_many_lines,
    reason = "answers are shown whole, and rules side by side"
)]

mod batch_delete_builds;
mod batch_get_builds;
mod batch_get_projects;
mod create_project;
mod delete_project;
mod list_builds;
mod list_builds_for_project;
mod list_projects;
mod retry_build;
mod rules;
mod sample;
mod start_build;
mod stop_build;
mod update_project;
