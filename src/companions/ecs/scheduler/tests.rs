//! What the scheduler decides, as rows of a table and as a random walk.

use super::super::rows::Standing;
use super::plan::{Plan, SetView, TaskView, Wanted, computed, live, plan, running, well};
use crate::aws::Time;

const NOW: Time = Time::from_millis(1_000_000);

fn wanted(desired: u32, minimum: u32, maximum: u32) -> Wanted {
    Wanted {
        desired,
        rolls: true,
        minimum,
        maximum,
        ends: false,
    }
}

/// `r` runs, `u` runs and is not well, `p` is pending, `e` is ending.
fn set(standing: Standing, tasks: &str) -> SetView {
    let tasks = tasks.chars().enumerate();
    SetView {
        standing,
        scale: 100.0,
        given_up: false,
        not_before: None,
        tasks: tasks
            .map(|(at, kind)| TaskView {
                id: format!("{kind}{at}"),
                running: kind != 'p',
                well: !matches!(kind, 'p' | 'u'),
                ending: kind == 'e',
            })
            .collect(),
    }
}

fn said(plan: &Plan) -> String {
    let start = plan
        .start
        .iter()
        .map(|(at, count)| format!("+{count}@{at}"));
    let stop = plan.stop.iter().map(|(at, id)| format!("-{id}@{at}"));
    let gone = plan.gone.iter().map(|at| format!("x@{at}"));
    let wake = plan
        .wake
        .iter()
        .map(|time| format!("wake {}", time.since(NOW).as_secs()));
    let all = start.chain(stop).chain(gone).chain(wake);
    all.collect::<Vec<_>>().join(" ")
}

fn check(wanted: Wanted, sets: &[(Standing, &str)], expected: &str) {
    let sets: Vec<SetView> = sets
        .iter()
        .map(|(standing, tasks)| set(*standing, tasks))
        .collect();
    assert_eq!(
        said(&plan(&wanted, &sets, NOW)),
        expected,
        "{wanted:?} {sets:?}"
    );
}

use Standing::{Active, Draining, Primary};

// Witness: Developer Guide, "Amazon ECS services": the desired count is kept; stopped tasks are replaced.
#[test]
fn a_service_comes_to_its_desired_count() {
    check(wanted(2, 100, 200), &[(Primary, "")], "+2@0");
    check(wanted(2, 100, 200), &[(Primary, "p")], "+1@0");
    check(wanted(2, 100, 200), &[(Primary, "rr")], "");
    check(wanted(2, 100, 200), &[(Primary, "re")], "+1@0");
    check(wanted(1, 100, 200), &[(Primary, "rp")], "-p1@0");
    check(wanted(0, 100, 200), &[(Primary, "rr")], "-r0@0 -r1@0");
}

// Witness: Developer Guide, "Deployment parameters": minimumHealthyPercent is rounded up, maximumPercent down.
#[test]
fn a_rollout_keeps_the_minimum_and_the_maximum() {
    // 100/200: all new ones first, then the old ones.
    check(
        wanted(2, 100, 200),
        &[(Primary, ""), (Active, "rr")],
        "+2@0",
    );
    check(wanted(2, 100, 200), &[(Primary, "pp"), (Active, "rr")], "");
    check(
        wanted(2, 100, 200),
        &[(Primary, "rp"), (Active, "rr")],
        "-r0@1",
    );
    check(
        wanted(2, 100, 200),
        &[(Primary, "rr"), (Active, "re")],
        "-r0@1",
    );
    check(wanted(2, 100, 200), &[(Primary, "rr"), (Active, "ee")], "");
    check(wanted(2, 100, 200), &[(Primary, "rr"), (Active, "")], "x@1");
    // A new one that a load balancer does not find healthy does not count.
    check(
        wanted(2, 100, 200),
        &[(Primary, "ru"), (Active, "rr")],
        "-r0@1",
    );
    // 0/100: the old ones first.
    check(wanted(1, 0, 100), &[(Primary, ""), (Active, "r")], "-r0@1");
    check(wanted(1, 0, 100), &[(Primary, ""), (Active, "e")], "+1@0");
    // 50/150 of three: two stay, four at most.
    check(
        wanted(3, 50, 150),
        &[(Primary, ""), (Active, "rrr")],
        "+1@0 -r0@1",
    );
    // What is pending and old goes at once.
    check(
        wanted(2, 100, 200),
        &[(Primary, ""), (Active, "pr")],
        "+2@0 -p0@1",
    );
}

// Witness: contract codedeploy §7.4 rows 2, 9, 10; API reference, Scale.
#[test]
fn task_sets_stand_side_by_side() {
    let wanted = Wanted {
        rolls: false,
        ..wanted(3, 100, 200)
    };
    check(wanted, &[(Primary, "rrr"), (Active, "")], "+3@1");
    check(wanted, &[(Active, "rrr"), (Primary, "rrr")], "");
    check(
        wanted,
        &[(Draining, "rre"), (Primary, "rrr")],
        "-r0@0 -r1@0",
    );
    check(wanted, &[(Draining, "e"), (Primary, "rrr")], "");
    check(wanted, &[(Draining, ""), (Primary, "rrr")], "x@0");
    assert_eq!(computed(3, 50.0), 2);
    assert_eq!(computed(3, 0.0), 0);
    assert_eq!(computed(3, 100.0), 3);
}

#[test]
fn a_service_that_ends_stops_everything() {
    let wanted = Wanted {
        ends: true,
        ..wanted(2, 100, 200)
    };
    check(
        wanted,
        &[(Primary, "rp"), (Active, "r")],
        "-p1@0 -r0@0 -r0@1",
    );
    check(wanted, &[(Primary, "")], "x@0");
}

#[test]
fn after_a_failure_nothing_is_started_before_its_time() {
    let mut waiting = set(Primary, "");
    waiting.not_before = Some(NOW + std::time::Duration::from_secs(4));
    let two = wanted(2, 100, 200);
    assert_eq!(said(&plan(&two, &[waiting.clone()], NOW)), "wake 4");
    let later = NOW + std::time::Duration::from_secs(4);
    assert_eq!(said(&plan(&two, &[waiting.clone()], later)), "+2@0");
    waiting.given_up = true;
    let old = set(Active, "rr");
    assert_eq!(said(&plan(&two, &[waiting, old], later)), "");
}

/// A repeatable sequence; nothing depends on its quality.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

/// Does what the plan says, and lets tasks run and stop in any order: the bounds hold at every step, and it ends as wanted.
#[test]
fn every_rollout_ends_within_its_bounds() {
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let desired = 1 + dice.roll(5) as u32;
        let (minimum, maximum) = [(100, 200), (0, 100), (50, 150), (50, 100)][dice.roll(4)];
        // A single task can neither be halved nor exceeded.
        let (minimum, maximum) = if desired == 1 && minimum == 50 {
            (0, 200)
        } else {
            (minimum, maximum)
        };
        let wanted = wanted(desired, minimum, maximum);
        let mut sets = vec![set(Primary, ""), set(Active, &"r".repeat(desired as usize))];
        let mut next = 100;
        for step in 0.. {
            assert!(step < 10_000, "seed {seed} never ends: {sets:?}");
            let decided = plan(&wanted, &sets, NOW);
            for (at, count) in &decided.start {
                for _ in 0..*count {
                    next += 1;
                    let id = format!("n{next}");
                    sets[*at].tasks.push(TaskView {
                        id,
                        running: false,
                        well: false,
                        ending: false,
                    });
                }
            }
            for (at, id) in &decided.stop {
                let tasks = &mut sets[*at].tasks;
                tasks
                    .iter_mut()
                    .filter(|task| task.id == *id)
                    .for_each(|task| task.ending = true);
            }
            let total: u32 = sets.iter().map(live).sum();
            assert!(total <= desired * maximum / 100, "seed {seed}: {sets:?}");
            let up: u32 = sets.iter().map(running).sum();
            assert!(
                up >= (desired * minimum).div_ceil(100),
                "seed {seed}: {sets:?}"
            );
            for at in decided.gone.iter().rev() {
                sets.remove(*at);
            }
            let at = dice.roll(sets.len());
            if let count @ 1.. = sets[at].tasks.len() {
                let which = dice.roll(count);
                match sets[at].tasks[which].ending {
                    true => drop(sets[at].tasks.remove(which)),
                    // First it runs, then it is found well.
                    false => {
                        let task = &mut sets[at].tasks[which];
                        (task.running, task.well) = (true, task.running);
                    }
                }
            } else if sets.len() == 1 && live(&sets[0]) == 0 {
                continue;
            }
            if sets.len() == 1 && well(&sets[0]) == desired && sets[0].tasks.len() as u32 == desired
            {
                break;
            }
        }
    }
}
