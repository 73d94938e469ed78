//! The command service: who is heard, what is refused, and the listener that agents insist on.

use super::agent::Agent;
use crate::codedeploy::deploying;
use crate::codedeploy::sample::{app, instance};
use crate::support::caller::{ACCOUNT, CODEDEPLOY, COMMANDS, Caller, ROLE};
use crate::support::server::signed;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use slipway::codedeploy::agents::poll::poll_host_command;
use slipway::codedeploy::agents::protocol::PollHostCommandInput;
use slipway::server::{Call, Listener, tls};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tokio_util::sync::CancellationToken;

async fn deployed_to_one(caller: &Caller) -> String {
    app(caller, "a", "Server").await;
    let body = json!({"applicationName": "a", "deploymentGroupName": "g", "serviceRoleArn": ROLE,
        "onPremisesInstanceTagFilters": [{"Key": "role", "Type": "KEY_ONLY"}]});
    caller.ok("CreateDeploymentGroup", body).await;
    instance(caller, "one").await;
    instance(caller, "two").await;
    let tags = json!({"instanceNames": ["one"], "tags": [{"Key": "role", "Value": ""}]});
    caller.ok("AddTagsToOnPremisesInstances", tags).await;
    let at = json!({"repository": "o/r", "commitId": "0".repeat(40)});
    let revision = json!({"revisionType": "GitHub", "gitHubLocation": at});
    let body = json!({"applicationName": "a", "deploymentGroupName": "g", "revision": revision});
    deploying::create(caller, body).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_are_heard_about_their_own_instance_only() {
    // contract codedeploy §8.8, "Caller"
    let caller = Caller::running(CODEDEPLOY).await;
    deployed_to_one(&caller).await;
    let agents = caller.to(COMMANDS);
    let one = Agent::of(&caller, "one");
    let command = one.fetch().await;
    assert_eq!(
        command.specification["Revision"],
        json!({"RevisionType": "GitHub", "GitHubRevision": {"Account": "o", "Repository": "r", "CommitId": "0".repeat(40)}})
    );
    let two = "arn:aws:iam::000000000000:user/two";
    let foreign = "arn:aws:iam::111111111111:user/one";
    let elsewhere = "arn:aws:ec2:eu-west-1:000000000000:instance/i-1";
    for (operation, body) in [
        ("PollHostCommand", json!({})),
        ("PollHostCommand", json!({"HostIdentifier": "one"})),
        (
            "PollHostCommand",
            json!({"HostIdentifier": "arn:aws:iam::000000000000:user/nobody"}),
        ),
        ("PollHostCommand", json!({"HostIdentifier": foreign})),
        ("PollHostCommand", json!({"HostIdentifier": elsewhere})),
        (
            "GetDeploymentSpecification",
            json!({"HostIdentifier": two, "DeploymentExecutionId": command.execution}),
        ),
        (
            "GetDeploymentSpecification",
            json!({"HostIdentifier": one.host, "DeploymentExecutionId": "a/b/d-ZZZZZZZZZ/0"}),
        ),
        (
            "GetDeploymentSpecification",
            json!({"HostIdentifier": one.host, "DeploymentExecutionId": "odd"}),
        ),
        (
            "PutHostCommandAcknowledgement",
            json!({"HostCommandIdentifier": "odd"}),
        ),
        (
            "PutHostCommandComplete",
            json!({"HostCommandIdentifier": "d-ZZZZZZZZZ.0.Install.0", "CommandStatus": "Succeeded"}),
        ),
        (
            "PutHostCommandComplete",
            json!({"HostCommandIdentifier": command.id, "CommandStatus": "odd"}),
        ),
        (
            "PostHostCommandUpdate",
            json!({"HostCommandIdentifier": ""}),
        ),
    ] {
        let said = agents.refused(operation, body.clone()).await;
        assert_eq!(said.code, "ClientException", "{operation} {body}");
    }
    let other = caller.of_account("111111111111").await.to(COMMANDS);
    let body = json!({"HostCommandIdentifier": command.id});
    let said = other
        .refused("PutHostCommandAcknowledgement", body.clone())
        .await;
    assert_eq!(said.code, "ClientException", "another account's command");
    let said = agents.ok("PostHostCommandUpdate", body).await;
    assert_eq!(said, json!({"CommandStatus": "InProgress"}));
    for (operation, code) in [
        ("PollHostCommands", "UnknownOperationException"),
        ("PollHostCommand", "SerializationException"),
    ] {
        let target = format!("CodeDeployCommandService.{operation}");
        let answer = caller
            .server
            .json_bytes(&target, "{\"HostIdentifier\": 7}")
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["__type"], code);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_with_a_policy_speak_by_another_name_and_learn_versions() {
    // contract codedeploy §8.8: `:enable_auth_policy:`; specification keys: Version, and what is left out
    let caller = Caller::running(CODEDEPLOY).await;
    deployed_to_one(&caller).await;
    let one = Agent::of(&caller, "one");
    let command = one.fetch().await;
    one.confirm(&command.id).await;
    let failure = json!({"error_code": 5, "script_name": "", "message": "no", "log": ""});
    one.tell(&command.id, "Failed", failure).await;
    let at = json!({"bucket": "b", "key": "k", "bundleType": "tgz", "version": "v-1"});
    let body = json!({"applicationName": "a", "deploymentGroupName": "g", "fileExistsBehavior": "RETAIN",
        "revision": {"revisionType": "S3", "s3Location": at}});
    deploying::create(&caller, body).await;
    let command = one.fetch().await;
    assert_eq!(
        command.specification["Revision"],
        json!({"RevisionType": "S3", "S3Revision": {"Bucket": "b", "Key": "k", "BundleType": "tgz", "Version": "v-1"}})
    );
    let overrides = &command.specification["AgentActionOverrides"]["AgentOverrides"];
    assert_eq!(overrides["FileExistsBehavior"], "RETAIN");
    for absent in [
        "AllPossibleLifecycleEvents",
        "GitHubAccessToken",
        "AppSpecFilename",
    ] {
        assert_eq!(command.specification.get(absent), None);
    }
    let secure = async |operation: &str, body: Value| {
        let request = caller
            .server
            .post("/")
            .header(
                "x-amz-target",
                format!("CodeDeployCommandService.{operation}"),
            )
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-codedeploy-agent-version", "1.8.1")
            .header(
                "authorization",
                signed(ACCOUNT, "us-east-1", "codedeploy-commands-secure"),
            );
        let request = request.body(http_body_util::Full::new(body.to_string().into()));
        let answer = caller.server.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer
    };
    let id = json!({"HostCommandIdentifier": command.id});
    let said = secure("PutHostCommandAcknowledgement", id).await;
    assert_eq!(said.json(), json!({"CommandStatus": "InProgress"}));
    let done = json!({"HostCommandIdentifier": command.id, "CommandStatus": "Succeeded"});
    secure("PutHostCommandComplete", done).await;
    let said = secure("PollHostCommand", json!({"HostIdentifier": one.host})).await;
    assert_eq!(said.json()["HostCommand"]["CommandName"], "DownloadBundle");
}

#[test]
fn a_poll_is_answered_before_agents_give_it_up() {
    // contract codedeploy §8.8, "Time-outs" [U]: a read times out after 80 s, up to 60 s are fine
    assert!(slipway::codedeploy::agents::poll::LONGEST.as_secs() <= 60);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_lets_those_who_wait_go() {
    // ours: a poll has no end of its own
    let caller = Caller::running(CODEDEPLOY).await;
    instance(&caller, "one").await;
    let input = PollHostCommandInput {
        host_identifier: "arn:aws:iam::000000000000:user/one".to_owned(),
    };
    let scope = Call::new(&caller.server.app).scope;
    let service = &caller.server.app.codedeploy;
    let stop = CancellationToken::new();
    let polled = poll_host_command(service, &scope, input, stop.cancelled());
    let stopped = async { stop.cancel() };
    let (polled, ()) = tokio::join!(polled, stopped);
    assert_eq!(polled.unwrap().host_command, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_that_trust_the_servers_certificate_are_served_by_tls() {
    // contract codedeploy §8.8: a plain GET / with verification, any status is fine
    let caller = Caller::running(CODEDEPLOY).await;
    let app = caller.server.app.clone();
    let pair = app.codedeploy.keys.pair().await.unwrap();
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), &[])
        .await
        .unwrap();
    let address = listener.address().unwrap();
    let stop = CancellationToken::new();
    let secured = listener.secured(tls::acceptor(&pair).unwrap());
    let serving = tokio::spawn(secured.serve(app.clone(), stop.clone()));
    let file = app.codedeploy.keys.certificate_file();
    let certificate = CertificateDer::from_pem_file(file.as_std_path()).unwrap();
    for (trusted, name, fine) in [
        (Some(&certificate), "localhost", true),
        (Some(&certificate), "127.0.0.1", true),
        (Some(&certificate), "evil.example", false),
        (None, "localhost", false),
    ] {
        let stream = TcpStream::connect(address).await.unwrap();
        let connector = TlsConnector::from(Arc::new(client(trusted)));
        let name = ServerName::try_from(name).unwrap();
        match connector.connect(name, stream).await {
            Ok(stream) => {
                assert!(fine);
                assert_eq!(probe(stream).await, StatusCode::OK);
            }
            Err(error) => assert!(!fine, "{error}"),
        }
    }
    stop.cancel();
    serving.await.unwrap();
}

fn client(trusted: Option<&CertificateDer<'static>>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.cloned());
    ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

async fn probe(stream: tokio_rustls::client::TlsStream<TcpStream>) -> StatusCode {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = Request::get("/_slipway/health").header("host", "localhost");
    let answer = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap());
    let answer = answer.await.unwrap();
    let status = answer.status();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    let _: Value = serde_json::from_slice(&body).unwrap();
    status
}
