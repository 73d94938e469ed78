//! RegisterOnPremisesInstance (contract codedeploy §3.6).

use super::sample::{instance, refusals};
use crate::support::caller::{CODEDEPLOY, both};
use crate::support::normal::normalised;
use serde_json::json;

#[tokio::test]
async fn exactly_one_iam_arn_that_nobody_else_has() {
    // contract codedeploy §3.6
    let shown = both(CODEDEPLOY, async |caller| {
        instance(&caller, "i").await;
        let user = "arn:aws:iam::000000000000:user/x";
        let session = "arn:aws:sts::000000000000:assumed-role/r/s";
        let taken = "arn:aws:sts::000000000000:assumed-role/r/taken";
        let body = json!({"instanceName": "k", "iamSessionArn": taken});
        caller.ok("RegisterOnPremisesInstance", body).await;
        json!(
            refusals(
                &caller,
                "RegisterOnPremisesInstance",
                [
                    json!({"instanceName": "i", "iamUserArn": user}),
                    json!({"instanceName": "j", "iamUserArn": "arn:aws:iam::000000000000:user/i"}),
                    json!({"instanceName": "j", "iamSessionArn": taken}),
                    json!({"instanceName": "j"}),
                    json!({"instanceName": "j", "iamUserArn": user, "iamSessionArn": session}),
                    json!({"instanceName": "j", "iamUserArn": session}),
                    json!({"instanceName": "j", "iamSessionArn": user}),
                    json!({"instanceName": "i-123", "iamUserArn": user}),
                    json!({"instanceName": "", "iamUserArn": user}),
                ]
            )
            .await
        )
    });
    assert_eq!(
        shown.await,
        normalised(json!([
            "InstanceNameAlreadyRegisteredException",
            "IamUserArnAlreadyRegisteredException",
            "IamSessionArnAlreadyRegisteredException",
            "IamArnRequiredException",
            "MultipleIamArnsProvidedException",
            "InvalidIamUserArnException",
            "InvalidIamSessionArnException",
            "InvalidInstanceNameException",
            "InstanceNameRequiredException"
        ]))
    );
}
