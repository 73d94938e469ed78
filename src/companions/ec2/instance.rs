//! An instance: a machine, and whether it is still there.

use crate::sandbox::machines::Machine;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    pub machine: Machine,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Running,
    Stopped,
    /// It was ended here not long ago.
    Terminated,
}

impl From<Machine> for Instance {
    fn from(machine: Machine) -> Self {
        let state = match machine.running {
            true => State::Running,
            false => State::Stopped,
        };
        Self { machine, state }
    }
}

impl State {
    pub fn code(self) -> i32 {
        match self {
            Self::Running => 16,
            Self::Terminated => 48,
            Self::Stopped => 80,
        }
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Terminated => "terminated",
        }
    }
}
