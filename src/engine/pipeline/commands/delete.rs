//! The end of a pipeline: its executions vanish, and what providers still do for them is for nobody.

use super::super::machine::Pipelines;
use crate::engine::Step;

/// The row leaves. The service removes its history in the same write.
pub fn delete() -> Step<Pipelines> {
    Step {
        state: None,
        records: Vec::new(),
        effects: Vec::new(),
    }
}
