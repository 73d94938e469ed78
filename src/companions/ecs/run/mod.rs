//! What runs: a life for each task, from the pull of its images to the removal of its containers, and waits of the scheduler.
//!
//! - `runner` begins and ends lives; `life` is one of them; `targets` tells load balancers, `health` hears from
//!   them
//! - `spec` makes a pod of a definition, `secrets` fills its environment, `log` takes its output to CloudWatch Logs
//! - `resume` ends what a server that is gone has left

mod health;
mod life;
mod log;
mod resume;
mod runner;
mod secrets;
mod spec;
mod targets;

pub use runner::Runner;
