//! The output of a container on its way to CloudWatch Logs.
//!
//! Differs from AWS: the output of ECS containers goes to CloudWatch Logs (`awslogs`); with another log driver, or none, it is kept nowhere.
//!
//! Invariant: lines stand in their order; no more than one line is kept in memory.

use super::super::companion::Ecs;
use super::super::rows::TaskKey;
use crate::aws::{Region, Scope};
use crate::companions::LogLine;
use crate::sandbox::Output;
use bytes::Bytes;
use ecs_api::model::{ContainerDefinition, LogDriver};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pieces of output that may wait; then the program does.
const AHEAD: usize = 64;
/// A longer line is cut. Witness: Docker, awslogs: 16 KiB.
const LONGEST: usize = 16 << 10;

/// Opens the stream `prefix/container/task`, where the container logs to one. The handle ends when everything is written.
pub async fn open(
    ecs: &Ecs,
    key: &TaskKey,
    container: &ContainerDefinition,
) -> Result<Option<(Output, JoinHandle<()>)>, String> {
    let configuration = container.log_configuration.as_ref();
    let Some(configuration) = configuration.filter(|c| c.log_driver == LogDriver::Awslogs) else {
        return Ok(None);
    };
    let option = |name: &str| {
        configuration
            .options
            .as_ref()
            .and_then(|options| options.get(name))
    };
    let failed =
        |why: String| format!("ResourceInitializationError: failed to validate logger args: {why}");
    let group = option("awslogs-group")
        .ok_or_else(|| failed("must specify a value for log opt 'awslogs-group'".to_owned()))?;
    let region = option("awslogs-region").and_then(|region| Region::parse(region));
    let region = region.unwrap_or_else(|| key.0.region.clone());
    let scope = Scope::new(key.0.account.clone(), region);
    let name = container.name.as_deref().unwrap_or_default();
    let stream = match option("awslogs-stream-prefix") {
        Some(prefix) => format!("{prefix}/{name}/{}", key.2),
        None => format!("{name}/{}", key.2),
    };
    let made = option("awslogs-create-group").is_some_and(|made| made == "true");
    if !made && !ecs.outside.logs.has_group(&scope, group) {
        return Err(failed(format!(
            "the log group {group} does not exist; create it, or set awslogs-create-group"
        )));
    }
    let opened = ecs
        .outside
        .logs
        .open_stream(&scope, group, &stream, ecs.now())
        .await;
    opened.map_err(|error| failed(error.to_string()))?;
    let writer = Writer {
        ecs: ecs.clone(),
        scope,
        group: group.clone(),
        stream,
        line: Vec::new(),
    };
    let (output, pieces) = mpsc::channel(AHEAD);
    // Ends with the container's output.
    Ok(Some((output, tokio::spawn(writer.run(pieces)))))
}

struct Writer {
    ecs: Ecs,
    scope: Scope,
    group: String,
    stream: String,
    line: Vec<u8>,
}

impl Writer {
    async fn run(mut self, mut pieces: mpsc::Receiver<Bytes>) {
        while let Some(piece) = pieces.recv().await {
            let lines = lines(&mut self.line, &piece);
            self.write(lines).await;
        }
        let rest = std::mem::take(&mut self.line);
        if !rest.is_empty() {
            self.write(vec![text(&rest)]).await;
        }
    }

    async fn write(&self, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        let now = self.ecs.now();
        let lines = lines
            .into_iter()
            .map(|message| LogLine { time: now, message });
        let (logs, lines) = (&self.ecs.outside.logs, lines.collect());
        let written = logs
            .append(&self.scope, &self.group, &self.stream, lines, now)
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, stream = self.stream, "output of a container is lost");
        }
    }
}

/// The lines that `piece` completes; what is left of it waits in `line`. Empty lines are not logged.
fn lines(line: &mut Vec<u8>, piece: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for byte in piece {
        match byte {
            b'\n' => {
                let whole = std::mem::take(line);
                if !whole.is_empty() {
                    found.push(text(&whole));
                }
            }
            byte => line.push(*byte),
        }
        if line.len() >= LONGEST {
            found.push(text(&std::mem::take(line)));
        }
    }
    found
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_lines() {
        let mut line = Vec::new();
        assert_eq!(lines(&mut line, b"one\ntw"), ["one"]);
        assert_eq!(lines(&mut line, b"o\r\n\nthree"), ["two"]);
        assert_eq!(line, b"three");
        assert_eq!(lines(&mut line, &vec![b'x'; LONGEST]).len(), 1);
        assert!(line.len() < LONGEST);
    }
}
