//! The build as a machine the driver can run.
//!
//! Everything but waiting in the queue and the last news is lost with the server: performing it again would repeat commands.

use super::effect::Effect;
use super::event::Event;
use super::state::{BuildState, Phase};
use super::step::step;
use crate::aws::{Scope, Time};
use crate::engine::{Machine, Step};

/// One build, keyed by scope and build id (`project:uuid`). Its record is the finished build.
#[derive(Debug)]
pub struct Build;

impl Machine for Build {
    const NAME: &'static str = "build";
    type Key = (Scope, String);
    type State = BuildState;
    type Event = Event;
    type Effect = Effect;
    type Record = BuildState;

    fn step(state: BuildState, now: Time, event: Event) -> Step<Self> {
        step(state, now, event)
    }

    fn deadline(state: &BuildState) -> Option<Time> {
        state.deadline()
    }

    fn tick() -> Event {
        Event::Ticked
    }

    fn interrupted(effect: &Effect) -> Option<Event> {
        let phase = match effect {
            Effect::AwaitCapacity | Effect::Release | Effect::TellParent { .. } => return None,
            Effect::Provision { .. } => Phase::Provisioning,
            Effect::DownloadSource => Phase::DownloadSource,
            Effect::RunCommands { phase, .. } => *phase,
            Effect::UploadArtifacts { .. } => Phase::UploadArtifacts,
            Effect::Finalize => Phase::Finalizing,
        };
        Some(Event::SandboxLost(phase))
    }
}
