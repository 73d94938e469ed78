//! The build as a machine the driver can run.
//!
//! Everything but waiting in the queue and the last news is lost with the server: performing it again would repeat commands.

use super::effect::Effect;
use super::event::{Event, Failure};
use super::record::Record;
use super::state::{BuildState, Phase};
use super::step::step;
use crate::aws::{Scope, Time};
use crate::engine::{Machine, Step};

/// One build, keyed by scope and build id (`project:uuid`). Its records are its reports, the ends of its phases and at last
/// the finished build.
#[derive(Debug)]
pub struct Build;

/// Scope and build id.
pub type Key = (Scope, String);

impl Machine for Build {
    const NAME: &'static str = "build";
    type Key = Key;
    type State = BuildState;
    type Part = ();
    type Event = Event;
    type Effect = Effect;
    type Record = Record;

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
        match effect {
            Effect::AwaitCapacity => None,
            effect => phase_of(effect).map(Event::SandboxLost),
        }
    }

    fn broken(effect: &Effect, what: &str) -> Option<Event> {
        let failure = Failure::platform(format!("Internal Service Error: {what}"));
        phase_of(effect).map(|phase| Event::PhaseFailed(phase, failure))
    }
}

/// The phase that waits for the effect; none waits for what follows the end.
pub(super) fn phase_of(effect: &Effect) -> Option<Phase> {
    match effect {
        Effect::AwaitCapacity => Some(Phase::Queued),
        Effect::Provision { .. } => Some(Phase::Provisioning),
        Effect::DownloadSource => Some(Phase::DownloadSource),
        Effect::RunCommands { phase, .. } => Some(*phase),
        Effect::KeepSandbox | Effect::RunCommand(_) => Some(Phase::RunSandbox),
        Effect::UploadArtifacts { .. } => Some(Phase::UploadArtifacts),
        Effect::Finalize => Some(Phase::Finalizing),
        Effect::Release
        | Effect::Retry { .. }
        | Effect::TellPipeline { .. }
        | Effect::TellBatch { .. } => None,
    }
}
