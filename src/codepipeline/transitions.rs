//! Disabling and enabling transitions: one write, whichever it is.
//!
//! Source: contract, codepipeline sections 3.2 and 5.3. Neither the version nor the date of the pipeline changes.

use super::errors;
use crate::engine::pipeline::commands::{NoSuchStage, SetTransition, Side, set_transition};
use crate::server::call::Call;
use crate::store::WriteError;
use codepipeline_api::error::{PipelineNotFoundException, StageNotFoundException};
use codepipeline_api::model::StageTransitionType;

pub fn side(of: StageTransitionType) -> Side {
    match of {
        StageTransitionType::Inbound => Side::Inbound,
        StageTransitionType::Outbound => Side::Outbound,
    }
}

/// Sets a transition of the pipeline.
pub async fn set<E>(call: &Call, pipeline: String, wish: SetTransition) -> Result<(), E>
where
    E: From<PipelineNotFoundException> + From<StageNotFoundException> + Send + 'static,
{
    let service = &call.app.codepipeline;
    let key = (call.scope.clone(), pipeline);
    let (tables, asked) = (service.tables.clone(), key.clone());
    let absent = errors::stage_not_found(&key.1, &wish.stage);
    let set = service.engine.command(key, move |live, now, tx| {
        let row = tables.find_in(tx, &asked)?;
        let set = set_transition(live, &row.plan, now, wish);
        let step = set.map_err(|NoSuchStage| E::from(absent))?;
        Ok((step, ()))
    });
    set.await.map_err(WriteError::refused)
}
