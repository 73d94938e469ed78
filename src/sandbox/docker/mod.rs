//! Commands in containers of a Docker engine.
//!
//! A sandbox is one container that lives as long as the sandbox does and runs nothing by itself; each command is an exec in it.
//! Of the image only `/bin/sh` is asked. Everything made here carries the data folder's instance id as a label, so that what a
//! crashed server left behind is found again.
//!
//! - `engine.rs` finds an engine; `sandboxes.rs` makes containers and sweeps; `create.rs` says what a container is made of
//! - `image.rs` pulls, `network.rs` keeps the builds' network
//! - `container.rs` is the sandbox; `exec.rs`, `wrapper.rs` run a command in it, `terminal.rs` for a person,
//!   `copy.rs`, `reroot.rs` copy, `stop.rs` ends it
//! - `errors.rs` puts the engine's errors in the sandbox's words

mod container;
mod copy;
mod create;
mod engine;
mod errors;
mod exec;
mod image;
mod network;
mod reroot;
mod sandboxes;
mod stop;
mod terminal;
mod wrapper;

pub use engine::{EngineInfo, available};
pub use network::NetworkInfo;
pub use sandboxes::{DockerOptions, DockerSandboxes};
