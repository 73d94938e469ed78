//! What a payload does not tell, asked of the repository: the changed paths and the newest message of a pull request.

use super::news::News;
use crate::codebuild::CodeBuild;
use crate::codebuild::credentials;
use crate::codebuild::store::ProjectKey;
use crate::codebuild::webhooks::ANY_REPOSITORY;
use crate::companions::{Companions, SecretValue};
use crate::engine::build::git::{SourceLogin, of_secret, of_token};
use crate::git::{Login, Wanted};
use codebuild_api::model::{Project, ProjectSource, SourceAuthType};
use std::time::Duration;

/// Who has sent a delivery does not wait for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// The news with what it lacks, or why that cannot be had.
pub async fn complete(
    service: &CodeBuild,
    companions: &dyn Companions,
    key: &ProjectKey,
    project: &Project,
    mut news: Box<News>,
) -> Result<Box<News>, String> {
    let Some(source) = &project.source else {
        return Err("the project has no source".to_owned());
    };
    let anywhere = source.location.as_deref() == Some(ANY_REPOSITORY);
    let location = source.location.clone().filter(|_| !anywhere);
    let Some(address) = location.or(news.clone.clone()) else {
        return Err("the payload does not name its repository".to_owned());
    };
    let wanted = Wanted {
        address,
        version: Some(news.version.clone()),
        depth: None,
        submodules: false,
        insecure: source.insecure_ssl == Some(true),
        login: login(service, companions, key, source).await,
        certificates: None,
        cache: None,
    };
    let base = news.base.clone().unwrap_or_default();
    let compared = service.git.compare(&wanted, &base, PATIENCE).await;
    let compared = compared.map_err(|error| error.to_string())?;
    news.files = Some(compared.files);
    news.message.get_or_insert(compared.message);
    Ok(news)
}

/// Whom the host is asked as; nobody when it cannot be told.
async fn login(
    service: &CodeBuild,
    companions: &dyn Companions,
    (scope, _): &ProjectKey,
    source: &ProjectSource,
) -> Option<Login> {
    let provider = source.r#type.as_str();
    let own = source.auth.as_ref();
    let own = own.map(|auth| (auth.r#type, auth.resource.clone()));
    let login = match own {
        Some((SourceAuthType::SecretsManager, Some(arn))) => SourceLogin::Secret(arn),
        Some((SourceAuthType::Codeconnections, _)) => return None,
        _ => credentials::login(service, scope, provider)?,
    };
    match login {
        SourceLogin::Token(SecretValue(token)) => Some(of_token(provider, token)),
        SourceLogin::Basic {
            username,
            password: SecretValue(password),
        } => Some(Login { username, password }),
        SourceLogin::Secret(arn) => {
            let read = companions.secret(scope, &arn, None, None).await;
            let SecretValue(text) = read.ok()?;
            of_secret(provider, &text)
        }
        SourceLogin::Connection(_) => None,
    }
}
