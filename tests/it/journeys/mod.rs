//! Stories across services: pipelines that really run, their builds as processes of this machine.

mod approvals;
mod builds;
mod commands;
mod gates;
pub mod house;
mod nested;
