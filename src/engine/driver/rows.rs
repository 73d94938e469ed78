//! What a driver stores: live runs and effects that are not yet performed, each with the form it is written in.
//!
//! A row of an older form is brought up to date when it is read; a row of a newer form is an error, never a guess.

use crate::engine::Machine;
use crate::engine::machine::Stored;
use crate::store::{Builder, Divided, DividedTable, Table};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use std::sync::Arc;

/// The tables of one driver.
pub struct DriverTables<M: Machine> {
    pub live: DividedTable<M::Key, Live<M>>,
    /// By key and sequence number.
    pub(super) outbox: Table<(M::Key, u64), Posted<M>>,
    /// The next sequence number, under the machine's name.
    pub(super) numbers: Table<String, u64>,
}

/// A live run.
pub struct Live<M: Machine>(pub Arc<M::State>);

/// An effect that is to be performed.
pub struct Posted<M: Machine>(pub Arc<M::Effect>);

impl<M: Machine> DriverTables<M> {
    pub fn declare(builder: &mut Builder) -> Self {
        let name = |table: &str| format!("{}.{table}", M::NAME);
        Self {
            live: builder.divided(name("live")),
            outbox: builder.table(name("outbox")),
            numbers: builder.table(name("numbers")),
        }
    }
}

impl<M: Machine> Clone for DriverTables<M> {
    fn clone(&self) -> Self {
        Self {
            live: self.live.clone(),
            outbox: self.outbox.clone(),
            numbers: self.numbers.clone(),
        }
    }
}

impl<M: Machine> Clone for Live<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Machine> Clone for Posted<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M: Machine> Divided for Live<M> {
    type Part = M::Part;

    fn parts(&self) -> &[M::Part] {
        M::parts(&self.0)
    }

    fn bare(&self) -> Self {
        let mut state = M::State::clone(&self.0);
        M::parts_mut(&mut state).map(std::mem::take);
        Self(Arc::new(state))
    }

    fn join(&mut self, parts: Vec<M::Part>) {
        if let Some(place) = M::parts_mut(Arc::make_mut(&mut self.0)) {
            *place = parts;
        }
    }
}

impl<M: Machine> Serialize for Live<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::<M, S>(serializer, &*self.0)
    }
}

impl<M: Machine> Serialize for Posted<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write::<M, S>(serializer, &*self.0)
    }
}

impl<'de, M: Machine> Deserialize<'de> for Live<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let state = read::<M, M::State, D>(deserializer, Stored::State)?;
        Ok(Self(Arc::new(state)))
    }
}

impl<'de, M: Machine> Deserialize<'de> for Posted<M> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let effect = read::<M, M::Effect, D>(deserializer, Stored::Effect)?;
        Ok(Self(Arc::new(effect)))
    }
}

fn write<M: Machine, S: Serializer>(
    serializer: S,
    body: &impl Serialize,
) -> Result<S::Ok, S::Error> {
    let mut row = serializer.serialize_struct("Row", 2)?;
    row.serialize_field("form", &M::VERSION)?;
    row.serialize_field("body", body)?;
    row.end()
}

#[derive(Deserialize)]
struct Form {
    form: u32,
    body: Box<RawValue>,
}

fn read<'de, M: Machine, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
    what: Stored,
) -> Result<T, D::Error> {
    let row = Form::deserialize(deserializer)?;
    if row.form == M::VERSION {
        return serde_json::from_str(row.body.get()).map_err(D::Error::custom);
    }
    let old = serde_json::from_str(row.body.get()).map_err(D::Error::custom)?;
    let new = M::upgrade(row.form, what, old).map_err(D::Error::custom)?;
    serde_json::from_value(new).map_err(D::Error::custom)
}
