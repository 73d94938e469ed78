//! Functions that really run: as supervised processes of this machine, in Python, in Node where it is installed, and as a script that
//! speaks the Runtime API with curl.
//!
//! Witness: developer guide, "Using the Lambda runtime API", "Building a custom runtime", "Troubleshoot invocation issues".

use super::house::*;
use crate::sandbox::host;
use crate::support::server::Answer;
use crate::support::{Server, wait_for};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use slipway::app::App;
use slipway::config::Config;
use slipway::sandbox::choose::Chosen;
use slipway::sandbox::process::HostSandboxes;
use std::collections::HashMap;
use std::sync::Arc;

/// A server whose functions run under the built binary's supervisor.
pub async fn running() -> Server {
    running_at(1.0).await
}

/// The same, where waits take so many times less.
async fn running_at(time_scale: f64) -> Server {
    let config = Config {
        time_scale,
        ..Config::in_memory()
    };
    let app = App::open_in(config, |store| Chosen {
        sandboxes: Arc::new(HostSandboxes::new(host::options(
            store.folder().join("running"),
        ))),
        docker: None,
        warning: None,
    });
    let app = app.await.unwrap();
    app.resume().await;
    let server = Server::of(app).await;
    server.app.world.listens(server.address, HashMap::new());
    furnished(server).await
}

/// A server with the Python function `f`.
pub async fn with_python(text: &str) -> Server {
    let server = running().await;
    ok(&server, 201, "POST", FUNCTIONS, python("f", text)).await;
    server
}

pub async fn invoke(
    server: &Server,
    qualifier: &str,
    headers: &[(&str, &str)],
    payload: &str,
) -> Answer {
    let path = format!("{FUNCTIONS}/f/invocations{qualifier}");
    ask_with(server, "POST", &path, headers, payload.to_owned()).await
}

fn tail(answer: &Answer) -> String {
    let log = answer.header("x-amz-log-result").unwrap();
    String::from_utf8(STANDARD.decode(log).unwrap()).unwrap()
}

const TAIL: [(&str, &str); 1] = [("x-amz-log-type", "Tail")];

/// Every message in the function's log group.
pub async fn logged(server: &Server) -> String {
    let body = json!({ "logGroupName": "/aws/lambda/f" });
    let answer = server.json("Logs_20140328.FilterLogEvents", &body).await;
    let events = answer.json()["events"].clone();
    let events = events.as_array().cloned().unwrap_or_default();
    events
        .iter()
        .filter_map(|event| event["message"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_python_function_runs_and_its_log_is_whole() {
    let text = "print('loading')\ncount = 0\ndef handler(event, context):\n    global count\n    count += 1\n    print('hello', event['name'])\n    return {'count': count, 'id': context.aws_request_id, 'arn': context.invoked_function_arn, 'left': context.get_remaining_time_in_millis() > 0}\n";
    let server = with_python(text).await;
    let answer = invoke(&server, "", &TAIL, r#"{"name":"you"}"#).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("x-amz-executed-version"), Some("$LATEST"));
    assert_eq!(answer.header("x-amz-function-error"), None);
    let said = answer.json();
    let id = answer.header("x-amzn-requestid").unwrap();
    assert_eq!(
        said,
        json!({ "count": 1, "id": id, "arn": ARN, "left": true })
    );
    let log = tail(&answer);
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(
        lines[0],
        format!("START RequestId: {id} Version: $LATEST"),
        "{log}"
    );
    assert!(lines.contains(&"hello you"), "{log}");
    assert_eq!(
        lines[lines.len() - 2],
        format!("END RequestId: {id}"),
        "{log}"
    );
    let report = lines[lines.len() - 1];
    for part in [
        "REPORT RequestId: ",
        "Billed Duration: ",
        "Memory Size: 128 MB",
        "Max Memory Used: ",
        "Init Duration: ",
    ] {
        assert!(report.contains(part), "{report}");
    }
    // The same environment again: what it remembers is still there, and it does not begin anew.
    let again = invoke(&server, "", &TAIL, r#"{"name":"again"}"#).await;
    assert_eq!(again.json()["count"], 2);
    assert!(!tail(&again).contains("Init Duration"));
    let all = logged(&server).await;
    assert_eq!(all.matches("START RequestId").count(), 2, "{all}");
    assert!(
        all.contains("loading\n") && all.contains("hello again\n"),
        "{all}"
    );
    // Another version of the code is another environment.
    change_code(&server, "def handler(e, c):\n    return 'new'\n").await;
    assert_eq!(invoke(&server, "", &[], "").await.json(), "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_has_what_lambda_gives_it_and_the_credentials_of_its_role() {
    let text = "import os, urllib.request, urllib.parse\ndef handler(event, context):\n    names = ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'COLOUR', '_HANDLER']\n    return {name: os.environ[name] for name in names} | {'here': os.path.exists(os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'app.py')), 'key': os.environ['AWS_ACCESS_KEY_ID'], 'url': os.environ['AWS_ENDPOINT_URL']}\n";
    let server = running().await;
    let mut wanted = python("f", text);
    wanted["Environment"] = json!({ "Variables": { "COLOUR": "blue" } });
    ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    let said = invoke(&server, "", &[], "{}").await.json();
    assert_eq!(said["AWS_REGION"], "us-east-1");
    assert_eq!(
        (&said["COLOUR"], &said["_HANDLER"]),
        (&json!("blue"), &json!("app.handler"))
    );
    assert_eq!(said["here"], true);
    assert_eq!(said["url"], format!("http://{}", server.address));
    let session = server
        .app
        .sts
        .session(said["key"].as_str().unwrap())
        .unwrap();
    assert_eq!((&*session.role, &*session.name), ("functions", "f"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_of_functions_are_told_in_their_shapes() {
    let text = "import os, sys, time\ndef handler(event, context):\n    what = event['what']\n    if what == 'raise':\n        raise ValueError('boom')\n    if what == 'exit':\n        sys.exit(3)\n    if what == 'die':\n        os.kill(os.getpid(), 9)\n    if what == 'sleep':\n        print('sleeping')\n        time.sleep(60)\n    if what == 'object':\n        return object()\n    return what\n";
    let server = running().await;
    let mut wanted = python("f", text);
    wanted["Timeout"] = json!(1);
    ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    let raised = invoke(&server, "", &TAIL, r#"{"what":"raise"}"#).await;
    assert_eq!(raised.status, 200);
    assert_eq!(raised.header("x-amz-function-error"), Some("Unhandled"));
    let said = raised.json();
    assert_eq!(
        (&said["errorMessage"], &said["errorType"]),
        (&json!("boom"), &json!("ValueError"))
    );
    assert!(
        said["stackTrace"]
            .as_array()
            .is_some_and(|trace| !trace.is_empty()),
        "{said}"
    );
    assert!(
        tail(&raised).contains("[ERROR] ValueError: boom"),
        "{}",
        tail(&raised)
    );
    let object = invoke(&server, "", &[], r#"{"what":"object"}"#).await;
    assert_eq!(object.json()["errorType"], "Runtime.MarshalError");
    for (what, how) in [("exit", "exit status 3"), ("die", "signal: killed")] {
        let payload = json!({ "what": what }).to_string();
        let ended = invoke(&server, "", &TAIL, &payload).await;
        let id = ended.header("x-amzn-requestid").unwrap();
        let message = format!("RequestId: {id} Error: Runtime exited with error: {how}");
        assert_eq!(
            ended.json(),
            json!({ "errorType": "Runtime.ExitError", "errorMessage": message })
        );
        assert_eq!(ended.header("x-amz-function-error"), Some("Unhandled"));
        assert!(tail(&ended).contains(&message), "{}", tail(&ended));
    }
    let slow = invoke(&server, "", &TAIL, r#"{"what":"sleep"}"#).await;
    let id = slow.header("x-amzn-requestid").unwrap();
    let said = slow.json();
    let message = said["errorMessage"].as_str().unwrap();
    assert!(
        message.ends_with(&format!("Z {id} Task timed out after 1.00 seconds")),
        "{message}"
    );
    let log = tail(&slow);
    assert!(log.contains("sleeping\n") && log.contains(message), "{log}");
    let well = invoke(&server, "", &[], r#"{"what":"well"}"#).await;
    assert_eq!(well.json(), "well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn code_that_cannot_be_loaded_is_told_so() {
    let server = with_python("import nothing_of_this_name\n").await;
    let absent = invoke(&server, "", &TAIL, "{}").await;
    assert_eq!(absent.header("x-amz-function-error"), Some("Unhandled"));
    let said = absent.json();
    assert_eq!(said["errorType"], "Runtime.ImportModuleError");
    assert_eq!(
        said["errorMessage"],
        "Unable to import module 'app': No module named 'nothing_of_this_name'"
    );
    assert!(
        tail(&absent).contains("[ERROR] Runtime.ImportModuleError"),
        "{}",
        tail(&absent)
    );
    let body = json!({ "Handler": "app.absent" });
    change_code(&server, ECHO).await;
    ok(
        &server,
        200,
        "PUT",
        &format!("{FUNCTIONS}/f/configuration"),
        body,
    )
    .await;
    let absent = invoke(&server, "", &[], "{}").await.json();
    assert_eq!(absent["errorType"], "Runtime.HandlerNotFound");
    assert_eq!(
        absent["errorMessage"],
        "Handler 'absent' missing on module 'app'"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_run_three_times_and_then_given_up() {
    let text =
        "def handler(event, context):\n    raise ValueError('try ' + context.aws_request_id)\n";
    let server = running_at(1000.0).await;
    ok(&server, 201, "POST", FUNCTIONS, python("f", text)).await;
    let answer = invoke(&server, "", &[("x-amz-invocation-type", "Event")], "{}").await;
    assert_eq!((answer.status.as_u16(), &*answer.text()), (202, ""));
    let id = answer.header("x-amzn-requestid").unwrap();
    // It is given up when its row is gone: the log then has all of it.
    let mut changes = server.app.lambda.events_changed();
    while server.app.lambda.events_waiting() > 0 {
        changes.changed().await.unwrap();
    }
    let log = logged(&server).await;
    assert_eq!(
        log.matches(&format!("[ERROR] ValueError: try {id}"))
            .count(),
        3,
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_shares_its_calls_by_weight() {
    let server = with_python("def handler(e, c):\n    return 0\n").await;
    publish(&server, 1).await;
    publish(&server, 2).await;
    let alias = |weight: f64| json!({ "FunctionVersion": "1", "RoutingConfig": { "AdditionalVersionWeights": { "2": weight } } });
    let mut made = alias(1.0);
    made["Name"] = json!("live");
    ok(
        &server,
        201,
        "POST",
        &format!("{FUNCTIONS}/f/aliases"),
        made,
    )
    .await;
    let answer = invoke(&server, "?Qualifier=live", &[], "{}").await;
    assert_eq!(
        (answer.header("x-amz-executed-version"), answer.json()),
        (Some("2"), json!(2))
    );
    ok(
        &server,
        200,
        "PUT",
        &format!("{FUNCTIONS}/f/aliases/live"),
        alias(0.0),
    )
    .await;
    let answer = invoke(&server, "?Qualifier=live", &[], "{}").await;
    assert_eq!(
        (answer.header("x-amz-executed-version"), answer.json()),
        (Some("1"), json!(1))
    );
    let answer = invoke(&server, "?Qualifier=2", &[], "{}").await;
    assert_eq!(answer.json(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_once_have_environments_of_their_own_up_to_the_functions_limit() {
    let text = "import os, time\ndef handler(event, context):\n    while not os.path.exists(event['file']):\n        time.sleep(0.01)\n    return os.getpid()\n";
    let server = running().await;
    let mut wanted = python("f", text);
    wanted["Timeout"] = json!(60);
    ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    let two = json!({ "ReservedConcurrentExecutions": 2 });
    ok(
        &server,
        200,
        "PUT",
        "/2017-10-31/functions/f/concurrency",
        two,
    )
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("go");
    let payload = json!({ "file": file }).to_string();
    let both = async {
        tokio::join!(
            invoke(&server, "", &[], &payload),
            invoke(&server, "", &[], &payload)
        )
    };
    let third = async {
        // Sooner, it would run itself and wait as they do.
        let two = async || (server.app.lambda.invocations("f") == 2).then_some(());
        wait_for("two invocations", two).await;
        invoke(&server, "", &[], &payload).await
    };
    let refused_and_done = async {
        let third = third.await;
        std::fs::write(&file, "").unwrap();
        third
    };
    let ((one, two), third) = tokio::join!(both, refused_and_done);
    assert_ne!(one.json(), two.json());
    assert_eq!(third.status, 429);
    assert_eq!(
        third.header("x-amzn-errortype"),
        Some("TooManyRequestsException")
    );
    assert_eq!(
        third.json()["Reason"],
        "ReservedFunctionConcurrentInvocationLimitExceeded"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_the_functions_own_speaks_the_runtime_api() {
    let script = "#!/bin/sh\napi=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime\nwhile :; do\n  event=$(curl -sS -D head \"$api/invocation/next\") || exit 1\n  id=$(grep -i '^lambda-runtime-aws-request-id' head | tr -d '\\r' | cut -d' ' -f2)\n  echo \"doing $_HANDLER\"\n  curl -sS -X POST \"$api/invocation/$id/response\" -d \"{\\\"got\\\": $event}\" > /dev/null\ndone\n";
    let server = running().await;
    let mut wanted = python("f", "");
    wanted["Runtime"] = json!("provided.al2023");
    wanted["Code"] = json!({ "ZipFile": base64(&zip(&[("bootstrap", script)])) });
    ok(&server, 201, "POST", FUNCTIONS, wanted.clone()).await;
    let answer = invoke(&server, "", &[], r#"{"a":1}"#).await;
    assert_eq!(
        answer.json(),
        json!({ "got": { "a": 1 } }),
        "{}",
        logged(&server).await
    );
    let bare = json!({ "ZipFile": base64(&zip(&[("other", "")])) });
    ok(&server, 200, "PUT", &format!("{FUNCTIONS}/f/code"), bare).await;
    let answer = invoke(&server, "", &[], "{}").await;
    assert_eq!(
        answer.json()["errorType"],
        "Runtime.InvalidEntrypoint",
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_function_runs_where_node_is_installed() {
    let server = running().await;
    let text = "exports.handler = async (event) => {\n  console.log('hello', event.name);\n  if (event.name === 'nobody') throw new TypeError('who?');\n  return { name: event.name };\n};\n";
    let mut wanted = python("f", "");
    wanted["Runtime"] = json!("nodejs22.x");
    wanted["Handler"] = json!("index.handler");
    wanted["Code"] = json!({ "ZipFile": base64(&zip(&[("index.js", text)])) });
    ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    let answer = invoke(&server, "", &TAIL, r#"{"name":"you"}"#).await;
    if answer.status == 502 {
        assert_eq!(
            answer.header("x-amzn-errortype"),
            Some("InvalidRuntimeException")
        );
        assert!(answer.text().contains("finds no node"), "{answer:?}");
        eprintln!("skipped: node is not installed");
        return;
    }
    assert_eq!(answer.json(), json!({ "name": "you" }));
    assert!(
        tail(&answer).contains("\tINFO\thello you\n"),
        "{}",
        tail(&answer)
    );
    let thrown = invoke(&server, "", &[], r#"{"name":"nobody"}"#).await;
    assert_eq!(thrown.header("x-amz-function-error"), Some("Unhandled"));
    assert_eq!(thrown.json()["errorType"], "TypeError");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_process_itself_reaches_its_runtime_api() {
    let server = with_python(ECHO).await;
    for path in [
        "/_slipway/runtime/guess/2018-06-01/runtime/invocation/next",
        "/_slipway/runtime/",
    ] {
        assert_eq!(server.get(path).await.status, 403);
    }
    assert_eq!(
        invoke(&server, "", &[], r#"{"a":[1]}"#).await.json(),
        json!({ "a": [1] })
    );
    let closed = server.app.clone();
    server.stop().await;
    closed.close().await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_run_here_says_what_is_missing() {
    let server = running().await;
    let mut wanted = python("f", "");
    wanted["Runtime"] = json!("java21");
    ok(&server, 201, "POST", FUNCTIONS, wanted).await;
    let answer = invoke(&server, "", &[], "{}").await;
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.header("x-amzn-errortype"),
        Some("InvalidRuntimeException")
    );
    let said = answer.json();
    let message = said
        .get("Message")
        .or(said.get("message"))
        .and_then(Value::as_str);
    assert_eq!(
        message,
        Some(
            "slipway runs functions of the runtimes python3.x, nodejs and provided, not of java21."
        )
    );
}

/// Whether a process of this number lives; one that was not reaped yet does not.
fn lives(pid: &Value) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = status.rsplit(") ").next().unwrap_or_default();
    !state.is_empty() && !state.starts_with('Z')
}

const PID: &str = "import os\ndef handler(event, context):\n    return os.getpid()\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_died_while_it_was_idle_is_replaced() {
    let server = with_python(PID).await;
    let first = invoke(&server, "", &[], "{}").await.json();
    assert_eq!(invoke(&server, "", &[], "{}").await.json(), first);
    let killed = std::process::Command::new("kill")
        .args(["-9", &first.to_string()])
        .status();
    assert!(killed.unwrap().success());
    wait_for("the end of the process", async || {
        (!lives(&first)).then_some(())
    })
    .await;
    // That it ended may become known a moment later; then one invocation is told so, and none after it.
    let second = wait_for("another process", async || {
        let answer = invoke(&server, "", &[], "{}").await;
        answer
            .header("x-amz-function-error")
            .is_none()
            .then(|| answer.json())
    });
    let second = second.await;
    assert_ne!(second, first);
    assert_eq!(invoke(&server, "", &[], "{}").await.json(), second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_processes_end_after_a_while_with_their_function_and_with_the_server() {
    let server = running_at(1000.0).await;
    ok(&server, 201, "POST", FUNCTIONS, python("f", PID)).await;
    let pid = invoke(&server, "", &[], "{}").await.json();
    wait_for("the end of an idle process", async || {
        (!lives(&pid)).then_some(())
    })
    .await;
    let server = with_python(PID).await;
    let pid = invoke(&server, "", &[], "{}").await.json();
    ok(
        &server,
        204,
        "DELETE",
        &format!("{FUNCTIONS}/f"),
        Value::Null,
    )
    .await;
    wait_for("the end of a deleted function's process", async || {
        (!lives(&pid)).then_some(())
    })
    .await;
    ok(&server, 201, "POST", FUNCTIONS, python("f", PID)).await;
    let pid = invoke(&server, "", &[], "{}").await.json();
    let app = server.app.clone();
    server.stop().await;
    app.close().await.unwrap();
    assert!(!lives(&pid));
}
