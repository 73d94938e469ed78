//! Running functions: environments, the Runtime API's inner side, logs, and the events that nobody waits for.
//!
//! | file | noun |
//! |---|---|
//! | `runner` | idle environments, places, invocations |
//! | `environment` | a sandbox with a function's process |
//! | `door` | what the process asks for and answers |
//! | `program`, `variables`, `package` | what is started, with what, and how the code gets there |
//! | `log`, `texts` | what it prints, and what Lambda writes around it |
//! | `events` | invocations that nobody waits for |

mod door;
mod environment;
mod events;
mod log;
mod package;
mod program;
mod runner;
mod texts;
mod variables;

pub use door::{Door, Job, News};
pub(super) use runner::MOST as MOST_TOGETHER;
pub use runner::Runner;
pub(super) use runner::{Done, Invocation, Patience, Refused};
pub use variables::RUNTIME_API;

/// Bytes of a payload that a function gets or gives (developer guide, "Lambda quotas").
pub const MOST_PAYLOAD: usize = 6 * 1024 * 1024;
/// Bytes of an event.
pub const MOST_EVENT: usize = 1024 * 1024;

/// What a function is told to have answered when it answered too much.
pub fn too_large() -> bytes::Bytes {
    texts::too_large_body(MOST_PAYLOAD)
}
