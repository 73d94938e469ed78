//! Variables whose values are kept elsewhere: in the Parameter Store and in Secrets Manager.
//!
//! Pure: which values are wanted, what is taken of them, and AWS's words when they cannot be had. A value is never in a message.

use super::buildspec::spec::Env;
use super::event::Failure;
use super::plan::{Variable, VariableKind};
use crate::companions::ValueError;
use std::collections::BTreeSet;

/// A variable and where its value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub name: String,
    pub owner: Owner,
    pub place: Place,
}

/// Who wants a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The project, or who started the build.
    Project,
    Buildspec,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A parameter's name or ARN, with a version or a label.
    Parameter(String),
    Secret(SecretRef),
}

/// `secret-id[:json-key[:version-stage[:version-id]]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef {
    /// A name or an ARN.
    pub id: String,
    /// `None`: the whole text.
    pub key: Option<String>,
    pub stage: Option<String>,
    pub version: Option<String>,
}

const PARAMETER_ERROR: &str = "Decrypted Variables Error";
const SECRET_ERROR: &str = "Secrets Manager Error";

/// Colons in the ARN of a secret.
const ARN_COLONS: usize = 6;

/// What has to be looked up before the first command: not what another variable of the same name hides.
pub fn kept(variables: &[Variable], env: &Env) -> Result<Vec<Kept>, Failure> {
    let hidden: BTreeSet<&str> = variables.iter().map(|of| of.name.as_str()).collect();
    let mut all = Vec::new();
    for variable in variables {
        let place = match variable.kind {
            VariableKind::Plaintext => continue,
            VariableKind::ParameterStore => Place::Parameter(variable.value.clone()),
            VariableKind::SecretsManager => Place::Secret(SecretRef::read(&variable.value)?),
        };
        all.push(Kept::new(&variable.name, Owner::Project, place));
    }
    let shown = |name: &str| !hidden.contains(name);
    for (name, from) in env.parameter_store.iter().filter(|(name, _)| shown(name)) {
        let place = Place::Parameter(from.clone());
        all.push(Kept::new(name, Owner::Buildspec, place));
    }
    for (name, from) in env.secrets_manager.iter().filter(|(name, _)| shown(name)) {
        let place = Place::Secret(SecretRef::read(from)?);
        all.push(Kept::new(name, Owner::Buildspec, place));
    }
    Ok(all)
}

impl Kept {
    fn new(name: &str, owner: Owner, place: Place) -> Self {
        let name = name.to_owned();
        Self { name, owner, place }
    }

    /// Secrets cannot be exported, and neither can parameters that the project asks for.
    pub fn may_be_exported(&self) -> bool {
        matches!(self.place, Place::Parameter(_)) && self.owner == Owner::Buildspec
    }
}

impl SecretRef {
    pub fn read(text: &str) -> Result<Self, Failure> {
        let colons = match text.starts_with("arn:") {
            true => ARN_COLONS,
            false => 0,
        };
        let mut parts = text.split(':');
        let id: Vec<&str> = parts.by_ref().take(colons + 1).collect();
        let mut part = || {
            parts
                .next()
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
        };
        let (key, stage, version) = (part(), part(), part());
        let id = id.join(":");
        let too_many = text.matches(':').count() > colons + 3;
        if id.is_empty() || too_many {
            return Err(secret_error(format!(
                "expected secret-id:json-key:version-stage:version-id, found {text}"
            )));
        }
        if stage.is_some() && version.is_some() {
            return Err(secret_error(format!(
                "version-stage and version-id exclude each other: {text}"
            )));
        }
        Ok(Self {
            id,
            key,
            stage,
            version,
        })
    }

    /// What the variable gets of the secret's text.
    pub fn taken(&self, text: &str) -> Result<String, Failure> {
        let Some(key) = &self.key else {
            return Ok(text.to_owned());
        };
        let id = &self.id;
        let object = serde_json::from_str::<serde_json::Value>(text);
        let object = object.ok().filter(serde_json::Value::is_object);
        let object = object.ok_or_else(|| {
            secret_error(format!(
                "the secret {id} is no JSON object, so it has no key {key}"
            ))
        })?;
        match object.get(key) {
            None => Err(secret_error(format!("the secret {id} has no key {key}"))),
            Some(serde_json::Value::String(text)) => Ok(text.clone()),
            Some(other) => Ok(other.to_string()),
        }
    }
}

/// Why a value cannot be had (contract 4.4).
pub fn refused(place: &Place, error: &ValueError) -> Failure {
    match (place, error) {
        (Place::Parameter(name), ValueError::NotFound(_)) => {
            Failure::customer(PARAMETER_ERROR, format!("parameter does not exist: {name}"))
        }
        (Place::Parameter(_), ValueError::Failed(why)) => {
            Failure::customer(PARAMETER_ERROR, why.clone())
        }
        (Place::Secret(_), ValueError::NotFound(why)) => {
            secret_error(format!("ResourceNotFoundException: {why}"))
        }
        (Place::Secret(_), ValueError::Failed(why)) => secret_error(why.clone()),
    }
}

fn secret_error(message: String) -> Failure {
    Failure::customer(SECRET_ERROR, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (String, [Option<String>; 3]) {
        let SecretRef {
            id,
            key,
            stage,
            version,
        } = SecretRef::read(text).unwrap();
        (id, [key, stage, version])
    }

    // Witness: behaviour contract 5.2, `env.secrets-manager`.
    #[test]
    fn a_reference_names_secret_key_stage_and_version() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("db"), ("db".into(), [None, None, None]));
        assert_eq!(read("db:user"), ("db".into(), [some("user"), None, None]));
        let staged = [some("user"), some("AWSPREVIOUS"), None];
        assert_eq!(read("a/b:user:AWSPREVIOUS"), ("a/b".into(), staged));
        assert_eq!(read("db:::v1"), ("db".into(), [None, None, some("v1")]));
        let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-abcdef";
        assert_eq!(read(arn), (arn.into(), [None, None, None]));
        let keyed = read(&format!("{arn}:user"));
        assert_eq!(keyed, (arn.into(), [some("user"), None, None]));
        let versioned = read(&format!("{arn}:user::v1"));
        assert_eq!(versioned, (arn.into(), [some("user"), None, some("v1")]));
        for bad in ["", ":key", "db:key:stage:version", "a:b:c:d:e"] {
            let failure = SecretRef::read(bad).unwrap_err();
            assert_eq!(failure.context.code, "Secrets Manager Error", "{bad}");
        }
    }

    #[test]
    fn a_key_takes_its_value_of_the_object() {
        let text = r#"{"user":"me","port":5432,"on":true}"#;
        let taken = |reference: &str| SecretRef::read(reference).unwrap().taken(text);
        assert_eq!(taken("db").unwrap(), text);
        assert_eq!(taken("db:user").unwrap(), "me");
        assert_eq!(taken("db:port").unwrap(), "5432");
        assert_eq!(taken("db:on").unwrap(), "true");
        let failure = taken("db:absent").unwrap_err();
        assert_eq!(failure.context.message, "the secret db has no key absent");
        let plain = SecretRef::read("db:user").unwrap().taken("hidden");
        let message = plain.unwrap_err().context.message;
        assert!(!message.contains("hidden"), "{message}");
    }

    // Witness: behaviour contract 5.2: StartBuild override > project > buildspec.
    #[test]
    fn what_the_project_says_hides_what_the_buildspec_asks_for() {
        let variable = |name: &str, kind| Variable {
            name: name.to_owned(),
            value: "p".to_owned(),
            kind,
        };
        let variables = [
            variable("A", VariableKind::Plaintext),
            variable("B", VariableKind::ParameterStore),
        ];
        let pair = |name: &str| (name.to_owned(), "s".to_owned());
        let env = Env {
            parameter_store: vec![pair("A"), pair("C")],
            secrets_manager: vec![pair("B"), pair("D")],
            ..Env::default()
        };
        let kept = kept(&variables, &env).unwrap();
        let named: Vec<(&str, bool)> = kept
            .iter()
            .map(|kept| (kept.name.as_str(), kept.may_be_exported()))
            .collect();
        assert_eq!(named, [("B", false), ("C", true), ("D", false)]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}", value in ".{0,60}") {
            if let Ok(reference) = SecretRef::read(&text) {
                let _ = reference.taken(&value);
            }
        }
    }
}
