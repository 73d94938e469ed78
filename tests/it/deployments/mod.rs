//! Deployments that really run: the server's own engines, and functions that the test scripts.

mod agent;
mod agents;
mod ecs;
mod ecs_alarms;
mod ecs_balancers;
mod functions;
mod house;
mod instances;
mod killed;
mod lives;
mod notifications;
mod pipeline;
mod replacing;
mod restart;
mod rights;
mod selection;
mod services;
mod silence;
mod stories;
