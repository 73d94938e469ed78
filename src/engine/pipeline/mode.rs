//! How executions get along in front of a stage: SUPERSEDED, QUEUED, PARALLEL.
//!
//! At most one execution is inside a stage (PARALLEL apart), and nobody overtakes in front of it.

use super::plan::Mode;
use super::state::StageSlot;

/// What becomes of an execution that arrives at a stage.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Enter,
    Wait,
    /// It waits in the place of this one.
    Replace(String),
}

/// Takes the execution into the stage or puts it in front of it. `open`: nobody has disabled the way in, which PARALLEL
/// executions do not ask about.
pub(super) fn arrive(slot: &mut StageSlot, mode: Mode, open: bool, id: &str) -> Arrival {
    if mode == Mode::Parallel {
        return Arrival::Enter;
    }
    if open && slot.inside.is_none() && slot.waiting.is_empty() {
        slot.inside = Some(id.to_owned());
        return Arrival::Enter;
    }
    let replaced = match mode {
        Mode::Superseded => slot.waiting.pop_back(),
        Mode::Queued | Mode::Parallel => None,
    };
    slot.waiting.push_back(id.to_owned());
    replaced.map_or(Arrival::Wait, Arrival::Replace)
}

/// Lets the next one in, when the stage is free.
pub(super) fn admit(slot: &mut StageSlot) -> Option<String> {
    if slot.inside.is_some() {
        return None;
    }
    slot.inside = slot.waiting.pop_front();
    slot.inside.clone()
}

/// The execution is neither inside nor in front any more.
pub(super) fn forget(slot: &mut StageSlot, id: &str) {
    slot.waiting.retain(|waiting| waiting != id);
    if slot.inside.as_deref() == Some(id) {
        slot.inside = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newcomer_replaces_the_waiting_one() {
        let mut slot = StageSlot::default();
        assert_eq!(
            arrive(&mut slot, Mode::Superseded, true, "1"),
            Arrival::Enter
        );
        assert_eq!(
            arrive(&mut slot, Mode::Superseded, true, "2"),
            Arrival::Wait
        );
        let replaced = Arrival::Replace("2".into());
        assert_eq!(arrive(&mut slot, Mode::Superseded, true, "3"), replaced);
        assert_eq!(admit(&mut slot), None);
        forget(&mut slot, "1");
        assert_eq!(admit(&mut slot), Some("3".into()));
    }

    #[test]
    fn a_queue_keeps_its_order() {
        let mut slot = StageSlot::default();
        for (id, arrival) in [
            ("1", Arrival::Enter),
            ("2", Arrival::Wait),
            ("3", Arrival::Wait),
        ] {
            assert_eq!(arrive(&mut slot, Mode::Queued, true, id), arrival);
        }
        forget(&mut slot, "1");
        assert_eq!(admit(&mut slot), Some("2".into()));
        assert_eq!(slot.waiting, ["3"]);
    }

    #[test]
    fn a_closed_way_holds_even_the_first() {
        let mut slot = StageSlot::default();
        assert_eq!(
            arrive(&mut slot, Mode::Superseded, false, "1"),
            Arrival::Wait
        );
        let replaced = Arrival::Replace("1".into());
        assert_eq!(arrive(&mut slot, Mode::Superseded, false, "2"), replaced);
        assert_eq!(admit(&mut slot), Some("2".into()));
        assert_eq!(
            arrive(&mut slot, Mode::Parallel, false, "3"),
            Arrival::Enter
        );
    }

    #[test]
    fn parallel_executions_leave_no_trace() {
        let mut slot = StageSlot::default();
        assert_eq!(arrive(&mut slot, Mode::Parallel, true, "1"), Arrival::Enter);
        assert_eq!(arrive(&mut slot, Mode::Parallel, true, "2"), Arrival::Enter);
        assert_eq!(slot, StageSlot::default());
    }
}
