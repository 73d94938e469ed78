//! The process that watches over one command on the host: it starts it, tells its end, and ends with the last descendant.
//!
//! Invariant: once the server's end of the control socket is closed, no descendant survives. The supervisor inherits orphans
//! (child subreaper), so a process that detaches from its parent does not detach from here.

use super::control::{self, Order, Reply, Run, SUPERVISE};
use super::descendants::descendants;
use crate::sandbox::Exit;
use rustix::io::Errno;
use rustix::process::{self, Pid, Signal, WaitOptions, WaitStatus};
use std::fs::OpenOptions;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio, exit};
use std::thread;
use std::time::{Duration, Instant};

/// What exec in a shell answers for a command that is not there, and for one that cannot be run.
const NOT_FOUND: i32 = 127;
const NOT_RUNNABLE: i32 = 126;

/// How long processes that cannot be killed (stuck in the kernel, or another user's) hold up the supervisor.
const GIVE_UP: Duration = Duration::from_secs(10);
const BETWEEN_ROUNDS: Duration = Duration::from_millis(2);

/// Turns this process into a supervisor when its first argument says so, and then never returns.
/// To be called first in `main`: before threads, runtimes and logs.
pub fn supervise() {
    if std::env::args_os().nth(1).is_some_and(|a| a == SUPERVISE) {
        exit(run().map_or(1, |()| 0));
    }
}

fn run() -> io::Result<()> {
    let control = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    detach()?;
    let Order::Run(command) = control::read(&control)? else {
        return Err(io::Error::other("the first order is not to run a command"));
    };
    match start(&command) {
        Ok(main) => watch(main, control),
        Err(e) => control::write(&control, &not_started(&command, &e)),
    }
}

/// Out of the server's session: a Ctrl-C at its terminal is the server's business.
fn detach() -> io::Result<()> {
    process::setsid()?;
    #[cfg(target_os = "linux")]
    process::set_child_subreaper(Some(process::getpid()))?;
    Ok(())
}

/// The command gets our standard output and error, which are one pipe; we let go of it.
fn start(run: &Run) -> io::Result<Pid> {
    let (program, arguments) = run
        .argv
        .split_first()
        .ok_or_else(|| io::Error::other("no command"))?;
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(run.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&run.dir)
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()?;
    let nothing = OpenOptions::new().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    Ok(Pid::from_child(&child))
}

fn not_started(run: &Run, e: &io::Error) -> Reply {
    let name = run.argv.first().map_or("", String::as_str);
    match e.kind() {
        io::ErrorKind::NotFound => Reply::NotStarted {
            code: NOT_FOUND,
            why: format!("{name}: not found"),
        },
        _ => Reply::NotStarted {
            code: NOT_RUNNABLE,
            why: format!("{name}: {e}"),
        },
    }
}

/// Waits for everything below; returns when nothing is left.
fn watch(main: Pid, control: UnixStream) -> io::Result<()> {
    let orders = control.try_clone()?;
    thread::spawn(move || obey(&orders));
    loop {
        match process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == main => tell(&control, status),
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::CHILD) => return Ok(()),
            Err(e) => return Err(e.into()),
        }
    }
}

/// A server that is gone need not be told; `obey` notices it.
fn tell(control: &UnixStream, status: WaitStatus) {
    let end = match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, Some(signal)) => Exit::Signal(signal),
        (None, None) => return,
    };
    let _ = control::write(control, &Reply::Ended(end));
}

/// Waits for the order to stop, or for the server's end. `watch` ends the program when the last process is gone.
fn obey(orders: &UnixStream) {
    if let Ok(Order::Stop { grace_ms }) = control::read(orders) {
        for pid in descendants(process::getpid()) {
            let _ = process::kill_process(pid, Signal::TERM);
            let _ = process::kill_process(pid, Signal::CONT);
        }
        wait_for_haste(orders, Duration::from_millis(grace_ms));
    }
    kill_all();
}

/// Returns after `grace`, or sooner when the server says anything more or is gone.
fn wait_for_haste(orders: &UnixStream, grace: Duration) {
    if !grace.is_zero() && orders.set_read_timeout(Some(grace)).is_ok() {
        let _ = control::read::<Order>(orders);
    }
}

/// Again and again, since a process may have forked before it died.
fn kill_all() {
    let begin = Instant::now();
    while begin.elapsed() < GIVE_UP {
        for pid in descendants(process::getpid()) {
            let _ = process::kill_process(pid, Signal::KILL);
        }
        thread::sleep(BETWEEN_ROUNDS);
    }
    exit(1);
}
