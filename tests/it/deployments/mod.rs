//! Deployments that really run: the server's own engines, and functions that the test scripts.

mod agent;
mod agents;
mod ecs;
mod functions;
mod house;
mod instances;
mod killed;
mod lives;
mod pipeline;
mod replacing;
mod restart;
mod services;
mod silence;
mod stories;
