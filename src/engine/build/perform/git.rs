//! Repositories on their way into the sandbox: fetched beside the server, copied as a tree.

use super::sources::{Delivered, Delivery};
use super::streams;
use crate::companions::{ObjectRef, SecretValue, ValueError};
use crate::engine::build::archive::{ArchiveError, certificates, tree_to_tar};
use crate::engine::build::cache::repository_name;
use crate::engine::build::event::Failure;
use crate::engine::build::git::{SourceLogin, depth, of_secret, of_token};
use crate::engine::build::plan::GitAuth;
use crate::engine::build::source::{GitFetch, s3_name};
use crate::git::{Login, Wanted};
use std::path::PathBuf;

/// Bundles of certificates are smaller.
const MAX_CERTIFICATES: u64 = 4 << 20;

impl Delivery<'_> {
    /// The version is the commit that is checked out.
    pub async fn repository(&self, from: &GitFetch) -> Result<Delivered, Failure> {
        let wanted = Wanted {
            address: from.location.clone(),
            version: from.version.clone(),
            depth: depth(&from.how),
            submodules: from.how.submodules,
            insecure: from.how.insecure,
            login: self.login(from).await?,
            certificates: self.certificates().await?,
            cache: self.cache(from),
        };
        let fetched = self.house.options.git.fetch(&wanted).await;
        let fetched = fetched.map_err(|error| self.refused(&error.to_string()))?;
        let (tree, limits) = (fetched.tree(), self.house.options.limits);
        let (tar, thread) = streams::written(move |out| tree_to_tar(&tree, out, &limits));
        let copied = self.copy_in(tar).await;
        match thread.await {
            Ok(Ok(())) => copied?,
            // The sandbox refused what came before.
            Ok(Err(ArchiveError::Io(_))) if copied.is_err() => copied?,
            Ok(Err(error)) => return Err(self.refused(&error.to_string())),
            Err(lost) => return Err(Failure::platform(lost.to_string())),
        }
        let commit = fetched.commit.clone();
        // A large tree takes its time.
        streams::on_thread(move || drop(fetched)).await;
        Ok(Delivered {
            version: Some(commit),
            buildspec: None,
        })
    }

    /// Where the project keeps what it has fetched of this repository before.
    fn cache(&self, from: &GitFetch) -> Option<PathBuf> {
        let owner = self.placed.plan.source_cache.as_ref()?;
        let caches = self.house.options.caches.as_ref()?;
        Some(caches.join(repository_name(owner, &from.location)))
    }

    /// Certificates of the environment: an object in PEM, or a zip of some.
    async fn certificates(&self) -> Result<Option<String>, Failure> {
        let Some(arn) = &self.placed.plan.environment.certificate else {
            return Ok(None);
        };
        let refused =
            |why: &str| Failure::client(format!("Unable to download certificate from S3. {why}"));
        let location = arn.rsplit(":::").next().unwrap_or_default();
        let (bucket, key) = location.split_once('/').unwrap_or((location, ""));
        let at = ObjectRef {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            version: None,
        };
        let companions = self.house.world.companions();
        let read = companions.read_object(&self.placed.plan.scope, &at).await;
        let (_, body) = read.map_err(|error| refused(&s3_name(&error)))?;
        let file = streams::to_file(body, MAX_CERTIFICATES).await;
        let file = file.map_err(|error| refused(&error.to_string()))?;
        let text = streams::on_thread(move || certificates::read(file)).await;
        text.map(Some).map_err(|error| refused(&error.to_string()))
    }

    // Differs from AWS: CodeCommit is not asked as the service role: a source of CODECOMMIT is fetched without credentials, from wherever `git-rewrite` leads.
    /// Whom the host is asked as: the source's own way before the account's.
    pub async fn login(&self, from: &GitFetch) -> Result<Option<Login>, Failure> {
        let scope = &self.placed.plan.scope;
        let stored = match &from.how.auth {
            GitAuth::Account => {
                let world = &self.house.world;
                world.source_login(scope, &from.provider).await
            }
            GitAuth::Secret(arn) => Some(SourceLogin::Secret(arn.clone())),
            GitAuth::Connection(arn) => Some(SourceLogin::Connection(arn.clone())),
        };
        match stored {
            None => Ok(None),
            Some(SourceLogin::Token(SecretValue(token))) => {
                Ok(Some(of_token(&from.provider, token)))
            }
            Some(SourceLogin::Basic {
                username,
                password: SecretValue(password),
            }) => Ok(Some(Login { username, password })),
            Some(SourceLogin::Secret(arn)) => self.of_secret(from, &arn).await.map(Some),
            // Differs from AWS: there are no connections; a source that names one is fetched without credentials.
            Some(SourceLogin::Connection(_)) => Ok(None),
        }
    }

    async fn of_secret(&self, from: &GitFetch, arn: &str) -> Result<Login, Failure> {
        let companions = self.house.world.companions();
        let read = companions.secret(&self.placed.plan.scope, arn, None, None);
        let SecretValue(text) = read.await.map_err(|error| {
            let (ValueError::NotFound(why) | ValueError::Failed(why)) = error;
            self.refused(&format!("the secret {arn} cannot be read: {why}"))
        })?;
        let login = of_secret(&from.provider, &text);
        login.ok_or_else(|| self.refused(&format!("the secret {arn} has no Token")))
    }
}
