//! `GET /_slipway/follow`: says when something changes, so that nobody who watches has to ask again and again.
//!
//! Query: `pipeline=NAME`, `build=ID`, `deployment=ID`, or `log-group=NAME&log-stream=NAME`, in the account and region of the signature. Answer: JSON
//! lines, one at once and one after each change, until the client goes or the server stops. Changes that come quickly one after
//! the other may share a line. A pipeline's lines say which actions run and what they wait for outside; the rest is read by
//! the services' own operations.

use super::credential::Credential;
use super::visit::Visit;
use super::wire::Response;
use super::{control, identity};
use crate::app::App;
use crate::companions::logs::StreamWatch;
use crate::engine::driver::Watch;
use crate::engine::pipeline::execution::ActionRun;
use aws_smithy_http_server::body::wrap_stream;
use futures::{Stream, stream};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub fn answer(app: &Arc<App>, head: &Parts) -> Response {
    let credential = Credential::of(&head.headers, &head.uri);
    let identity = match identity::of(app, credential.as_ref(), app.now()) {
        Ok(identity) => identity,
        Err(expired) => return control::refuse(StatusCode::FORBIDDEN, &expired.to_string()),
    };
    if let Err(denied) = identity.may(("slipway", "Follow")) {
        return control::refuse(StatusCode::FORBIDDEN, &denied.to_string());
    }
    let scope = identity.scope;
    let Some(subject) = Subject::of(head.uri.query().unwrap_or_default()) else {
        let expected = "expected pipeline=NAME, build=ID, deployment=ID, or log-group=NAME and log-stream=NAME in the query";
        return control::refuse(StatusCode::BAD_REQUEST, expected);
    };
    let lines = Lines {
        wake: subject.watch(app, &scope),
        app: app.clone(),
        scope,
        subject,
        stop: Visit::of(head).stop,
        begun: false,
    };
    let mut response = http::Response::new(wrap_stream(lines.stream()));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-ndjson"),
    );
    response
}

/// What is followed.
enum Subject {
    Pipeline(String),
    Build(String),
    Deployment(String),
    Log { group: String, stream: String },
}

impl Subject {
    fn of(query: &str) -> Option<Self> {
        let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let field = |name: &str| {
            let found = fields.iter().find(|(field, _)| field == name);
            found.map(|(_, value)| value.clone())
        };
        let pipeline = field("pipeline").map(Self::Pipeline);
        pipeline
            .or_else(|| field("build").map(Self::Build))
            .or_else(|| field("deployment").map(Self::Deployment))
            .or_else(|| {
                Some(Self::Log {
                    group: field("log-group")?,
                    stream: field("log-stream")?,
                })
            })
    }

    fn watch(&self, app: &App, scope: &crate::aws::Scope) -> Wake {
        match self {
            Self::Pipeline(name) => {
                let key = (scope.clone(), name.clone());
                Wake::Row(app.codepipeline.engine.watch(key))
            }
            Self::Build(id) => {
                let key = (scope.clone(), id.clone());
                Wake::Row(app.codebuild.engine.watch(key))
            }
            Self::Deployment(id) => {
                let key = (scope.clone(), id.clone());
                Wake::Row(app.codedeploy.engine.watch(key))
            }
            Self::Log { group, stream } => Wake::Log(app.logs.watch(scope, group, stream)),
        }
    }
}

enum Wake {
    Row(Watch),
    Log(StreamWatch),
}

impl Wake {
    async fn changed(&mut self) {
        match self {
            Self::Row(watch) => watch.changed().await,
            Self::Log(watch) => watch.changed().await,
        }
    }
}

struct Lines {
    app: Arc<App>,
    scope: crate::aws::Scope,
    subject: Subject,
    wake: Wake,
    stop: CancellationToken,
    begun: bool,
}

impl Lines {
    fn stream(self) -> impl Stream<Item = io::Result<String>> {
        stream::unfold(self, |mut lines| async {
            if lines.begun {
                let stop = lines.stop.clone();
                tokio::select! {
                    () = lines.wake.changed() => {}
                    () = stop.cancelled_owned() => return None,
                }
            }
            lines.begun = true;
            Some((Ok(format!("{}\n", lines.line())), lines))
        })
    }

    fn line(&self) -> Value {
        match &self.subject {
            Subject::Pipeline(name) => {
                json!({"pipeline": name, "running": self.running(name)})
            }
            Subject::Build(id) => json!({ "build": id }),
            Subject::Deployment(id) => json!({ "deployment": id }),
            Subject::Log { group, stream } => json!({"log-group": group, "log-stream": stream}),
        }
    }

    fn running(&self, pipeline: &str) -> Vec<Value> {
        let key = (self.scope.clone(), pipeline.to_owned());
        let live = self.app.codepipeline.engine.state(&key);
        let executions = live.iter().flat_map(|row| &row.live);
        executions
            .flat_map(|live| live.execution.running().map(running))
            .collect()
    }
}

fn running(run: &ActionRun) -> Value {
    json!({
        "actionExecutionId": run.id,
        "externalExecutionId": run.result.external_id,
        "logStreamARN": run.result.log_stream_arn,
    })
}
