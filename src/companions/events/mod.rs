//! EventBridge's default bus: what happened, as AWS's services tell it, kept in order.
//!
//! An event is recorded inside the write that it tells of, so that there is never one without the other. Events are numbered
//! without gaps in the order of their commits; the newest [`MOST`] are kept.
//!
//! | file | noun |
//! |---|---|
//! | `companion` | `Events`: what services, the control endpoint and deliveries hold |
//! | `event` | an event as it is told, and as it is kept |
//! | `envelope` | an event as EventBridge shows it |
//! | `store` | rows and numbers |
//! | `watch` | a subscription |

mod companion;
mod envelope;
mod event;
mod store;
mod watch;

#[cfg(test)]
mod tests;

pub use companion::Events;
pub use envelope::envelope;
pub use event::{Event, Kept};
pub use store::{MOST, Tables};
pub use watch::Watch;
