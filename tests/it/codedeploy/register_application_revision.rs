//! RegisterApplicationRevision (contract codedeploy §3.2).

use super::sample::{app, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn every_rule_of_a_revision_is_told() {
    // contract codedeploy §3.2.1
    let shown = both(CODEDEPLOY, async |caller| {
        for (name, platform) in [("s", "Server"), ("l", "Lambda")] {
            app(&caller, name, platform).await;
        }
        let of = |app: &str, revision: serde_json::Value| json!({"applicationName": app, "revision": revision});
        let s3 = |bundle: &str| json!({"revisionType": "S3", "s3Location": {"bucket": "b", "key": "k", "bundleType": bundle}});
        let spec = |sha: &str| json!({"revisionType": "AppSpecContent", "appSpecContent": {"content": "x", "sha256": sha}});
        json!(refusals(&caller, "RegisterApplicationRevision", [
            of("none", s3("zip")), of("s", s3("YAML")), of("s", s3("rar")), of("s", json!({"revisionType": "S3"})), of("s", json!({})),
            of("s", spec("")), of("l", spec("00")),
            of("s", json!({"revisionType": "GitHub", "gitHubLocation": {"repository": "r", "commitId": "1"}})),
            json!({"applicationName": "s", "revision": s3("zip"), "description": "x".repeat(257)}),
        ]).await)
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "ApplicationDoesNotExistException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "InvalidRevisionException",
            "DescriptionTooLongException"
        ]))
    );
}
