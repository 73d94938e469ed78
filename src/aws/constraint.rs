//! What services say about requests that break constraints of their model.
//!
//! Invariant: every violation handed in is in the sentence, in the order given.

use slipway_runtime::Violation;

/// `2 validation errors detected: <head> failed to satisfy constraint: …; <head> failed …`, where `head` names the place.
pub fn sentence(violations: &[Violation], head: fn(&Violation) -> String) -> String {
    let entry = |violation| {
        let head = head(violation);
        format!(
            "{head} failed to satisfy constraint: {}",
            violation.constraint
        )
    };
    let entries: Vec<String> = violations.iter().map(entry).collect();
    let errors = if entries.len() == 1 {
        "error"
    } else {
        "errors"
    };
    format!(
        "{} validation {errors} detected: {}",
        entries.len(),
        entries.join("; ")
    )
}
