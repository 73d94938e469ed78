//! The agent of this program against the server of this program: revisions that are really installed.

mod container;
mod host;
mod house;
