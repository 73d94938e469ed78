//! Which phase follows which, and what a build is called in the end.

use super::state::{BuildStatus, OnFailure, Phase, PhaseStatus};

/// The phase after `phase` ended like this; `on_failure` is what the buildspec says about it.
pub fn next(phase: Phase, status: PhaseStatus, on_failure: Option<OnFailure>) -> Phase {
    match (status, on_failure) {
        (PhaseStatus::Succeeded, _) => after_success(phase),
        (PhaseStatus::Failed, None) => after_failure(phase),
        (PhaseStatus::Failed, Some(OnFailure::Abort)) => Phase::Finalizing,
        (PhaseStatus::Failed, Some(OnFailure::Continue)) => after_success(phase),
        // The sandbox is gone: nobody is left to finalize.
        (PhaseStatus::Fault | PhaseStatus::TimedOut | PhaseStatus::Stopped, _) => Phase::Completed,
    }
}

/// The end, in place of a phase that would do more.
pub fn no_further(next: Phase) -> Phase {
    next.max(Phase::Finalizing)
}

/// The same in a sandbox, which runs no phases of a buildspec and has nothing to pack up.
pub fn next_of_sandbox(phase: Phase, status: PhaseStatus) -> Phase {
    match (status, phase) {
        (PhaseStatus::Succeeded, Phase::DownloadSource) => Phase::RunSandbox,
        (PhaseStatus::Succeeded, phase) => after_success(phase),
        _ => Phase::Completed,
    }
}

fn after_success(phase: Phase) -> Phase {
    match phase {
        Phase::Submitted => Phase::Queued,
        Phase::Queued => Phase::Provisioning,
        Phase::Provisioning => Phase::DownloadSource,
        Phase::DownloadSource => Phase::Install,
        Phase::RunSandbox => Phase::Completed,
        Phase::Install => Phase::PreBuild,
        Phase::PreBuild => Phase::Build,
        Phase::Build => Phase::PostBuild,
        Phase::PostBuild => Phase::UploadArtifacts,
        Phase::UploadArtifacts => Phase::Finalizing,
        Phase::Finalizing | Phase::Completed => Phase::Completed,
    }
}

/// A failed BUILD still packs up; what fails earlier goes straight to the end.
fn after_failure(phase: Phase) -> Phase {
    match phase {
        Phase::DownloadSource | Phase::Install | Phase::PreBuild => Phase::Finalizing,
        Phase::Build => Phase::PostBuild,
        Phase::PostBuild => Phase::UploadArtifacts,
        Phase::UploadArtifacts => Phase::Finalizing,
        // No agent runs yet, or no longer.
        _ => Phase::Completed,
    }
}

/// What a build is called after its last phase ended like this; `succeeding`: no phase before it failed.
///
/// A build that ran into its timeout is FAILED with a phase TIMED_OUT; only one that waited too long in the queue is TIMED_OUT.
pub fn verdict(last: Phase, status: PhaseStatus, succeeding: bool) -> BuildStatus {
    match status {
        PhaseStatus::Succeeded if succeeding => BuildStatus::Succeeded,
        PhaseStatus::Succeeded | PhaseStatus::Failed => BuildStatus::Failed,
        PhaseStatus::Fault => BuildStatus::Fault,
        PhaseStatus::Stopped => BuildStatus::Stopped,
        PhaseStatus::TimedOut if last == Phase::Queued => BuildStatus::TimedOut,
        PhaseStatus::TimedOut => BuildStatus::Failed,
    }
}

/// Phases from PROVISIONING on carry a context even when they succeed.
pub fn has_contexts(phase: Phase) -> bool {
    phase >= Phase::Provisioning && phase != Phase::Completed
}
