//! Calls of operations as one account in one region, in either protocol.
//!
//! Invariant: on a server whose engines stand still, a refused call leaves every row of the services as it was; each
//! refusal is checked for that.

use super::server::signed;
use super::{Answer, Server, normal};
use camino::Utf8Path;
use http::StatusCode;
use serde_json::{Value, json};
use slipway::app::App;
use slipway::config::{Builds, Config, Data};
use slipway::store::Direction::Forward;
use std::fmt::Debug;
use std::sync::Arc;

/// A service under test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    signing_name: &'static str,
    shape_name: &'static str,
}

pub const CODEPIPELINE: Target = Target {
    signing_name: "codepipeline",
    shape_name: "CodePipeline_20150709",
};
pub const CODEBUILD: Target = Target {
    signing_name: "codebuild",
    shape_name: "CodeBuild_20161006",
};
pub const CODEDEPLOY: Target = Target {
    signing_name: "codedeploy",
    shape_name: "CodeDeploy_20141006",
};
/// What agents of CodeDeploy speak.
pub const COMMANDS: Target = Target {
    signing_name: "codedeploy-commands",
    shape_name: "CodeDeployCommandService_v20141006",
};

pub const ECS: Target = Target {
    signing_name: "ecs",
    shape_name: "AmazonEC2ContainerServiceV20141113",
};
pub const LOGS: Target = Target {
    signing_name: "logs",
    shape_name: "Logs_20140328",
};
pub const SECRETSMANAGER: Target = Target {
    signing_name: "secretsmanager",
    shape_name: "secretsmanager",
};
pub const SSM: Target = Target {
    signing_name: "ssm",
    shape_name: "AmazonSSM",
};

#[derive(Clone, Copy, Debug)]
pub enum Protocol {
    Json,
    Cbor,
}

/// Who calls, whom, and how.
#[derive(Clone)]
pub struct Caller {
    pub server: Arc<Server>,
    target: Target,
    protocol: Protocol,
    account: String,
    region: String,
}

/// Code and text of an error.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: String,
    pub message: String,
}

pub const ACCOUNT: &str = "000000000000";
pub const ROLE: &str = "arn:aws:iam::000000000000:role/delivery";
const REGION: &str = "us-east-1";
/// Numbers from here on are times; nothing that is counted gets so far.
const TIMES: f64 = 1e9;

/// Trusts the three services.
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
    "Principal":{"Service":["codebuild.amazonaws.com","codedeploy.amazonaws.com","codepipeline.amazonaws.com"]}}]}"#;

impl Caller {
    /// A caller of a new server whose engines keep what they are told and do nothing of it; the account has the role `ROLE`.
    pub async fn new(target: Target) -> Self {
        Self::speaking(target, Protocol::Json).await
    }

    async fn speaking(target: Target, protocol: Protocol) -> Self {
        // Engines are halted until somebody resumes them.
        Self::at(Server::of(App::in_memory()).await, target, protocol).await
    }

    /// A caller of a new server that does what it is asked for; builds would run on the host.
    pub async fn running(target: Target) -> Self {
        let config = Config {
            builds: Builds::Host,
            ..Config::in_memory()
        };
        Self::at(Server::with(config).await, target, Protocol::Json).await
    }

    /// A caller of a server that keeps what it is told in a folder; the account has what it had there before, and the role.
    pub async fn keeping(folder: &Utf8Path, target: Target) -> Self {
        let config = Config {
            data: Data::Folder(folder.to_owned()),
            builds: Builds::Host,
            ..Config::in_memory()
        };
        let is_new = !folder.exists();
        let caller = Self::again(Server::with(config).await, target);
        if is_new {
            caller.make_role("delivery", TRUST).await;
        }
        caller
    }

    /// A caller of this server; the account has the role `ROLE`.
    pub async fn of(server: Server, target: Target) -> Self {
        Self::at(server, target, Protocol::Json).await
    }

    /// A caller of a server that has the role already.
    pub fn again(server: Server, target: Target) -> Self {
        Self {
            server: Arc::new(server),
            target,
            protocol: Protocol::Json,
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
        }
    }

    /// The same account's calls of another service.
    pub fn to(&self, target: Target) -> Self {
        Self {
            target,
            ..self.clone()
        }
    }

    /// The same calls in JSON, for services that know nothing else.
    pub fn in_json(&self) -> Self {
        Self {
            protocol: Protocol::Json,
            ..self.clone()
        }
    }

    async fn at(server: Server, target: Target, protocol: Protocol) -> Self {
        let caller = Self {
            protocol,
            ..Self::again(server, target)
        };
        caller.make_role("delivery", TRUST).await;
        caller
    }

    /// The same in another account; it has a role of the same name.
    pub async fn of_account(&self, account: &str) -> Self {
        let other = Self {
            account: account.to_owned(),
            ..self.clone()
        };
        other.make_role("delivery", TRUST).await;
        other
    }

    pub fn in_region(&self, region: &str) -> Self {
        Self {
            region: region.to_owned(),
            ..self.clone()
        }
    }

    pub async fn make_role(&self, name: &str, trust: &str) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", "CreateRole")
            .append_pair("Version", "2010-05-08")
            .append_pair("RoleName", name)
            .append_pair("AssumeRolePolicyDocument", trust);
        let request = self
            .server
            .post("/")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", signed(&self.account, &self.region, "iam"));
        let answer = self
            .server
            .send(request.body(form.finish().into()).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    /// The body of S3's answer to a call that succeeds.
    pub async fn s3(&self, method: &str, path: &str, body: &str) -> String {
        let method = method.parse().unwrap();
        let request = self
            .server
            .request(method, path)
            .header("authorization", signed(&self.account, &self.region, "s3"))
            .header("x-amz-date", "20261121T000000Z")
            .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        let request = request.body(body.to_owned().into()).unwrap();
        let answer = self.server.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {answer:?}");
        answer.text()
    }

    /// The answer to a call that succeeds; `Null` for an empty body.
    pub async fn ok(&self, operation: &str, body: Value) -> Value {
        let answer = self.ask(operation, &body).await;
        let decoded = self.decoded(&answer);
        assert_eq!(answer.status, StatusCode::OK, "{operation}: {decoded}");
        decoded
    }

    /// The error of a call that the customer got wrong; it changed nothing.
    pub async fn refused(&self, operation: &str, body: Value) -> Refusal {
        let before = rows(&self.server.app);
        let answer = self.ask(operation, &body).await;
        let decoded = self.decoded(&answer);
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{operation} {body}: {decoded}"
        );
        assert_eq!(
            rows(&self.server.app),
            before,
            "a refused {operation} changed something"
        );
        let code = decoded["__type"].as_str().unwrap().rsplit('#').next();
        Refusal {
            code: code.unwrap().to_owned(),
            message: decoded["message"].as_str().unwrap().to_owned(),
        }
    }

    /// Asserts that the call is refused with exactly this.
    pub async fn expect_refusal(&self, operation: &str, body: Value, code: &str, message: &str) {
        let said = self.refused(operation, body.clone()).await;
        assert_eq!(said, refusal(code, message), "{operation} {body}");
    }

    async fn ask(&self, operation: &str, body: &Value) -> Answer {
        let credential = signed(&self.account, &self.region, self.target.signing_name);
        let name = self.target.shape_name;
        let (request, bytes) = match self.protocol {
            Protocol::Json => {
                let request = self
                    .server
                    .post("/")
                    .header("x-amz-target", format!("{name}.{operation}"))
                    .header("content-type", "application/x-amz-json-1.1");
                (request, body.to_string().into_bytes())
            }
            Protocol::Cbor => {
                let path = format!("/service/{name}/operation/{operation}");
                let request = self
                    .server
                    .post(&path)
                    .header("smithy-protocol", "rpc-v2-cbor")
                    .header("content-type", "application/cbor");
                let mut bytes = Vec::new();
                ciborium::into_writer(&tagged(body), &mut bytes).unwrap();
                (request, bytes)
            }
        };
        let request = request.header("authorization", credential);
        self.server.send(request.body(bytes.into()).unwrap()).await
    }

    fn decoded(&self, answer: &Answer) -> Value {
        match self.protocol {
            _ if answer.body.is_empty() => Value::Null,
            Protocol::Json => answer.json(),
            Protocol::Cbor => plain(ciborium::from_reader(&*answer.body).unwrap()),
        }
    }
}

pub fn refusal(code: &str, message: &str) -> Refusal {
    Refusal {
        code: code.to_owned(),
        message: message.to_owned(),
    }
}

/// Plays `scenario` in both protocols on a server of its own each, and gives what it showed, the same in both.
pub async fn both(target: Target, scenario: impl AsyncFn(Caller) -> Value) -> String {
    let mut shown = Vec::new();
    for protocol in [Protocol::Json, Protocol::Cbor] {
        let caller = Caller::speaking(target, protocol).await;
        shown.push(normal::normalised(scenario(caller).await));
    }
    assert_eq!(shown[0], shown[1], "the protocols say the same");
    shown.remove(0)
}

/// Every page of a list, in pages of whatever size `body` asks for; no page but the last has a token.
pub async fn pages(caller: &Caller, operation: &str, body: Value, member: &str) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    let mut body = body;
    loop {
        let answer = caller.ok(operation, body.clone()).await;
        all.push(answer[member].as_array().unwrap().clone());
        assert!(all.len() < 50, "{operation} has no end");
        match answer.get("nextToken") {
            Some(token) => body["nextToken"] = token.clone(),
            None => return all,
        }
    }
}

/// A JSON value as CBOR; numbers that can only be times are tagged as such.
fn tagged(value: &Value) -> ciborium::Value {
    use ciborium::Value as Cbor;
    match value {
        Value::Number(number) if number.as_f64().is_some_and(|number| number > TIMES) => {
            Cbor::Tag(1, Box::new(Cbor::serialized(number).unwrap()))
        }
        Value::Array(items) => Cbor::Array(items.iter().map(tagged).collect()),
        Value::Object(members) => {
            let members = members.iter();
            Cbor::Map(
                members
                    .map(|(name, of)| (name.as_str().into(), tagged(of)))
                    .collect(),
            )
        }
        other => Cbor::serialized(other).unwrap(),
    }
}

/// A CBOR value as JSON; tags of times are dropped.
pub fn plain(value: ciborium::Value) -> Value {
    use ciborium::Value as Cbor;
    match value {
        Cbor::Tag(1, value) => plain(*value),
        Cbor::Array(items) => items.into_iter().map(plain).collect(),
        Cbor::Map(entries) => entries
            .into_iter()
            .map(|(key, value)| (key.into_text().unwrap(), plain(value)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Cbor::Text(text) => text.into(),
        Cbor::Bool(flag) => flag.into(),
        Cbor::Float(number) => number.into(),
        Cbor::Integer(number) => i64::try_from(number).unwrap().into(),
        other => panic!("{other:?} is in no answer"),
    }
}

/// All that the three services keep.
fn rows(app: &App) -> Vec<String> {
    let (pipelines, builds) = (&app.codepipeline.tables, &app.codebuild.tables);
    let reports = &builds.reports;
    let deploys = &app.codedeploy.tables;
    const ALL: usize = usize::MAX;
    let parts: &[&dyn Debug] = &[
        &pipelines.pipelines.range(.., Forward, ALL),
        &pipelines.versions.range(.., Forward, ALL).unwrap(),
        &pipelines.tags.range(.., Forward, ALL),
        &pipelines.executions.range(.., Forward, ALL).unwrap(),
        &pipelines.starts.range(.., Forward, ALL).unwrap(),
        &pipelines.actions.range(.., Forward, ALL).unwrap(),
        &pipelines.actions_of.range(.., Forward, ALL).unwrap(),
        &pipelines.webhooks.range(.., Forward, ALL),
        &pipelines.jobs.rows.range(.., Forward, ALL).unwrap(),
        &pipelines.jobs.open.range(.., Forward, ALL),
        &pipelines.action_types.range(.., Forward, ALL),
        &pipelines.deleted_action_types.range(.., Forward, ALL),
        &app.codepipeline.engine.range(.., Forward, ALL),
        &builds.projects.range(.., Forward, ALL),
        &builds.activity.range(.., Forward, ALL),
        &builds.tokens.range(.., Forward, ALL),
        &builds.settings.range(.., Forward, ALL).unwrap(),
        &builds.finished.range(.., Forward, ALL).unwrap(),
        &builds.numbers.range(.., Forward, ALL).unwrap(),
        &app.codebuild.engine.range(.., Forward, ALL),
        &builds.webhooks.range(.., Forward, ALL),
        &builds.credentials.range(.., Forward, ALL),
        &builds.policies.rows.range(.., Forward, ALL),
        &builds.report_groups.range(.., Forward, ALL),
        &builds.fleets.range(.., Forward, ALL),
        &reports.rows.range(.., Forward, ALL).unwrap(),
        &reports.by_time.range(.., Forward, ALL).unwrap(),
        &reports.of_group.range(.., Forward, ALL).unwrap(),
        &reports.cases.range(.., Forward, ALL).unwrap(),
        &reports.coverages.by_path.range(.., Forward, ALL).unwrap(),
        &reports.coverages.by_lines.range(.., Forward, ALL).unwrap(),
        &deploys.applications.range(.., Forward, ALL),
        &deploys.groups.range(.., Forward, ALL),
        &deploys.config_users.range(.., Forward, ALL),
        &deploys.ecs_services.range(.., Forward, ALL),
        &deploys.configs.range(.., Forward, ALL),
        &deploys.revisions.range(.., Forward, ALL),
        &deploys.instances.range(.., Forward, ALL),
        &deploys.instance_arns.range(.., Forward, ALL),
        &deploys.tags.range(.., Forward, ALL),
        &deploys.deployments.fixed.range(.., Forward, ALL).unwrap(),
        &deploys
            .deployments
            .finished
            .range(.., Forward, ALL)
            .unwrap(),
        &deploys.deployments.listed.range(.., Forward, ALL).unwrap(),
        &deploys.deployments.active.range(.., Forward, ALL),
        &deploys.deployments.waiting.range(.., Forward, ALL),
        &deploys.deployments.names.range(.., Forward, ALL),
        &app.codedeploy.engine.range(.., Forward, ALL),
    ];
    parts.iter().map(|part| format!("{part:?}")).collect()
}

/// The body with `value` at the pointer; `/-` at its end appends to a list, `Null` takes away.
pub fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = body
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer}"));
    match (parent, last) {
        (Value::Array(items), "-") => items.push(value),
        (Value::Array(items), at) => items[at.parse::<usize>().unwrap()] = value,
        (Value::Object(members), name) if value.is_null() => drop(members.remove(name)),
        (Value::Object(members), name) => drop(members.insert(name.to_owned(), value)),
        (other, _) => panic!("{pointer}: {other}"),
    }
    body
}

/// The members `name` of a list of structures.
pub fn texts(list: &Value, name: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("{list}")).iter();
    items
        .map(|item| {
            item[name]
                .as_str()
                .unwrap_or_else(|| panic!("{item}"))
                .to_owned()
        })
        .collect()
}

/// Tags as both services take and give them.
pub fn tags(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect()
}
