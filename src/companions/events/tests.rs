//! Order, restart, retention, subscriptions. Witness: contract codepipeline §9, and our reading where nothing is said of how
//! events are kept.

use super::{Event, Events, Kept, Tables, Watch, envelope};
use crate::aws::{Account, Region, Scope, Time};
use crate::store::{Builder, Location, Store, Txn};
use futures::FutureExt;
use serde_json::{Value, json};
use std::convert::Infallible;

struct House {
    store: Store,
    events: Events,
}

impl House {
    fn open(location: Location, most: u64) -> Self {
        let mut builder = Builder::new();
        let tables = Tables::declare(&mut builder);
        let store = builder.open(location).unwrap();
        Self {
            store,
            events: Events::keeping(tables, most),
        }
    }

    fn memory(most: u64) -> Self {
        Self::open(Location::Memory, most)
    }

    async fn record(&self, names: &[&str]) {
        let names: Vec<Event> = names.iter().map(|name| event(name)).collect();
        let events = self.events.clone();
        let written = self.store.write(move |tx: &mut Txn| {
            for event in names {
                events.record(tx, event);
            }
            Ok::<_, Infallible>(())
        });
        written.await.unwrap();
    }

    fn all(&self) -> Vec<(u64, String)> {
        named(&self.events.read(0, usize::MAX, usize::MAX).unwrap())
    }
}

fn event(name: &str) -> Event {
    let scope = Scope::new(
        Account::parse("000000000000").unwrap(),
        Region::parse("us-east-1").unwrap(),
    );
    Event {
        scope,
        source: "aws.codepipeline".to_owned(),
        detail_type: "CodePipeline Pipeline Execution State Change".to_owned(),
        resources: vec!["arn:aws:codepipeline:us-east-1:000000000000:p".to_owned()],
        detail: json!({"pipeline": name, "version": 1.0}),
        time: Time::from_millis(1_446_137_358_328),
    }
}

fn named(events: &[(u64, Kept)]) -> Vec<(u64, String)> {
    let name = |kept: &Kept| kept.event.detail["pipeline"].as_str().unwrap().to_owned();
    events.iter().map(|(at, kept)| (*at, name(kept))).collect()
}

fn numbered(list: &[(u64, &str)]) -> Vec<(u64, String)> {
    list.iter()
        .map(|(at, name)| (*at, (*name).to_owned()))
        .collect()
}

#[tokio::test]
async fn events_are_kept_in_the_order_of_their_writes() {
    let house = House::memory(100);
    house.record(&["a", "b"]).await;
    house.record(&["c"]).await;
    assert_eq!(house.all(), numbered(&[(1, "a"), (2, "b"), (3, "c")]));
    let rest = house.events.read(1, 1, usize::MAX).unwrap();
    assert_eq!(named(&rest), numbered(&[(2, "b")]));
    let ids: std::collections::BTreeSet<String> = house
        .events
        .read(0, usize::MAX, usize::MAX)
        .unwrap()
        .into_iter()
        .map(|(_, kept)| kept.id)
        .collect();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn an_event_of_a_refused_write_never_happened() {
    let house = House::memory(100);
    let events = house.events.clone();
    let refused = house.store.write(move |tx: &mut Txn| {
        events.record(tx, event("a"));
        Err::<(), _>("no")
    });
    assert!(refused.await.is_err());
    house.record(&["b"]).await;
    assert_eq!(house.all(), numbered(&[(1, "b")]));
}

#[tokio::test]
async fn numbers_go_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = camino::Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    let house = House::open(Location::Folder(path.clone()), 2);
    house.record(&["a", "b", "c"]).await;
    house.store.close().await;
    drop(house);
    let house = House::open(Location::Folder(path), 2);
    assert_eq!(house.all(), numbered(&[(2, "b"), (3, "c")]));
    house.record(&["d"]).await;
    assert_eq!(house.all(), numbered(&[(3, "c"), (4, "d")]));
    house.store.close().await;
}

#[tokio::test]
async fn the_oldest_go_in_the_write_that_brings_too_many() {
    let house = House::memory(3);
    for name in ["a", "b", "c", "d", "e"] {
        house.record(&[name]).await;
    }
    assert_eq!(house.all(), numbered(&[(3, "c"), (4, "d"), (5, "e")]));
    // Fewer are to be kept from now on: they go a few at a time.
    let fewer = House {
        events: Events::keeping(house.events.tables.clone(), 1),
        store: house.store.clone(),
    };
    fewer.record(&["f"]).await;
    assert_eq!(fewer.all(), numbered(&[(6, "f")]));
}

#[tokio::test]
async fn a_subscription_gives_what_is_there_and_wakes_for_what_comes() {
    let house = House::memory(100);
    house.record(&["a", "b"]).await;
    let mut all = house.events.watch(0);
    let mut new = house.events.watch(house.events.newest());
    assert_eq!(
        named(&all.next().await.unwrap()),
        numbered(&[(1, "a"), (2, "b")])
    );
    for watch in [&mut all, &mut new] {
        assert!(watch.next().now_or_never().is_none(), "nothing is new");
    }
    let waiting = tokio::spawn(async move { new.next().await });
    house.record(&["c"]).await;
    assert_eq!(
        named(&waiting.await.unwrap().unwrap()),
        numbered(&[(3, "c")])
    );
    assert_eq!(named(&all.next().await.unwrap()), numbered(&[(3, "c")]));
}

#[tokio::test]
async fn a_slow_subscription_misses_what_is_gone_and_goes_on_in_order() {
    let house = House::memory(2);
    house.record(&["a"]).await;
    let mut watch: Watch = house.events.watch(0);
    house.record(&["b", "c", "d"]).await;
    assert_eq!(
        named(&watch.next().await.unwrap()),
        numbered(&[(3, "c"), (4, "d")])
    );
}

#[tokio::test]
async fn a_subscription_begins_again_when_the_store_was_emptied() {
    let house = House::memory(100);
    house.record(&["a", "b"]).await;
    let mut watch = house.events.watch(0);
    watch.next().await.unwrap();
    house.store.reset().await.unwrap();
    house.record(&["c"]).await;
    assert_eq!(named(&watch.next().await.unwrap()), numbered(&[(1, "c")]));
}

#[test]
fn an_envelope_has_the_members_of_aws_and_the_number() {
    // contract codepipeline §9: version "0", whole seconds; versions in the detail are floats
    let kept = Kept {
        id: "11111111-2222-4333-8444-555555555555".to_owned(),
        event: event("p"),
    };
    let line = envelope(&kept, Some(7));
    assert!(line.contains(r#""version":1.0"#), "{line}");
    let shown: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        shown,
        json!({
            "version": "0",
            "id": "11111111-2222-4333-8444-555555555555",
            "detail-type": "CodePipeline Pipeline Execution State Change",
            "source": "aws.codepipeline",
            "account": "000000000000",
            "time": "2015-10-29T16:49:18Z",
            "region": "us-east-1",
            "resources": ["arn:aws:codepipeline:us-east-1:000000000000:p"],
            "detail": {"pipeline": "p", "version": 1.0},
            "sequence": 7,
        })
    );
    assert!(!envelope(&kept, None).contains("sequence"));
}
