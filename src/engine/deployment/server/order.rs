//! Which instances come first: those that are worst off.
//!
//! Source: contract, codedeploy section 8.3, "Scheduling order".

use super::plan::ServerWork;
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
}

/// What an instance has of this group, in the order in which they are deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Installed {
    Unknown,
    /// Another revision than the group's.
    Old,
    Current,
}

/// Those that are deployed to, in their order.
pub fn order(mut found: Vec<Candidate>, work: &ServerWork) -> Vec<Candidate> {
    found.retain(|one| {
        let has_it = work.outdated_only && one.installed == Installed::Current;
        !has_it && !work.selection.leaves_out(&one.id)
    });
    found.sort_by(|one, two| one.id.cmp(&two.id));
    found.dedup_by(|one, two| one.id == two.id);
    let zoned = work.zones.is_some();
    found.sort_by_key(|one| {
        let zone = zoned.then(|| one.zone.clone());
        (zone, one.healthy, one.installed)
    });
    found
}
