//! Who runs functions: idle environments, places for more, and the tasks that invoke.
//!
//! An invocation is a task of its own: it goes on when whoever asked has gone away. An environment that is not used for a while is
//! removed, and one of a version that has changed is never used again.
//!
//! Invariant: an environment serves one invocation at a time; never more than [`MOST`] serve, and never more than [`MOST`] are idle.

use super::super::aliases;
use super::super::companion::{Found, Lambda};
use super::super::names::{self, Named};
use super::super::store::{FunctionKey, Version};
use super::door::{Door, Doors, Job};
use super::environment::{Environment, Ran, Wanted};
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Environments that invoke together, and as many idle ones.
pub const MOST: usize = 64;
/// How long an environment stays without being used.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// A version of a function as it is now: function, number, revision.
type Place = (FunctionKey, String, String);

/// Clones are the same runner.
#[derive(Clone)]
pub struct Runner {
    pub doors: Doors,
    shared: Arc<Mutex<Shared>>,
    places: Arc<Semaphore>,
}

#[derive(Default)]
struct Shared {
    shift: Shift,
    idle: HashMap<Place, Vec<(u64, Environment)>>,
    /// Invocations that run now.
    running: HashMap<FunctionKey, u32>,
    last: u64,
}

/// The time until `halt`.
#[derive(Clone, Default)]
pub struct Shift {
    pub end: CancellationToken,
    pub tasks: TaskTracker,
}

/// One invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub named: Named,
    pub payload: Bytes,
    pub client_context: Option<String>,
    pub request_id: String,
}

/// What came of it.
pub struct Done {
    pub number: String,
    pub payload: Bytes,
    pub error: Option<&'static str>,
    pub tail: Vec<u8>,
}

/// Why nothing was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    NoFunction(String),
    /// True: by the function's own limit.
    Throttled(bool),
    /// The runtime cannot be had here.
    Runtime(String),
    Failed(String),
}

/// Whether an invocation waits for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    Wait,
    Refuse,
}

/// An invocation under way, counted; not any more once dropped.
struct Counted {
    runner: Runner,
    key: FunctionKey,
    _place: OwnedSemaphorePermit,
}

impl Default for Runner {
    fn default() -> Self {
        Self {
            doors: Doors::default(),
            shared: Arc::default(),
            places: Arc::new(Semaphore::new(MOST)),
        }
    }
}

impl Runner {
    fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn shift(&self) -> Shift {
        self.shared().shift.clone()
    }

    pub fn begin(&self) {
        let mut shared = self.shared();
        if shared.shift.end.is_cancelled() {
            shared.shift = Shift::default();
        }
    }

    /// Ends every invocation and removes every environment.
    pub async fn halt(&self) {
        let shift = self.shift();
        shift.end.cancel();
        let idle = std::mem::take(&mut self.shared().idle);
        drop(idle);
        shift.tasks.close();
        shift.tasks.wait().await;
    }

    fn count(
        &self,
        key: &FunctionKey,
        reserved: Option<u32>,
        place: OwnedSemaphorePermit,
    ) -> Result<Counted, Refused> {
        let mut shared = self.shared();
        let running = shared.running.entry(key.clone()).or_default();
        if reserved.is_some_and(|most| *running >= most) {
            return Err(Refused::Throttled(true));
        }
        *running += 1;
        Ok(Counted {
            runner: self.clone(),
            key: key.clone(),
            _place: place,
        })
    }

    fn take(&self, place: &Place) -> Option<Environment> {
        let mut shared = self.shared();
        let idle = shared.idle.get_mut(place)?;
        let taken = idle.pop().map(|(_, environment)| environment);
        if idle.is_empty() {
            shared.idle.remove(place);
        }
        taken
    }

    /// Keeps an environment for a while; unless everything ends.
    fn put(&self, place: Place, environment: Environment, lambda: &Lambda) {
        let mut shared = self.shared();
        let shift = shared.shift.clone();
        let idle = shared.idle.values().map(Vec::len).sum::<usize>();
        if shift.end.is_cancelled() || idle >= MOST {
            drop(shared);
            return;
        }
        shared.last += 1;
        let number = shared.last;
        let kept = shared.idle.entry(place.clone()).or_default();
        kept.push((number, environment));
        drop(shared);
        let (runner, wait) = (self.clone(), (lambda.outside.wait)(IDLE));
        shift.tasks.spawn(async move {
            tokio::select! {
                () = shift.end.cancelled() => (),
                () = wait => drop(runner.take_number(&place, number)),
            }
        });
    }

    fn take_number(&self, place: &Place, number: u64) -> Option<Environment> {
        let mut shared = self.shared();
        let idle = shared.idle.get_mut(place)?;
        let at = idle.iter().position(|(other, _)| *other == number)?;
        let (_, environment) = idle.swap_remove(at);
        if idle.is_empty() {
            shared.idle.remove(place);
        }
        Some(environment)
    }

    /// Removes what is idle of a function.
    pub fn retire(&self, key: &FunctionKey) {
        let mut shared = self.shared();
        let (gone, kept) = std::mem::take(&mut shared.idle)
            .into_iter()
            .partition(|((function, ..), _)| function == key);
        shared.idle = kept;
        drop(shared);
        drop::<HashMap<Place, Vec<(u64, Environment)>>>(gone);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut shared = self.runner.shared();
        if let Some(running) = shared.running.get_mut(&self.key) {
            *running -= 1;
            if *running == 0 {
                shared.running.remove(&self.key);
            }
        }
    }
}

impl Lambda {
    /// The door of the environment that has this secret.
    pub fn door(&self, secret: &str) -> Option<Door> {
        self.runner.doors.find(secret)
    }

    /// Invocations of a function of this name that run now, in all accounts and regions.
    pub fn invocations(&self, name: &str) -> u32 {
        let shared = self.runner.shared();
        let of_name = shared
            .running
            .iter()
            .filter(|((_, other), _)| other == name);
        of_name.map(|(_, count)| count).sum()
    }

    /// Invokes in a task of its own and waits for it.
    pub(in super::super) async fn call(
        &self,
        invocation: Invocation,
        patience: Patience,
    ) -> Result<Done, Refused> {
        let (reply, told) = oneshot::channel();
        let (this, shift) = (self.clone(), self.runner.shift());
        shift.tasks.spawn(async move {
            let ends = || Err(Refused::Failed("The server ends.".to_owned()));
            let done = tokio::select! {
                () = shift.end.cancelled() => ends(),
                done = this.execute(invocation, patience) => done,
            };
            let _ = reply.send(done);
        });
        let lost = |_| {
            Err(Refused::Failed(
                "The invocation was interrupted.".to_owned(),
            ))
        };
        told.await.unwrap_or_else(lost)
    }

    async fn execute(&self, invocation: Invocation, patience: Patience) -> Result<Done, Refused> {
        let found = self.find(&invocation.named);
        let found = found.map_err(|error| Refused::NoFunction(error.message))?;
        let key = invocation.named.key.clone();
        let place = self.place(patience).await?;
        let counted = self.runner.count(&key, found.function.reserved, place)?;
        let (number, version) = self.weighted(&key, found);
        let idle: Place = (key.clone(), number.clone(), version.revision.clone());
        let mut ready = self.runner.take(&idle);
        while ready
            .as_mut()
            .is_some_and(|environment| !environment.is_fit())
        {
            ready = self.runner.take(&idle);
        }
        let mut environment = match ready {
            Some(environment) => environment,
            None => self.environment(&key, &number, &version).await?,
        };
        let job = Job {
            request_id: invocation.request_id,
            arn: names::arn(&key, invocation.named.qualifier.as_deref()),
            payload: invocation.payload,
            client_context: invocation.client_context,
            timeout: Duration::from_secs(version.settings.timeout.into()),
        };
        let Ran {
            payload,
            error,
            tail,
            fit,
        } = environment.invoke(job, &number, &version).await;
        if fit {
            self.runner.put(idle, environment, self);
        }
        drop(counted);
        Ok(Done {
            number,
            payload,
            error,
            tail,
        })
    }

    async fn place(&self, patience: Patience) -> Result<OwnedSemaphorePermit, Refused> {
        let places = self.runner.places.clone();
        match patience {
            Patience::Wait => {
                let place = places.acquire_owned().await;
                place.map_err(|_| Refused::Failed("The server ends.".to_owned()))
            }
            Patience::Refuse => places
                .try_acquire_owned()
                .map_err(|_| Refused::Throttled(false)),
        }
    }

    /// The version that this one call goes to.
    fn weighted(&self, key: &FunctionKey, found: Found) -> (String, Version) {
        let picked = found.alias.as_ref().and_then(|alias| {
            let number = aliases::pick(alias, roll());
            let version = self.version(key, &found.function, number)?;
            Some((number.to_owned(), version))
        });
        picked.unwrap_or((found.number, found.version))
    }

    async fn environment(
        &self,
        key: &FunctionKey,
        number: &str,
        version: &Version,
    ) -> Result<Environment, Refused> {
        let role = self.assume(&version.settings.role, &key.1).await;
        let credentials = role.map_err(|error| Refused::Failed(error.to_string()))?;
        let zip = self.codes.read(&version.code.file).await;
        let zip =
            zip.map_err(|error| Refused::Failed(format!("The code cannot be read: {error}")))?;
        let wanted = Wanted {
            key: key.clone(),
            number: number.to_owned(),
            version: version.clone(),
            zip,
            credentials,
        };
        let tasks = self.runner.shift().tasks;
        Environment::start(&self.outside, &self.runner.doors, &tasks, wanted).await
    }
}

/// A random number from 0 to 1.
fn roll() -> f64 {
    const BITS: u32 = 53;
    let random = uuid::Uuid::new_v4().as_u128() & ((1 << BITS) - 1);
    random as f64 / (1u64 << BITS) as f64
}
