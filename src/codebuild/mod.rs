//! CodeBuild: projects and builds.

pub mod defaults;
pub mod errors;
pub mod names;
pub mod plan;
pub mod settings;
pub mod validate;
pub mod view;
pub mod violations;
