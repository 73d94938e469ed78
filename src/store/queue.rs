//! What is queued for the writer: writes, and what stands alone.
//!
//! Invariants: order is kept. What stands alone comes after everything that was queued before it, and before everything that was queued
//! later.

use super::StoreError;
use super::job::Job;
use std::sync::mpsc::{Receiver, TryRecvError};
use tokio::sync::oneshot;

/// What can be queued.
pub(super) enum Message {
    Write(Box<dyn Job>),
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
    /// Taken in, not yet taken.
    next: Option<Box<dyn Job>>,
    /// Nothing is taken in while somebody stands here.
    alone: Option<Alone>,
}

impl Queue {
    pub fn new(receiver: Receiver<Message>) -> Self {
        Self {
            receiver,
            next: None,
            alone: None,
        }
    }

    /// Sleeps until there is something; false when nothing will ever come.
    pub fn wait(&mut self) -> bool {
        if self.next.is_none() && self.alone.is_none() {
            match self.receiver.recv() {
                Ok(message) => self.sort(message),
                Err(_) => return false,
            }
        }
        true
    }

    /// The next write, unless something that stands alone comes first.
    pub fn next(&mut self) -> Option<Box<dyn Job>> {
        if self.next.is_none() && self.alone.is_none() {
            match self.receiver.try_recv() {
                Ok(message) => self.sort(message),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
            }
        }
        self.next.take()
    }

    /// What stands alone, when its turn has come.
    pub fn alone(&mut self) -> Option<Alone> {
        match self.next {
            None => self.alone.take(),
            Some(_) => None,
        }
    }

    fn sort(&mut self, message: Message) {
        match message {
            Message::Write(job) => self.next = Some(job),
            Message::Reset(reply) => self.alone = Some(Alone::Reset(reply)),
            Message::Close(reply) => self.alone = Some(Alone::Close(reply)),
        }
    }
}
