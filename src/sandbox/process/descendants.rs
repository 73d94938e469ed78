//! Which processes run below another one, as `/proc` tells.
//!
//! Invariant: a process that has ended but is not yet waited for is not listed.

use rustix::process::{Pid, Signal, kill_process};
use std::collections::HashMap;
use std::fs;

/// One process as `/proc/<pid>/stat` shows it.
struct Seen {
    pid: i32,
    parent: i32,
    session: i32,
}

/// Every living process that descends from `ancestor`, parents before children.
pub fn descendants(ancestor: Pid) -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for seen in processes() {
        children.entry(seen.parent).or_default().push(seen.pid);
    }
    let mut found = children.remove(&ancestor.as_raw_pid()).unwrap_or_default();
    let mut next = 0;
    while let Some(pid) = found.get(next) {
        found.extend(children.remove(pid).unwrap_or_default());
        next += 1;
    }
    found.into_iter().filter_map(Pid::from_raw).collect()
}

/// Kills what is left of a session whose leader is gone.
pub fn kill_session(leader: Pid) {
    for seen in processes() {
        if let (true, Some(pid)) = (seen.session == leader.as_raw_pid(), Pid::from_raw(seen.pid)) {
            // It may have ended meanwhile; there is nobody to tell.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
}

fn processes() -> Vec<Seen> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(see)
        .collect()
}

fn see(pid: i32) -> Option<Seen> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// `pid (name) state parent group session …`; the name may hold spaces and parentheses.
fn parse(pid: i32, stat: &str) -> Option<Seen> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let session = fields.nth(1)?.parse().ok()?;
    (state != "Z" && state != "X").then_some(Seen {
        pid,
        parent,
        session,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Witness: proc(5), "stat".
    #[test]
    fn a_stat_line_is_read_past_any_name() {
        let seen = parse(7, "7 (a) b) (c) S 3 7 5 0 -1 4194560").unwrap();
        assert_eq!((seen.pid, seen.parent, seen.session), (7, 3, 5));
        assert!(parse(7, "7 (x) Z 3 7 5 0").is_none());
        assert!(parse(7, "nonsense").is_none());
    }

    // Witness: our reading.
    #[test]
    fn a_child_is_found_until_it_ends() {
        let me = rustix::process::getpid();
        let mut child = std::process::Command::new("sleep")
            .arg("1000")
            .spawn()
            .unwrap();
        let pid = Pid::from_child(&child);
        assert!(descendants(me).contains(&pid));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!descendants(me).contains(&pid));
    }
}
