//! Sandboxes: one suite for both kinds, and what only one kind has.

mod archive;
mod docker;
mod docker_faults;
mod docker_place;
mod host;
mod host_archives;
mod run;
mod suite;
