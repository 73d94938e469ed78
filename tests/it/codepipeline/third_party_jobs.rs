//! PollForThirdPartyJobs, GetThirdPartyJobDetails, AcknowledgeThirdPartyJob, PutThirdPartyJobSuccessResult and
//! PutThirdPartyJobFailureResult (contract codepipeline §7.1, §7.2, §10 F22).

use super::sample::NOBODY;
use super::worker::{client_token, later, latest, poll_partner, spoken_to, without_secrets};
use crate::support::caller::{CODEPIPELINE, Caller, both, with};
use http::StatusCode;
use serde_json::{Value, json};

/// What each operation takes beside the job and the token.
fn wishes(job: &str, token: &str) -> [(&'static str, Value); 4] {
    let body = json!({"jobId": job, "clientToken": token});
    let failure = json!({"type": "JobFailed", "message": "no"});
    [
        ("GetThirdPartyJobDetails", body.clone()),
        (
            "AcknowledgeThirdPartyJob",
            with(body.clone(), "/nonce", json!("1")),
        ),
        ("PutThirdPartyJobSuccessResult", body.clone()),
        (
            "PutThirdPartyJobFailureResult",
            with(body, "/failureDetails", failure),
        ),
    ]
}

#[tokio::test]
async fn a_poll_gives_clients_and_jobs_and_the_details_give_the_rest() {
    // contract codepipeline §7.1 third party: nonce in the details, no ARN and no execution id in the context
    let shown = both(CODEPIPELINE, async |caller| {
        let (_, job) = spoken_to(&caller).await;
        let body = json!({"jobId": job, "clientToken": client_token(&caller).await});
        let details = caller.ok("GetThirdPartyJobDetails", body).await;
        without_secrets(details["jobDetails"].clone())
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    let place = json!({"bucketName": "store", "objectKey": "p/Sources/…"});
    let input = json!({"name": "Sources", "revision": "v1", "location": {"type": "S3", "s3Location": place}});
    let expected = json!({
        "id": "<id:2>",
        "nonce": "1",
        "data": {
            "actionTypeId": {"category": "Deploy", "owner": "ThirdParty", "provider": "AlexaSkillsKit", "version": "1"},
            "actionConfiguration": {"configuration": {"ClientId": "c", "ClientSecret": "hush", "RefreshToken": "hush", "SkillId": "s"}},
            "pipelineContext": {
                "pipelineName": "p",
                "stage": {"name": "Speak"},
                "action": {"name": "Speak", "actionExecutionId": "<id:1>"},
            },
            "inputArtifacts": [input],
            "outputArtifacts": [],
        },
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn a_worker_of_the_client_takes_the_job_and_ends_it() {
    // contract codepipeline §7.1, §7.2
    let shown = both(CODEPIPELINE, async |caller| {
        let (execution, job) = spoken_to(&caller).await;
        let token = client_token(&caller).await;
        let [_, take, done, fail] = wishes(&job, &token);
        let answer = caller.ok(take.0, take.1.clone()).await;
        let said = caller.refused(take.0, take.1).await;
        assert_eq!(said.code, "InvalidNonceException");
        let half = with(done.1.clone(), "/continuationToken", json!("half"));
        assert_eq!(caller.ok(done.0, half).await, Value::Null);
        let polled = caller.ok("PollForThirdPartyJobs", poll_partner()).await;
        let next = polled["jobs"][0]["jobId"].as_str().unwrap();
        assert_ne!(next, job);
        let [get, take, done, _] = wishes(next, &token);
        let details = caller.ok(get.0, get.1).await;
        assert_eq!(details["jobDetails"]["data"]["continuationToken"], "half");
        caller.ok(take.0, take.1).await;
        let details = json!({"summary": "spoken", "externalExecutionId": "7"});
        let done = (done.0, with(done.1, "/executionDetails", details));
        caller.ok(done.0, done.1.clone()).await;
        caller.ok(done.0, done.1).await;
        let said = caller
            .refused(fail.0, with(fail.1, "/jobId", json!(next)))
            .await;
        assert_eq!(
            said.message,
            format!("Job with id {next} has already terminated")
        );
        let latest = latest(&caller, "p", 1).await;
        assert_eq!(
            (&latest["status"], &latest["summary"]),
            (&json!("Succeeded"), &json!("spoken"))
        );
        let body = json!({"pipelineName": "p", "pipelineExecutionId": execution});
        let got = caller.ok("GetPipelineExecution", body).await;
        assert_eq!(got["pipelineExecution"]["status"], "Succeeded");
        answer
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    assert_eq!(shown, json!({"status": "InProgress"}));
}

#[tokio::test]
async fn a_worker_of_the_client_says_why_it_failed() {
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, job) = spoken_to(&caller).await;
    let [_, take, _, fail] = wishes(&job, &client_token(&caller).await);
    caller.ok(take.0, take.1).await;
    assert_eq!(caller.ok(fail.0, fail.1).await, Value::Null);
    let error = json!({"code": "JobFailed", "message": "no"});
    assert_eq!(latest(&caller, "p", 1).await["errorDetails"], error);
}

#[tokio::test]
async fn nobody_acts_for_a_client_without_its_token() {
    // contract codepipeline §10 F22
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, job) = spoken_to(&caller).await;
    let path = "/_slipway/third-party-clients?account=111111111111";
    let others = caller.server.get(path).await.json();
    let others = others["clients"][0]["clientToken"]
        .as_str()
        .unwrap()
        .to_owned();
    for token in [NOBODY, "x", &others] {
        for (operation, body) in wishes(&job, token) {
            let said = caller.refused(operation, body).await;
            assert_eq!(said.code, "InvalidClientTokenException", "{operation}");
        }
    }
    for (operation, body) in wishes(NOBODY, &client_token(&caller).await) {
        let said = caller.refused(operation, body).await;
        assert_eq!(said.code, "JobNotFoundException", "{operation}");
    }
    let refused = caller
        .server
        .get("/_slipway/third-party-clients?account=me")
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_partners_job_is_no_job_of_the_customer() {
    // our reading of contract codepipeline §7.1: everything but the poll needs the token
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, job) = spoken_to(&caller).await;
    for (operation, body) in [
        ("GetJobDetails", json!({"jobId": job})),
        ("AcknowledgeJob", json!({"jobId": job, "nonce": "1"})),
        ("PutJobSuccessResult", json!({"jobId": job})),
    ] {
        let said = caller.refused(operation, body).await;
        assert_eq!(said.code, "JobNotFoundException", "{operation}");
    }
}

#[tokio::test]
async fn only_partners_types_are_polled_for_and_offers_come_again() {
    // contract codepipeline §3.4, §7.1
    let caller = Caller::new(CODEPIPELINE).await;
    let (_, job) = spoken_to(&caller).await;
    let listed = caller
        .server
        .get("/_slipway/third-party-clients")
        .await
        .json();
    let none = caller.ok("PollForThirdPartyJobs", poll_partner()).await;
    assert_eq!(none, json!({"jobs": []}));
    later(&caller, 31).await;
    let again = caller.ok("PollForThirdPartyJobs", poll_partner()).await;
    assert_eq!(
        again,
        json!({"jobs": [{"clientId": listed["clients"][0]["clientId"], "jobId": job}]})
    );
    for (owner, provider) in [
        ("ThirdParty", "Nobody"),
        ("AWS", "S3"),
        ("Custom", "AlexaSkillsKit"),
    ] {
        let id =
            json!({"category": "Deploy", "owner": owner, "provider": provider, "version": "1"});
        let said = caller
            .refused("PollForThirdPartyJobs", json!({"actionTypeId": id}))
            .await;
        assert_eq!(said.code, "ActionTypeNotFoundException");
    }
}
