//! AppSpec files: text in, what to deploy out, or what is wrong and where.
//!
//! Pure, and bounded in size, depth and aliases: any bytes may come in. Each compute platform has a file of its own.

mod ecs;
mod lambda;
mod reader;

#[cfg(test)]
mod tests;

pub use ecs::{EcsHooks, EcsSpec, ecs};
pub use lambda::{LambdaSpec, function_name, lambda};
pub use reader::{AppSpecError, MAX_BYTES};
