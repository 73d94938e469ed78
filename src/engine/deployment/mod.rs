//! Deployments: from a revision through lifecycle events to a verdict, and back again when it has to be.
//!
//! # What a deployment is doing (a test keeps this diagram true)
//!
//! ```text
//! CheckingAlias   → Hook
//! CheckingAlias   → Shifting
//! CheckingAlias   → ·               Failed, Stopped
//! CheckingService → CreatingTasks
//! CheckingService → Hook
//! CheckingService → ·               Failed, Stopped
//! Created         → CheckingAlias
//! Created         → CheckingService
//! Created         → LookingAtAlarms
//! Created         → Removing
//! Created         → ShiftingTest
//! Created         → ·               Failed, Stopped, Succeeded
//! CreatingTasks   → Installing
//! CreatingTasks   → ·               Failed, Stopped
//! Draining        → ·               Failed, Stopped, Succeeded
//! Hook            → CreatingTasks
//! Hook            → Ready
//! Hook            → Removing
//! Hook            → Retiring
//! Hook            → Shifting
//! Hook            → ShiftingTest
//! Hook            → ·               Failed, Stopped, Succeeded
//! Installing      → Hook
//! Installing      → Shifting
//! Installing      → ShiftingTest
//! Installing      → ·               Failed, Stopped
//! LookingAtAlarms → CheckingAlias
//! LookingAtAlarms → CheckingService
//! LookingAtAlarms → ·               Failed, Stopped
//! Promoting       → Hook
//! Promoting       → Removing
//! Promoting       → Retiring
//! Promoting       → ·               Failed, Stopped
//! Ready           → Hook
//! Ready           → ·               Failed, Stopped
//! Removing        → Draining
//! Removing        → ·               Failed, Stopped, Succeeded
//! Retiring        → Removing
//! Retiring        → ·               Failed, Stopped
//! Settling        → Promoting
//! Settling        → ·               Failed, Stopped
//! Shifting        → Hook
//! Shifting        → Promoting
//! Shifting        → Settling
//! Shifting        → Waiting
//! Shifting        → ·               Failed, Stopped, Succeeded
//! ShiftingTest    → Hook
//! ShiftingTest    → Shifting
//! ShiftingTest    → ·               Failed, Stopped
//! Waiting         → Shifting
//! Waiting         → ·               Failed, Stopped
//! ```
//!
//! # Glossary
//!
//! - *plan*: everything a deployment needs to know, resolved when it is created; never changes.
//! - *work*: the part of a plan that is of one compute platform.
//! - *target*: what is deployed to: an alias of a function, a service of ECS, or instances.
//! - *fleet*: the instances of a deployment; the diagram above is of the other platforms, `server/` has its own.
//! - *lifecycle event*: AWS's word for a stretch of a target's life. Some have a *hook*: a function that is invoked and calls back.
//! - *shift*: one change of an alias, or of what listeners forward to.
//! - *blue*, *green*: the task set or the instances that serve when a deployment begins, and those that replace them.
//! - *rollback*: a new deployment that sets back what another one changed.

mod alarm;
pub mod alias;
pub mod appspec;
pub mod color;
pub mod commands;
pub mod ecs;
pub mod effect;
mod ending;
pub mod event;
pub mod fault;
pub mod hook;
pub mod lambda;
pub mod lifecycle;
mod machine;
mod notification;
pub mod perform;
pub mod plan;
pub mod record;
pub mod rollback;
mod sequence;
pub mod server;
pub mod state;
mod step;
pub mod traffic;
mod turn;

#[cfg(test)]
mod random;
#[cfg(test)]
mod script;
#[cfg(test)]
mod tests;

pub use effect::Effect;
pub use event::Event;
pub use fault::{ErrorCode, Fault};
pub use machine::{Deployment, Key};
pub use plan::DeploymentPlan;
pub use record::Record;
pub use state::{DeploymentState, Status};
