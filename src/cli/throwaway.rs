//! A server for one command: on a free port of this machine, with nothing kept after it.

use crate::app::App;
use crate::aws::Scope;
use crate::companions::s3::{Caller, NewBucket, Versioning};
use crate::companions::{ByteStream, ObjectMeta, ObjectRef};
use crate::config::{Builds, Config, Data};
use crate::server::call::Call;
use anyhow::anyhow;
use camino::Utf8Path;
use futures::{StreamExt, TryStreamExt};
use iam_api::input::CreateRoleInput;
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::AsyncWriteExt;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::io::ReaderStream;
use tokio_util::sync::CancellationToken;

/// A running server; `close` it.
pub struct Throwaway {
    pub app: Arc<App>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// The role that everything runs as.
const ROLE: &str = "slipway";

impl Throwaway {
    pub async fn start(builds: Builds) -> anyhow::Result<Self> {
        Self::with(Config {
            builds,
            ..Config::in_memory()
        })
        .await
    }

    /// The same with more to say about it; the data and the port are its own.
    pub async fn with(config: Config) -> anyhow::Result<Self> {
        let config = Config {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: Data::Memory,
            ..config
        };
        let stop = CancellationToken::new();
        let (app, task) = super::serve::start(config, stop.clone()).await?;
        let this = Self { app, stop, task };
        this.create_role().await?;
        Ok(this)
    }

    /// Ends builds and removes what they left.
    pub async fn close(self) {
        self.stop.cancel();
        let _ = self.task.await;
    }

    pub fn call(&self) -> Call {
        Call::new(&self.app)
    }

    pub fn scope(&self) -> Scope {
        self.call().scope
    }

    /// The ARN of the role that builds and pipelines run as.
    pub fn role_arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{ROLE}", self.app.config.account)
    }

    async fn create_role(&self) -> anyhow::Result<()> {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{"Service":["codebuild.amazonaws.com","codedeploy.amazonaws.com","codepipeline.amazonaws.com"]}}]}"#;
        let input = CreateRoleInput::new(ROLE, trust);
        let created =
            crate::companions::iam::operations::create_role::create_role(input, self.call());
        created.await.map_err(|error| anyhow!("{error}"))?;
        Ok(())
    }

    /// A new bucket, with versioning when asked for.
    pub async fn create_bucket(&self, name: &str, versioned: bool) -> anyhow::Result<()> {
        let call = self.call();
        let caller = Caller {
            account: call.scope.account,
            region: call.scope.region,
            principal: call.principal.arn().to_owned(),
            request_id: call.request_id,
            now: call.now,
            limits: None,
        };
        let s3 = &self.app.s3;
        let created = s3.create_bucket(&caller, name, NewBucket::default()).await;
        created.map_err(|error| anyhow!("cannot create the bucket {name}: {error}"))?;
        if versioned {
            let enabled = s3
                .change_bucket(&caller, name, |row| {
                    row.versioning = Versioning::Enabled;
                    Ok(())
                })
                .await;
            enabled.map_err(|error| anyhow!("cannot version the bucket {name}: {error}"))?;
        }
        Ok(())
    }

    pub async fn upload(&self, bucket: &str, key: &str, file: File) -> anyhow::Result<()> {
        let stream: ByteStream = ReaderStream::new(tokio::fs::File::from_std(file)).boxed();
        let at = object(bucket, key);
        let meta = ObjectMeta::default();
        self.app
            .companions
            .write_object(&self.scope(), &at, meta, stream)
            .await?;
        Ok(())
    }

    /// Writes all objects of a bucket below `prefix` into a folder; says how many.
    pub async fn download(
        &self,
        bucket: &str,
        prefix: &str,
        into: &Utf8Path,
    ) -> anyhow::Result<usize> {
        let (companions, scope) = (&self.app.companions, self.scope());
        let (mut count, mut after) = (0, None::<String>);
        loop {
            let listed = companions
                .list_objects(&scope, bucket, prefix, after.as_deref(), 1000)
                .await?;
            let Some(last) = listed.last() else {
                return Ok(count);
            };
            after = Some(last.key.clone());
            for found in &listed {
                let (_, body) = companions
                    .read_object(&scope, &object(bucket, &found.key))
                    .await?;
                let name = found.key.strip_prefix(prefix).unwrap_or(&found.key);
                save(body, into, name.trim_start_matches('/')).await?;
                count += 1;
            }
        }
    }
}

/// Somebody wants an end. While `attended`, what is typed is for another program.
pub async fn interrupted(attended: &AtomicBool) {
    let mut others = [SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [terminate, hangup] = &mut others;
    let (Ok(terminate), Ok(hangup)) = (terminate, hangup) else {
        return std::future::pending().await;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => return,
            _ = hangup.recv() => return,
            _ = tokio::signal::ctrl_c() => {
                if !attended.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    }
}

fn object(bucket: &str, key: &str) -> ObjectRef {
    ObjectRef {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version: None,
    }
}

/// Keys come from a build's artifacts: none may lead out of the folder.
async fn save(mut body: ByteStream, into: &Utf8Path, name: &str) -> anyhow::Result<()> {
    let inside = |part: &str| !matches!(part, "" | "." | "..");
    if !name.split('/').all(inside) {
        return Err(anyhow!("the artifact {name:?} has no place in a folder"));
    }
    let path = into.join(name);
    if let Some(parent) = path.parent() {
        tokio::fs::create_dir_all(parent).await?;
    }
    let mut file = tokio::fs::File::create(&path).await?;
    while let Some(chunk) = body.try_next().await? {
        file.write_all(&chunk).await?;
    }
    file.flush().await?;
    Ok(())
}
