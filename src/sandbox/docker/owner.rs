//! The process that made a container or a network, written so that another process can tell whether it still runs.
//!
//! Invariant: only a process of this very boot and process namespace is ever taken for dead; of others nothing is known.

use std::fs;

/// On containers and networks: who made them. Absent where the platform has no `/proc`.
pub const OWNER: &str = "slipway.owner";

/// This process: `<boot>/<namespace>/<pid>/<start>`.
pub fn this() -> Option<String> {
    let pid = std::process::id();
    Some(format!("{}/{pid}/{}", surroundings()?, start_of(pid)?))
}

/// The process has ended. A pid that was given out again has another start.
pub fn is_dead(owner: &str) -> bool {
    let known = || {
        let (rest, start) = owner.rsplit_once('/')?;
        let (place, pid) = rest.rsplit_once('/')?;
        let pid: u32 = pid.parse().ok()?;
        (place == surroundings()?).then(|| start_of(pid).as_deref() != Some(start))
    };
    known().unwrap_or(false)
}

/// Pids mean something only within one boot and one process namespace.
fn surroundings() -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), namespace.to_str()?))
}

/// When the process began, in ticks since boot: the 22nd field, counted from behind the name in parentheses, which is the second.
fn start_of(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19).map(str::to_owned)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_living_are_not_dead() {
        assert!(!is_dead(&this().unwrap()));
    }

    #[test]
    fn an_ended_process_is_dead_even_when_its_pid_lives_again() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let place = surroundings().unwrap();
        let gone = format!("{place}/{}/{}", child.id(), start_of(child.id()).unwrap());
        child.wait().unwrap();
        assert!(is_dead(&gone));
        assert!(is_dead(&format!("{place}/{}/0", std::process::id())));
    }

    #[test]
    fn nothing_is_known_of_other_machines() {
        for stranger in ["", "x", "another-boot/pid:[1]/1/1", "a/b/c/d/e/f"] {
            assert!(!is_dead(stranger), "{stranger}");
        }
    }
}
