//! The server's front: what holds for every service.

mod control;
mod events;
mod faults;
mod follow;
mod gate;
mod limits;
mod operations;
