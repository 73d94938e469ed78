//! Integration tests: one binary, one module per subject.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of a test that panics fails the test"
)]

mod agents;
mod builds;
mod codebuild;
mod codedeploy;
mod codepipeline;
mod companions;
mod contract;
mod deployments;
mod journeys;
mod not_built;
mod sandbox;
mod server;
mod support;
mod tidy;
