//! GetJobDetails (contract codepipeline §7.1).

use super::sample::NOBODY;
use super::worker::{offered, taken, waiting, without_secrets};
use crate::support::caller::{CODEPIPELINE, Caller, both};
use serde_json::{Value, json};

#[tokio::test]
async fn the_details_are_those_of_the_offer_without_the_nonce_and_with_fresh_credentials() {
    let shown = both(CODEPIPELINE, async |caller| {
        waiting(&caller).await;
        let job = offered(&caller).await;
        let details = caller
            .ok("GetJobDetails", json!({"jobId": job["id"]}))
            .await;
        let details = &details["jobDetails"];
        let keys = |of: &Value| of["data"]["artifactCredentials"]["accessKeyId"].clone();
        assert_ne!(keys(&job), keys(details));
        let (mut job, details) = (without_secrets(job), without_secrets(details.clone()));
        job.as_object_mut().unwrap().remove("nonce");
        assert_eq!(job, details);
        details
    });
    let shown: Value = serde_json::from_str(&shown.await).unwrap();
    let names: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(names, ["accountId", "data", "id"]);
}

#[tokio::test]
async fn a_job_that_is_over_has_no_credentials() {
    // our reading: nobody needs them any more
    let caller = Caller::new(CODEPIPELINE).await;
    waiting(&caller).await;
    let id = taken(&caller).await;
    caller.ok("PutJobSuccessResult", json!({"jobId": id})).await;
    let details = caller.ok("GetJobDetails", json!({"jobId": id})).await;
    assert_eq!(details["jobDetails"]["id"], id.as_str());
    assert_eq!(
        details["jobDetails"]["data"].get("artifactCredentials"),
        None
    );
}

#[tokio::test]
async fn a_job_that_is_not_there_is_not_found() {
    let caller = Caller::new(CODEPIPELINE).await;
    let said = format!("Job with id '{NOBODY}' does not exist");
    let body = json!({"jobId": NOBODY});
    caller
        .expect_refusal("GetJobDetails", body, "JobNotFoundException", &said)
        .await;
}
