//! Deployments to instances: batches of them, each through its lifecycle events, most of which an agent carries out.
//!
//! One event of one instance is one *command*: queued, given out to the agent that polls, acknowledged, complete. What the agent
//! tells first counts; everything later changes nothing. Source: contract, codedeploy section 8.
//!
//! # What a deployment to instances is doing (a test keeps this diagram true)
//!
//! ```text
//! Allowing        → Blocking
//! Allowing        → ·               Failed, Stopped
//! Baking          → Deploying
//! Baking          → ·               Failed, Stopped
//! Blocking        → Retiring
//! Blocking        → Terminating
//! Blocking        → ·               Failed, Stopped, Succeeded
//! Created         → Allowing
//! Created         → Deploying
//! Created         → LookingAtAlarms
//! Created         → ·               Failed, Stopped
//! Deploying       → Allowing
//! Deploying       → Baking
//! Deploying       → Ready
//! Deploying       → ·               Failed, Stopped, Succeeded
//! LookingAtAlarms → Deploying
//! LookingAtAlarms → ·               Failed, Stopped
//! Ready           → Allowing
//! Ready           → ·               Failed, Stopped
//! Retiring        → Terminating
//! Retiring        → ·               Failed, Stopped
//! Terminating     → ·               Failed, Stopped, Succeeded
//! ```

pub mod agent;
pub mod back;
pub mod batch;
pub mod events;
pub mod fleet;
mod notification;
pub mod order;
pub mod plan;
pub mod report;
pub(super) mod run;
pub(super) mod shift;
pub mod zones;

#[cfg(test)]
mod random;
#[cfg(test)]
pub(super) mod script;
#[cfg(test)]
mod tests;
