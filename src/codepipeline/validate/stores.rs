//! Where artifacts are kept: rules 18 to 20 of the contract's section 4.2.

use super::{Invalid, each_action};
use codepipeline_api::model::PipelineDeclaration;
use std::collections::BTreeSet;

pub(super) fn check(pipeline: &PipelineDeclaration, region: &str) -> Result<(), Invalid> {
    let own = std::iter::once(region);
    let others = each_action(pipeline).filter_map(|(_, action)| action.region.as_deref());
    let regions: BTreeSet<&str> = own.chain(others).collect();
    match (&pipeline.artifact_store, &pipeline.artifact_stores) {
        (Some(_), Some(_)) => Err(Invalid::Structure(
            "Your pipeline must declare either 'pipeline.artifactStore' or 'pipeline.artifactStores', not both.".into(),
        )),
        (None, None) => Err(Invalid::Structure(
            "Your pipeline must declare an artifact store: either 'pipeline.artifactStore' or 'pipeline.artifactStores'.".into(),
        )),
        (Some(_), None) if regions.len() > 1 => Err(Invalid::Structure(
            "Your pipeline contains actions in more than one region. Use 'pipeline.artifactStores' instead of 'pipeline.artifactStore' to declare an artifact store, such as an artifact bucket, for each region where you have an action.".into(),
        )),
        (Some(_), None) => Ok(()),
        (None, Some(stores)) => match regions.iter().find(|region| !stores.contains_key(**region)) {
            Some(missing) => Err(Invalid::Structure(format!(
                "Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': {missing}."
            ))),
            None => Ok(()),
        },
    }
}
