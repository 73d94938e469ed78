//! Commands in containers of a Docker engine.
//!
//! A sandbox is one container that lives as long as the sandbox does and runs nothing by itself; each command is an exec in it.
//! Of the image only `/bin/sh` is asked. Everything made here carries the data folder's instance id as a label, so that what a
//! crashed server left behind is found again, and the process that made it, so that what was left in a folder that is never opened
//! again is found by others.
//!
//! - `engine.rs` finds an engine; `sandboxes.rs` makes containers and sweeps; `create.rs` says what a container is made of
//! - `attach.rs` takes a container that is there already
//! - `image.rs` pulls, `volumes.rs` keeps what outlives containers, `network.rs` keeps the builds' network, `owner.rs` tells the dead from the living
//! - `container.rs` is the sandbox; `exec.rs`, `wrapper.rs` run a command in it, `terminal.rs` for a person,
//!   `copy.rs`, `reroot.rs` copy, `stop.rs` ends it; `keeper.rs` asks the shell that keeps it alive
//! - `instances.rs` finds containers that are labelled to be instances of EC2
//! - `pods.rs` starts groups of containers that run their own programs
//! - `errors.rs` puts the engine's errors in the sandbox's words

mod attach;
mod container;
mod copy;
mod create;
mod engine;
mod errors;
mod exec;
mod image;
mod instances;
mod keeper;
mod network;
mod owner;
mod pods;
mod reroot;
mod sandboxes;
mod stop;
mod terminal;
mod volumes;
mod wrapper;

pub use attach::attach;
pub use engine::{EngineInfo, available};
pub use instances::{LabelledContainers, instance_of};
pub use network::NetworkInfo;
pub use sandboxes::{DockerOptions, DockerSandboxes};
