//! Servers that die: fifty times a child process writes with many clients and is killed; every write it acknowledged is there
//! afterwards, and none is half there.

use super::*;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

const FOLDER: &str = "SLIPWAY_TEST_CRASH_FOLDER";
const CLIENTS: u64 = 8;
const ROUNDS: usize = 50;

/// Not a test of its own: the process that `acknowledged_writes_survive_being_killed` starts and kills.
#[test]
#[ignore = "started by acknowledged_writes_survive_being_killed"]
fn child_writes_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let w = std::sync::Arc::new(open(Location::Folder(folder.into())).unwrap());
        let clients = (0..CLIENTS).map(|client| tokio::spawn(write_forever(w.clone(), client)));
        futures::future::join_all(clients).await;
    });
}

/// Each write moves a client's counter and its mirror, and adds a record: three rows that must agree.
async fn write_forever(w: std::sync::Arc<World>, client: u64) {
    loop {
        let (counters, events) = (w.counters.clone(), w.events.clone());
        let write = w.store.write(move |tx| {
            let next = tx.get(&counters, &client).map_or(1, |last| *last + 1);
            tx.put(&counters, client, next);
            tx.put_record(&events, (client.to_string(), next), "done".into());
            tx.put(&counters, mirror(client), next);
            Ok::<_, ()>(next)
        });
        let next = write.await.unwrap();
        // One call, so that a kill cannot tear a line; a line without its end is not an acknowledgement anyway.
        let line = format!("ack {client} {next}\n");
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}

fn mirror(client: u64) -> u64 {
    client + 1000
}

fn start(folder: &Utf8PathBuf) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap());
    let name = "store::tests::crash::child_writes_until_it_is_killed";
    child.args(["--exact", name, "--ignored", "--nocapture"]);
    child.env(FOLDER, folder).stdout(Stdio::piped());
    child.spawn().unwrap()
}

/// Reads acknowledgements until there are `enough`, kills the child, and reads what it had said before it died.
fn acknowledged_before_kill(mut child: Child, enough: usize) -> BTreeMap<u64, u64> {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut acknowledged = BTreeMap::new();
    let mut seen = 0;
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        if let Some((client, value)) = acknowledgement(&line) {
            seen += 1;
            acknowledged.insert(client, value);
        }
        if seen == enough {
            child.kill().unwrap();
        }
        line.clear();
    }
    assert!(seen >= enough, "the child ended by itself");
    child.wait().unwrap();
    acknowledged
}

fn acknowledgement(line: &str) -> Option<(u64, u64)> {
    // The harness writes its own words before the first line.
    let (_, rest) = line.strip_suffix('\n')?.split_once("ack ")?;
    let (client, value) = rest.split_once(' ')?;
    Some((client.parse().ok()?, value.parse().ok()?))
}

#[tokio::test]
async fn acknowledged_writes_survive_being_killed() {
    let (_folder, location) = folder();
    let Location::Folder(path) = &location else {
        panic!("a folder");
    };
    for round in 0..ROUNDS {
        let acknowledged = acknowledged_before_kill(start(path), 10 + round * 7);
        let w = open(location.clone()).unwrap();
        for client in 0..CLIENTS {
            let value = w.counters.get(&client).map_or(0, |v| *v);
            let least = acknowledged.get(&client).copied().unwrap_or(0);
            assert!(
                value >= least,
                "round {round}: {least} was acknowledged, {value} is there"
            );
            let other = w.counters.get(&mirror(client)).map_or(0, |v| *v);
            assert_eq!(value, other, "round {round}: half a write");
            let range = (client.to_string(), 0)..=(client.to_string(), u64::MAX);
            let records = w
                .events
                .range(range, Direction::Forward, usize::MAX)
                .unwrap();
            let numbers: Vec<_> = records.into_iter().map(|(key, _)| key.1).collect();
            let expected: Vec<_> = (1..=value).collect();
            assert_eq!(
                numbers, expected,
                "round {round}: records and rows disagree"
            );
        }
        w.store.close().await;
    }
}
