//! IAM in awsQuery, as the aws CLI and Terraform speak it. Witness of shapes and texts: the IAM API reference and what AWS answers.

use crate::support::Server;
use http::StatusCode;

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"codebuild.amazonaws.com"}}]}"#;
const ALLOW: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

async fn ask(server: &Server, action: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action)
        .append_pair("Version", "2010-05-08");
    let answer = server
        .query("iam", &form.extend_pairs(fields).finish())
        .await;
    (answer.status, answer.text())
}

async fn ok(server: &Server, action: &str, fields: &[(&str, &str)]) -> String {
    let (status, text) = ask(server, action, fields).await;
    assert_eq!(status, StatusCode::OK, "{action}: {text}");
    text
}

async fn error(server: &Server, action: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
    let (status, text) = ask(server, action, fields).await;
    (
        status.as_u16(),
        element(&text, "Code"),
        element(&text, "Message"),
    )
}

fn element(text: &str, name: &str) -> String {
    let inner = text
        .split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.map_or_else(
        || panic!("no {name} in {text}"),
        |(inner, _)| inner.to_owned(),
    )
}

fn fault(status: u16, code: &str, message: &str) -> (u16, String, String) {
    (status, code.to_owned(), message.to_owned())
}

#[tokio::test]
async fn a_role_is_created_shown_changed_and_deleted() {
    let server = Server::start().await;
    let role = ("RoleName", "builder");
    let created = ok(
        &server,
        "CreateRole",
        &[
            role,
            ("Path", "/service-role/"),
            ("AssumeRolePolicyDocument", TRUST),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "a@b"),
        ],
    )
    .await;
    assert_eq!(
        element(&created, "Arn"),
        "arn:aws:iam::000000000000:role/service-role/builder"
    );
    assert!(
        element(&created, "RoleId").starts_with("AROA") && element(&created, "RoleId").len() == 21
    );
    assert!(created.starts_with("<CreateRoleResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><CreateRoleResult><Role>"), "{created}");
    assert!(created.contains("<ResponseMetadata><RequestId>"));

    let shown = ok(&server, "GetRole", &[("RoleName", "BUILDER")]).await;
    let document = element(&shown, "AssumeRolePolicyDocument");
    assert!(
        document.starts_with("%7B%22Version%22%3A%222012-10-17%22"),
        "{document}"
    );
    assert_eq!(
        percent_encoding::percent_decode_str(&document)
            .decode_utf8()
            .unwrap(),
        TRUST
    );
    assert_eq!(element(&shown, "MaxSessionDuration"), "3600");
    assert!(
        shown.contains("<Tags><member><Key>team</Key><Value>a@b</Value></member></Tags>"),
        "{shown}"
    );

    ok(
        &server,
        "UpdateRole",
        &[role, ("Description", "d"), ("MaxSessionDuration", "7200")],
    )
    .await;
    ok(&server, "UntagRole", &[role, ("TagKeys.member.1", "TEAM")]).await;
    let shown = ok(&server, "GetRole", &[role]).await;
    assert_eq!(
        (
            element(&shown, "Description"),
            element(&shown, "MaxSessionDuration")
        ),
        ("d".to_owned(), "7200".to_owned())
    );
    assert!(!shown.contains("<Tags>"));

    ok(&server, "DeleteRole", &[role]).await;
    let absent = fault(
        404,
        "NoSuchEntity",
        "The role with name builder cannot be found.",
    );
    assert_eq!(error(&server, "GetRole", &[role]).await, absent);
    assert_eq!(error(&server, "DeleteRole", &[role]).await, absent);
}

#[tokio::test]
async fn a_second_role_of_the_name_is_refused_whatever_its_case() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let second = error(
        &server,
        "CreateRole",
        &[("RoleName", "R"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    assert_eq!(
        second,
        fault(
            409,
            "EntityAlreadyExists",
            "Role with name R already exists."
        )
    );
}

#[tokio::test]
async fn malformed_trust_policies_are_refused() {
    let server = Server::start().await;
    let refused = error(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", "{")],
    )
    .await;
    assert_eq!(
        refused,
        fault(
            400,
            "MalformedPolicyDocument",
            "This policy contains invalid Json"
        )
    );
    let refused = error(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", ALLOW)],
    )
    .await;
    assert_eq!(
        refused,
        fault(
            400,
            "MalformedPolicyDocument",
            "Has prohibited field Resource"
        )
    );
    assert_eq!(
        element(&ok(&server, "ListRoles", &[]).await, "IsTruncated"),
        "false"
    );
}

#[tokio::test]
async fn inline_policies_keep_their_role_from_being_deleted() {
    let server = Server::start().await;
    let role = ("RoleName", "r");
    ok(
        &server,
        "CreateRole",
        &[role, ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    ok(
        &server,
        "PutRolePolicy",
        &[role, ("PolicyName", "p"), ("PolicyDocument", ALLOW)],
    )
    .await;
    let shown = ok(&server, "GetRolePolicy", &[role, ("PolicyName", "p")]).await;
    assert_eq!(
        percent_encoding::percent_decode_str(&element(&shown, "PolicyDocument"))
            .decode_utf8()
            .unwrap(),
        ALLOW
    );
    assert!(
        ok(&server, "ListRolePolicies", &[role])
            .await
            .contains("<PolicyNames><member>p</member></PolicyNames>")
    );
    let refused = error(&server, "DeleteRole", &[role]).await;
    assert_eq!(
        refused,
        fault(
            409,
            "DeleteConflict",
            "Cannot delete entity, must delete policies first."
        )
    );
    ok(&server, "DeleteRolePolicy", &[role, ("PolicyName", "p")]).await;
    let absent = fault(
        404,
        "NoSuchEntity",
        "The role policy with name p cannot be found.",
    );
    assert_eq!(
        error(&server, "GetRolePolicy", &[role, ("PolicyName", "p")]).await,
        absent
    );
    ok(&server, "DeleteRole", &[role]).await;
}

#[tokio::test]
async fn managed_policies_are_attached_and_detached() {
    let server = Server::start().await;
    let (role, aws) = (
        ("RoleName", "r"),
        ("PolicyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
    );
    ok(
        &server,
        "CreateRole",
        &[role, ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    ok(&server, "AttachRolePolicy", &[role, aws]).await;
    let listed = ok(&server, "ListAttachedRolePolicies", &[role]).await;
    assert_eq!(
        (
            element(&listed, "PolicyName"),
            element(&listed, "PolicyArn").as_str()
        ),
        ("AmazonS3FullAccess".to_owned(), aws.1)
    );
    let refused = error(&server, "DeleteRole", &[role]).await;
    assert_eq!(
        refused,
        fault(
            409,
            "DeleteConflict",
            "Cannot delete entity, must detach all policies first."
        )
    );
    assert_eq!(
        element(&ok(&server, "GetPolicy", &[aws]).await, "AttachmentCount"),
        "1"
    );
    assert!(
        ok(&server, "ListEntitiesForPolicy", &[aws])
            .await
            .contains("<RoleName>r</RoleName>")
    );
    ok(&server, "DetachRolePolicy", &[role, aws]).await;
    let refused = error(&server, "DetachRolePolicy", &[role, aws]).await;
    assert_eq!(
        refused,
        fault(
            404,
            "NoSuchEntity",
            &format!("Policy {} was not found.", aws.1)
        )
    );

    let own = ("PolicyArn", "arn:aws:iam::000000000000:policy/absent");
    let refused = error(&server, "AttachRolePolicy", &[role, own]).await;
    assert_eq!(
        refused,
        fault(
            404,
            "NoSuchEntity",
            &format!("Policy {} does not exist or is not attachable.", own.1)
        )
    );
    let refused = error(
        &server,
        "AttachRolePolicy",
        &[role, ("PolicyArn", "not-an-arn-but-long-enough")],
    )
    .await;
    assert_eq!(refused.1, "InvalidInput");
    ok(&server, "DeleteRole", &[role]).await;
}

#[tokio::test]
async fn a_policy_has_up_to_five_versions_one_of_them_the_default() {
    let server = Server::start().await;
    let created = ok(
        &server,
        "CreatePolicy",
        &[("PolicyName", "p"), ("PolicyDocument", ALLOW)],
    )
    .await;
    let arn = element(&created, "Arn");
    let policy = ("PolicyArn", arn.as_str());
    assert_eq!(
        (
            element(&created, "DefaultVersionId"),
            element(&created, "Path")
        ),
        ("v1".to_owned(), "/".to_owned())
    );
    for number in 2..=5 {
        let made = ok(
            &server,
            "CreatePolicyVersion",
            &[policy, ("PolicyDocument", ALLOW), ("SetAsDefault", "true")],
        )
        .await;
        assert_eq!(element(&made, "VersionId"), format!("v{number}"));
    }
    let refused = error(
        &server,
        "CreatePolicyVersion",
        &[policy, ("PolicyDocument", ALLOW)],
    )
    .await;
    assert_eq!((refused.0, refused.1.as_str()), (409, "LimitExceeded"));
    let refused = error(
        &server,
        "DeletePolicyVersion",
        &[policy, ("VersionId", "v5")],
    )
    .await;
    assert_eq!(
        refused,
        fault(
            409,
            "DeleteConflict",
            "Cannot delete the default version of a policy."
        )
    );
    assert_eq!(
        error(&server, "DeletePolicy", &[policy]).await.1,
        "DeleteConflict"
    );
    ok(
        &server,
        "SetDefaultPolicyVersion",
        &[policy, ("VersionId", "v1")],
    )
    .await;
    for number in 2..=5 {
        ok(
            &server,
            "DeletePolicyVersion",
            &[policy, ("VersionId", &format!("v{number}"))],
        )
        .await;
    }
    assert_eq!(
        element(
            &ok(
                &server,
                "CreatePolicyVersion",
                &[policy, ("PolicyDocument", ALLOW)]
            )
            .await,
            "VersionId"
        ),
        "v6"
    );
    ok(
        &server,
        "DeletePolicyVersion",
        &[policy, ("VersionId", "v6")],
    )
    .await;
    let shown = ok(&server, "GetPolicyVersion", &[policy, ("VersionId", "v1")]).await;
    assert_eq!(element(&shown, "IsDefaultVersion"), "true");
    ok(&server, "DeletePolicy", &[policy]).await;
    assert_eq!(
        error(&server, "GetPolicy", &[policy]).await,
        fault(404, "NoSuchEntity", &format!("Policy {arn} was not found."))
    );
}

#[tokio::test]
async fn an_attached_policy_cannot_be_deleted() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let arn = element(
        &ok(
            &server,
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", ALLOW)],
        )
        .await,
        "Arn",
    );
    ok(
        &server,
        "AttachRolePolicy",
        &[("RoleName", "r"), ("PolicyArn", &arn)],
    )
    .await;
    let refused = error(&server, "DeletePolicy", &[("PolicyArn", &arn)]).await;
    assert_eq!(
        refused,
        fault(
            409,
            "DeleteConflict",
            "Cannot delete a policy attached to entities."
        )
    );
}

#[tokio::test]
async fn lists_come_in_pages() {
    let server = Server::start().await;
    for name in ["c", "a", "b"] {
        ok(
            &server,
            "CreateRole",
            &[("RoleName", name), ("AssumeRolePolicyDocument", TRUST)],
        )
        .await;
    }
    let first = ok(&server, "ListRoles", &[("MaxItems", "2")]).await;
    assert!(
        first.contains("<IsTruncated>true</IsTruncated>")
            && first.find(">a<").unwrap() < first.find(">b<").unwrap()
    );
    let marker = element(&first, "Marker");
    let second = ok(
        &server,
        "ListRoles",
        &[("MaxItems", "2"), ("Marker", &marker)],
    )
    .await;
    assert!(
        second.contains("<RoleName>c</RoleName>") && !second.contains("<Marker>"),
        "{second}"
    );
    assert_eq!(
        error(&server, "ListRoles", &[("Marker", "garbage")]).await,
        fault(400, "ValidationError", "Invalid Marker.")
    );
}

#[tokio::test]
async fn tags_of_roles_and_policies_are_added_listed_and_removed() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let arn = element(
        &ok(
            &server,
            "CreatePolicy",
            &[("PolicyName", "p"), ("PolicyDocument", ALLOW)],
        )
        .await,
        "Arn",
    );
    for (kind, at) in [
        ("Role", ("RoleName", "r")),
        ("Policy", ("PolicyArn", arn.as_str())),
    ] {
        let tags = [
            at,
            ("Tags.member.1.Key", "b"),
            ("Tags.member.1.Value", "1"),
            ("Tags.member.2.Key", "a"),
            ("Tags.member.2.Value", ""),
        ];
        ok(
            &server,
            ["TagRole", "TagPolicy"][usize::from(kind == "Policy")],
            &tags,
        )
        .await;
        let list = ["ListRoleTags", "ListPolicyTags"][usize::from(kind == "Policy")];
        let listed = ok(&server, list, &[at]).await;
        let both = "<Tags><member><Key>a</Key><Value></Value></member><member><Key>b</Key><Value>1</Value></member></Tags>";
        assert!(listed.contains(both), "{listed}");
        let untag = ["UntagRole", "UntagPolicy"][usize::from(kind == "Policy")];
        ok(
            &server,
            untag,
            &[
                at,
                ("TagKeys.member.1", "a"),
                ("TagKeys.member.2", "never-there"),
            ],
        )
        .await;
        assert!(
            ok(&server, list, &[at])
                .await
                .contains("<Tags><member><Key>b</Key>")
        );
    }
    let twice = [
        ("RoleName", "r"),
        ("Tags.member.1.Key", "x"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "X"),
        ("Tags.member.2.Value", "2"),
    ];
    assert_eq!(error(&server, "TagRole", &twice).await.1, "InvalidInput");
    assert!(
        !ok(&server, "ListRoleTags", &[("RoleName", "r")])
            .await
            .contains(">x<")
    );
}

#[tokio::test]
async fn policies_are_listed_by_scope_and_attachment() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let arn = element(
        &ok(
            &server,
            "CreatePolicy",
            &[("PolicyName", "own"), ("PolicyDocument", ALLOW)],
        )
        .await,
        "Arn",
    );
    ok(
        &server,
        "AttachRolePolicy",
        &[
            ("RoleName", "r"),
            ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ],
    )
    .await;
    let listed = |text: String| {
        (
            text.contains("<PolicyName>own<"),
            text.contains("<PolicyName>ReadOnlyAccess<"),
        )
    };
    assert_eq!(listed(ok(&server, "ListPolicies", &[]).await), (true, true));
    assert_eq!(
        listed(ok(&server, "ListPolicies", &[("Scope", "Local")]).await),
        (true, false)
    );
    assert_eq!(
        listed(ok(&server, "ListPolicies", &[("Scope", "AWS")]).await),
        (false, true)
    );
    assert_eq!(
        listed(ok(&server, "ListPolicies", &[("OnlyAttached", "true")]).await),
        (false, true)
    );
    let versions = ok(&server, "ListPolicyVersions", &[("PolicyArn", &arn)]).await;
    assert!(
        versions.contains("<VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion>"),
        "{versions}"
    );
}

#[tokio::test]
async fn a_trust_policy_and_a_description_are_changed_and_a_malformed_one_changes_nothing() {
    let server = Server::start().await;
    let role = ("RoleName", "r");
    ok(
        &server,
        "CreateRole",
        &[role, ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let document = |text: String| {
        percent_encoding::percent_decode_str(&element(&text, "AssumeRolePolicyDocument"))
            .decode_utf8()
            .unwrap()
            .into_owned()
    };
    let refused = error(
        &server,
        "UpdateAssumeRolePolicy",
        &[role, ("PolicyDocument", "{}")],
    )
    .await;
    assert_eq!(refused.1, "MalformedPolicyDocument");
    assert_eq!(document(ok(&server, "GetRole", &[role]).await), TRUST);
    let other = TRUST.replace("codebuild", "codepipeline");
    ok(
        &server,
        "UpdateAssumeRolePolicy",
        &[role, ("PolicyDocument", &other)],
    )
    .await;
    assert_eq!(document(ok(&server, "GetRole", &[role]).await), other);
    let described = ok(
        &server,
        "UpdateRoleDescription",
        &[role, ("Description", "new")],
    )
    .await;
    assert_eq!(element(&described, "Description"), "new");
}

#[tokio::test]
async fn a_role_has_no_instance_profiles() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let listed = ok(&server, "ListInstanceProfilesForRole", &[("RoleName", "r")]).await;
    assert!(
        listed.contains("<InstanceProfiles></InstanceProfiles><IsTruncated>false</IsTruncated>"),
        "{listed}"
    );
    assert_eq!(
        error(
            &server,
            "ListInstanceProfilesForRole",
            &[("RoleName", "absent")]
        )
        .await
        .1,
        "NoSuchEntity"
    );
}

#[tokio::test]
async fn broken_constraints_and_types_are_told_in_the_services_words() {
    let server = Server::start().await;
    let refused = error(&server, "GetRole", &[("RoleName", "a b")]).await;
    let said = "1 validation error detected: Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+";
    assert_eq!(refused, fault(400, "ValidationError", said));
    let refused = error(&server, "ListRoles", &[("MaxItems", "many")]).await;
    assert_eq!(
        refused,
        fault(
            400,
            "MalformedInput",
            "STRING_VALUE can not be converted to an Integer"
        )
    );
}

#[tokio::test]
async fn accounts_do_not_see_each_others_roles() {
    let server = Server::start().await;
    ok(
        &server,
        "CreateRole",
        &[("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)],
    )
    .await;
    let other = crate::support::server::signed("123456789012", "us-east-1", "iam");
    let request = server
        .post("/")
        .header("authorization", other)
        .header("content-type", "application/x-www-form-urlencoded");
    let form = bytes::Bytes::from_static(b"Action=GetRole&Version=2010-05-08&RoleName=r");
    let answer = server
        .send(request.body(http_body_util::Full::new(form)).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_action_outside_the_subset_answers_501_and_an_unknown_one_400() {
    let server = Server::start().await;
    let (status, text) = ask(&server, "CreateUser", &[("UserName", "u")]).await;
    assert_eq!(status, StatusCode::NOT_IMPLEMENTED);
    assert!(text.contains("CreateUser"), "{text}");
    assert_eq!(error(&server, "MakeCoffee", &[]).await.1, "InvalidAction");
}

#[tokio::test]
async fn an_unsigned_request_is_known_by_its_action_and_version() {
    let server = Server::start().await;
    let answer = server.get("/?Action=ListRoles&Version=2010-05-08").await;
    assert!(answer.text().contains("<ListRolesResult>"));
}
