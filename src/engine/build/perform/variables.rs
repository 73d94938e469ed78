//! Looks up the variables whose values are kept elsewhere, and sees to it that the log does not show them.

use super::Inner;
use super::session::{Placed, Session};
use crate::companions::SecretValue;
use crate::engine::build::buildspec::spec::Env;
use crate::engine::build::environment::Given;
use crate::engine::build::event::Failure;
use crate::engine::build::logs::{Mask, Note};
use crate::engine::build::plan::VariableKind;
use crate::engine::build::variables::{Kept, Owner, Place, kept, refused};

/// The customer's variables with their values.
pub struct Resolved {
    pub given: Given,
    /// Names of variables that must not be exported.
    pub confined: Vec<String>,
}

/// All variables, or why one of them cannot be had. `hidden`: what else the log must not show.
pub async fn resolve(
    house: &Inner,
    session: &Session,
    placed: &Placed,
    env: &Env,
    hidden: Vec<String>,
) -> Result<Resolved, Failure> {
    let variables = &placed.plan.environment.variables;
    let wanted = kept(variables, env)?;
    let of_store = |kept: &Kept| matches!(kept.place, Place::Parameter(_));
    if wanted.iter().any(of_store) {
        session.note(Note::DecryptingParameters).await;
    }
    let plain = variables
        .iter()
        .filter(|of| of.kind == VariableKind::Plaintext);
    let mut given = Given {
        project: plain
            .map(|of| (of.name.clone(), of.value.clone()))
            .collect(),
        buildspec: env.variables.clone(),
    };
    let mut confined = Vec::new();
    let mut secrets = hidden;
    for variable in wanted {
        let SecretValue(value) = value(house, placed, &variable.place).await?;
        secrets.push(value.clone());
        if !variable.may_be_exported() {
            confined.push(variable.name.clone());
        }
        match variable.owner {
            Owner::Project => given.project.push((variable.name, value)),
            Owner::Buildspec => given.buildspec.push((variable.name, value)),
        }
    }
    mask(session, placed, secrets).await;
    Ok(Resolved { given, confined })
}

async fn value(house: &Inner, placed: &Placed, place: &Place) -> Result<SecretValue, Failure> {
    let companions = house.world.companions();
    let scope = &placed.plan.scope;
    let refused = |error| refused(place, &error);
    match place {
        Place::Parameter(name) => companions.parameter(scope, name).await.map_err(refused),
        Place::Secret(of) => {
            let (stage, version) = (of.stage.as_deref(), of.version.as_deref());
            let text = companions.secret(scope, &of.id, stage, version).await;
            let SecretValue(text) = text.map_err(refused)?;
            of.taken(&text).map(SecretValue)
        }
    }
}

async fn mask(session: &Session, placed: &Placed, secrets: Vec<String>) {
    if let Some(log) = session.log.get()
        && !secrets.is_empty()
    {
        let role = &placed.credentials;
        let role = [
            &role.access_key_id,
            &role.secret_access_key,
            &role.session_token,
        ];
        let all = role.into_iter().cloned().chain(secrets);
        log.mask(Mask::new(all)).await;
    }
}
