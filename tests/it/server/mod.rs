//! The server's front: what holds for every service.

mod control;
mod faults;
mod gate;
mod limits;
mod operations;
