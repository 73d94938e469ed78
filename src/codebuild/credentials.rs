//! Source credentials: one for each provider, account and region.
//!
//! Invariant: the secret is in the row and nowhere else: no answer, no log and no `Debug` shows it.
//!
//! Source: contract, codebuild section 3.6.

// Differs from AWS: source credentials are kept in the data folder as they were given, not encrypted.

use super::CodeBuild;
use super::errors::{self, invalid};
use super::names::{server, token_arn};
use super::webhooks;
use crate::aws::{Arn, Scope};
use crate::companions::SecretValue;
use crate::engine::build::git::SourceLogin;
use codebuild_api::error::InvalidInputException;
use codebuild_api::input::ImportSourceCredentialsInput;
use codebuild_api::model::{
    AuthType, ProjectSource, ServerType, SourceAuthType, SourceCredentialsInfo,
};
use serde::{Deserialize, Serialize};

/// Scope and the provider's name in ARNs.
pub type CredentialKey = (Scope, String);

/// What a provider is asked with.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Credential {
    pub server: ServerType,
    pub kind: AuthType,
    /// The token itself, or the ARN of the connection or secret that has it.
    pub token: String,
    pub username: Option<String>,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("server", &self.server)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// The credential a customer gives, when its parts fit together.
pub fn imported(input: ImportSourceCredentialsInput) -> Result<Credential, InvalidInputException> {
    let credential = Credential {
        server: input.server_type,
        kind: input.auth_type,
        token: input.token,
        username: input.username,
    };
    check(&credential)?;
    Ok(credential)
}

fn check(credential: &Credential) -> Result<(), InvalidInputException> {
    let resource = Arn::parse(&credential.token);
    let of = |services: &[&str]| {
        resource
            .as_ref()
            .is_some_and(|arn| services.contains(&arn.service.as_str()))
    };
    let said = match credential.kind {
        AuthType::Oauth => "authType OAUTH is made in the AWS console only",
        AuthType::BasicAuth if credential.server != ServerType::Bitbucket => {
            "authType BASIC_AUTH is for serverType BITBUCKET only"
        }
        AuthType::BasicAuth if credential.username.is_none() => {
            "authType BASIC_AUTH needs a username"
        }
        AuthType::Codeconnections if !of(&["codeconnections", "codestar-connections"]) => {
            "authType CODECONNECTIONS needs the ARN of a connection as its token"
        }
        AuthType::SecretsManager if !of(&["secretsmanager"]) => {
            "authType SECRETS_MANAGER needs the ARN of a secret as its token"
        }
        AuthType::BasicAuth
        | AuthType::PersonalAccessToken
        | AuthType::Codeconnections
        | AuthType::SecretsManager => return Ok(()),
    };
    Err(invalid(format!("Invalid source credentials: {said}")))
}

/// A source that names no token of its own with authType OAUTH needs one that is stored.
pub fn check_connected(
    service: &CodeBuild,
    scope: &Scope,
    source: &ProjectSource,
) -> Result<(), InvalidInputException> {
    let auth = source.auth.as_ref();
    let asks = auth.is_some_and(|auth| {
        auth.r#type == SourceAuthType::Oauth && auth.resource.as_ref().is_none_or(String::is_empty)
    });
    match webhooks::server(source.r#type).filter(|_| asks) {
        Some(of) => {
            let key = (scope.clone(), server(of));
            match service.tables.credentials.contains(&key) {
                true => Ok(()),
                false => Err(errors::not_connected(of)),
            }
        }
        None => Ok(()),
    }
}

/// What is stored for a provider, by the name its sources have, such as `GITHUB`.
pub fn login(service: &CodeBuild, scope: &Scope, provider: &str) -> Option<SourceLogin> {
    let key = (scope.clone(), provider.to_ascii_lowercase());
    let stored = service.tables.credentials.get(&key)?;
    let token = stored.token.clone();
    Some(match stored.kind {
        AuthType::BasicAuth => SourceLogin::Basic {
            username: stored.username.clone().unwrap_or_default(),
            password: SecretValue(token),
        },
        AuthType::SecretsManager => SourceLogin::Secret(token),
        AuthType::Codeconnections => SourceLogin::Connection(token),
        AuthType::Oauth | AuthType::PersonalAccessToken => SourceLogin::Token(SecretValue(token)),
    })
}

impl Credential {
    pub fn key(&self, scope: &Scope) -> CredentialKey {
        (scope.clone(), server(self.server))
    }

    /// What lists show: which one it is, and where the secret comes from when it is kept elsewhere.
    pub fn info(&self, scope: &Scope) -> SourceCredentialsInfo {
        let elsewhere = matches!(
            self.kind,
            AuthType::Codeconnections | AuthType::SecretsManager
        );
        SourceCredentialsInfo {
            arn: Some(token_arn(scope, &server(self.server))),
            server_type: Some(self.server),
            auth_type: Some(self.kind),
            resource: elsewhere.then(|| self.token.clone()),
        }
    }
}
