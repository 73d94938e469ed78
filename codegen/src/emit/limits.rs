//! Constraints in words, for the documentation of fields.

use anyhow::Result;

use super::types;
use crate::service::{LENGTH, Limits, Service, name_of};

/// `` `StageName`, 1 to 100 characters, `[A-Za-z0-9.@\-_]+` ``.
pub fn about(service: &Service<'_>, id: &str) -> Result<String> {
    let mut parts = vec![format!("`{}`", name_of(id))];
    let limits = service.limits(id)?;
    let counted = match service.kind(id)? {
        "string" => " characters",
        "blob" => " bytes",
        "list" | "map" => " elements",
        _ => "",
    };
    parts.extend(span(service, id, &limits).map(|span| span + counted));
    parts.extend(
        limits
            .pattern
            .as_ref()
            .map(|pattern| format!("`{pattern}`")),
    );
    if service.kind(id)? == "list" {
        let element = &types::list_member(service, id)?.target;
        parts.extend(element_about(service, element)?);
    }
    Ok(parts.join(", "))
}

fn span(service: &Service<'_>, id: &str, limits: &Limits) -> Option<String> {
    let counts = service.traits(id).is_some_and(|traits| traits.has(LENGTH));
    let zero = counts.then_some(0);
    match (limits.min.or(zero), limits.max) {
        (Some(min), Some(max)) if min == max => Some(format!("{min}")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(0), None) if counts => None,
        (Some(min), None) => Some(format!("{min} or more")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    }
}

/// Elements with limits of their own.
fn element_about(service: &Service<'_>, id: &str) -> Result<Option<String>> {
    if service.limits(id)? == Limits::default() {
        return Ok(None);
    }
    Ok(Some(format!("each {}", about(service, id)?)))
}
