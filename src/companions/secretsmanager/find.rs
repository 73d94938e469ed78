//! The secret that a request means: by name, by ARN, or by an ARN without its last six characters.

use super::companion::SecretsManager;
use super::errors;
use super::rows::{CURRENT, Secret, SecretKey, Tables, Value, Version, value_key};
use crate::aws::{Scope, Time, arn::Arn};
use crate::store::Txn;
use secretsmanager_api::error::{
    GetSecretValueError, InvalidRequestException, ResourceNotFoundException,
};
use std::sync::Arc;

/// Which value is asked for.
pub struct Asked<'a> {
    pub id: &'a str,
    pub version: Option<&'a str>,
    pub stage: Option<&'a str>,
    pub now: Time,
}

/// A version with its value.
pub struct Found {
    pub key: SecretKey,
    pub secret: Arc<Secret>,
    pub id: String,
    pub version: Version,
    pub value: Value,
}

/// The names that an identifier may mean, each with the suffix its ARN must have.
fn names(scope: &Scope, id: &str) -> Vec<(String, Option<String>)> {
    if !id.starts_with("arn:") {
        return vec![(id.to_owned(), None)];
    }
    let Some(arn) = Arn::parse(id) else {
        return Vec::new();
    };
    let ours = arn.service == "secretsmanager" && arn.scope().as_ref() == Some(scope);
    let Some(name) = arn.resource.strip_prefix("secret:").filter(|_| ours) else {
        return Vec::new();
    };
    let split = name.rsplit_once('-');
    let whole = split.filter(|(_, suffix)| suffix.len() == 6);
    let whole = whole.map(|(name, suffix)| (name.to_owned(), Some(suffix.to_owned())));
    whole.into_iter().chain([(name.to_owned(), None)]).collect()
}

impl Tables {
    /// The secret as readers see it. One that is gone is not there.
    pub fn find(
        &self,
        scope: &Scope,
        id: &str,
        now: Time,
    ) -> Result<(SecretKey, Arc<Secret>), ResourceNotFoundException> {
        let get = |key: &SecretKey| self.secrets.get(key);
        found(scope, id, now, get)
    }

    /// The secret as a write sees it.
    pub fn find_in(
        &self,
        tx: &Txn,
        scope: &Scope,
        id: &str,
        now: Time,
    ) -> Result<(SecretKey, Secret), ResourceNotFoundException> {
        let get = |key: &SecretKey| tx.get(&self.secrets, key);
        let (key, secret) = found(scope, id, now, get)?;
        Ok((key, Secret::clone(&secret)))
    }

    /// The same, unless it is marked for deletion.
    pub fn live_in<E>(
        &self,
        tx: &Txn,
        scope: &Scope,
        id: &str,
        now: Time,
    ) -> Result<(SecretKey, Secret), E>
    where
        E: From<ResourceNotFoundException> + From<InvalidRequestException>,
    {
        let (key, secret) = self.find_in(tx, scope, id, now)?;
        match secret.deleted {
            Some(_) => Err(errors::deleted().into()),
            None => Ok((key, secret)),
        }
    }
}

fn found(
    scope: &Scope,
    id: &str,
    now: Time,
    get: impl Fn(&SecretKey) -> Option<Arc<Secret>>,
) -> Result<(SecretKey, Arc<Secret>), ResourceNotFoundException> {
    let mut rows = names(scope, id).into_iter().filter_map(|(name, suffix)| {
        let key = (scope.clone(), name);
        let secret = get(&key)?;
        let same = suffix.is_none_or(|suffix| suffix == secret.suffix);
        (same && !secret.is_gone(now)).then_some((key, secret))
    });
    rows.next().ok_or_else(errors::no_secret)
}

impl SecretsManager {
    /// The value that is asked for.
    pub(super) fn version(
        &self,
        scope: &Scope,
        asked: &Asked<'_>,
    ) -> Result<Found, GetSecretValueError> {
        let (key, secret) = self.tables.find(scope, asked.id, asked.now)?;
        if secret.deleted.is_some() {
            return Err(errors::deleted().into());
        }
        let stage = asked.stage.unwrap_or(CURRENT);
        let id = match asked.version {
            Some(id) => id.to_owned(),
            None => secret
                .staged(stage)
                .cloned()
                .ok_or_else(|| errors::no_stage(stage))?,
        };
        let version = secret.versions.get(&id).cloned();
        let version = version.ok_or_else(|| errors::no_version(&id))?;
        if asked
            .stage
            .is_some_and(|stage| !version.stages.contains(stage))
        {
            return Err(errors::other_stage().into());
        }
        let value = self.tables.values.get(&value_key(&key, &id));
        let value = value.map_err(errors::storage::<GetSecretValueError>)?;
        Ok(Found {
            value: value.ok_or_else(|| errors::no_version(&id))?,
            key,
            secret,
            id,
            version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region};

    // Documented: "For an ARN, we recommend that you specify a complete ARN rather than a partial ARN."
    #[test]
    fn arns_name_a_secret_with_and_without_their_suffix() {
        let account = Account::parse("123456789012").unwrap();
        let scope = Scope::new(account, Region::parse("eu-west-1").unwrap());
        let arn =
            |rest: &str| format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{rest}");
        let some = |name: &str, suffix: &str| (name.to_owned(), Some(suffix.to_owned()));
        let none = |name: &str| (name.to_owned(), None);
        assert_eq!(names(&scope, "a/b-cdefgh"), [none("a/b-cdefgh")]);
        let both = [some("a/b", "cdefgh"), none("a/b-cdefgh")];
        assert_eq!(names(&scope, &arn("a/b-cdefgh")), both);
        assert_eq!(names(&scope, &arn("a/b")), [none("a/b")]);
        assert_eq!(
            names(
                &scope,
                "arn:aws:secretsmanager:eu-west-2:123456789012:secret:a"
            ),
            []
        );
        assert_eq!(
            names(&scope, "arn:aws:ssm:eu-west-1:123456789012:secret:a"),
            []
        );
    }
}
