//! The server's front: what holds for every service.

mod control;
mod events;
mod faults;
mod gate;
mod limits;
mod operations;
