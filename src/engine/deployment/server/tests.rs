//! Scripts and transcripts of deployments to instances, and the standing tests of the engine.

mod rollbacks;

use super::agent::{self, Standing};
use super::batch::Minimum;
use super::fleet::Originals;
use super::order::{Candidate, Installed, order};
use super::plan::ServerWork;
use super::report::Report;
use super::script::{Server, assert_invariants, candidates, found, plan, play, play_with};
use crate::engine::deployment::color::Color;
use crate::engine::deployment::commands::continue_deployment::{
    Wait, WaitRefused, continue_deployment,
};
use crate::engine::deployment::effect::Effect;
use crate::engine::deployment::event::Event;
use crate::engine::deployment::plan::Work;
use crate::engine::deployment::rollback;
use crate::engine::deployment::script::{Run, START};
use crate::engine::deployment::state::{DeploymentState, Status, TargetStatus};
use expect_test::{Expect, expect};
use std::collections::{BTreeMap, BTreeSet};

fn check(script: &str, expected: Expect) {
    let server = play(script);
    assert_invariants(&server);
    expected.assert_eq(&server.transcript());
}

/// Seven answers: an instance from its first event to its last.
const THROUGH: &str = "ok ok ok ok ok ok ok";

// Witness: contract codedeploy §8.2, §8.8.
#[test]
fn an_instance_goes_through_its_events_as_its_agent_fetches_them() {
    check(
        &format!("1 | ok {THROUGH}"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
            a Succeeded +++++++ 0s
            Succeeded
        "#]],
    );
}

// Witness: contract codedeploy §8.2, §8.4.
#[test]
fn with_traffic_control_the_server_takes_instances_out_and_puts_them_back() {
    check(
        "1 traffic | ok ok ok ok ok ok ok ok ok ok ok ok ok ok",
        expect![[r#"
                0s find the instances
                0s a is told BeforeBlockTraffic
                0s Block a
                0s a is told AfterBlockTraffic
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
                0s a is told BeforeAllowTraffic
                0s Allow a
                0s a is told AfterAllowTraffic
            a Succeeded +++++++++++++ 0s
            Succeeded
        "#]],
    );
    check(
        "1 traffic | ok ok fail",
        expect![[r#"
                0s find the instances
                0s a is told BeforeBlockTraffic
                0s Block a
            a Failed +!----------- 0s BlockTraffic: UnknownError
            Failed HEALTH_CONSTRAINTS
        "#]],
    );
    // §2.4: never healthy: the event's own hour.
    let server = play("1 traffic | ok ok 59m 59s");
    assert!(!server.is_over());
    let server = play("1 traffic | ok ok 1h");
    assert!(server.transcript().contains("BlockTraffic: ScriptTimedOut"));
    // §8.4: the row "AllowTraffic done": no log.
    let server = play(&format!("1 traffic | ok ok ok ok {THROUGH} ok 1h"));
    let report = &server.fleet().unwrap().instances[0].reports["AllowTraffic"];
    assert_eq!(
        (report.code.as_str(), report.log.as_str()),
        ("ScriptTimedOut", "")
    );
}

// Witness: contract codedeploy §5.4, §8.3: OneAtATime; the last one may fail.
#[test]
fn one_at_a_time_a_failure_ends_it_unless_it_is_the_last() {
    check(
        "3 rollback | ok ok fail",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s roll back by d-BBBBBBBBB
            a Failed +!----- 0s DownloadBundle: ScriptFailed
            b Skipped ------- 0s
            c Skipped ------- 0s
            Failed HEALTH_CONSTRAINTS
            rolled back by d-BBBBBBBBB on a
        "#]],
    );
    let server = play(&format!("2 | ok {THROUGH} fail"));
    assert_eq!(server.run.state().status, Status::Succeeded);
}

// Witness: contract codedeploy §8.3.
#[test]
fn all_at_once_one_success_is_enough() {
    check(
        &format!("3 all | ok a:fail b:fail {THROUGH}"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s b is told ApplicationStop
                0s c is told ApplicationStop
                0s c is told DownloadBundle
                0s c is told BeforeInstall
                0s c is told Install
                0s c is told AfterInstall
                0s c is told ApplicationStart
                0s c is told ValidateService
            a Failed !------ 0s ApplicationStop: ScriptFailed
            b Failed !------ 0s ApplicationStop: ScriptFailed
            c Succeeded +++++++ 0s
            Succeeded
        "#]],
    );
}

// Witness: contract codedeploy §8.3: in-flight ones finish, remaining targets are skipped.
#[test]
fn what_is_under_way_ends_before_the_deployment_fails() {
    check(
        "5 half | ok a:ok a:fail b:ok",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s b is told ApplicationStop
            a Failed +!----- 0s DownloadBundle: ScriptFailed
            b InProgress +>..... 0s
            c Pending ....... 0s
            d Pending ....... 0s
            e Pending ....... 0s
            InProgress
        "#]],
    );
    let server = play("5 half | ok a:fail b:fail");
    assert_eq!(server.run.state().status, Status::Failed);
}

// Witness: contract codedeploy §5.6: NO_INSTANCES, HEALTH_CONSTRAINTS_INVALID.
#[test]
fn a_deployment_that_cannot_begin_says_why() {
    check(
        "1 rollback | none",
        expect![[r#"
                0s find the instances
            Failed NO_INSTANCES
        "#]],
    );
    check(
        "2 min2 rollback | ok",
        expect![[r#"
                0s find the instances
            a Skipped ------- 0s
            b Skipped ------- 0s
            Failed HEALTH_CONSTRAINTS_INVALID
        "#]],
    );
}

// Witness: contract codedeploy §2.4, §5.6, §8.8: five minutes.
#[test]
fn a_silent_agent_fails_its_instance_after_five_minutes() {
    let server = play("1 | ok 4m 59s");
    assert!(!server.is_over());
    check(
        "1 | ok 5m",
        expect![[r#"
                0s find the instances
            a Failed !------ 300s ApplicationStop: UnknownError
            Failed HEALTH_CONSTRAINTS
        "#]],
    );
    let report =
        &play("1 | ok 5m").fleet().unwrap().instances[0].reports["ApplicationStop"].clone();
    assert_eq!(
        report.message,
        "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure \
         the agent is running and can connect to the CodeDeploy server."
    );
}

// Witness: ours: an agent that dies between two words is not waited for longer than one that never came.
#[test]
fn a_command_that_nobody_confirms_is_given_out_again() {
    let mut server = play("1 | ok poll");
    let first = server.run.live.clone().unwrap();
    assert_eq!(agent::hosts(&first), []);
    server.words("1m");
    let again = server.poll(None).unwrap();
    assert_eq!(again.event, "ApplicationStop");
    server.words("4m");
    assert!(server.is_over(), "five minutes after it was queued");
}

// Witness: contract codedeploy §2.4.
#[test]
fn an_event_takes_an_hour_at_most() {
    check(
        "1 | ok 4m poll ack 56m",
        expect![[r#"
                0s find the instances
              240s a is told ApplicationStop
            a Failed !------ 3600s ApplicationStop: ScriptTimedOut
            Failed HEALTH_CONSTRAINTS
        "#]],
    );
}

// Witness: contract codedeploy §8.8: the second completion has another code and no log.
#[test]
fn the_first_word_on_a_command_counts() {
    let mut server = play("2 all | ok poll ack");
    let one = server.fleet().unwrap().instances[0].clone();
    let id = server.command(&one).unwrap();
    server.complete_as(&id, Report::failure(4, "s.sh", "it failed", "log"));
    server.complete_as(&id, Report::failure(5, "s.sh", "it failed", ""));
    server.complete_as(&id, Report::success());
    let kept = &server.fleet().unwrap().instances[0].reports["ApplicationStop"];
    assert_eq!(kept, &Report::failure(4, "s.sh", "it failed", "log"));
    let state = server.run.state();
    assert_eq!(agent::lookup(state, &id), Some((0, Standing::Ended(false))));
    for odd in [
        "",
        "d-AAAAAAAAA",
        "d-AAAAAAAAA.0.ApplicationStop.0",
        "d-AAAAAAAAA.9.x.y",
    ] {
        assert_eq!(agent::lookup(state, odd), None, "{odd}");
    }
    assert_eq!(agent::deployment_of(&id), Some("d-AAAAAAAAA"));
}

// Witness: contract codedeploy §5.1, §8.2.
#[test]
fn failures_of_the_previous_revisions_scripts_may_be_ignored() {
    check(
        "1 ignore | ok fail ok ok ok ok ok ok",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
            a Succeeded !++++++ 0s ApplicationStop: ScriptFailed
            Succeeded
        "#]],
    );
    let server = play("1 ignore | ok ok fail");
    assert_eq!(server.run.state().status, Status::Failed, "only those");
    let server = play("1 ignore traffic | ok fail ok fail fail ok");
    assert!(!server.is_over(), "all three");
}

// Witness: contract codedeploy §5.7.
#[test]
fn a_stop_waits_for_what_an_agent_does() {
    check(
        "2 rollback | ok poll ack stop done",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s stop: Pending
                0s roll back by d-BBBBBBBBB
            a Skipped +------ 0s
            b Skipped ------- 0s
            Stopped MANUAL_STOP
            rolled back by d-BBBBBBBBB on a
        "#]],
    );
    check(
        "2 all | ok a:poll a:ack stop- b:poll a:bad",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s stop: Pending
            a Failed !------ 0s ApplicationStop: ScriptFailed
            b Failed !------ 0s ApplicationStop: UnknownError
            Stopped MANUAL_STOP
        "#]],
    );
}

// Witness: contract codedeploy §5.7: nothing runs: at once.
#[test]
fn a_stop_takes_back_what_nobody_has_fetched() {
    check(
        "1 | ok stop",
        expect![[r#"
                0s find the instances
                0s stop: Stopped
            a Failed !------ 0s ApplicationStop: UnknownError
            Stopped MANUAL_STOP
        "#]],
    );
    check(
        "1 | stop",
        expect![[r#"
                0s find the instances
                0s stop: Stopped
            Stopped MANUAL_STOP
        "#]],
    );
}

// Witness: contract codedeploy §5.9.
#[test]
fn alarms_stop_a_deployment_before_and_while_it_runs() {
    check(
        "1 alarms rollback | ok ring",
        expect![[r#"
                0s find the instances
                0s look at One, Two
            a Skipped ------- 0s
            Stopped ALARM_ACTIVE
        "#]],
    );
    check(
        "1 alarms rollback | ok ok ok poll ack ring done",
        expect![[r#"
                0s find the instances
                0s look at One, Two
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s roll back by d-BBBBBBBBB
            a Skipped ++----- 0s
            Stopped ALARM_ACTIVE
            rolled back by d-BBBBBBBBB on a
        "#]],
    );
}

// Witness: contract codedeploy §3.4.4.
#[test]
fn a_deployment_whose_group_is_deleted_fails() {
    check(
        "2 rollback | ok ok gone",
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
            a Failed +!----- 0s DownloadBundle: UnknownError
            b Skipped ------- 0s
            Failed DEPLOYMENT_GROUP_MISSING
        "#]],
    );
}

// Witness: contract codedeploy §8.3, "Zonal config".
#[test]
fn zones_follow_each_other_with_rests_between() {
    let all = format!("3 all zones | ok {THROUGH} 9m {THROUGH} 1m {THROUGH} ok {THROUGH}");
    check(
        &all,
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
              600s b is told ApplicationStop
              600s b is told DownloadBundle
              600s b is told BeforeInstall
              600s b is told Install
              600s b is told AfterInstall
              600s b is told ApplicationStart
              660s b is told ValidateService
              960s c is told ApplicationStop
              960s c is told DownloadBundle
              960s c is told BeforeInstall
              960s c is told Install
              960s c is told AfterInstall
              960s c is told ApplicationStart
              960s c is told ValidateService
            a Succeeded +++++++ 0s
            b Succeeded +++++++ 660s
            c Succeeded +++++++ 960s
            Succeeded
        "#]],
    );
    let server = play(&format!("3 all zones | ok {THROUGH}"));
    assert_eq!(server.run.state().status, Status::Baking);
    assert!(
        server
            .run
            .moves
            .contains(&(Status::InProgress, Status::Baking))
    );
}

/// Two instances in each of two zones, found in no order; of the first zone `b` is well and `d` is not.
fn in_two_zones(words: &str) -> Server {
    let mut server = Server::new(words);
    let mut found = candidates(4);
    for (one, zone) in found.iter_mut().zip(["y", "x", "y", "x"]) {
        one.zone = Some(zone.to_owned());
        one.healthy = one.id == "b";
    }
    server.run.event(Event::InstancesFound(Ok(found)));
    server
}

// Witness: contract codedeploy §8.3, "Zonal config": within a zone the batch rule with both minimums; the order within it.
#[test]
fn within_a_zone_both_minimums_hold() {
    let begun = |words: &str| {
        let mut server = in_two_zones(words);
        server.words("a:poll b:poll c:poll d:poll");
        assert_invariants(&server);
        let said = server.run.said.lines();
        let told = said.filter_map(|line| line.split_once(" is told"));
        told.map(|(who, _)| who.trim_start().rsplit(' ').next().unwrap().to_owned())
            .collect::<String>()
    };
    assert_eq!(begun("4 all zones"), "bd", "nobody of the other zone");
    assert_eq!(begun("4 all zones of1"), "d", "the worst off");
    assert_eq!(begun("4 min2 zones"), "bd");
    assert_eq!(begun("4 zones"), "d", "one at a time");
    // Both are through before the other zone begins.
    let mut server = in_two_zones("4 all zones");
    server.words("b:ok b:ok b:ok b:ok b:ok b:ok b:ok");
    assert_eq!(server.run.state().status, Status::InProgress);
    server.words("d:ok d:ok d:ok d:ok d:ok d:ok d:ok a:poll");
    assert_eq!(server.run.state().status, Status::Baking);
    assert!(!server.run.said.contains("a is told"));
    server.words(&format!("10m {THROUGH} {THROUGH}"));
    assert_eq!(server.run.state().status, Status::Succeeded);
    assert_invariants(&server);
}

// Witness: contract codedeploy §8.3: the batch rule ends a zone, too: at least max(1, m) of it succeed, and m is below its number.
#[test]
fn a_zone_that_fails_spares_the_next_one() {
    for (words, happens) in [
        ("4 all zones", "b:fail d:fail"),
        ("4 all zones of1", "d:fail"),
        ("4 min2 zones", "b:fail d:fail"),
    ] {
        let mut server = in_two_zones(words);
        server.words(happens);
        assert_invariants(&server);
        let state = server.run.state();
        let code = state.error.as_ref().unwrap().code.as_str();
        assert_eq!(
            (state.status, code),
            (Status::Failed, "HEALTH_CONSTRAINTS"),
            "{words}"
        );
        let untouched = server.fleet().unwrap().instances.iter();
        let untouched = untouched.filter(|one| one.status == TargetStatus::Skipped);
        assert!(untouched.count() >= 2, "{words}");
    }
    // The last one of a zone may fail, and the next zone follows.
    let mut server = in_two_zones("4 all zones of1");
    server.words(&format!("{THROUGH} b:fail"));
    assert_eq!(server.run.state().status, Status::Baking);
    let server = in_two_zones("4 all zones of2");
    let error = server.run.state().error.clone().unwrap();
    assert_eq!(error.code.as_str(), "HEALTH_CONSTRAINTS_INVALID");
    let mut instances = server.fleet().unwrap().instances.iter();
    assert!(instances.all(|one| !one.was_touched()));
}

// Witness: contract codedeploy §2.3, instances per deployment; §5.6. The row of so many is far below what the store takes.
#[test]
fn a_deployment_goes_to_a_thousand_instances_at_most() {
    let deployed_to = |count: usize| {
        let one = |number: usize| Candidate {
            id: format!("i-{number:017}"),
            ..candidates(1).remove(0)
        };
        let mut run = Run::new(plan("1 all"));
        let found = (0..count).map(one).collect();
        run.event(Event::InstancesFound(Ok(found)));
        run
    };
    let run = deployed_to(1000);
    assert_eq!(run.state().status, Status::InProgress);
    let row = serde_json::to_vec(run.state()).unwrap().len();
    assert!(row < 2 << 20, "{row} bytes");
    let run = deployed_to(1001);
    let fault = run.state().error.clone().unwrap();
    assert_eq!(
        (run.state().status, fault.code.as_str()),
        (Status::Failed, "OVER_MAX_INSTANCES")
    );
    assert!(run.state().target.is_none(), "nothing is touched");
}

// Witness: contract codedeploy §2.4: eight hours.
#[test]
fn a_deployment_takes_eight_hours_at_most() {
    let nine = "ok 4m poll ack 55m done ".repeat(8);
    let mut server = play("9 all traffic | ok");
    server.words(&nine);
    server.words("9h");
    let state = server.run.state();
    assert!(state.is_over());
    let longest = state.completed.unwrap().since(START).as_secs();
    assert!(longest <= 8 * 3600, "{longest}");
}

// Witness: contract codedeploy §5.5, §8.2.
#[test]
fn a_rollback_is_a_deployment_in_place_to_what_was_touched() {
    let old = play("3 rollback zones outdated alarms | ok ok fail");
    let plan = rollback::plan(old.run.state()).unwrap();
    assert_eq!(plan.rolls_back.as_deref(), Some("d-AAAAAAAAA"));
    let Work::Server(work) = &plan.work else {
        panic!("{plan:?}")
    };
    assert_eq!(work.selection.only, Some(vec!["a".to_owned()]));
    assert!(work.zones.is_none() && !work.outdated_only);
    let found = order(candidates(3), work);
    assert_eq!(found.len(), 1);
    let new = Run::new(plan);
    assert!(new.said.contains("find the instances"));
}

// Witness: contract codedeploy §8.3, "Scheduling order"; §5.1 updateOutdatedInstancesOnly.
#[test]
fn those_that_are_worst_off_come_first() {
    let one = |id: &str, healthy, installed| Candidate {
        healthy,
        installed,
        ..Candidate {
            id: id.to_owned(),
            ..candidates(1).remove(0)
        }
    };
    let all = || {
        vec![
            one("current", true, Installed::Current),
            one("old", true, Installed::Old),
            one("unknown", true, Installed::Unknown),
            one("ill", false, Installed::Current),
            one("new", false, Installed::Unknown),
            one("old", true, Installed::Old),
        ]
    };
    let ids = |words: &str| {
        let Work::Server(work) = plan(words).work else {
            panic!()
        };
        let work: ServerWork = *work;
        let ids = order(all(), &work).into_iter().map(|one| one.id);
        ids.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(""), "new ill unknown old current");
    assert_eq!(ids("outdated"), "new unknown old");
    assert_eq!(Minimum::AllButOne.of(1), 0);
}

/// Seven answers and three: a replacement from its first event to its last.
const REPLACED: &str = "ok ok ok";

// Witness: contract codedeploy §8.2, §8.4: green the seven and the allowing trio, blue the blocking one; then it is terminated.
#[test]
fn replacements_are_installed_then_get_the_traffic_and_originals_go() {
    check(
        &format!("1 swap | ok {THROUGH} {REPLACED} {REPLACED} {REPLACED} ok ok"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
                0s a is told BeforeAllowTraffic
                0s Allow a
                0s a is told AfterAllowTraffic
                0s x is told BeforeBlockTraffic
                0s Block x
                0s x is told AfterBlockTraffic
                0s y is told BeforeBlockTraffic
                0s Block y
                0s y is told AfterBlockTraffic
             3600s terminate x, y
            a Succeeded ++++++++++ 0s
            x Succeeded +++ 0s
            y Succeeded +++ 0s
            Succeeded
        "#]],
    );
    check(
        &format!(
            "2 swap all now | ok {THROUGH} {THROUGH} {REPLACED} {REPLACED} {REPLACED} {REPLACED} fail"
        ),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
                0s b is told ApplicationStop
                0s b is told DownloadBundle
                0s b is told BeforeInstall
                0s b is told Install
                0s b is told AfterInstall
                0s b is told ApplicationStart
                0s b is told ValidateService
                0s a is told BeforeAllowTraffic
                0s Allow a
                0s a is told AfterAllowTraffic
                0s b is told BeforeAllowTraffic
                0s Allow b
                0s b is told AfterAllowTraffic
                0s x is told BeforeBlockTraffic
                0s Block x
                0s x is told AfterBlockTraffic
                0s y is told BeforeBlockTraffic
                0s Block y
                0s y is told AfterBlockTraffic
                0s terminate x, y
            a Succeeded ++++++++++ 0s
            b Succeeded ++++++++++ 0s
            x Succeeded +++ 0s
            y Succeeded +++ 0s
            The instance x could not be terminated: no
            Succeeded
        "#]],
    );
    let server = play(&format!(
        "1 swap keep | ok {THROUGH} {REPLACED} {REPLACED} {REPLACED}"
    ));
    let state = server.run.state();
    assert_eq!(state.status, Status::Succeeded);
    assert_eq!(state.fleet().unwrap().originals, Originals::Kept);
    assert!(!server.run.said.contains("terminate"));
}

// Witness: contract codedeploy §5.3, §5.6, §5.8.
#[test]
fn traffic_may_be_held_back_until_somebody_continues() {
    let ready = format!("2 swap all hold trigger | ok {THROUGH} {THROUGH}");
    let server = play(&ready);
    assert_eq!(server.run.state().status, Status::Ready);
    let statuses = server.run.state().target_statuses();
    assert_eq!(statuses[..2], [TargetStatus::Ready; 2]);
    assert_eq!(statuses[2..], [TargetStatus::Pending; 2]);
    let said = &server.run.said;
    assert_eq!(said.matches("publish READY").count(), 3, "{said}");
    let server = play(&format!("{ready} skip 29m continue skip a:ok"));
    assert_eq!(server.run.state().status, Status::InProgress);
    check(
        &format!("1 swap hold rollback | ok {THROUGH} 30m"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
            a Skipped +++++++--- 1800s
            x Skipped --- 1800s
            y Skipped --- 1800s
            Stopped TIMEOUT
        "#]],
    );
}

// Witness: contract codedeploy §5.2 instanceTerminationWaitTimeStarted, §5.8, §3.5 SkipWaitTimeForInstanceTermination.
#[test]
fn the_wait_before_originals_go_may_be_skipped() {
    let all = format!("{THROUGH} {REPLACED} {REPLACED} {REPLACED}");
    let server = play(&format!("1 swap | ok {all} continue"));
    let fleet = server.fleet().unwrap();
    assert_eq!(fleet.originals, Originals::Retiring);
    assert_eq!(server.run.state().status, Status::InProgress);
    let server = play(&format!("1 swap | ok {all} skip ok"));
    assert_eq!(server.run.state().status, Status::Succeeded);
    assert!(server.run.said.contains("terminate x, y"));
    // A stop comes when they are gone; there is nothing to go back to.
    let server = play(&format!("1 swap rollback | ok {all} skip stop ok"));
    let state = server.run.state();
    assert_eq!(state.status, Status::Stopped);
    assert_eq!(state.rolled_back_by, None);
}

// Witness: contract codedeploy §5.5, §8.2: originals get their traffic back, then replacements lose it.
#[test]
fn a_rollback_gives_the_originals_their_traffic_back() {
    let all = format!("{THROUGH} {REPLACED}");
    check(
        &format!("1 swap rollback | ok {all} ok fail"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
                0s a is told BeforeAllowTraffic
                0s Allow a
                0s a is told AfterAllowTraffic
                0s x is told BeforeBlockTraffic
                0s Block x
                0s roll back by d-BBBBBBBBB
            a Succeeded ++++++++++ 0s
            x Failed +!- 0s BlockTraffic: UnknownError
            y Skipped --- 0s
            Failed HEALTH_CONSTRAINTS
            rolled back by d-BBBBBBBBB on a, x
        "#]],
    );
    check(
        &format!("1 swap back | ok {REPLACED} {REPLACED} {REPLACED}"),
        expect![[r#"
                0s find the instances
                0s x is told BeforeAllowTraffic
                0s Allow x
                0s x is told AfterAllowTraffic
                0s y is told BeforeAllowTraffic
                0s Allow y
                0s y is told AfterAllowTraffic
                0s a is told BeforeBlockTraffic
                0s Block a
                0s a is told AfterBlockTraffic
            a Succeeded +++ 0s
            x Succeeded +++ 0s
            y Succeeded +++ 0s
            Succeeded
        "#]],
    );
    let old = play(&format!("1 swap rollback | ok {all} x:ok x:ok x:fail"));
    let Work::Server(work) = rollback::plan(old.run.state()).unwrap().work else {
        panic!()
    };
    assert!(work.goes_back());
    let found = order(found(&plan("1 swap"), 1), &work);
    let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["a", "x"], "y has kept its traffic");
    // Nothing has moved: the originals serve as before.
    let server = play("1 swap rollback | ok ok fail");
    assert_eq!(server.run.state().status, Status::Failed);
    assert_eq!(server.run.state().rolled_back_by, None);
}

// Witness: contract codedeploy §8.3: the configuration governs green only; one failed deregistration fails the deployment.
#[test]
fn what_was_not_installed_gets_no_traffic_and_an_original_that_keeps_it_fails_the_deployment() {
    let server = play(&format!(
        "2 swap now | ok {THROUGH} ok fail {REPLACED} {REPLACED} {REPLACED} ok"
    ));
    let state = server.run.state();
    assert_eq!(
        state.status,
        Status::Succeeded,
        "the last one may fail: {}",
        server.transcript()
    );
    let server = play(&format!(
        "1 swap ignore | ok {THROUGH} {REPLACED} fail ok fail {REPLACED} ok ok"
    ));
    assert_eq!(
        server.run.state().status,
        Status::Succeeded,
        "as is asked for"
    );
    check(
        &format!("1 swap all | ok {THROUGH} {REPLACED} x:ok x:fail y:ok y:ok y:ok"),
        expect![[r#"
                0s find the instances
                0s a is told ApplicationStop
                0s a is told DownloadBundle
                0s a is told BeforeInstall
                0s a is told Install
                0s a is told AfterInstall
                0s a is told ApplicationStart
                0s a is told ValidateService
                0s a is told BeforeAllowTraffic
                0s Allow a
                0s a is told AfterAllowTraffic
                0s x is told BeforeBlockTraffic
                0s Block x
                0s y is told BeforeBlockTraffic
                0s Block y
                0s y is told AfterBlockTraffic
            a Succeeded ++++++++++ 0s
            x Failed +!- 0s BlockTraffic: UnknownError
            y Succeeded +++ 0s
            Failed HEALTH_CONSTRAINTS
        "#]],
    );
}

// Witness: contract codedeploy §5.6 codes, §8.1: green are others than blue; ours: which code says what is missing.
#[test]
fn what_cannot_be_replaced_is_said() {
    for (words, code) in [
        ("1 swap bare", "MISSING_ELB_INFORMATION"),
        ("1 swap odd", "MISSING_BLUE_GREEN_DEPLOYMENT_CONFIGURATION"),
        ("0 swap", "NO_INSTANCES"),
    ] {
        let server = play(&format!("{words} | ok"));
        let error = server.run.state().error.clone().unwrap();
        assert_eq!(error.code.as_str(), code, "{words}");
    }
    let Work::Server(work) = plan("1 swap").work else {
        panic!()
    };
    let both = [Color::Blue, Color::Green].map(|label| Candidate {
        label: Some(label),
        ..candidates(1).remove(0)
    });
    let kept = order(both.to_vec(), &work);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].label, Some(Color::Green));
}

// Witness: contract codedeploy §2.4: 109 hours and 13 of one hour each.
#[test]
fn replacing_instances_may_take_longer() {
    let server = play("1 swap | ok");
    assert_eq!(server.run.state().longest_hours(), 122);
    let server = play("1 | ok");
    assert_eq!(server.run.state().longest_hours(), 8);
}

// Witness: contract codedeploy §9.1, "Instance message".
#[test]
fn triggers_hear_of_instances() {
    let server = play("1 trigger | ok fail");
    let mut text = String::new();
    for effect in &server.run.effects {
        if let Effect::Publish {
            subject, message, ..
        } = effect
        {
            text.push_str(&format!("{subject}\n  {message}\n"));
        }
    }
    let instance: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("instanceId"))
        .collect();
    assert_eq!(instance.len(), 2, "{text}");
    assert!(text.contains("IN_PROGRESS: AWS CodeDeploy d-AAAAAAAAA in us-east-1 to a\n"));
    assert!(text.contains("FAILED: AWS CodeDeploy d-AAAAAAAAA in us-east-1 to a\n"));
    let last: serde_json::Value = serde_json::from_str(instance[1].trim()).unwrap();
    assert_eq!(last["instanceStatus"], "FAILED");
    let events: serde_json::Value =
        serde_json::from_str(last["lifecycleEvents"].as_str().unwrap()).unwrap();
    assert_eq!(events[0]["LifecycleEventStatus"], "Failed");
}

// Witness: contract codedeploy §5.8.
#[test]
fn deployments_in_place_have_no_waits_to_end() {
    let server = play("1 | ok");
    for wait in [Wait::Ready, Wait::Termination] {
        let answer = continue_deployment(server.run.state(), START, wait);
        assert_eq!(answer.unwrap_err(), WaitRefused::Unsupported);
    }
}

/// Plans and ways through them, for the standing tests.
pub(super) const PLANS: &[&str] = &[
    "1",
    "3 listener",
    "3 all rollback trigger",
    "4 half alarms rollback",
    "1 traffic ignore rollback listener",
    "3 all zones alarms trigger",
    "2 zones traffic rollback",
    "2 rolling trigger",
    "2 swap trigger rollback",
    "3 swap all hold alarms rollback listener",
    "2 swap half keep hold ignore",
    "1 swap now rollback",
    "2 swap all back",
];

/// Answers well until the end; the number of answers it took.
fn to_the_end(server: &mut Server) -> usize {
    let mut answers = 0;
    while !server.is_over() {
        server.answer(None, true);
        answers += 1;
        assert!(answers < 200, "no end");
    }
    answers
}

#[test]
fn every_plan_succeeds_when_everything_goes_well() {
    for words in PLANS {
        let mut server = Server::new(words);
        to_the_end(&mut server);
        assert_eq!(server.run.state().status, Status::Succeeded, "{words}");
        assert_invariants(&server);
    }
}

#[test]
fn every_plan_ends_truthfully_whatever_fails() {
    for words in PLANS {
        let answers = to_the_end(&mut Server::new(words));
        for failing in 0..answers {
            for how in [
                "fail",
                "ring",
                "lost",
                "stop",
                "stop+",
                "gone",
                "5m",
                "2h",
                "poll stop",
                "poll ack gone",
                "9h",
                "130h",
            ] {
                let mut server = Server::new(words);
                (0..failing).for_each(|_| server.answer(None, true));
                server.words(how);
                assert_invariants(&server);
                to_the_end(&mut server);
                assert_invariants(&server);
                if ["stop", "stop+"].contains(&how) {
                    let status = server.run.state().status;
                    assert_eq!(status, Status::Stopped, "{words}: {how} after {failing}");
                }
            }
        }
    }
}

#[test]
fn news_that_comes_twice_or_late_changes_nothing() {
    for words in PLANS {
        let answers = to_the_end(&mut Server::new(words));
        for failing in 0..=answers {
            for how in ["ok", "fail", "ring", "gone", "stop"] {
                let script = |late: &str| {
                    let well = format!("ok {late} ").repeat(failing);
                    format!("{words} | {well} {how} {late}")
                };
                let plain = play_with(&script(""), false);
                let twice = play_with(&script(""), true);
                let late = play_with(&script("late"), false);
                let state = |of: &Server| of.run.state().clone();
                assert_eq!(
                    state(&plain),
                    state(&twice),
                    "{words}: {how} after {failing}"
                );
                assert_eq!(
                    state(&plain),
                    state(&late),
                    "{words}: {how} after {failing}"
                );
                assert_eq!(plain.run.effects, twice.run.effects);
            }
        }
    }
}

#[test]
fn what_was_travelled_is_the_diagram_of_the_module() {
    let mut travelled = BTreeSet::new();
    for words in PLANS {
        let answers = to_the_end(&mut Server::new(words));
        for failing in 0..=answers {
            for how in [
                "ok", "fail", "ring", "stop", "gone", "none", "2h", "9h", "130h",
            ] {
                let mut server = Server::new(words);
                (0..failing).for_each(|_| server.answer(None, true));
                server.word(how);
                to_the_end(&mut server);
                travelled.extend(server.run.travelled);
            }
        }
    }
    let mut lines: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (from, to, status) in travelled {
        lines.entry((from, to)).or_default().push(status);
    }
    let mut diagram = String::new();
    for ((from, to), statuses) in lines {
        let line = format!("{from:<15} → {to:<15} {}", statuses.join(", "));
        diagram.push_str(&format!("//! {}\n", line.trim_end()));
    }
    let module = include_str!("mod.rs");
    assert!(
        module.contains(&format!("//! ```text\n{diagram}//! ```")),
        "the diagram in mod.rs is to be\n{diagram}"
    );
}

// Witness: ours: rows survive a restart as they are, at every moment.
#[test]
fn a_restart_at_every_moment_changes_nothing() {
    for words in PLANS {
        let mut straight = Server::new(words);
        let mut restarted = Server::new(words);
        loop {
            let stored = serde_json::to_string(restarted.run.state()).unwrap();
            let read: DeploymentState = serde_json::from_str(&stored).unwrap();
            assert_eq!(&read, straight.run.state());
            if restarted.is_over() {
                break;
            }
            restarted.run.live = Some(read);
            restarted.answer(None, true);
            straight.answer(None, true);
        }
        for effect in &straight.run.effects {
            let stored = serde_json::to_string(effect).unwrap();
            assert_eq!(&serde_json::from_str::<Effect>(&stored).unwrap(), effect);
        }
    }
}
