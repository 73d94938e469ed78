//! The server's front: what holds for every service.

mod control;
mod faults;
mod follow;
mod gate;
mod limits;
mod operations;
