//! GetPipeline: <https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html>

use crate::aws::{Arn, Time};
use crate::codepipeline::action_types::Types;
use crate::codepipeline::{echo, errors};
use crate::engine::pipeline::source::polling_disabled_at;
use crate::server::call::Call;
use crate::store::Committed;
use codepipeline_api::error::GetPipelineError;
use codepipeline_api::input::GetPipelineInput;
use codepipeline_api::model::PipelineMetadata;
use codepipeline_api::output::GetPipelineOutput;

/// The declaration, of any version it ever had; secrets are hidden.
pub async fn get_pipeline(
    input: GetPipelineInput,
    call: Call,
) -> Result<GetPipelineOutput, GetPipelineError> {
    let tables = &call.app.codepipeline.tables;
    let row = tables.find(&call.scope, &input.name)?;
    let current = row.declaration.version.unwrap_or(1);
    let declaration = match input.version.filter(|version| *version != current) {
        None => row.declaration.clone(),
        Some(version) => {
            let key = (call.scope.clone(), input.name.clone());
            let old = tables
                .versions
                .get(&(key, u64::from(version.unsigned_abs())));
            let old = old.unwrap_or_else(|fault| fault.raise());
            old.ok_or_else(|| errors::version_not_found(&input.name, version))?
        }
    };
    let types = Types::named_by(&declaration, &Committed, tables, &call.scope);
    let live = (call.app.codepipeline.engine).state(&(call.scope.clone(), input.name.clone()));
    let disabled = live.and_then(|live| {
        let noticed = live.polling_disabled;
        noticed.or_else(|| polling_disabled_at(&live, call.now))
    });
    let arn = Arn::regional("codepipeline", &call.scope, input.name);
    Ok(GetPipelineOutput {
        pipeline: Some(echo::shown(declaration, &types)),
        metadata: Some(PipelineMetadata {
            pipeline_arn: Some(arn.to_string()),
            created: Some(row.created.wire()),
            updated: Some(row.updated.wire()),
            polling_disabled_at: disabled.map(Time::wire),
        }),
    })
}
