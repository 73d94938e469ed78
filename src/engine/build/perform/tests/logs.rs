//! Where logs go, that they grow while the build runs, and what they hide.

use super::house::House;
use super::{commands, machine, plan};
use crate::engine::build::plan::{
    BucketOwnerAccess, BuildPlan, CloudWatchLogs, LogDestinations, S3Logs,
};
use crate::engine::build::state::BuildStatus;
use std::io::Read;

fn logged_to(logs: LogDestinations) -> BuildPlan {
    BuildPlan {
        logs,
        ..plan(&commands(&["echo hello"]))
    }
}

// Witness: behaviour contract 5.8, 14.36.
#[tokio::test]
async fn the_stream_is_called_after_the_build() {
    let uuid = machine::plan().uuid;
    let names = |group: Option<&str>, prefix: Option<&str>| CloudWatchLogs {
        group: group.map(str::to_owned),
        stream_prefix: prefix.map(str::to_owned),
    };
    for (given, expected) in [
        (names(None, None), format!("/aws/codebuild/hello {uuid}")),
        (names(Some("g"), None), format!("g {uuid}")),
        (names(Some("g"), Some("ci")), format!("g ci/{uuid}")),
    ] {
        let house = House::new();
        let build = house
            .run(logged_to(LogDestinations {
                cloudwatch: Some(given),
                s3: None,
            }))
            .await;
        let at = build.logs.unwrap().cloudwatch.unwrap();
        assert_eq!(format!("{} {}", at.group, at.stream), expected);
        assert_eq!(house.logs.borrow().keys().next(), Some(&expected));
        assert!(house.log().contains("\nhello\n"));
    }
}

// Witness: behaviour contract 5.8, section 0: both destinations, or none.
#[tokio::test]
async fn a_log_in_s3_is_one_compressed_object_with_the_same_lines() {
    let house = House::new();
    house.bucket("logs", &[]);
    let s3 = Some(S3Logs {
        location: "logs/builds".to_owned(),
        encryption_disabled: false,
        bucket_owner_access: BucketOwnerAccess::Full,
    });
    let both = LogDestinations {
        cloudwatch: Some(CloudWatchLogs::default()),
        s3,
    };
    let build = house.run(logged_to(both)).await;
    let key = format!("builds/{}.gz", build.plan.uuid);
    assert_eq!(build.logs.as_ref().unwrap().s3, Some(format!("logs/{key}")));
    let stored = house.object("logs", &key);
    let mut text = String::new();
    flate2::read::GzDecoder::new(stored.bytes.as_slice())
        .read_to_string(&mut text)
        .unwrap();
    assert_eq!(super::house::readable(&text), house.log());
    assert_eq!(
        stored.meta.canned_acl.as_deref(),
        Some("bucket-owner-full-control")
    );
    assert_eq!(stored.meta.kms_key, Some(build.plan.encryption_key));
}

#[tokio::test]
async fn a_build_without_logs_runs_all_the_same() {
    let house = House::new();
    let build = house.run(logged_to(LogDestinations::default())).await;
    assert_eq!(build.status, BuildStatus::Succeeded);
    assert!(house.logs.borrow().is_empty());
    assert_eq!(build.logs.unwrap().cloudwatch, None);
}

// Witness: our reading: a log that cannot be written does not fail the build.
#[tokio::test]
async fn a_log_bucket_that_is_missing_does_not_fail_the_build() {
    let house = House::new();
    let s3 = Some(S3Logs {
        location: "nowhere".to_owned(),
        encryption_disabled: true,
        bucket_owner_access: BucketOwnerAccess::Unset,
    });
    let build = house
        .run(logged_to(LogDestinations {
            cloudwatch: None,
            s3,
        }))
        .await;
    assert_eq!(build.status, BuildStatus::Succeeded);
}

// Witness: behaviour contract 5.8: lines are visible while the build runs.
#[tokio::test]
async fn lines_are_visible_while_the_command_runs() {
    let house = House::new();
    let gate = tempfile::tempdir().unwrap();
    let path = gate.path().join("go");
    let wait = format!(
        "echo early; while [ ! -e {} ]; do sleep 0.01; done; echo late",
        path.display()
    );
    let key = house.start(plan(&commands(&[&wait]))).await;
    house.logged("\nearly\n").await;
    assert!(!house.log().contains("\nlate\n"));
    std::fs::write(&path, "").unwrap();
    house.finished(&key).await;
    assert!(house.log().contains("\nlate\n"));
}

// Witness: behaviour contract 5.7: AWS access key ids do not appear; the other values are our reading.
#[tokio::test]
async fn credentials_do_not_appear() {
    let house = House::new();
    house
        .run(plan(&commands(&["env | grep AWS_", "echo ASIAEXAMPLE"])))
        .await;
    let log = house.log();
    for line in [
        "AWS_ACCESS_KEY_ID=***",
        "AWS_SECRET_ACCESS_KEY=***",
        "AWS_SESSION_TOKEN=***",
        "[] Running command echo ***",
        "***",
    ] {
        assert!(log.contains(&format!("\n{line}\n")), "{line}: {log}");
    }
    assert!(!log.contains("very-secret") && !log.contains("ASIAEXAMPLE"));
}

#[tokio::test]
async fn much_output_keeps_its_order() {
    let house = House::new();
    let count = "i=0; while [ $i -lt 5000 ]; do echo line $i; i=$((i+1)); done";
    house.run(plan(&commands(&[count]))).await;
    let log = house.log();
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.starts_with("line "))
        .collect();
    let expected: Vec<String> = (0..5000).map(|n| format!("line {n}")).collect();
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn output_that_is_no_text_or_has_no_end_is_logged() {
    let house = House::new();
    let long = "head -c 500000 /dev/zero | tr '\\0' x; echo; printf '\\377\\n'; printf end";
    house.run(plan(&commands(&[long]))).await;
    let log = house.log();
    let cut: usize = log
        .lines()
        .filter(|line| line.starts_with("xxx"))
        .map(str::len)
        .sum();
    assert_eq!(cut, 500_000);
    assert!(
        log.contains("\n\u{fffd}\nend\n"),
        "the end of the log: {}",
        &log[log.len() - 300..]
    );
}
