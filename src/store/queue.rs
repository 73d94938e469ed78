//! What is queued for the writer: two lanes, and what stands alone.
//!
//! Invariants: within a lane order is kept. What stands alone comes after everything that was queued before it, and before everything
//! that was queued later.

use super::StoreError;
use super::job::Job;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Instant;
use tokio::sync::oneshot;

/// How urgent a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// The ordinary one.
    First,
    /// What begins new work: gives way.
    Later,
}

/// What can be queued.
pub(super) enum Message {
    /// With the time at which it was queued.
    Write(Lane, Instant, Box<dyn Job>),
    Reset(oneshot::Sender<Result<(), StoreError>>),
    Close(oneshot::Sender<()>),
}

/// What stands alone.
pub(super) enum Alone {
    Reset(oneshot::Sender<Result<(), StoreError>>),
    Close(oneshot::Sender<()>),
}

pub(super) struct Queue {
    receiver: Receiver<Message>,
    first: VecDeque<(Instant, Box<dyn Job>)>,
    later: VecDeque<(Instant, Box<dyn Job>)>,
    /// Nothing is taken in while somebody stands here.
    alone: Option<Alone>,
}

impl Queue {
    pub fn new(receiver: Receiver<Message>) -> Self {
        Self {
            receiver,
            first: VecDeque::new(),
            later: VecDeque::new(),
            alone: None,
        }
    }

    /// Sleeps until there is something; false when nothing will ever come.
    pub fn wait(&mut self) -> bool {
        if self.is_empty() && self.alone.is_none() {
            match self.receiver.recv() {
                Ok(message) => self.sort(message),
                Err(_) => return false,
            }
        }
        true
    }

    /// The next write of a lane, and when it was queued.
    pub fn next(&mut self, lane: Lane) -> Option<(Instant, Box<dyn Job>)> {
        self.take_in();
        match lane {
            Lane::First => self.first.pop_front(),
            Lane::Later => self.later.pop_front(),
        }
    }

    /// What stands alone, when its turn has come.
    pub fn alone(&mut self) -> Option<Alone> {
        match self.is_empty() {
            true => self.alone.take(),
            false => None,
        }
    }

    fn is_empty(&self) -> bool {
        self.first.is_empty() && self.later.is_empty()
    }

    fn take_in(&mut self) {
        while self.alone.is_none() {
            match self.receiver.try_recv() {
                Ok(message) => self.sort(message),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return,
            }
        }
    }

    fn sort(&mut self, message: Message) {
        match message {
            Message::Write(Lane::First, at, job) => self.first.push_back((at, job)),
            Message::Write(Lane::Later, at, job) => self.later.push_back((at, job)),
            Message::Reset(reply) => self.alone = Some(Alone::Reset(reply)),
            Message::Close(reply) => self.alone = Some(Alone::Close(reply)),
        }
    }
}
