//! `Sts`: sessions of assumed roles, and the keys that lead to them.
//!
//! Invariant: neither secret keys nor session tokens are stored; a caller is known by the access key id.

use crate::aws::{Account, Time, ids};
use crate::companions::{SessionCredentials, SessionLimits};
use crate::store::{Builder, Direction, Index, Store, StoreError, Table, Txn, WriteError};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// A session, found by its access key id. Ids are unique everywhere; the row names its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub account: Account,
    pub role: String,
    /// `AROA…`
    pub role_id: String,
    pub name: String,
    pub expires: Time,
    /// `None`: it may do all that its role may.
    #[serde(default)]
    pub limits: Option<SessionLimits>,
}

/// What a new session is of.
#[derive(Clone, Debug)]
pub struct Assumed {
    pub account: Account,
    pub role: String,
    pub role_id: String,
    pub name: String,
    pub begins: Time,
    pub lasts: Duration,
    pub limits: Option<SessionLimits>,
}

#[derive(Clone)]
pub struct Tables {
    sessions: Table<String, Session>,
    by_end: Index<Time, String>,
}

impl Tables {
    pub fn declare(builder: &mut Builder) -> Self {
        let sessions = builder.table("sts.sessions");
        Self {
            by_end: builder.index(&sessions, |_: &String, session: &Session| {
                vec![session.expires]
            }),
            sessions,
        }
    }
}

/// Sessions of all accounts. Clones share them.
#[derive(Clone)]
pub struct Sts {
    store: Store,
    tables: Tables,
}

/// Keys of ours begin so, and so do those of AWS's own sessions.
const PREFIX: &str = "ASIA";
/// An expired session is remembered for this long, so that its keys are told to have expired.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// Forgotten sessions that one write removes.
const AT_ONCE: usize = 16;

impl Sts {
    pub fn new(store: Store, tables: Tables) -> Self {
        Self { store, tables }
    }

    /// The session that this access key id leads to, expired or not. `None`: no key of ours.
    pub fn session(&self, access_key_id: &str) -> Option<Arc<Session>> {
        if !access_key_id.starts_with(PREFIX) {
            return None;
        }
        self.tables.sessions.get(&access_key_id.to_owned())
    }

    /// Begins a session; its keys work when this returns.
    pub async fn begin(&self, of: Assumed) -> Result<SessionCredentials, StoreError> {
        let expires = of.begins + of.lasts;
        let credentials = credentials(expires);
        let forgotten = self.forgotten(of.begins);
        let (table, key) = (
            self.tables.sessions.clone(),
            credentials.access_key_id.clone(),
        );
        let row = Session {
            account: of.account,
            role: of.role,
            role_id: of.role_id,
            name: of.name,
            expires,
            limits: of.limits,
        };
        let write = move |tx: &mut Txn| -> Result<(), Infallible> {
            for old in forgotten {
                tx.remove(&table, &old);
            }
            tx.put(&table, key, row);
            Ok(())
        };
        match self.store.write(write).await {
            Ok(()) => Ok(credentials),
            Err(WriteError::Storage(error)) => Err(error),
            Err(WriteError::Refused(never)) => match never {},
        }
    }

    fn forgotten(&self, now: Time) -> Vec<String> {
        let old = self
            .tables
            .by_end
            .range(..now - REMEMBERED, Direction::Forward, AT_ONCE);
        old.into_iter().map(|(_, key)| key).collect()
    }
}

fn credentials(expires: Time) -> SessionCredentials {
    SessionCredentials {
        access_key_id: format!("{PREFIX}{}", ids::alphanumeric(16).to_uppercase()),
        secret_access_key: ids::alphanumeric(40),
        session_token: ids::alphanumeric(256),
        expires,
    }
}
