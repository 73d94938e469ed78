//! Evaluates what the buildspec leaves to a shell: names and paths of artifacts, in the state the last command left.

use super::session::{Session, platform};
use crate::engine::build::buildspec::spec::{ArtifactsSpec, CacheSpec};
use crate::engine::build::event::Failure;
use crate::engine::build::script::needs_expansion;

/// Replaces every text of the block that has `$…` or `` `…` `` in it; the shell is asked once, if at all.
pub async fn expand(
    session: &Session,
    spec: &ArtifactsSpec,
    succeeding: bool,
) -> Result<ArtifactsSpec, Failure> {
    let mut spec = spec.clone();
    evaluate(session, open_texts(&mut spec), succeeding).await?;
    Ok(spec)
}

/// The same for the keys of a cache.
pub async fn expand_cache(session: &Session, spec: &mut CacheSpec) -> Result<(), Failure> {
    let keys = spec.key.iter_mut().chain(&mut spec.fallback_keys);
    let texts = keys.filter(|text| needs_expansion(text)).collect();
    evaluate(session, texts, true).await
}

async fn evaluate(
    session: &Session,
    mut texts: Vec<&mut String>,
    succeeding: bool,
) -> Result<(), Failure> {
    if texts.is_empty() {
        return Ok(());
    }
    let asked: Vec<String> = texts.iter().map(|text| (**text).clone()).collect();
    let mark = format!("END-{}", crate::aws::ids::uuid());
    let script = session.placed()?.places().expand(&asked, &mark, succeeding);
    let answers = session.ask(&script).await;
    let answers = answers.map_err(|error| platform(&error))?;
    for (text, answer) in texts.iter_mut().zip(answers) {
        **text = answer;
    }
    Ok(())
}

fn open_texts(spec: &mut ArtifactsSpec) -> Vec<&mut String> {
    let single = [
        &mut spec.name,
        &mut spec.base_directory,
        &mut spec.s3_prefix,
    ];
    let texts = single.into_iter().flatten();
    let lists = spec.files.iter_mut().chain(&mut spec.exclude);
    texts
        .chain(lists)
        .filter(|text| needs_expansion(text))
        .collect()
}
