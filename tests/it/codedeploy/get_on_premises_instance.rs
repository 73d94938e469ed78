//! GetOnPremisesInstance (contract codedeploy §3.6).

use super::sample::instance;
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn tags_are_there_even_when_there_are_none() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        instance(&caller, "i").await;
        let mut got = caller
            .ok("GetOnPremisesInstance", json!({"instanceName": "i"}))
            .await;
        let arn = got["instanceInfo"]["instanceArn"]
            .as_str()
            .unwrap()
            .to_owned();
        let suffix = arn
            .strip_prefix("arn:aws:codedeploy:us-east-1:000000000000:instance/i_")
            .unwrap();
        assert!(
            suffix.len() == 10 && suffix.bytes().all(|b| b.is_ascii_alphanumeric()),
            "{arn}"
        );
        got["instanceInfo"]
            .as_object_mut()
            .unwrap()
            .remove("instanceArn");
        let session = "arn:aws:sts::000000000000:assumed-role/r/s";
        let body = json!({"instanceName": "s", "iamSessionArn": session});
        caller.ok("RegisterOnPremisesInstance", body).await;
        let shown = caller
            .ok("GetOnPremisesInstance", json!({"instanceName": "s"}))
            .await;
        let shown = &shown["instanceInfo"];
        assert_eq!(shown["iamSessionArn"], session);
        assert_eq!(
            (shown.get("iamUserArn"), &shown["tags"]),
            (None, &json!([]))
        );
        caller
            .expect_refusal(
                "GetOnPremisesInstance",
                json!({"instanceName": "j"}),
                "InstanceNotRegisteredException",
                "The on-premises instance j is not registered",
            )
            .await;
        got
    });
    assert_eq!(
        shown.await,
        normalised(
            json!({"instanceInfo": {"instanceName": "i", "iamUserArn": "arn:aws:iam::000000000000:user/i", "registerTime": 2e9, "tags": []}})
        )
    );
}
