//! What rows do not know yet: tasks that their load balancers find otherwise by now.
//!
//! A task's row follows what is found of it a moment later; who moves traffic may not look into that moment.

use super::companion::Ecs;
use super::rows::{Service, ServiceKey, Task, TaskStatus};
use super::targets::Target;
use std::collections::{BTreeMap, BTreeSet};

/// Task sets that rows still call steady although load balancers find some of their tasks otherwise by now.
pub fn doubtful(ecs: &Ecs, key: &ServiceKey, row: &Service) -> BTreeSet<String> {
    let mut targets: BTreeMap<(String, String), Vec<Target>> = BTreeMap::new();
    let steady = |set: &String| row.set(set).is_some_and(|set| set.stable);
    for id in row.tasks.iter().filter(|_| !row.rolls()) {
        let task_key = (key.0.clone(), key.1.clone(), id.clone());
        let task = ecs.tables.tasks.get(&task_key);
        let runs = |task: &Task| task.status == TaskStatus::Running && task.ending.is_none();
        let Some(task) = task.filter(|task| runs(task)) else {
            continue;
        };
        let Some((_, set)) = task.owner.as_ref().filter(|(_, set)| steady(set)) else {
            continue;
        };
        for of in &task.targets {
            let all = targets.entry((set.clone(), of.group.clone())).or_default();
            all.push(of.target);
        }
    }
    let unwell = targets.into_iter().filter(|((_, group), targets)| {
        let door = &ecs.outside.targets;
        !door.all_well(&key.0, group, targets)
    });
    unwell.map(|((set, _), _)| set).collect()
}
