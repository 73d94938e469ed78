//! One file per AWS operation, named like it.

mod batch_delete_builds;
mod batch_get_builds;
mod batch_get_projects;
mod create_project;
mod delete_project;
mod list_builds;
mod list_builds_for_project;
mod list_projects;
mod retry_build;
mod start_build;
mod stop_build;
mod update_project;

pub use batch_delete_builds::batch_delete_builds;
pub use batch_get_builds::batch_get_builds;
pub use batch_get_projects::batch_get_projects;
pub use create_project::create_project;
pub use delete_project::delete_project;
pub use list_builds::list_builds;
pub use list_builds_for_project::list_builds_for_project;
pub use list_projects::list_projects;
pub use retry_build::retry_build;
pub use start_build::start_build;
pub use stop_build::stop_build;
pub use update_project::update_project;

/// Items on one page of a list.
const PAGE: usize = 100;
