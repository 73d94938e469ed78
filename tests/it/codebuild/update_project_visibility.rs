//! UpdateProjectVisibility (contract codebuild §3.1, §3.1.1, §3.1.2, §12.6).

use super::sample::{created, project_arn};
use crate::support::caller::{CODEBUILD, Caller, ROLE, both};
use serde_json::{Value, json};

const UPDATE: &str = "UpdateProjectVisibility";

async fn project(caller: &Caller) -> Value {
    let names = json!({"names": ["hello"]});
    caller.ok("BatchGetProjects", names).await["projects"][0].clone()
}

#[tokio::test]
async fn a_public_project_has_an_alias_and_a_private_one_none() {
    // contract codebuild §3.1: all three are kept on the project; back to PRIVATE drops the alias from view
    let shown = both(CODEBUILD, async |caller| {
        created(&caller, "hello").await;
        let body = json!({"projectArn": project_arn("hello"), "projectVisibility": "PUBLIC_READ", "resourceAccessRole": ROLE});
        let public = caller.ok(UPDATE, body).await;
        let alias = public["publicProjectAlias"].as_str().unwrap();
        assert_eq!(alias.len(), 64);
        let got = project(&caller).await;
        assert_eq!(got["projectVisibility"], "PUBLIC_READ");
        assert_eq!(got["resourceAccessRole"], ROLE);
        assert_eq!(got["publicProjectAlias"], alias);
        let body = json!({"projectArn": project_arn("hello"), "projectVisibility": "PRIVATE"});
        let private = caller.ok(UPDATE, body).await;
        let got = project(&caller).await;
        assert_eq!(got["projectVisibility"], "PRIVATE");
        for gone in ["resourceAccessRole", "publicProjectAlias"] {
            assert_eq!(got.get(gone), None, "{gone}");
        }
        private
    });
    let expected = json!({"projectArn": project_arn("hello"), "projectVisibility": "PRIVATE"});
    assert_eq!(shown.await, crate::support::normal::normalised(expected));
}

#[tokio::test]
async fn alias_and_visibility_outlive_updates_and_a_role_that_is_not_given_goes() {
    // contract codebuild §3.1.2: resourceAccessRole not sent -> cleared
    let caller = Caller::new(CODEBUILD).await;
    created(&caller, "hello").await;
    let mut body = json!({"projectArn": project_arn("hello"), "projectVisibility": "PUBLIC_READ", "resourceAccessRole": ROLE});
    let first = caller.ok(UPDATE, body.clone()).await;
    caller.ok("UpdateProject", json!({"name": "hello"})).await;
    assert_eq!(project(&caller).await["resourceAccessRole"], ROLE);
    body["resourceAccessRole"].take();
    let again = caller.ok(UPDATE, body).await;
    assert_eq!(again, first);
    let got = project(&caller).await;
    assert_eq!(got["publicProjectAlias"], first["publicProjectAlias"]);
    assert_eq!(got.get("resourceAccessRole"), None);
}

#[tokio::test]
async fn a_project_that_is_not_there_and_what_is_no_arn_or_role_are_refused() {
    // contract codebuild §1.1, §1.2, §3.1
    let caller = Caller::new(CODEBUILD).await;
    let arn = project_arn("hello");
    let body = json!({"projectArn": arn, "projectVisibility": "PRIVATE"});
    let said = format!("Project cannot be found: {arn}");
    caller
        .expect_refusal(UPDATE, body, "ResourceNotFoundException", &said)
        .await;
    created(&caller, "hello").await;
    let none = "arn:aws:iam::000000000000:role/none";
    for (body, said) in [
        (
            json!({"projectArn": "hello", "projectVisibility": "PRIVATE"}),
            "Invalid ARN provided: 'hello' is not the ARN of a project".to_owned(),
        ),
        (
            json!({"projectArn": arn, "projectVisibility": "PUBLIC_READ", "resourceAccessRole": none}),
            format!("CodeBuild is not authorized to perform: sts:AssumeRole on {none}"),
        ),
    ] {
        caller
            .expect_refusal(UPDATE, body, "InvalidInputException", &said)
            .await;
    }
}
