//! Rows with parts: whole for every reader, and on disk only what has changed is written.

use super::*;
use serde::Serializer;
use std::cell::RefCell;

thread_local! {
    /// Members that this thread has encoded; a store has one thread that writes.
    static ENCODED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Team {
    city: String,
    members: Vec<Member>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(from = "String")]
struct Member(String);

impl From<String> for Member {
    fn from(name: String) -> Self {
        Self(name)
    }
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ENCODED.with_borrow_mut(|encoded| encoded.push(self.0.clone()));
        self.0.serialize(serializer)
    }
}

impl Divided for Team {
    type Part = Member;

    fn parts(&self) -> &[Member] {
        &self.members
    }

    fn bare(&self) -> Self {
        let (city, members) = (self.city.clone(), Vec::new());
        Self { city, members }
    }

    fn join(&mut self, parts: Vec<Member>) {
        self.members = parts;
    }
}

fn team(city: &str, members: &str) -> Team {
    let members = members.split_whitespace();
    Team {
        city: city.into(),
        members: members.map(|name| Member(name.into())).collect(),
    }
}

struct Teams {
    teams: DividedTable<String, Team>,
    store: Store,
}

impl Teams {
    fn open(location: Location) -> Self {
        let mut b = Builder::new().moving_at(150);
        let teams = b.divided("teams");
        let store = b.open(location).unwrap();
        Self { teams, store }
    }

    /// Yields the members that were written.
    async fn put(&self, key: &str, team: Team) -> Vec<String> {
        let (teams, key) = (self.teams.clone(), key.to_owned());
        let write = move |tx: &mut Txn| {
            ENCODED.take();
            tx.put_divided(&teams, key.clone(), team.clone());
            assert_eq!(tx.get_divided(&teams, &key).as_deref(), Some(&team));
            Ok::<_, ()>(ENCODED.take())
        };
        self.store.write(write).await.unwrap()
    }

    async fn remove(&self, key: &str) {
        let (teams, key) = (self.teams.clone(), key.to_owned());
        let write = move |tx: &mut Txn| {
            tx.remove_divided(&teams, &key);
            Ok::<_, ()>(())
        };
        self.store.write(write).await.unwrap();
    }

    fn get(&self, key: &str) -> Option<Team> {
        self.teams
            .rows()
            .get(&key.to_owned())
            .map(|row| (*row).clone())
    }
}

#[tokio::test]
async fn a_change_of_one_part_writes_no_other() {
    let (_folder, location) = folder();
    for location in [Location::Memory, location] {
        let w = Teams::open(location);
        assert_eq!(w.put("a", team("Rome", "x y z")).await, ["x", "y", "z"]);
        assert_eq!(w.put("a", team("Oslo", "x y z")).await, [""; 0]);
        assert_eq!(w.put("a", team("Oslo", "x Y z")).await, ["Y"]);
        assert_eq!(w.put("b", team("Oslo", "x")).await, ["x"]);
        assert_eq!(w.get("a"), Some(team("Oslo", "x Y z")));
    }
}

#[tokio::test]
async fn a_row_is_whole_again_after_a_start_however_its_parts_came_and_went() {
    let (_folder, location) = folder();
    let rows = [
        team("Rome", "x y z"),
        team("Rome", "x"),
        team("Rome", ""),
        team("Oslo", "p q"),
        team("Oslo", "p q r s t u v w x y z"),
        team("Oslo", "P"),
    ];
    for row in rows {
        let w = Teams::open(location.clone());
        w.put("a", row.clone()).await;
        w.put("b", team("Bern", "m")).await;
        w.store.close().await;
        let w = Teams::open(location.clone());
        assert_eq!(w.get("a"), Some(row));
        assert_eq!(w.get("b"), Some(team("Bern", "m")));
        w.store.close().await;
    }
}

#[tokio::test]
async fn a_removed_row_leaves_no_part_behind() {
    let (_folder, location) = folder();
    let w = Teams::open(location.clone());
    w.put("a", team("Rome", "x y z")).await;
    w.remove("a").await;
    w.put("a", team("Rome", "")).await;
    w.store.close().await;
    let w = Teams::open(location);
    assert_eq!(w.get("a"), Some(team("Rome", "")));
    assert_eq!(w.teams.parts.range(.., Direction::Forward, 9).unwrap(), []);
}

#[tokio::test]
async fn a_row_that_was_stored_whole_is_divided_when_it_is_written_next() {
    let (_folder, location) = folder();
    let mut b = Builder::new();
    let whole = b.table::<String, Team>("teams");
    let store = b.open(location.clone()).unwrap();
    let write = move |tx: &mut Txn| {
        tx.put(&whole, "a".to_owned(), team("Rome", "x y"));
        Ok::<_, ()>(())
    };
    store.write(write).await.unwrap();
    store.close().await;

    let w = Teams::open(location.clone());
    assert_eq!(w.get("a"), Some(team("Rome", "x y")));
    assert_eq!(w.put("a", team("Rome", "x Y z")).await, ["x", "Y", "z"]);
    w.put("a", team("Rome", "x Y")).await;
    w.store.close().await;

    let w = Teams::open(location);
    assert_eq!(w.get("a"), Some(team("Rome", "x Y")));
    assert_eq!(w.put("a", team("Rome", "X Y")).await, ["X"]);
}
