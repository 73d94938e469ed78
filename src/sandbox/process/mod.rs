//! Commands as processes of this machine, for those without Docker.
//!
//! A sandbox is a folder; the paths a container would show are below it. Commands are **not** confined: they run as the server's
//! own user and see the whole machine. Each runs under a supervisor, this same program started again, which ends it and all its
//! descendants when the sandbox stops and when the server dies, even by SIGKILL.
//!
//! - `host.rs` makes sandboxes and sweeps; `folder.rs` removes trees
//! - `command.rs` starts a supervisor and follows the output; `control.rs` is what the two say to each other
//! - `supervisor.rs`, `descendants.rs` run in the supervisor
//! - `pack.rs`, `unpack.rs` copy; `user.rs` says who we are

mod command;
mod control;
mod descendants;
mod folder;
mod host;
mod pack;
mod supervisor;
mod unpack;
mod user;

pub use host::{HostOptions, HostSandboxes};
pub use supervisor::supervise;
pub use unpack::unpack;
