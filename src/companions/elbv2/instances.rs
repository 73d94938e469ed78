//! Instances of deployments: taken out of target groups until they get nothing any more, and put back until they are found healthy.
//!
//! Source: contract, codedeploy section 8.4.

use super::companion::Elbv2;
use super::targets::{State, TargetState};
use crate::aws::Scope;
use crate::companions::LoadBalancers;
use crate::companions::balancing::Balancers;
use elbv2_api::model::TargetDescription;

/// The type of target groups that know instances.
const INSTANCE: &str = "instance";

/// What the targets of an instance in one group say.
enum Verdict {
    Reached,
    NotYet,
    /// It will never be; the text is for people.
    Never(String),
}

impl Elbv2 {
    /// Takes an instance out of all of these; returns when it has drained everywhere.
    pub async fn block(
        &self,
        scope: &Scope,
        of: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        let groups = self.groups(scope, of).await?;
        for (_, arn) in &groups {
            let target = vec![TargetDescription::new(instance)];
            let left = self.deregister(scope, arn, target).await;
            left.map_err(|error| error.to_string())?;
        }
        self.wait(scope, &groups, instance, |_, targets| {
            match targets.is_empty() {
                true => Verdict::Reached,
                false => Verdict::NotYet,
            }
        })
        .await
    }

    /// Puts an instance into all of these; returns when every one finds it healthy.
    pub async fn allow(
        &self,
        scope: &Scope,
        of: &LoadBalancers,
        instance: &str,
    ) -> Result<(), String> {
        let groups = self.groups(scope, of).await?;
        for (_, arn) in &groups {
            let target = vec![TargetDescription::new(instance)];
            let joined = self.register(scope, arn, target).await;
            joined.map_err(|error| error.to_string())?;
        }
        self.wait(scope, &groups, instance, |name, targets| {
            let is = |state| targets.iter().any(|target| target.state == state);
            if is(State::Unused) {
                return Verdict::Never(format!(
                    "The target group {name} is in no listener and no rule, so {instance} cannot become healthy in it"
                ));
            }
            match targets.iter().all(|target| target.state == State::Healthy) {
                true => Verdict::Reached,
                false => Verdict::NotYet,
            }
        })
        .await
    }

    /// Names and ARNs of the target groups, if instances can be in all of them.
    async fn groups(
        &self,
        scope: &Scope,
        of: &LoadBalancers,
    ) -> Result<Vec<(String, String)>, String> {
        if !of.classic.is_empty() {
            let names = of.classic.join(", ");
            return Err(format!("There are no classic load balancers here: {names}"));
        }
        let found = self.target_groups(scope, &of.target_groups).await;
        let found = found.map_err(|error| error.to_string())?;
        if let Some(odd) = found.iter().find(|group| group.target_type != INSTANCE) {
            return Err(format!(
                "The target group {} is of the type {}: instances can only be registered with those of the type {INSTANCE}",
                odd.name, odd.target_type
            ));
        }
        let found = found.into_iter();
        Ok(found.map(|group| (group.name, group.arn)).collect())
    }

    /// Waits until the instance's targets in every group are as they should be.
    async fn wait(
        &self,
        scope: &Scope,
        groups: &[(String, String)],
        instance: &str,
        judge: impl Fn(&str, &[TargetState]) -> Verdict,
    ) -> Result<(), String> {
        let mut changes = self.changes();
        for (name, arn) in groups {
            loop {
                changes.mark_unchanged();
                let all = self.health(scope, arn);
                let mut targets = all.map_err(|error| error.to_string())?;
                targets.retain(|target| target.id == instance);
                match judge(name, &targets) {
                    Verdict::Reached => break,
                    Verdict::Never(why) => return Err(why),
                    Verdict::NotYet => {}
                }
                if changes.changed().await.is_err() {
                    return Err("the server ends".to_owned());
                }
            }
        }
        Ok(())
    }
}
