//! GetApplicationRevision (contract codedeploy §3.2).

use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn a_revision_is_found_by_its_identity_and_content_by_its_digest() {
    // contract codedeploy §3.2.1
    let shown = both(CODEDEPLOY, async |caller| {
        app(&caller, "a", "Server").await;
        app(&caller, "l", "Lambda").await;
        let of = |tag: &str| {
            json!({"applicationName": "a", "revision": {"revisionType": "S3",
            "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip", "eTag": tag}}})
        };
        caller.ok("RegisterApplicationRevision", of("\"e\"")).await;
        let found = caller.ok("GetApplicationRevision", of("e")).await;
        let cases = refusals(&caller, "GetApplicationRevision", [of("f")]).await;
        let spec = |members: serde_json::Value| json!({"applicationName": "l", "revision": {"revisionType": "AppSpecContent", "appSpecContent": members}});
        caller
            .ok("RegisterApplicationRevision", spec(json!({"content": "x"})))
            .await;
        let content = caller.ok("GetApplicationRevision", spec(json!({"sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}))).await;
        json!([found, content["revision"], cases])
    });
    assert_eq!(
        shown.await,
        normalised(
            json!([{"applicationName": "a", "revision": {"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": "zip", "eTag": "\"e\""}},
        "revisionInfo": {"deploymentGroups": [], "registerTime": 2e9}},
        {"revisionType": "AppSpecContent", "appSpecContent": {"content": "x", "sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}}, ["RevisionDoesNotExistException"]])
        )
    );
}
