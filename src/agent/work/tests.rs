//! The agent against a scripted server. Witness: contract codedeploy §8.8.

use super::running::MOST_AT_ONCE;
use super::*;
use crate::agent::bundle::Sources;
use crate::agent::place::Host;
use crate::agent::root::Root;
use crate::codedeploy::agents::envelope;
use crate::codedeploy::agents::keys::Pair;
use crate::git::Git;
use camino::Utf8Path;
use futures::FutureExt;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers each operation with the same every time, and remembers what it was asked.
#[derive(Clone)]
struct Script {
    command: &'static str,
    /// What the acknowledgement is answered.
    status: &'static str,
    format: &'static str,
    host: &'static str,
    /// Completions that get no answer.
    deaf: usize,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Script {
    fn of(command: &'static str) -> Self {
        Self {
            command,
            status: "InProgress",
            format: SIGNED,
            host: "arn:aws:iam::000000000000:user/web",
            deaf: 0,
            asked: Arc::default(),
        }
    }

    fn answer(&self, operation: &str) -> Value {
        match operation {
            "PollHostCommand" => {
                json!({"HostCommand": {"HostCommandIdentifier": "id", "HostIdentifier": self.host,
                "DeploymentExecutionId": "a/b/d-1/1", "CommandName": self.command, "Nonce": 1}})
            }
            "GetDeploymentSpecification" => {
                let spec = json!({"DeploymentId": "d-1", "DeploymentGroupId": "g", "DeploymentGroupName": "group",
                    "ApplicationName": "app", "Revision": {"RevisionType": "S3", "S3Revision":
                        {"Bucket": "b", "Key": "k", "BundleType": "zip"}}});
                let sealed = envelope::seal(spec.to_string().as_bytes(), &Pair::make(&[]).unwrap());
                json!({"DeploymentSystem": "CodeDeploy", "DeploymentSpecification": {"GenericEnvelope":
                    {"Format": self.format, "Payload": sealed.unwrap()}}})
            }
            "PutHostCommandAcknowledgement" => json!({"CommandStatus": self.status}),
            _ => json!({}),
        }
    }

    async fn serve(mut self, listener: TcpListener) {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            self.converse(stream).await;
        }
    }

    async fn converse(&mut self, mut stream: TcpStream) {
        let mut bytes = Vec::new();
        let (head, body) = loop {
            stream.read_buf(&mut bytes).await.unwrap();
            let text = String::from_utf8(bytes.clone()).unwrap();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() == length.map_or(0, |length| length.parse().unwrap()) {
                break (head.to_owned(), body.to_owned());
            }
        };
        let target = head
            .lines()
            .find_map(|line| line.strip_prefix("x-amz-target: "))
            .unwrap();
        let operation = target
            .strip_prefix("CodeDeployCommandService_v20141006.")
            .unwrap();
        let asked = (operation.to_owned(), serde_json::from_str(&body).unwrap());
        self.asked.lock().unwrap().push(asked);
        if operation == "PutHostCommandComplete" && self.deaf > 0 {
            self.deaf -= 1;
            return;
        }
        let answer = self.answer(operation).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        stream
            .write_all(format!("{head}{answer}").as_bytes())
            .await
            .unwrap();
    }
}

/// What the agent says to this server when it asks once: operations, and the payloads of diagnostics.
async fn said(script: Script) -> Vec<(String, Value)> {
    let folder = tempfile::tempdir().unwrap();
    said_with(script, &folder).await
}

/// The same with what is in the folder already.
async fn said_with(script: Script, folder: &tempfile::TempDir) -> Vec<(String, Value)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(script.clone().serve(listener));
    let remote = Remote::new(url.clone(), "0".repeat(12), "us-east-1".into());
    let tools = Tools {
        root: Root::new(Utf8Path::from_path(folder.path()).unwrap()),
        sources: Sources {
            s3: url.clone(),
            authorization: String::new(),
            github: url,
            again: Vec::new(),
            git: Git::default(),
        },
        place: Arc::new(Host),
    };
    let host = "arn:aws:iam::000000000000:user/web".to_owned();
    let _ = Agent::new(remote, host, tools, |_| {}).once().await;
    server.abort();
    let asked = script.asked.lock().unwrap().clone();
    let payload = |input: &Value| {
        let payload = input["Diagnostics"]["Payload"].as_str();
        payload.map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
    };
    asked
        .iter()
        .map(|(name, input)| (name.clone(), payload(input)))
        .collect()
}

fn names(said: &[(String, Value)]) -> Vec<&str> {
    said.iter().map(|(name, _)| name.as_str()).collect()
}

const ALL: [&str; 4] = [
    "PollHostCommand",
    "GetDeploymentSpecification",
    "PutHostCommandAcknowledgement",
    "PutHostCommandComplete",
];

/// Nothing is installed: there is no script to stop anything by.
#[tokio::test]
async fn a_command_is_acknowledged_carried_out_and_completed_once() {
    let said = said(Script::of("ApplicationStop")).await;
    assert_eq!(names(&said), ALL);
    assert_eq!(said[2].1, json!({"IsCommandNoop": true}));
    let report = json!({"error_code": 0, "script_name": "", "message": "Succeeded: ", "log": ""});
    assert_eq!(said[3].1, report);
}

#[tokio::test]
async fn a_failure_is_told_once() {
    let said = said(Script::of("Install")).await;
    assert_eq!(names(&said), ALL);
    assert_eq!(said[2].1, json!({"IsCommandNoop": false}));
    assert_eq!(said[3].1["error_code"], 5);
    let message = said[3].1["message"].as_str().unwrap();
    assert!(
        message.starts_with("The CodeDeploy agent did not find an AppSpec file"),
        "{message}"
    );
}

#[tokio::test]
async fn what_the_server_does_not_want_is_left_alone() {
    let failed = |command| Script {
        status: "Failed",
        ..Script::of(command)
    };
    let noop = said(failed("ApplicationStop")).await;
    assert_eq!(noop[3].1["message"], "Succeeded: CompletedNoopCommand");
    assert_eq!(names(&said(failed("Install")).await), ALL[..3]);
    let done = Script {
        status: "Succeeded",
        ..Script::of("ApplicationStop")
    };
    assert_eq!(names(&said(done).await), ALL[..3]);
}

#[tokio::test]
async fn what_cannot_be_begun_fails_without_an_acknowledgement() {
    let told = [ALL[0], ALL[1], ALL[3]];
    let unknown = said(Script::of("Reboot")).await;
    assert_eq!(names(&unknown), told);
    assert_eq!(unknown[2].1["message"], "Unsupported command type: Reboot.");
    let plain = Script {
        format: "TEXT/JSON",
        ..Script::of("Install")
    };
    let plain = said(plain).await;
    assert_eq!(names(&plain), told);
    let message = "Unsupported DeploymentSpecification format: TEXT/JSON";
    assert_eq!(plain[2].1["message"], message);
}

/// "Failures before execution (…, unparsable AppSpec during the no-op check) are reported once, with code 5."
#[tokio::test]
async fn an_appspec_that_cannot_be_read_fails_once_and_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::new(Utf8Path::from_path(folder.path()).unwrap());
    let archive = root.deployment("g", "d-1").archive();
    std::fs::create_dir_all(&archive).unwrap();
    std::fs::write(archive.join("appspec.yml"), "version: [").unwrap();
    let said = said_with(Script::of("BeforeInstall"), &folder).await;
    assert_eq!(names(&said), [ALL[0], ALL[1], ALL[3]]);
    assert_eq!(said[2].1["error_code"], 5);
    assert_eq!(said[2].1["log"], "");
    let message = said[2].1["message"].as_str().unwrap();
    assert!(
        message.starts_with("The deployment failed because"),
        "{message}"
    );
}

/// Our own: the work is done, and the server is to know it when it is back.
#[tokio::test]
async fn a_server_that_is_gone_hears_of_the_end_when_it_is_back() {
    let script = Script {
        deaf: 1,
        ..Script::of("ApplicationStop")
    };
    let said = said(script).await;
    assert_eq!(names(&said)[..4], ALL);
    assert_eq!(names(&said)[4..], [ALL[3]]);
    assert_eq!(said[3].1, said[4].1);
}

/// "Up to 16 commands in parallel".
#[tokio::test]
async fn sixteen_commands_run_at_one_time() {
    let (mut running, stop) = (Running::default(), CancellationToken::new());
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    for _ in 0..MOST_AT_ONCE {
        assert_eq!(
            running.beside(std::future::ready(()), &stop).await,
            Some(())
        );
        let gate = gate.clone();
        running.start(async move { gate.acquire().await.unwrap().forget() });
    }
    assert_eq!(MOST_AT_ONCE, 16);
    let asked = running.beside(std::future::ready(()), &stop);
    assert_eq!(asked.now_or_never(), None, "the next has to wait");
    gate.add_permits(1);
    assert_eq!(
        running.beside(std::future::ready(()), &stop).await,
        Some(())
    );
    gate.add_permits(MOST_AT_ONCE);
    running.finish().await;
}

/// "Poll interval 1 s as packaged; back-off after errors up to 90 s."
#[test]
fn errors_make_the_agent_wait_longer_each_time() {
    let mut waits = vec![BETWEEN];
    while waits.len() < 9 {
        waits.push(longer(waits[waits.len() - 1]));
    }
    let seconds: Vec<u64> = waits.iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 90, 90]);
}

#[tokio::test]
async fn commands_of_other_hosts_are_not_carried_out() {
    let other = Script {
        host: "arn:aws:iam::000000000000:user/other",
        ..Script::of("Install")
    };
    assert_eq!(names(&said(other).await), ALL[..1]);
}

/// Our own: a server offers a command again that nobody has acknowledged.
#[test]
fn a_command_that_is_given_twice_is_done_once() {
    let busy = Mutex::default();
    let first = Busy::mark(&busy, "id");
    assert!(first.is_some() && Busy::mark(&busy, "id").is_none());
    assert!(Busy::mark(&busy, "other").is_some());
    drop(first);
    assert!(Busy::mark(&busy, "id").is_some());
}
