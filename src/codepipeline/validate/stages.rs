//! How stages must be put together: rules 1 to 8 of the contract's section 4.2.

use super::{Invalid, each_action, repeated};
use codepipeline_api::model::{ActionCategory, PipelineDeclaration, StageDeclaration};

const STAGES: usize = 50;
const ACTIONS_IN_STAGE: usize = 50;
const ACTIONS: usize = 1000;

pub(super) fn check(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    count(pipeline)?;
    sources_first(pipeline)?;
    if let Some(name) = repeated(pipeline.stages.iter().map(|stage| stage.name.as_str())) {
        return Err(Invalid::Stage(format!(
            "Stage name '{name}' is used more than once"
        )));
    }
    pipeline.stages.iter().try_for_each(check_stage)?;
    blockers(pipeline)
}

fn count(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    let stages = pipeline.stages.len();
    if stages < 2 {
        return Err(Invalid::Structure(format!(
            "Pipeline has only {stages} stage(s). There should be a minimum of 2 stages in a pipeline"
        )));
    }
    if stages > STAGES {
        return Err(Invalid::Structure(format!(
            "Pipeline has too many stages. There can only be up to {STAGES} stages in a pipeline"
        )));
    }
    if each_action(pipeline).count() > ACTIONS {
        return Err(Invalid::Limit(format!(
            "Pipeline has too many actions. There can only be up to {ACTIONS} actions in a pipeline"
        )));
    }
    Ok(())
}

fn sources_first(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    let is_source = |stage: &StageDeclaration, expected: bool| {
        let matches = |category: ActionCategory| (category == ActionCategory::Source) == expected;
        stage
            .actions
            .iter()
            .all(|action| matches(action.action_type_id.category))
    };
    let (first, rest) = pipeline.stages.split_first().expect("two stages at least");
    if first.actions.is_empty() || !is_source(first, true) {
        let text = "Pipeline should start with a stage that only contains source actions";
        return Err(Invalid::Structure(text.into()));
    }
    if !rest.iter().all(|stage| is_source(stage, false)) {
        let text = "Source actions can only be included in the first stage of the pipeline";
        return Err(Invalid::Structure(text.into()));
    }
    if rest.iter().all(|stage| stage.actions.is_empty()) {
        let text = "Pipeline should contain at least 1 action whose category is not Source";
        return Err(Invalid::Structure(text.into()));
    }
    Ok(())
}

fn check_stage(stage: &StageDeclaration) -> Result<(), Invalid> {
    let name = &stage.name;
    if stage.actions.is_empty() {
        return Err(Invalid::Stage(format!(
            "Stage '{name}' should contain at least 1 action"
        )));
    }
    if stage.actions.len() > ACTIONS_IN_STAGE {
        return Err(Invalid::Stage(format!(
            "Stage '{name}' has too many actions. There can only be up to {ACTIONS_IN_STAGE} actions in a stage"
        )));
    }
    match repeated(stage.actions.iter().map(|action| action.name.as_str())) {
        Some(name) => Err(Invalid::Action(format!(
            "Action name '{name}' is used more than once"
        ))),
        None => Ok(()),
    }
}

fn blockers(pipeline: &PipelineDeclaration) -> Result<(), Invalid> {
    for stage in &pipeline.stages {
        let names = stage
            .blockers
            .iter()
            .flatten()
            .map(|blocker| blocker.name.as_str());
        if let Some(name) = repeated(names) {
            return Err(Invalid::Blocker(format!(
                "Blocker name '{name}' is used more than once"
            )));
        }
    }
    Ok(())
}
