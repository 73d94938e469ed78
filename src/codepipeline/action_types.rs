//! Every action type a pipeline can name: those of the catalogue, and those that customers created.
//!
//! Invariant: what is read here never changes: an id that was created once keeps its definition, deleted or not.

use super::catalogue::{self, Property};
use super::store::Tables;
use crate::aws::Scope;
use crate::store::Read;
use codepipeline_api::model as api;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Scope, category, provider and version of a custom type.
pub type ActionTypeKey = (Scope, String, String, String);

/// One action type, whoever owns it.
#[derive(Clone, Debug)]
pub enum ActionTypeView {
    /// Of AWS or a partner.
    Known(&'static catalogue::ActionType),
    Custom {
        definition: Arc<api::ActionType>,
        /// Its jobs cannot be polled for, actions that use it fail, and no declaration may name it.
        deleted: bool,
    },
}

/// The key of the custom type of that id.
pub fn key(scope: &Scope, id: &api::ActionTypeId) -> ActionTypeKey {
    let category = id.category.as_str().to_owned();
    let (provider, version) = (id.provider.clone(), id.version.clone());
    (scope.clone(), category, provider, version)
}

/// The resource part of its ARN, under which its tags are kept.
pub fn resource_name(id: &api::ActionTypeId) -> String {
    let (category, owner) = (id.category.as_str(), id.owner.as_str());
    format!(
        "actiontype:{owner}/{category}/{}/{}",
        id.provider, id.version
    )
}

/// The type of that id, deleted ones included; `Committed` or a write's `Txn` says what is read.
pub fn find_type(
    rows: &impl Read,
    tables: &Tables,
    scope: &Scope,
    id: &api::ActionTypeId,
) -> Option<ActionTypeView> {
    match id.owner {
        api::ActionOwner::Custom => custom(rows, tables, &key(scope, id)),
        api::ActionOwner::Aws | api::ActionOwner::ThirdParty => known(id),
    }
}

fn known(id: &api::ActionTypeId) -> Option<ActionTypeView> {
    let (category, owner) = (id.category.as_str(), id.owner.as_str());
    catalogue::find(category, owner, &id.provider, &id.version).map(ActionTypeView::Known)
}

fn custom(rows: &impl Read, tables: &Tables, key: &ActionTypeKey) -> Option<ActionTypeView> {
    let view = |deleted| {
        move |definition| ActionTypeView::Custom {
            definition,
            deleted,
        }
    };
    let live = rows.row(&tables.action_types, key).map(view(false));
    live.or_else(|| rows.row(&tables.deleted_action_types, key).map(view(true)))
}

impl ActionTypeView {
    /// The configuration keys.
    pub fn properties(&self) -> Vec<Property<'_>> {
        match self {
            Self::Known(of) => of.properties().collect(),
            Self::Custom { definition, .. } => {
                let all = definition.action_configuration_properties.iter().flatten();
                all.map(property).collect()
            }
        }
    }

    /// The names of the keys whose values nobody is shown.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let all = self.properties().into_iter();
        all.filter(|key| key.secret).map(|key| key.name)
    }

    /// The key by whose value workers must poll for jobs.
    pub fn queryable(&self) -> Option<&str> {
        let mut all = self.properties().into_iter();
        all.find(|key| key.queryable).map(|key| key.name)
    }

    /// Least and most input artifacts.
    pub fn inputs(&self) -> (usize, usize) {
        match self {
            Self::Known(of) => of.inputs,
            Self::Custom { definition, .. } => bounds(&definition.input_artifact_details),
        }
    }

    /// Least and most output artifacts.
    pub fn outputs(&self) -> (usize, usize) {
        match self {
            Self::Known(of) => of.outputs,
            Self::Custom { definition, .. } => bounds(&definition.output_artifact_details),
        }
    }

    /// Templates have `{Config:<key>}`, `{ExternalExecutionId}` and `{RevisionId}`; those of the catalogue also `<r>` for the
    /// region, `{Region}` and `{Console}`.
    pub fn entity_url(&self) -> Option<&str> {
        match self {
            Self::Known(of) => of.entity_url,
            Self::Custom { .. } => self.settings()?.entity_url_template.as_deref(),
        }
    }

    pub fn execution_url(&self) -> Option<&str> {
        match self {
            Self::Known(of) => of.execution_url,
            Self::Custom { .. } => self.settings()?.execution_url_template.as_deref(),
        }
    }

    pub fn revision_url(&self) -> Option<&str> {
        match self {
            Self::Known(of) => of.revision_url,
            Self::Custom { .. } => self.settings()?.revision_url_template.as_deref(),
        }
    }

    /// Marked as deleted: only custom types can be.
    pub fn is_deleted(&self) -> bool {
        matches!(self, Self::Custom { deleted: true, .. })
    }

    fn settings(&self) -> Option<&api::ActionTypeSettings> {
        match self {
            Self::Known(_) => None,
            Self::Custom { definition, .. } => definition.settings.as_ref(),
        }
    }
}

fn property(of: &api::ActionConfigurationProperty) -> Property<'_> {
    Property {
        name: &of.name,
        required: of.required,
        secret: of.secret,
        queryable: of.queryable == Some(true),
    }
}

/// The model allows 0 to 5.
fn bounds(of: &api::ArtifactDetails) -> (usize, usize) {
    let count = |number: i32| usize::try_from(number).unwrap_or(0);
    (count(of.minimum_count), count(of.maximum_count))
}

/// The types that one declaration names, as one moment sees them: what pure functions are given.
#[derive(Clone, Debug, Default)]
pub struct Types {
    custom: BTreeMap<(String, String, String), ActionTypeView>,
}

impl Types {
    pub fn named_by(
        pipeline: &api::PipelineDeclaration,
        rows: &impl Read,
        tables: &Tables,
        scope: &Scope,
    ) -> Self {
        let actions = pipeline.stages.iter().flat_map(|stage| &stage.actions);
        Self::of(
            actions.map(|action| &action.action_type_id),
            rows,
            tables,
            scope,
        )
    }

    /// The custom ones among `ids`, each read once.
    pub fn of<'a>(
        ids: impl IntoIterator<Item = &'a api::ActionTypeId>,
        rows: &impl Read,
        tables: &Tables,
        scope: &Scope,
    ) -> Self {
        let mut types = Self::default();
        for id in ids {
            let key = key(scope, id);
            let name = (key.1.clone(), key.2.clone(), key.3.clone());
            if id.owner != api::ActionOwner::Custom || types.custom.contains_key(&name) {
                continue;
            }
            if let Some(found) = custom(rows, tables, &key) {
                types.custom.insert(name, found);
            }
        }
        types
    }

    /// Types as tests need them.
    #[cfg(test)]
    pub fn with(definition: api::ActionType, deleted: bool) -> Self {
        let id = &definition.id;
        let category = id.category.as_str().to_owned();
        let name = (category, id.provider.clone(), id.version.clone());
        let definition = Arc::new(definition);
        let view = ActionTypeView::Custom {
            definition,
            deleted,
        };
        Self {
            custom: BTreeMap::from([(name, view)]),
        }
    }

    /// The type of that id, deleted ones included, if the declaration names it.
    pub fn find(&self, id: &api::ActionTypeId) -> Option<ActionTypeView> {
        if id.owner != api::ActionOwner::Custom {
            return known(id);
        }
        let category = id.category.as_str().to_owned();
        let name = (category, id.provider.clone(), id.version.clone());
        self.custom.get(&name).cloned()
    }
}
