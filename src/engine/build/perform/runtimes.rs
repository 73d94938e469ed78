//! Selects the runtimes that a buildspec wants, before the first phase.
//!
//! An image that does not say what it has is told of in the log, and the build goes on.

use super::commands;
use super::session::{Session, platform};
use crate::engine::build::archive::tarball::Single;
use crate::engine::build::event::Failure;
use crate::engine::build::logs::Note;
use crate::engine::build::runtimes::{FILE, LARGEST, select};
use crate::sandbox::SandboxError;
use camino::Utf8Path;

pub async fn install(session: &Session) -> Result<(), Failure> {
    let (placed, known) = (session.placed()?, session.understood());
    let wanted = known.map_or_else(Vec::new, |known| {
        let all = known.spec.phases.iter().flat_map(|phase| &phase.runtimes);
        let evaluated = |(name, version): &(String, String)| {
            let version = variable(version, &known.env).unwrap_or(version);
            (name.clone(), version.to_owned())
        };
        all.map(evaluated).collect()
    });
    if wanted.is_empty() {
        session.note(Note::NoRuntimeSelected).await;
        return Ok(());
    }
    let file = match placed.read_file(Utf8Path::new(FILE), LARGEST).await {
        Ok(Single::File(file)) => file,
        Ok(_) | Err(SandboxError::NoSuchPath(_)) => {
            session.note(Note::RuntimesSkipped).await;
            return Ok(());
        }
        Err(error) => return Err(platform(&error)),
    };
    let selected = select(&file, &wanted)?;
    for of in &selected {
        let (runtime, version) = (of.runtime.clone(), of.version.clone());
        session
            .note(Note::RuntimeSelected { runtime, version })
            .await;
    }
    for command in selected.into_iter().flat_map(|of| of.commands) {
        commands::one(session, placed, command).await?;
    }
    Ok(())
}

/// The value of `$NAME` or `${NAME}`.
fn variable<'a>(text: &str, env: &'a [(String, String)]) -> Option<&'a str> {
    let name = text.strip_prefix('$')?;
    let braced = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'));
    let name = braced.unwrap_or(name);
    let mut found = env.iter().filter(|(known, _)| known == name);
    found.next().map(|(_, value)| value.as_str())
}
