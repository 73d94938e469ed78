//! Sandboxes: one suite for both kinds, and what only one kind has.

mod archive;
pub mod docker;
mod docker_faults;
pub mod docker_place;
pub mod host;
mod host_archives;
pub mod run;
mod suite;
