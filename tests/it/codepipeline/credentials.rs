//! What the credentials of a job are good for, and for how long (contract codepipeline §6.7, §7.1).

use super::sample::{create, finish};
use super::worker::{later, mill, milled, offered, waiting};
use crate::support::Answer;
use crate::support::caller::{CODEPIPELINE, Caller, with};
use crate::support::server::signed;
use http::Method;
use serde_json::{Value, json};

const VIA_PIPELINE: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/delivery"}}]}"#;

fn key(job: &Value) -> &str {
    let key = &job["data"]["artifactCredentials"]["accessKeyId"];
    key.as_str().unwrap()
}

/// `/bucket/key` of the job's first artifact of that kind.
fn place(job: &Value, kind: &str) -> String {
    let at = &job["data"][kind][0]["location"]["s3Location"];
    let (bucket, key) = (&at["bucketName"], &at["objectKey"]);
    format!("/{}/{}", bucket.as_str().unwrap(), key.as_str().unwrap())
}

async fn s3(caller: &Caller, key: &str, method: Method, path: &str, body: &str) -> Answer {
    let request = caller.server.request(method, path);
    let request = request
        .header("authorization", signed(key, "us-east-1", "s3"))
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .body(body.to_owned().into());
    caller.server.send(request.unwrap()).await
}

/// What GetCallerIdentity and ListPipelines answer to these keys.
async fn sts(caller: &Caller, key: &str) -> Answer {
    let request = caller
        .server
        .post("/")
        .header("authorization", signed(key, "us-east-1", "sts"))
        .header("content-type", "application/x-www-form-urlencoded");
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    caller.server.send(request.body(form.into()).unwrap()).await
}

async fn list_pipelines(caller: &Caller, key: &str) -> Answer {
    let request = caller
        .server
        .post("/")
        .header("authorization", signed(key, "us-east-1", "codepipeline"))
        .header("x-amz-target", "CodePipeline_20150709.ListPipelines")
        .header("content-type", "application/x-amz-json-1.1");
    caller.server.send(request.body("{}".into()).unwrap()).await
}

#[tokio::test]
async fn they_read_and_write_the_jobs_artifacts_and_nothing_else() {
    // contract codepipeline §6.7: limited to this job's artifact keys; §7.1: the worker's are the same
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let job = offered(&caller).await;
    let (input, output) = (
        place(&job, "inputArtifacts"),
        place(&job, "outputArtifacts"),
    );
    caller.s3("PUT", "/store", "").await;
    caller.s3("PUT", &input, "sources").await;
    caller.s3("PUT", "/store/other", "secret").await;
    let key = key(&job);

    let read = s3(&caller, key, Method::GET, &input, "").await;
    assert_eq!(
        (read.status.as_u16(), read.text().as_str()),
        (200, "sources")
    );
    let written = s3(&caller, key, Method::PUT, &output, "site").await;
    assert_eq!(written.status.as_u16(), 200, "{written:?}");
    for (method, path) in [
        (Method::GET, "/store/other"),
        (Method::PUT, "/store/mine"),
        (Method::GET, "/store?list-type=2"),
        (Method::DELETE, input.as_str()),
        (Method::DELETE, "/store"),
        (Method::GET, "/"),
    ] {
        let refused = s3(&caller, key, method.clone(), path, "").await;
        let text = refused.text();
        assert_eq!(refused.status.as_u16(), 403, "{method} {path}: {text}");
        assert!(text.contains("<Code>AccessDenied</Code>"), "{text}");
        assert!(text.contains("no session policy allows the s3:"), "{text}");
    }
    let refused = list_pipelines(&caller, key).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(refused.json()["__type"], "AccessDeniedException");
    let session = format!(
        "arn:aws:sts::000000000000:assumed-role/delivery/{}",
        job["id"].as_str().unwrap()
    );
    let said = format!(
        "User: {session} is not authorized to perform: codepipeline:ListPipelines on resource: * because no session policy allows the codepipeline:ListPipelines action"
    );
    assert_eq!(refused.json()["message"], said.as_str());
    assert!(sts(&caller, key).await.text().contains(&session));
}

#[tokio::test]
async fn they_are_good_for_fifteen_minutes_and_renewed_with_the_details() {
    // contract codepipeline §6.7 about 15 minutes, §7.1 fresh, §1.3 ExpiredTokenException
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let job = offered(&caller).await;
    let input = place(&job, "inputArtifacts");
    caller.s3("PUT", "/store", "").await;
    caller.s3("PUT", &input, "sources").await;
    later(&caller, 14 * 60).await;
    let read = s3(&caller, key(&job), Method::GET, &input, "").await;
    assert_eq!(read.status.as_u16(), 200);
    later(&caller, 61).await;
    let read = s3(&caller, key(&job), Method::GET, &input, "").await;
    let text = read.text();
    assert_eq!(read.status.as_u16(), 400, "{text}");
    assert!(text.contains("<Code>ExpiredToken</Code>"), "{text}");
    assert_eq!(read.header("content-type"), Some("application/xml"));
    let refused = list_pipelines(&caller, key(&job)).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert_eq!(refused.json()["__type"], "ExpiredTokenException");
    assert!(
        sts(&caller, key(&job))
            .await
            .text()
            .contains("<Code>ExpiredToken</Code>")
    );

    let details = caller
        .ok("GetJobDetails", json!({"jobId": job["id"]}))
        .await;
    let read = s3(
        &caller,
        key(&details["jobDetails"]),
        Method::GET,
        &input,
        "",
    )
    .await;
    assert_eq!(read.status.as_u16(), 200);
}

#[tokio::test]
async fn they_are_of_the_actions_own_role_where_it_has_one() {
    // contract codepipeline §4.2 rule 17, §5.13 roleArn
    let caller = Caller::new(CODEPIPELINE).await;
    caller.make_role("grinder", VIA_PIPELINE).await;
    caller.ok("CreateCustomActionType", mill()).await;
    let role = "arn:aws:iam::000000000000:role/grinder";
    let pipeline = with(milled("p"), "/stages/1/actions/0/roleArn", json!(role));
    let execution = create(&caller, pipeline).await;
    finish(&caller, "p", &execution, "Zip").await;
    let job = offered(&caller).await;
    let session = format!(
        "<Arn>arn:aws:sts::000000000000:assumed-role/grinder/{}</Arn>",
        job["id"].as_str().unwrap()
    );
    let who = sts(&caller, key(&job)).await.text();
    assert!(who.contains(&session), "{who}");
}
