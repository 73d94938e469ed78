//! PollForJobs (contract codepipeline §7.1, §3.4).

use super::sample::{create, custom_type, finish, named};
use super::worker::{
    later, latest, mill, milled, offered, open, poll, waiting, waiting_too, without_secrets,
};
use crate::support::caller::{CODEPIPELINE, Caller, both, texts, with};
use crate::support::server::signed;
use http::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_job_has_all_that_its_worker_needs() {
    // contract codepipeline §7.1 returned job, §10 F20, T7
    let shown = both(CODEPIPELINE, async |caller| {
        let execution = waiting(&caller).await;
        let job = offered(&caller).await;
        assert_eq!(
            job["data"]["pipelineContext"]["pipelineExecutionId"],
            execution.as_str()
        );
        without_secrets(job)
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    let artifact = |name: &str, key: &str| json!({"name": name, "location": {"type": "S3", "s3Location": {"bucketName": "store", "objectKey": key}}});
    let input = with(artifact("Sources", "p/Sources/…"), "/revision", json!("v1"));
    let expected = json!({
        "id": "<id:3>",
        "accountId": "000000000000",
        "nonce": "1",
        "data": {
            "actionTypeId": {"category": "Build", "owner": "Custom", "provider": "Mill", "version": "1"},
            "actionConfiguration": {"configuration": {"Job": "nightly", "Note": "<id:1>", "Token": "hush"}},
            "pipelineContext": {
                "pipelineName": "p",
                "pipelineArn": "arn:aws:codepipeline:us-east-1:000000000000:p",
                "pipelineExecutionId": "<id:1>",
                "stage": {"name": "Build"},
                "action": {"name": "Grind", "actionExecutionId": "<id:2>"},
            },
            "inputArtifacts": [input],
            "outputArtifacts": [artifact("Site", "p/Site/…")],
        },
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_job_that_nobody_takes_is_offered_again_with_another_nonce() {
    // contract codepipeline §7.1 repeat polls
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let first = offered(&caller).await;
    assert_eq!(caller.ok("PollForJobs", poll()).await, json!({"jobs": []}));
    later(&caller, 31).await;
    let again = offered(&caller).await;
    assert_eq!((&first["id"], &first["nonce"]), (&again["id"], &json!("1")));
    assert_eq!(again["nonce"], "2");
    let old = json!({"jobId": first["id"], "nonce": "1"});
    assert_eq!(
        caller.refused("AcknowledgeJob", old).await.code,
        "InvalidNonceException"
    );
    let new = json!({"jobId": first["id"], "nonce": "2"});
    caller.ok("AcknowledgeJob", new).await;
    assert_eq!(open(&caller), 0);
    later(&caller, 31).await;
    assert_eq!(caller.ok("PollForJobs", poll()).await, json!({"jobs": []}));
}

#[tokio::test]
async fn one_poll_gives_as_many_as_it_asks_for_the_oldest_first() {
    // contract codepipeline §7.1: default batch 1, jobs of all pipelines of the account
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    for name in ["q", "r"] {
        later(&caller, 1).await;
        waiting_too(&caller, name).await;
    }
    let pipelines = |polled: &Value| -> Vec<Value> {
        let jobs = polled["jobs"].as_array().unwrap().iter();
        jobs.map(|job| job["data"]["pipelineContext"]["pipelineName"].clone())
            .collect()
    };
    let one = caller.ok("PollForJobs", poll()).await;
    assert_eq!(pipelines(&one), ["p"]);
    let many = with(poll(), "/maxBatchSize", json!(1_000_000));
    let rest = caller.ok("PollForJobs", many.clone()).await;
    assert_eq!(pipelines(&rest), ["q", "r"]);
    later(&caller, 31).await;
    let all = caller.ok("PollForJobs", many).await;
    let all = pipelines(&all);
    // Those that were offered at once have waited equally long.
    assert_eq!((all.len(), &all[0]), (3, &json!("p")));
    let said = "1 validation error detected: Value at 'maxBatchSize' failed to satisfy constraint: Member must have value greater than or equal to 1";
    let none = with(poll(), "/maxBatchSize", json!(0));
    caller
        .expect_refusal("PollForJobs", none, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn jobs_of_a_type_with_a_queryable_property_are_polled_for_by_its_value() {
    // contract codepipeline §7.1: must get that key, others must get none
    let caller = Caller::new(CODEPIPELINE).await;
    caller
        .ok("CreateCustomActionType", custom_type("Mill"))
        .await;
    for (name, job) in [("p", "nightly"), ("q", "weekly")] {
        let pointer = "/stages/1/actions/0/configuration/Job";
        let id = create(&caller, with(milled(name), pointer, json!(job))).await;
        finish(&caller, name, &id, "Zip").await;
    }
    let query = |key: &str, value: &str| {
        let body = with(poll(), "/maxBatchSize", json!(10));
        with(body, "/queryParam", json!({key: value}))
    };
    for body in [poll(), query("Note", "nightly")] {
        let said = caller.refused("PollForJobs", body).await;
        assert_eq!(said.code, "ValidationException");
        assert!(
            said.message.contains("queryable property 'Job'"),
            "{said:?}"
        );
    }
    let weekly = caller.ok("PollForJobs", query("Job", "weekly")).await;
    assert_eq!(
        weekly["jobs"][0]["data"]["pipelineContext"]["pipelineName"],
        "q"
    );
    let other = caller.ok("PollForJobs", query("Job", "monthly")).await;
    assert_eq!(other, json!({"jobs": []}));
    let nightly = caller.ok("PollForJobs", query("Job", "nightly")).await;
    assert_eq!(texts(&nightly["jobs"], "nonce"), ["1"]);

    caller
        .ok(
            "CreateCustomActionType",
            with(mill(), "/provider", json!("Plain")),
        )
        .await;
    let plain = with(
        query("Job", "nightly"),
        "/actionTypeId/provider",
        json!("Plain"),
    );
    assert_eq!(
        caller.refused("PollForJobs", plain).await.code,
        "ValidationException"
    );
}

#[tokio::test]
async fn only_custom_types_that_are_there_are_polled_for() {
    // contract codepipeline §3.3 deleted types, §3.4, §7.1
    let caller = Caller::new(CODEPIPELINE).await;
    let absent = "ActionType (Category: 'Build', Provider: 'Mill', Owner: 'Custom', Version: '1') does not exist";
    let code = "ActionTypeNotFoundException";
    caller
        .expect_refusal("PollForJobs", poll(), code, absent)
        .await;
    waiting(&caller).await;
    let elsewhere = caller.in_region("eu-west-1");
    elsewhere
        .expect_refusal("PollForJobs", poll(), code, absent)
        .await;
    caller.ok("DeleteCustomActionType", named("Mill")).await;
    caller
        .expect_refusal("PollForJobs", poll(), code, absent)
        .await;
    for (owner, category, provider) in [
        ("AWS", "Build", "CodeBuild"),
        ("ThirdParty", "Deploy", "AlexaSkillsKit"),
    ] {
        let id =
            json!({"category": category, "owner": owner, "provider": provider, "version": "1"});
        let said = caller
            .refused("PollForJobs", json!({"actionTypeId": id}))
            .await;
        assert_eq!(said.code, code);
    }
}

#[tokio::test]
async fn the_encryption_key_is_that_of_the_store() {
    // contract codepipeline §6.7: only when the store declares one
    let caller = Caller::new(CODEPIPELINE).await;
    caller.ok("CreateCustomActionType", mill()).await;
    let key = json!({"id": "arn:aws:kms:us-east-1:000000000000:alias/a", "type": "KMS"});
    let id = create(
        &caller,
        with(milled("p"), "/artifactStore/encryptionKey", key.clone()),
    )
    .await;
    finish(&caller, "p", &id, "Zip").await;
    assert_eq!(offered(&caller).await["data"]["encryptionKey"], key);
}

#[tokio::test]
async fn the_credentials_are_a_session_of_the_pipelines_role_and_work() {
    // contract codepipeline §6.7 credentials, §7.1
    let caller = Caller::new(CODEPIPELINE).await;
    caller.s3("PUT", "/store", "").await;
    waiting(&caller).await;
    let job = offered(&caller).await;
    let credentials = &job["data"]["artifactCredentials"];
    let text = |name: &str| credentials[name].as_str().unwrap().to_owned();
    let place = &job["data"]["outputArtifacts"][0]["location"]["s3Location"]["objectKey"];
    let path = format!("/store/{}", place.as_str().unwrap());
    let put = caller
        .server
        .request(http::Method::PUT, &path)
        .header(
            "authorization",
            signed(&text("accessKeyId"), "us-east-1", "s3"),
        )
        .header("x-amz-security-token", text("sessionToken"))
        .header("x-amz-date", "20261121T000000Z")
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
    let answer = caller.server.send(put.body("flour".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    assert_eq!(caller.s3("GET", &path, "").await, "flour");

    let who = caller
        .server
        .post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header(
            "authorization",
            signed(&text("accessKeyId"), "us-east-1", "sts"),
        )
        .header("x-amz-security-token", text("sessionToken"));
    let form = "Action=GetCallerIdentity&Version=2011-06-15";
    let answer = caller.server.send(who.body(form.into()).unwrap()).await;
    let session = format!("assumed-role/delivery/{}", job["id"].as_str().unwrap());
    assert!(answer.text().contains(&session), "{answer:?}");
}

#[tokio::test]
async fn a_job_whose_role_is_gone_fails_its_action() {
    // our reading: as any other action of such a pipeline does
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let gone = caller.server.query(
        "iam",
        "Action=DeleteRole&Version=2010-05-08&RoleName=delivery",
    );
    assert_eq!(gone.await.status, StatusCode::OK);
    assert_eq!(caller.ok("PollForJobs", poll()).await, json!({"jobs": []}));
    let failed = latest(&caller, "p", 1).await;
    assert_eq!(failed["status"], "Failed");
    assert_eq!(failed["errorDetails"]["code"], "PermissionError");
    assert_eq!(open(&caller), 0);
}
