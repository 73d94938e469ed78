//! On-premises instances and GitHub tokens.

use super::{long, many, refused};
use crate::codedeploy::deploying::merged;
use crate::codedeploy::sample::instance;
use crate::support::caller::Caller;
use serde_json::{Value, json};

#[tokio::test]
async fn instances_on_premises_and_github_tokens() {
    let world = async |caller: &Caller| {
        instance(caller, "one").await;
        let session = "arn:aws:sts::000000000000:assumed-role/r/s";
        let two = json!({"instanceName": "two", "iamSessionArn": session});
        caller.ok("RegisterOnPremisesInstance", two).await;
    };
    let user = |name: &str| format!("arn:aws:iam::000000000000:user/{name}");
    let session = |name: &str| format!("arn:aws:sts::000000000000:assumed-role/r/{name}");
    let register = "RegisterOnPremisesInstance";
    let of = |members: Value| merged(json!({"instanceName": "new"}), members);
    let (add, remove) = (
        "AddTagsToOnPremisesInstances",
        "RemoveTagsFromOnPremisesInstances",
    );
    let tags = |names: Value, tags: Value| json!({"instanceNames": names, "tags": tags});
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let eleven: Vec<Value> = many(11).iter().map(|key| tag(key, "v")).collect();
    refused(
        world,
        &[
            (
                register,
                "InstanceNameRequiredException",
                of(json!({"instanceName": "", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": "a b", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": "i-1", "iamUserArn": user("u")})),
            ),
            (
                register,
                "InvalidInstanceNameException",
                of(json!({"instanceName": long(101), "iamUserArn": user("u")})),
            ),
            (register, "IamArnRequiredException", of(json!({}))),
            (
                register,
                "InvalidIamUserArnException",
                of(json!({"iamUserArn": "u"})),
            ),
            (
                register,
                "InvalidIamSessionArnException",
                of(json!({"iamSessionArn": "u"})),
            ),
            (
                register,
                "MultipleIamArnsProvidedException",
                of(json!({"iamUserArn": user("u"), "iamSessionArn": session("t")})),
            ),
            (
                register,
                "InstanceNameAlreadyRegisteredException",
                of(json!({"instanceName": "one", "iamUserArn": user("u")})),
            ),
            (
                register,
                "IamUserArnAlreadyRegisteredException",
                of(json!({"iamUserArn": user("one")})),
            ),
            (
                register,
                "IamSessionArnAlreadyRegisteredException",
                of(json!({"iamSessionArn": session("s")})),
            ),
            (
                "GetOnPremisesInstance",
                "InstanceNameRequiredException",
                json!({"instanceName": ""}),
            ),
            (
                "GetOnPremisesInstance",
                "InstanceNotRegisteredException",
                json!({"instanceName": "x"}),
            ),
            (
                "DeregisterOnPremisesInstance",
                "InstanceNameRequiredException",
                json!({"instanceName": ""}),
            ),
            (
                "DeregisterOnPremisesInstance",
                "InvalidInstanceNameException",
                json!({"instanceName": "a b"}),
            ),
            (
                "BatchGetOnPremisesInstances",
                "InstanceNameRequiredException",
                json!({"instanceNames": []}),
            ),
            (
                "BatchGetOnPremisesInstances",
                "BatchLimitExceededException",
                json!({"instanceNames": many(101)}),
            ),
            (add, "TagRequiredException", tags(json!(["one"]), json!([]))),
            (
                add,
                "TagRequiredException",
                json!({"instanceNames": ["one"]}),
            ),
            (
                add,
                "InstanceNameRequiredException",
                tags(json!([]), json!([tag("k", "v")])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([{"Key": "k"}])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([{"Value": "v"}])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([tag(&long(129), "v")])),
            ),
            (
                add,
                "InvalidTagException",
                tags(json!(["one"]), json!([tag("k", &long(257))])),
            ),
            (
                add,
                "TagLimitExceededException",
                tags(json!(["one"]), json!(eleven)),
            ),
            (
                add,
                "InstanceNotRegisteredException",
                tags(json!(["one", "x"]), json!([tag("k", "v")])),
            ),
            (
                add,
                "InstanceLimitExceededException",
                tags(json!(many(26)), json!([tag("k", "v")])),
            ),
            (
                remove,
                "TagRequiredException",
                tags(json!(["one"]), json!([])),
            ),
            (
                remove,
                "InstanceNotRegisteredException",
                tags(json!(["x"]), json!([tag("k", "v")])),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidRegistrationStatusException",
                json!({"registrationStatus": "Odd"}),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidTagFilterException",
                json!({"tagFilters": [{"Key": "k", "Value": "v", "Type": "KEY_ONLY"}]}),
            ),
            (
                "ListOnPremisesInstances",
                "InvalidNextTokenException",
                json!({"nextToken": "x"}),
            ),
            (
                "DeleteGitHubAccountToken",
                "GitHubAccountTokenNameRequiredException",
                json!({}),
            ),
            (
                "DeleteGitHubAccountToken",
                "GitHubAccountTokenDoesNotExistException",
                json!({"tokenName": "x"}),
            ),
        ],
    )
    .await;
}
