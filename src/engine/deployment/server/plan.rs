//! What a deployment to instances is to do, resolved when it is created.

use super::batch::Minimum;
use crate::companions::{LoadBalancers, TagFilter};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerWork {
    pub selection: Selection,
    /// What has to stay healthy.
    pub minimum: Minimum,
    /// One availability zone after the other; absent: all together.
    pub zones: Option<Zones>,
    /// Absent: without traffic control.
    pub balancers: Option<LoadBalancers>,
    /// An instance goes on when what stops its previous revision fails.
    pub ignore_stop_failures: bool,
    /// Instances that have the group's revision are left alone.
    pub outdated_only: bool,
    #[serde(default)]
    pub style: Style,
}

/// Whether the selected instances get the revision themselves, or others take their place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Style {
    #[default]
    InPlace,
    /// `None`: the group does not say how.
    BlueGreen(Option<BlueGreen>),
}

/// How instances are replaced by others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlueGreen {
    /// The instances that take the place of the selected ones.
    pub green: Selection,
    /// Minutes for which a person may hold the traffic back; `None`: it moves without being asked.
    pub ready_wait: Option<u32>,
    /// Minutes for which the original instances are kept; `None`: for good.
    pub termination_wait: Option<u32>,
    /// A rollback: nothing is installed, and traffic goes back to the original instances.
    pub back: bool,
}

/// Which instances are deployed to: those of one or the other kind, together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// An instance has to match a filter of each group; no group matches nothing.
    pub ec2: Vec<Vec<TagFilter>>,
    pub on_premises: Vec<Vec<TagFilter>>,
    /// Of these, only those with these ids: a rollback goes to what was touched.
    pub only: Option<Vec<String>>,
}

/// How zones follow each other. Times are in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zones {
    /// How long to look on after the first zone.
    pub first: u64,
    /// And after each other one, but for the last.
    pub others: u64,
    /// What has to stay healthy in each zone.
    pub minimum: Minimum,
}

impl ServerWork {
    /// How instances are replaced, if they are.
    pub fn blue_green(&self) -> Option<&BlueGreen> {
        match &self.style {
            Style::BlueGreen(of) => of.as_ref(),
            Style::InPlace => None,
        }
    }

    /// Whether it gives original instances their traffic back.
    pub fn goes_back(&self) -> bool {
        self.blue_green().is_some_and(|of| of.back)
    }
}

impl Selection {
    /// Whether an instance on premises is selected by its tags.
    pub fn takes_on_premises(&self, tags: &std::collections::BTreeMap<String, String>) -> bool {
        !self.on_premises.is_empty()
            && self
                .on_premises
                .iter()
                .all(|group| group.iter().any(|filter| filter.matches(tags)))
    }

    /// Whether a rollback is limited to others.
    pub fn leaves_out(&self, id: &str) -> bool {
        let mut only = self.only.iter();
        only.any(|only| only.iter().all(|known| known != id))
    }
}
