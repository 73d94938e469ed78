//! Which events of Git providers start a pipeline: the trigger rules of the contract's section 4.4.

use super::{Invalid, repeated};
use codepipeline_api::model::{
    GitConfiguration, GitPullRequestFilter, GitPushFilter, PipelineDeclaration,
    PipelineTriggerDeclaration,
};

const CONNECTION: &str = "CodeStarSourceConnection";
/// All triggers of a pipeline together, as JSON.
const LARGEST: usize = 200 * 1024;

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    let triggers = pipeline.triggers.as_deref().unwrap_or_default();
    let configurations = || triggers.iter().map(|trigger| &trigger.git_configuration);
    let sources = || configurations().map(|git| git.source_action_name.as_str());
    if sources().any(|source| !is_connection(pipeline, source)) {
        return refuse(
            "Triggers for connections must reference a CodeStarSourceConnection action.",
        );
    }
    if let Some(source) = repeated(sources()) {
        return refuse(&format!(
            "The source action '{source}' has more than one trigger"
        ));
    }
    configurations().try_for_each(filters)?;
    size(triggers)
}

fn is_connection(pipeline: &PipelineDeclaration, source: &str) -> bool {
    let actions = pipeline
        .stages
        .iter()
        .take(1)
        .flat_map(|stage| &stage.actions);
    actions
        .into_iter()
        .any(|action| action.name == source && action.action_type_id.provider == CONNECTION)
}

fn filters(git: &GitConfiguration) -> Result<(), Invalid> {
    let pushes = git.push.as_deref().unwrap_or_default();
    let pulls = git.pull_request.as_deref().unwrap_or_default();
    pushes.iter().try_for_each(|filter| push(git, filter))?;
    pulls
        .iter()
        .try_for_each(|filter| pull_request(git, filter))?;
    if has_twins(pushes) || has_twins(pulls) {
        return refuse(&format!(
            "The trigger of the source action '{}' has two identical filters",
            git.source_action_name
        ));
    }
    Ok(())
}

fn push(git: &GitConfiguration, filter: &GitPushFilter) -> Result<(), Invalid> {
    let source = &git.source_action_name;
    if filter.tags.is_some() && (filter.branches.is_some() || filter.file_paths.is_some()) {
        return refuse(&format!(
            "A push filter of the source action '{source}' has tags together with branches or filePaths"
        ));
    }
    if filter.file_paths.is_some() && filter.branches.is_none() {
        return refuse(&format!(
            "A push filter of the source action '{source}' has filePaths without branches"
        ));
    }
    Ok(())
}

fn pull_request(git: &GitConfiguration, filter: &GitPullRequestFilter) -> Result<(), Invalid> {
    if filter.file_paths.is_some() && filter.branches.is_none() {
        let source = &git.source_action_name;
        return refuse(&format!(
            "A pull request filter of the source action '{source}' has filePaths without branches"
        ));
    }
    Ok(())
}

fn has_twins<T: PartialEq>(filters: &[T]) -> bool {
    filters
        .iter()
        .enumerate()
        .any(|(at, filter)| filters[..at].contains(filter))
}

fn size(triggers: &[PipelineTriggerDeclaration]) -> Result<(), Invalid> {
    let bytes = serde_json::to_vec(triggers).map_or(0, |json| json.len());
    if bytes > LARGEST {
        return Err(Invalid::Limit(format!(
            "The triggers of the pipeline take {bytes} bytes; the limit is {LARGEST}"
        )));
    }
    Ok(())
}

fn refuse(text: &str) -> Result<(), Invalid> {
    Err(Invalid::Structure(text.into()))
}
