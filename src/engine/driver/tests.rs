//! The driver on a real store, with a machine small enough to see through.

use super::rows::Live;
use super::*;
use crate::store::faults::Faults;
use crate::store::{Builder, Location, Table};
use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use tokio::sync::Semaphore;

/// Counts; can be told to ask for things.
struct Counter;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Count {
    total: u32,
    wake: Option<Time>,
    stubborn: bool,
}

#[derive(Clone, Debug)]
enum Event {
    Added(u32),
    Wished(Effect),
    Set(Time),
    Frozen(Time),
    Ticked,
    Ended,
    Cursed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Effect {
    /// Comes back as `Added`.
    Add(u32),
    /// Waits at the gate, then adds.
    Wait(u32),
    /// Is told of an interruption by `Added(1000)`.
    Fragile,
    Panic,
    /// News on the way, nothing at the end.
    Chat,
}

impl Machine for Counter {
    const NAME: &'static str = "counter";
    type Key = String;
    type State = Count;
    type Part = ();
    type Event = Event;
    type Effect = Effect;
    type Record = u32;

    fn step(mut state: Count, now: Time, event: Event) -> Step<Self> {
        let mut effects = Vec::new();
        match event {
            Event::Added(more) => state.total += more,
            Event::Wished(effect) => effects.push(effect),
            Event::Set(wake) => state.wake = Some(wake),
            Event::Frozen(wake) => (state.wake, state.stubborn) = (Some(wake), true),
            Event::Ticked if state.wake.is_some_and(|wake| wake <= now) => {
                state.wake = state.wake.filter(|_| state.stubborn);
                state.total += 1;
            }
            Event::Ticked => (),
            Event::Ended => {
                return Step {
                    state: None,
                    records: vec![state.total],
                    effects,
                };
            }
            Event::Cursed => panic!("cursed"),
        }
        Step {
            records: vec![state.total],
            state: Some(state),
            effects,
        }
    }

    fn deadline(state: &Count) -> Option<Time> {
        state.wake
    }

    fn tick() -> Event {
        Event::Ticked
    }

    fn interrupted(effect: &Effect) -> Option<Event> {
        (*effect == Effect::Fragile).then_some(Event::Added(1000))
    }

    fn broken(_: &Effect, what: &str) -> Option<Event> {
        Some(Event::Added(what.len() as u32))
    }
}

/// Performs, and remembers what it was asked for.
struct Hands {
    gate: Semaphore,
    asked: Mutex<Vec<(EffectId, Effect)>>,
}

#[async_trait]
impl Perform<Counter> for Hands {
    async fn perform(
        &self,
        _: &String,
        id: EffectId,
        effect: Effect,
        news: &Mailbox<Counter>,
    ) -> Option<Event> {
        self.asked.lock().unwrap().push((id, effect.clone()));
        match effect {
            Effect::Add(more) => Some(Event::Added(more)),
            Effect::Wait(more) => {
                self.gate.acquire().await.unwrap().forget();
                Some(Event::Added(more))
            }
            Effect::Fragile => std::future::pending().await,
            Effect::Panic => panic!("ouch"),
            Effect::Chat => {
                news.send(Event::Added(7)).await;
                None
            }
        }
    }
}

struct Totals(Table<String, u32>);

impl Keep<Counter> for Totals {
    fn keep(&self, tx: &mut Txn, key: &String, total: u32) {
        tx.put(&self.0, key.clone(), total);
    }
}

struct House {
    driver: Driver<Counter>,
    store: Store,
    clock: Clock,
    hands: Arc<Hands>,
    totals: Table<String, u32>,
    faults: Faults,
}

impl House {
    async fn open(location: Location) -> Self {
        let faults = Faults::none();
        let mut builder = Builder::new().with_faults(faults.clone());
        let tables = Driver::<Counter>::declare(&mut builder);
        let totals = builder.table("totals");
        let store = builder.open(location).unwrap();
        let clock = Clock::manual(Time::from_millis(0));
        let hands = Arc::new(Hands {
            gate: Semaphore::new(0),
            asked: Mutex::default(),
        });
        let keep = Arc::new(Totals(totals.clone()));
        let driver = Driver::new(tables, store.clone(), clock.clone(), keep, hands.clone());
        driver.resume().await;
        Self {
            driver,
            store,
            clock,
            hands,
            totals,
            faults,
        }
    }

    async fn memory() -> Self {
        Self::open(Location::Memory).await
    }

    async fn folder(path: &Utf8Path) -> Self {
        Self::open(Location::Folder(path.to_owned())).await
    }

    async fn close(self) {
        self.driver.halt().await;
        self.store.close().await;
    }

    async fn begin(&self, key: &str) {
        let begin = |_: Option<Count>, _: Time, _: &mut Txn| {
            Ok::<_, Infallible>((Step::stay(Count::default()), ()))
        };
        self.driver.command(key.to_owned(), begin).await.unwrap();
    }

    async fn tell(&self, key: &str, event: Event) {
        self.driver.event(key.to_owned(), event).await;
    }

    async fn until(&self, key: &str, wanted: impl Fn(&Count) -> bool) {
        let key = key.to_owned();
        let mut watch = self.driver.watch(key.clone());
        while !self.driver.state(&key).is_some_and(|state| wanted(&state)) {
            watch.changed().await;
        }
    }

    fn outbox(&self) -> usize {
        self.driver.0.tables.outbox.len()
    }

    fn asked(&self) -> Vec<(EffectId, Effect)> {
        self.hands.asked.lock().unwrap().clone()
    }
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn path(folder: &tempfile::TempDir) -> &Utf8Path {
    Utf8Path::from_path(folder.path()).unwrap()
}

#[tokio::test]
async fn an_effect_leads_to_news_and_leaves_the_outbox_with_it() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Wished(Effect::Add(5))).await;
    house.until("a", |state| state.total == 5).await;
    assert_eq!(house.outbox(), 0);
    house.tell("a", Event::Wished(Effect::Chat)).await;
    house.until("a", |state| state.total == 12).await;
}

#[tokio::test]
async fn records_are_kept_with_the_step_that_yields_them() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Added(3)).await;
    assert_eq!(house.totals.get(&"a".into()).as_deref(), Some(&3));
    house.tell("a", Event::Ended).await;
    assert_eq!(house.driver.state(&"a".into()), None);
    house.tell("a", Event::Added(3)).await;
    assert_eq!(house.totals.get(&"a".into()).as_deref(), Some(&3));
    assert_eq!(house.driver.state(&"a".into()), None);
}

#[tokio::test]
async fn a_refused_command_changes_nothing() {
    let house = House::memory().await;
    house.begin("a").await;
    let totals = house.totals.clone();
    let refuse = move |_: Option<Count>, _: Time, tx: &mut Txn| -> Result<(Step<Counter>, ()), _> {
        tx.put(&totals, "a".into(), 9);
        Err("no")
    };
    let answer = house.driver.command("a".to_owned(), refuse).await;
    assert_eq!(answer, Err(WriteError::Refused("no")));
    assert_eq!(house.totals.get(&"a".into()), None);
}

#[tokio::test]
async fn what_was_being_performed_is_performed_again_after_a_restart_under_the_same_id() {
    let folder = folder();
    let house = House::folder(path(&folder)).await;
    house.begin("a").await;
    house.tell("a", Event::Wished(Effect::Wait(5))).await;
    house.tell("a", Event::Wished(Effect::Fragile)).await;
    assert_eq!(house.outbox(), 2);
    let number = EffectId::new("counter", 1);
    house.close().await;

    let house = House::folder(path(&folder)).await;
    house.until("a", |state| state.total == 1000).await;
    house.hands.gate.add_permits(1);
    house.until("a", |state| state.total == 1005).await;
    assert_eq!(house.asked(), [(number, Effect::Wait(5))]);
    assert_eq!(house.outbox(), 0);
    house.tell("a", Event::Wished(Effect::Add(1))).await;
    assert_eq!(house.asked()[1].0, EffectId::new("counter", 3));
    house.close().await;
}

#[tokio::test]
async fn a_performer_that_panics_is_answered_by_the_machine() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Wished(Effect::Panic)).await;
    house.until("a", |state| state.total == 4).await;
    assert_eq!(house.outbox(), 0);
}

#[tokio::test]
async fn a_machine_that_panics_leaves_the_row_as_it_was() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Added(3)).await;
    house.tell("a", Event::Cursed).await;
    house.tell("a", Event::Added(1)).await;
    let state = house.driver.state(&"a".into()).unwrap();
    assert_eq!(state.total, 4);
}

#[tokio::test]
async fn a_deadline_rings_when_it_comes_and_again_after_a_restart() {
    let folder = folder();
    let house = House::folder(path(&folder)).await;
    house.begin("a").await;
    house.tell("a", Event::Set(Time::from_millis(60_000))).await;
    house.clock.advance(Duration::from_secs(59));
    house.tell("a", Event::Added(0)).await;
    assert_eq!(house.driver.state(&"a".into()).unwrap().total, 0);
    house.clock.advance(Duration::from_secs(1));
    house
        .until("a", |state| state.total == 1 && state.wake.is_none())
        .await;
    house.tell("a", Event::Set(Time::from_millis(90_000))).await;
    house.close().await;

    let house = House::folder(path(&folder)).await;
    house.clock.advance(Duration::from_secs(90));
    house.until("a", |state| state.total == 2).await;
    house.close().await;
}

#[tokio::test]
async fn a_machine_whose_deadline_stays_in_the_past_is_asked_once_a_second() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Frozen(Time::from_millis(0))).await;
    house.until("a", |state| state.total == 1).await;
    for _ in 0..100 {
        house.tell("b", Event::Ticked).await;
    }
    assert_eq!(house.driver.state(&"a".into()).unwrap().total, 1);
    house.clock.advance(PATIENCE);
    house.until("a", |state| state.total == 2).await;
}

#[tokio::test]
async fn news_waits_for_a_full_disk() {
    let folder = folder();
    let house = House::folder(path(&folder)).await;
    house.begin("a").await;
    house.faults.fail_after(0);
    let driver = house.driver.clone();
    let told = tokio::spawn(async move { driver.event("a".into(), Event::Added(3)).await });
    let refused = house.driver.command("a".to_owned(), |_, _, _: &mut Txn| {
        Ok::<_, Infallible>((Step::stay(Count::default()), ()))
    });
    assert!(matches!(refused.await, Err(WriteError::Storage(_))));
    assert_eq!(house.driver.state(&"a".into()).unwrap().total, 0);
    house.faults.repair();
    told.await.unwrap();
    assert_eq!(house.driver.state(&"a".into()).unwrap().total, 3);
    house.close().await;
}

#[tokio::test]
async fn effects_are_performed_even_when_the_caller_has_gone_away() {
    let house = House::memory().await;
    house.begin("a").await;
    let mut told = Box::pin(house.tell("a", Event::Wished(Effect::Add(5))));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(told.as_mut().poll(&mut context).is_pending());
    drop(told);
    house.until("a", |state| state.total == 5).await;
}

#[tokio::test]
async fn a_halted_driver_starts_nothing_and_goes_on_when_resumed() {
    let house = House::memory().await;
    house.begin("a").await;
    house.driver.halt().await;
    house.tell("a", Event::Wished(Effect::Add(5))).await;
    assert_eq!((house.outbox(), house.asked().len()), (1, 0));
    house.driver.resume().await;
    house.until("a", |state| state.total == 5).await;
}

#[tokio::test]
async fn an_effect_is_performed_once_however_it_meets_a_resuming_driver() {
    let folder = folder();
    let house = House::folder(path(&folder)).await;
    house.begin("a").await;
    house.driver.halt().await;
    house.tell("a", Event::Wished(Effect::Wait(1))).await;
    house.tell("a", Event::Wished(Effect::Fragile)).await;
    let resumed = house.driver.resume();
    let told = house.tell("a", Event::Wished(Effect::Add(10)));
    futures::join!(resumed, told);
    house.hands.gate.add_permits(5);
    house.until("a", |state| state.total == 11).await;
    // What nobody had begun was not interrupted.
    let mut asked: Vec<Effect> = house
        .asked()
        .into_iter()
        .map(|(_, effect)| effect)
        .collect();
    asked.sort_by_key(|effect| format!("{effect:?}"));
    assert_eq!(asked, [Effect::Add(10), Effect::Fragile, Effect::Wait(1)]);
    house.driver.halt().await;
    house.driver.resume().await;
    house.until("a", |state| state.total == 1011).await;
    house.close().await;
}

#[tokio::test]
async fn an_emptied_store_forgets_runs_and_effects() {
    let house = House::memory().await;
    house.begin("a").await;
    house.tell("a", Event::Wished(Effect::Wait(5))).await;
    house.driver.halt().await;
    house.store.reset().await.unwrap();
    house.driver.resume().await;
    assert_eq!((house.driver.state(&"a".into()), house.outbox()), (None, 0));
}

#[test]
fn a_row_of_an_unknown_form_is_an_error_and_not_a_guess() {
    let row = r#"{"form":2,"body":{"total":1,"wake":null,"stubborn":false}}"#;
    let error = serde_json::from_str::<Live<Counter>>(row).err().unwrap();
    assert!(error.to_string().contains("form 2"), "{error}");
    let row = row.replace("\"form\":2", "\"form\":1");
    assert_eq!(
        serde_json::from_str::<Live<Counter>>(&row).unwrap().0.total,
        1
    );
}
