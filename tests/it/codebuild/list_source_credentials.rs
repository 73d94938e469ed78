//! ListSourceCredentials (contract codebuild §3.6).

use crate::support::caller::{CODEBUILD, both};
use expect_test::expect;
use serde_json::json;

#[tokio::test]
async fn credentials_are_listed_without_their_secrets() {
    // contract codebuild §3.6: `resource` for connections and secrets; token and user name never
    let shown = both(CODEBUILD, async |caller| {
        let none = caller.ok("ListSourceCredentials", json!({})).await;
        assert_eq!(none, json!({"sourceCredentialsInfos": []}));
        for (server, kind, token) in [
            (
                "GITLAB",
                "SECRETS_MANAGER",
                "arn:aws:secretsmanager:us-east-1:000000000000:secret:s",
            ),
            (
                "GITHUB",
                "CODECONNECTIONS",
                "arn:aws:codestar-connections:us-east-1:000000000000:connection/c",
            ),
            ("BITBUCKET", "BASIC_AUTH", "t0ken"),
        ] {
            let body =
                json!({"serverType": server, "authType": kind, "token": token, "username": "me"});
            caller.ok("ImportSourceCredentials", body).await;
        }
        let elsewhere = caller.in_region("eu-west-1");
        assert_eq!(elsewhere.ok("ListSourceCredentials", json!({})).await, none);
        caller.ok("ListSourceCredentials", json!({})).await
    });
    expect![[r#"
        {
          "sourceCredentialsInfos": [
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:token/bitbucket",
              "authType": "BASIC_AUTH",
              "serverType": "BITBUCKET"
            },
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:token/github",
              "authType": "CODECONNECTIONS",
              "resource": "arn:aws:codestar-connections:us-east-1:000000000000:connection/c",
              "serverType": "GITHUB"
            },
            {
              "arn": "arn:aws:codebuild:us-east-1:000000000000:token/gitlab",
              "authType": "SECRETS_MANAGER",
              "resource": "arn:aws:secretsmanager:us-east-1:000000000000:secret:s",
              "serverType": "GITLAB"
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}
