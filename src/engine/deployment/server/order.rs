//! Which instances come first: those that are worst off.
//!
//! Source: contract, codedeploy section 8.3, "Scheduling order".

use super::plan::ServerWork;
use crate::engine::deployment::color::Color;
use serde::{Deserialize, Serialize};

/// An instance that the group selects, and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// `i-…`, or the name of an on-premises instance.
    pub id: String,
    pub arn: String,
    /// By what its agent calls itself.
    pub host: String,
    pub zone: Option<String>,
    /// Its last deployment of this group succeeded.
    pub healthy: bool,
    pub installed: Installed,
    /// `None` unless instances are replaced by others.
    #[serde(default)]
    pub label: Option<Color>,
}

/// What an instance has of this group, in the order in which they are deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Installed {
    Unknown,
    /// Another revision than the group's.
    Old,
    Current,
}

/// Those that are deployed to, in their order; original instances come after those that replace them. One that is both is a
/// replacement: it stays.
pub fn order(mut found: Vec<Candidate>, work: &ServerWork) -> Vec<Candidate> {
    let is_blue = |one: &Candidate| one.label == Some(Color::Blue);
    found.sort_by(|one, two| (&one.id, is_blue(one)).cmp(&(&two.id, is_blue(two))));
    found.dedup_by(|one, two| one.id == two.id);
    found.retain(|one| {
        let current = one.installed == Installed::Current && !is_blue(one);
        let has_it = work.outdated_only && current;
        !has_it && !work.selection.leaves_out(&one.id)
    });
    let zoned = work.zones.is_some();
    found.sort_by_key(|one| {
        let zone = zoned.then(|| one.zone.clone());
        (is_blue(one), zone, one.healthy, one.installed)
    });
    found
}
