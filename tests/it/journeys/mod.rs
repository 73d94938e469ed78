//! Stories across services: pipelines that really run, their builds as processes of this machine.

mod approvals;
mod batches;
mod builds;
mod commands;
mod fleets;
mod gates;
mod git;
pub mod house;
mod nested;
mod retries;
mod roles;
mod sandboxes;
