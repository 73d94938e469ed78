//! A target group as requests meet it: its targets, how they are, whose turn it is.
//!
//! Invariant: locks are held for a read or a write of one small value; targets that are deregistered are not found any more, what they
//! are doing goes on.

use super::health::{Health, Status};
use super::rows::{GroupKey, TargetKey};
use super::settings::Settings;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The live half of a target group.
pub struct Pool {
    pub key: GroupKey,
    members: watch::Sender<Arc<Vec<Arc<Member>>>>,
    /// How targets are looked at; those who look are told when it changes.
    pub settings: watch::Sender<Arc<Settings>>,
    turn: AtomicUsize,
}

/// The live half of a target.
pub struct Member {
    pub key: TargetKey,
    /// It is being deregistered: no new requests.
    pub draining: bool,
    now: Mutex<Now>,
    /// Ends who looks at it.
    pub end: CancellationToken,
}

#[derive(Clone, Copy)]
struct Now {
    health: Health,
    address: Option<SocketAddr>,
}

impl Pool {
    pub fn new(key: GroupKey) -> Self {
        Self {
            key,
            members: watch::Sender::new(Arc::default()),
            settings: watch::Sender::new(Arc::default()),
            turn: AtomicUsize::new(0),
        }
    }

    pub fn members(&self) -> Arc<Vec<Arc<Member>>> {
        self.members.borrow().clone()
    }

    pub fn put(&self, members: Vec<Arc<Member>>) {
        self.members.send_replace(Arc::new(members));
    }

    pub fn member(&self, key: &TargetKey) -> Option<Arc<Member>> {
        let members = self.members();
        members.iter().find(|member| member.key == *key).cloned()
    }

    /// The address whose turn it is among healthy targets; when none is healthy, among all that are registered.
    pub fn next(&self) -> Option<SocketAddr> {
        let members = self.members();
        let able = |healthy: bool| {
            let members = members.iter().filter(|member| !member.draining);
            let now = members.map(|member| *member.now());
            let wanted = now.filter(move |now| !healthy || now.health.status == Status::Healthy);
            wanted.filter_map(|now| now.address).collect::<Vec<_>>()
        };
        let healthy = able(true);
        let chosen = match healthy.is_empty() {
            true => able(false),
            false => healthy,
        };
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = chosen.len().max(1);
        chosen.get(turn % count).copied()
    }
}

impl Member {
    pub fn new(key: TargetKey, draining: bool, address: Option<SocketAddr>) -> Self {
        Self {
            key,
            draining,
            now: Mutex::new(Now {
                health: Health::default(),
                address,
            }),
            end: CancellationToken::new(),
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn health(&self) -> Health {
        self.now().health
    }

    /// Says how it is now, and whether that is something new to those who ask for its state.
    pub fn set_health(&self, health: Health) -> bool {
        let mut now = self.now();
        let changed = now.health.status != health.status;
        now.health = health;
        changed
    }

    pub fn address(&self) -> Option<SocketAddr> {
        self.now().address
    }

    pub fn set_address(&self, address: Option<SocketAddr>) {
        self.now().address = address;
    }
}
