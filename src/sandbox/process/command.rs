//! One command on the host, seen from the server: its supervisor, its output, its end.
//!
//! Invariant: the server's end of the control socket stays open as long as the server lives and the sandbox is not stopped.

use super::control::{self, Order, Reply, Run, SUPERVISE};
use super::descendants::kill_session;
use crate::sandbox::{Exit, Output, STOPPED, SandboxError};
use bytes::{Bytes, BytesMut};
use rustix::process::Pid;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Receiver;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::Child;
use tokio::sync::watch;

/// `Some` is the order to stop, with its grace.
pub type Orders = watch::Receiver<Option<Duration>>;

const CHUNK: usize = 32 << 10;

/// What a command left in the pipe when it ended is at most a pipe's capacity; more comes from processes it left behind.
const LEFT_IN_PIPE: usize = 1 << 20;

/// A command with its supervisor.
pub struct Command {
    replies: OwnedReadHalf,
    output: Receiver,
    orders: Orders,
}

impl Command {
    /// Starts a supervisor. The future tells it what to run, hands on orders, and ends when every process has ended.
    pub fn start(
        supervisor: &Path,
        run: Run,
        orders: Orders,
    ) -> io::Result<(Command, impl Future<Output = ()> + use<>)> {
        let (ours, theirs) = net::UnixStream::pair()?;
        let (output, input) = io::pipe()?;
        let child = tokio::process::Command::new(supervisor)
            .arg(SUPERVISE)
            .env_clear()
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(input.try_clone()?)
            .stderr(input)
            .spawn()?;
        ours.set_nonblocking(true)?;
        let (replies, control) = UnixStream::from_std(ours)?.into_split();
        let command = Command {
            replies,
            output: Receiver::from_owned_fd(output.into())?,
            orders: orders.clone(),
        };
        Ok((command, keep(child, control, run, orders)))
    }

    /// Sends on what the command writes, until the command itself has ended; processes it left behind keep running.
    pub async fn follow(self, output: Output) -> Result<Exit, SandboxError> {
        let Command {
            mut replies,
            output: mut pipe,
            orders,
        } = self;
        let mut forward = Forward { output, orders };
        let reply = forward
            .until_end(&mut pipe, control::receive(&mut replies))
            .await;
        forward.rest(&pipe).await;
        tokio::spawn(discard(pipe));
        forward.verdict(reply).await
    }
}

/// How long a slow receiver holds up a command that is to stop.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Where output goes, unless the order to stop comes.
struct Forward {
    output: Output,
    orders: Orders,
}

impl Forward {
    async fn until_end(
        &mut self,
        pipe: &mut Receiver,
        reply: impl Future<Output = io::Result<Reply>>,
    ) -> io::Result<Reply> {
        let mut reply = pin!(reply);
        let mut open = true;
        loop {
            tokio::select! {
                reply = &mut reply => return reply,
                chunk = read(pipe), if open => match chunk? {
                    Some(chunk) => self.send(chunk).await,
                    None => open = false,
                },
            }
        }
    }

    /// What is in the pipe now. The system is asked itself: the runtime may not have heard yet that there is something.
    async fn rest(&mut self, pipe: &Receiver) {
        let mut sent = 0;
        let mut chunk = vec![0; CHUNK];
        while let Ok(length @ 1..) = rustix::io::read(pipe, &mut chunk[..]) {
            self.send(Bytes::copy_from_slice(&chunk[..length])).await;
            sent += length;
            if sent >= LEFT_IN_PIPE {
                return;
            }
        }
    }

    /// Waits for the receiver, which slows the command down, but not for long once the order to stop has come.
    /// A receiver that has gone away wants no more.
    async fn send(&mut self, chunk: Bytes) {
        tokio::select! {
            biased;
            _ = self.output.send(chunk) => {}
            () = haste(&mut self.orders) => {}
        }
    }

    async fn verdict(mut self, reply: io::Result<Reply>) -> Result<Exit, SandboxError> {
        let stopped = self.orders.borrow().is_some();
        match reply {
            _ if stopped => Err(SandboxError::Died(STOPPED.to_owned())),
            Ok(Reply::Ended(exit)) => Ok(exit),
            Ok(Reply::NotStarted { code, why }) => {
                self.send(format!("slipway: {why}\n").into()).await;
                Ok(Exit::Code(code))
            }
            Err(_) => Err(SandboxError::Died(
                "The process that watches over the build's commands was killed.".to_owned(),
            )),
        }
    }
}

/// Comes when there is no time left for a slow receiver: last words may take as long as the grace, but no longer than a moment.
async fn haste(orders: &mut Orders) {
    let order = orders.wait_for(Option::is_some).await;
    let grace = order.ok().and_then(|grace| *grace).unwrap_or_default();
    tokio::time::sleep(grace.min(LAST_WORDS)).await;
}

async fn read(output: &mut Receiver) -> io::Result<Option<Bytes>> {
    let mut chunk = BytesMut::with_capacity(CHUNK);
    match output.read_buf(&mut chunk).await? {
        0 => Ok(None),
        _ => Ok(Some(chunk.freeze())),
    }
}

/// A process that was left behind must be able to write on: a closed pipe would kill it.
async fn discard(mut output: Receiver) {
    while let Ok(Some(_)) = read(&mut output).await {}
}

async fn keep(mut child: Child, mut control: OwnedWriteHalf, run: Run, mut orders: Orders) {
    let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    // A supervisor that cannot be told anything has died, which the wait below sees.
    let _ = control::send(&mut control, &Order::Run(run)).await;
    let mut control = Some(control);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status,
            order = next(&mut orders), if control.is_some() => hand_on(&mut control, order).await,
        }
    };
    if let (Ok(Some(_)), Some(pid)) = (status.map(|s| s.signal()), pid) {
        kill_session(pid);
    }
}

/// `None`: the sandbox was dropped.
async fn next(orders: &mut Orders) -> Option<Duration> {
    orders.changed().await.ok()?;
    *orders.borrow_and_update()
}

/// Closing the socket is the order to kill.
async fn hand_on(control: &mut Option<OwnedWriteHalf>, order: Option<Duration>) {
    match (order, control.as_mut()) {
        (Some(grace), Some(socket)) if !grace.is_zero() => {
            let grace_ms = u64::try_from(grace.as_millis()).unwrap_or(u64::MAX);
            let _ = control::send(socket, &Order::Stop { grace_ms }).await;
        }
        _ => *control = None,
    }
}
