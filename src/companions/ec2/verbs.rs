//! What engines ask of instances.

use super::companion::Ec2;
use super::instance::State;
use super::view::zone;
use crate::aws::{Arn, Scope};
use crate::companions::{InstanceInfo, TagFilter};

impl Ec2 {
    /// The instances, running or stopped, that match a filter of each group; no group matches none. The error is for people.
    pub async fn tagged(
        &self,
        scope: &Scope,
        groups: &[Vec<TagFilter>],
    ) -> Result<Vec<InstanceInfo>, String> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = self.instances(scope).await?;
        all.retain(|one| {
            let tags = &one.machine.tags;
            let mut groups = groups.iter();
            one.state != State::Terminated
                && groups.all(|group| group.iter().any(|filter| filter.matches(tags)))
        });
        let info = all.into_iter().map(|one| InstanceInfo {
            zone: Some(zone(scope, &one)),
            arn: Arn::regional("ec2", scope, format!("instance/{}", one.machine.id)).to_string(),
            id: one.machine.id,
            state: one.state.as_str().to_owned(),
            tags: one.machine.tags,
        });
        Ok(info.collect())
    }
}
