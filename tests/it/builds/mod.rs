//! Whole builds on the real S3, Logs, IAM and STS: as supervised processes of this machine, and in containers.

mod docker;
mod faults;
mod fixtures;
mod host;
mod house;
mod stories;
