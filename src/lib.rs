//! slipway: AWS CodePipeline, CodeBuild and CodeDeploy in one binary, with engines that really work.
//!
//! # The map
//!
//! One sentence: **generated edge → one small file per operation → pure decision → effects as data → one thin async shell
//! → a narrow door to the world.**
//!
//! One request's way, five hops, two of them hand-written:
//!
//! ```text
//! POST /  x-amz-target: CodePipeline_20150709.StopPipelineExecution
//!   1 server/route.rs                                     which service
//!   2 generated/codepipeline                              exact route; bytes → StopPipelineExecutionInput
//!   3 codepipeline/operations/stop_pipeline_execution.rs  find, decide, answer
//!   4 engine/pipeline/commands/stop_execution.rs          (state, time) → new state and effects, or a refusal
//!   5 generated/codepipeline                              output or modelled error → bytes
//!     afterwards, off the request: the driver performs the effects; results come back as events
//! ```
//!
//! # Invariants (lints and `tests/it/tidy.rs` hold them)
//!
//! 1. Only `server/` names hyper, http or tower.
//! 2. `engine/` names no generated crate, no service module, no `server`.
//! 3. In `engine/` only `driver.rs` and `*/perform.rs` with the folders of their names, `timers.rs`, `clock.rs` and the trait in
//!    `world.rs` are async or name tokio; only `clock.rs` reads time.
//! 4. Services do not import each other; they meet in `World` through `launch`.
//! 5. `companions/`, `git/` and `sandbox/` know neither services nor engines.
//! 6. Only `store/table.rs` names dashmap; no lock lives across `.await`. All writes go through the one writer.
//! 7. `generated/` is written by `make codegen` and nothing else.
//! 8. Every operation in `model/` has a file of its name in `operations/`, a line in the builder, and a test of its name.
//! 9. Definitions are stored as the customer wrote them (generated types); runs in engine types, translated by `view.rs`.
//! 10. Every row is keyed by its scope: account and region, account (IAM), or global with an owner (bucket names).
//!
//! # Modules in reading order

/// Steps of engines make and free many small things, and rows are freed on other threads than they were made on.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod agent;
pub mod app;
pub mod aws;
pub mod cli;
pub mod codebuild;
pub mod codedeploy;
pub mod codepipeline;
pub mod companions;
pub mod config;
pub mod engine;
pub mod git;
pub mod sandbox;
pub mod server;
pub mod store;
pub mod world;

#[cfg(test)]
mod fuzz;
