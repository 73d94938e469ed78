//! The verbs of engines, followers, and what a restart finds.

use super::*;
use crate::companions::LogLine;
use crate::companions::logs::{Follower, Logs, Tables};
use crate::store::{Builder, Direction, Location};
use camino::Utf8PathBuf;
use tempfile::TempDir;

fn scope() -> Scope {
    Call::test().scope
}

fn line(time: i64, text: &str) -> LogLine {
    LogLine {
        time: Time::from_millis(DAY + time),
        message: text.to_owned(),
    }
}

fn open(location: Location) -> Logs {
    let mut b = Builder::new();
    let tables = Tables::declare(&mut b);
    Logs::new(b.open(location).unwrap(), tables)
}

async fn append(logs: &Logs, lines: Vec<LogLine>) {
    let now = Time::from_millis(DAY);
    logs.append(&scope(), "g", "s", lines, now).await.unwrap();
}

async fn next(follower: &mut Follower) -> Vec<String> {
    let lines = follower.next().await.unwrap();
    lines.into_iter().map(|line| line.message).collect()
}

#[tokio::test]
async fn opening_makes_what_is_missing_and_nothing_twice() {
    let logs = open(Location::Memory);
    let now = Time::from_millis(DAY);
    for _ in 0..2 {
        logs.open_stream(&scope(), "g", "s", now).await.unwrap();
        append(&logs, vec![line(0, "a")]).await;
    }
    logs.open_stream(&scope(), "g", "t", now).await.unwrap();
    assert_eq!(
        (logs.tables.groups.len(), logs.tables.streams.len()),
        (1, 2)
    );
    let lines = logs.tables.lines.range(.., Direction::Forward, 9).unwrap();
    assert_eq!(lines.len(), 2);
}

#[tokio::test]
async fn appending_to_nothing_fails_with_its_reason() {
    let logs = open(Location::Memory);
    let now = Time::from_millis(DAY);
    let error = logs
        .append(&scope(), "g", "s", vec![line(0, "a")], now)
        .await;
    let text = error.unwrap_err().to_string();
    assert!(
        text.contains("The specified log group does not exist."),
        "{text}"
    );
}

#[tokio::test]
async fn a_follower_waits_for_the_stream_and_gets_every_line_once() {
    let logs = open(Location::Memory);
    let mut follower = logs.follow(&scope(), "g", "s");
    let writer = {
        let logs = logs.clone();
        tokio::spawn(async move {
            logs.open_stream(&scope(), "g", "s", Time::from_millis(DAY))
                .await
                .unwrap();
            for number in 0..200 {
                append(&logs, vec![line(number, &format!("{number};"))]).await;
            }
        })
    };
    let mut seen = Vec::new();
    while seen.len() < 200 {
        seen.extend(next(&mut follower).await);
    }
    let expected: Vec<_> = (0..200).map(|number| format!("{number};")).collect();
    assert_eq!(seen, expected);
    writer.await.unwrap();
    assert!(follower.read().unwrap().is_empty());
}

#[tokio::test]
async fn followers_come_late_and_go_early() {
    let logs = open(Location::Memory);
    logs.open_stream(&scope(), "g", "s", Time::from_millis(DAY))
        .await
        .unwrap();
    append(&logs, vec![line(0, "a"), line(0, "b")]).await;
    let mut late = logs.follow(&scope(), "g", "s");
    drop(logs.follow(&scope(), "g", "s"));
    assert_eq!(next(&mut late).await, ["a", "b"]);
    // Giving up waiting loses nothing.
    assert!(futures::FutureExt::now_or_never(late.next()).is_none());
    append(&logs, vec![line(1, "c")]).await;
    assert_eq!(next(&mut late).await, ["c"]);
}

#[tokio::test]
async fn a_follower_of_a_stream_made_again_begins_anew() {
    let desk = Desk::new();
    desk.streams(&["s"]).await;
    let logs = desk.call.app.logs.clone();
    let mut follower = logs.follow(&desk.call.scope, "g", "s");
    desk.put("s", &[(DAY, "old")]).await;
    assert_eq!(next(&mut follower).await, ["old"]);
    let input = DeleteLogStreamInput::new("g", "s");
    delete_log_stream(input, desk.call()).await.unwrap();
    let input = CreateLogStreamInput::new("g", "s");
    create_log_stream(input, desk.call()).await.unwrap();
    desk.put("s", &[(DAY - HOUR, "new")]).await;
    assert_eq!(next(&mut follower).await, ["new"]);
}

#[tokio::test]
async fn a_restart_keeps_lines_and_finishes_deletions() {
    let folder = TempDir::new().unwrap();
    let path = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let location = Location::Folder(path);
    let now = Time::from_millis(DAY);
    let logs = open(location.clone());
    for stream in ["s", "doomed"] {
        logs.open_stream(&scope(), "g", stream, now).await.unwrap();
        logs.append(&scope(), "g", stream, vec![line(0, stream)], now)
            .await
            .unwrap();
    }
    // The server dies between the deletion and the removal of its lines.
    let key = (scope(), "g".to_owned(), "doomed".to_owned());
    let deleted = logs.try_write(move |tables, tx| {
        let stream = tables.stream_in(tx, &key)?;
        crate::companions::logs::purge::remove_stream(tables, tx, &key, &stream);
        Ok::<_, ResourceNotFoundException>(())
    });
    deleted.await.unwrap();
    logs.store.close().await;

    let logs = open(location);
    let lines = || logs.tables.lines.range(.., Direction::Forward, 9).unwrap();
    assert_eq!(lines().len(), 2);
    logs.resume(now).await.unwrap();
    assert_eq!(
        lines()
            .into_iter()
            .map(|(_, line)| line.1)
            .collect::<Vec<_>>(),
        ["s"]
    );
    assert!(logs.tables.doomed.is_empty());
    let mut follower = logs.follow(&scope(), "g", "s");
    assert_eq!(next(&mut follower).await, ["s"]);
}
