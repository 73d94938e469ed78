//! CreatePipeline (contract codepipeline §3.1, §3.7, §4).

use super::rules;
use super::sample::{
    action, check, created, custom_type, gated, pipeline, with_custom, with_secret,
};
use crate::support::caller::{ACCOUNT, CODEPIPELINE, Caller, ROLE, both, tags, texts, with};
use expect_test::expect;
use serde_json::{Value, json};
use slipway::store::Direction;

const TAKEN: &str = "A pipeline with the name 'p' already exists in account '000000000000'";

#[tokio::test]
async fn the_declaration_comes_back_with_defaults_and_tags_as_given() {
    // contract codepipeline §3.1, §3.7, T6
    let shown = both(CODEPIPELINE, async |caller| {
        let mut body =
            json!({"pipeline": pipeline("p"), "tags": tags(&[("team", "web"), ("app", "")])});
        body["pipeline"]["stages"][1]["actions"][0]["configuration"] =
            json!({"ProjectName": "hello"});
        let approval = action("Ask", "Approval", "Manual", json!({}), &[], &[]);
        body = with(body, "/pipeline/stages/2/actions/-", approval);
        caller.ok("CreatePipeline", body).await
    });
    expect![[r#"
        {
          "pipeline": {
            "artifactStore": {
              "location": "store",
              "type": "S3"
            },
            "executionMode": "SUPERSEDED",
            "name": "p",
            "pipelineType": "V1",
            "roleArn": "arn:aws:iam::000000000000:role/delivery",
            "stages": [
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Source",
                      "owner": "AWS",
                      "provider": "S3",
                      "version": "1"
                    },
                    "configuration": {
                      "PollForSourceChanges": "false",
                      "S3Bucket": "incoming",
                      "S3ObjectKey": "src.zip"
                    },
                    "inputArtifacts": [],
                    "name": "Zip",
                    "outputArtifacts": [
                      {
                        "name": "Sources"
                      }
                    ],
                    "runOrder": 1
                  }
                ],
                "name": "Source"
              },
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Build",
                      "owner": "AWS",
                      "provider": "CodeBuild",
                      "version": "1"
                    },
                    "configuration": {
                      "ProjectName": "hello"
                    },
                    "inputArtifacts": [
                      {
                        "name": "Sources"
                      }
                    ],
                    "name": "Compile",
                    "outputArtifacts": [
                      {
                        "name": "Site"
                      }
                    ],
                    "runOrder": 1
                  }
                ],
                "name": "Build"
              },
              {
                "actions": [
                  {
                    "actionTypeId": {
                      "category": "Deploy",
                      "owner": "AWS",
                      "provider": "S3",
                      "version": "1"
                    },
                    "configuration": {
                      "BucketName": "out",
                      "Extract": "true"
                    },
                    "inputArtifacts": [
                      {
                        "name": "Site"
                      }
                    ],
                    "name": "Publish",
                    "outputArtifacts": [],
                    "runOrder": 1
                  },
                  {
                    "actionTypeId": {
                      "category": "Approval",
                      "owner": "AWS",
                      "provider": "Manual",
                      "version": "1"
                    },
                    "configuration": {},
                    "inputArtifacts": [],
                    "name": "Ask",
                    "outputArtifacts": [],
                    "runOrder": 1
                  }
                ],
                "name": "Deploy"
              }
            ],
            "version": 1
          },
          "tags": [
            {
              "key": "team",
              "value": "web"
            },
            {
              "key": "app",
              "value": ""
            }
          ]
        }
    "#]]
    .assert_eq(&shown.await);
}

#[tokio::test]
async fn without_tags_in_the_request_there_are_none_in_the_answer() {
    // contract codepipeline §3.1: tags as given
    let caller = Caller::new(CODEPIPELINE).await;
    let answer = caller
        .ok("CreatePipeline", json!({"pipeline": pipeline("p")}))
        .await;
    assert_eq!(
        answer.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["pipeline"]
    );
}

#[tokio::test]
async fn a_pipeline_runs_at_once_for_whoever_created_it() {
    // contract codepipeline §3.1, F2, F3
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let listed = caller
        .ok("ListPipelineExecutions", json!({"pipelineName": "p"}))
        .await;
    let summaries = listed["pipelineExecutionSummaries"].as_array().unwrap();
    assert_eq!(summaries.len(), 1);
    let trigger = json!({"triggerType": "CreatePipeline", "triggerDetail": "arn:aws:iam::000000000000:user/slipway"});
    assert_eq!(summaries[0]["trigger"], trigger);
}

#[tokio::test]
async fn a_pipeline_whose_source_polls_waits_for_the_first_look() {
    // contract codepipeline §5.4: absent or `true` in any case polls; T9: anything else does not
    let caller = Caller::new(CODEPIPELINE).await;
    let polling = [
        (Value::Null, 0),
        (json!("True"), 0),
        (json!("yes"), 1),
        (json!(" true "), 1),
        (json!("false"), 1),
    ];
    for (at, (value, executions)) in polling.into_iter().enumerate() {
        let name = format!("p{at}");
        let key = "/stages/0/actions/0/configuration/PollForSourceChanges";
        let declaration = with(pipeline(&name), key, value.clone());
        caller
            .ok("CreatePipeline", json!({"pipeline": declaration}))
            .await;
        let listed = caller
            .ok("ListPipelineExecutions", json!({"pipelineName": name}))
            .await;
        let begun = listed["pipelineExecutionSummaries"]
            .as_array()
            .unwrap()
            .len();
        assert_eq!(begun, executions, "{value}");
    }
}

#[tokio::test]
async fn members_given_explicitly_come_back_as_given() {
    // contract codepipeline §3.7
    let caller = Caller::new(CODEPIPELINE).await;
    let mut declaration = pipeline("p");
    declaration["pipelineType"] = json!("V2");
    declaration["executionMode"] = json!("QUEUED");
    declaration["variables"] = json!([]);
    declaration["triggers"] = json!([]);
    declaration["version"] = json!(17);
    declaration["artifactStore"]["encryptionKey"] = json!({"id": "alias/k", "type": "KMS"});
    let build = &mut declaration["stages"][1]["actions"][0];
    build["runOrder"] = json!(7);
    build["namespace"] = json!("Built");
    build["roleArn"] = json!(ROLE);
    build["region"] = json!("us-east-1");
    caller.make_role("inner", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::000000000000:role/delivery"}}]}"#).await;
    build["roleArn"] = json!("arn:aws:iam::000000000000:role/inner");
    let answer = caller
        .ok("CreatePipeline", json!({"pipeline": declaration}))
        .await;
    let mut expected = declaration;
    expected["version"] = json!(1);
    for (stage, action) in [(0, 0), (2, 0)] {
        expected["stages"][stage]["actions"][action]["runOrder"] = json!(1);
    }
    expected["stages"][0]["actions"][0]["inputArtifacts"] = json!([]);
    expected["stages"][2]["actions"][0]["outputArtifacts"] = json!([]);
    assert_eq!(answer["pipeline"], expected);
}

#[tokio::test]
async fn a_pipeline_without_a_type_is_v2_when_it_has_something_of_v2() {
    // contract codepipeline §3.7, §4.4
    let caller = Caller::new(CODEPIPELINE).await;
    let kinds = [
        (
            "/variables",
            json!([{"name": "Y", "defaultValue": "1"}]),
            "V2",
        ),
        ("/variables", json!([]), "V1"),
        ("/executionMode", json!("QUEUED"), "V2"),
        ("/executionMode", json!("SUPERSEDED"), "V1"),
        ("/stages/1/onFailure", json!({"result": "RETRY"}), "V2"),
    ];
    for (at, (pointer, value, kind)) in kinds.into_iter().enumerate() {
        let declaration = with(pipeline(&format!("p{at}")), pointer, value);
        let answer = caller
            .ok("CreatePipeline", json!({"pipeline": declaration}))
            .await;
        assert_eq!(answer["pipeline"]["pipelineType"], kind, "{pointer}");
    }
}

#[tokio::test]
async fn a_connection_of_a_v2_pipeline_has_a_trigger_nobody_declared() {
    // contract codepipeline §3.7, default trigger
    let caller = Caller::new(CODEPIPELINE).await;
    let connection = |detect: Value| {
        let configuration =
            json!({"ConnectionArn": "c", "FullRepositoryId": "o/r", "BranchName": "main"});
        let source = action(
            "Git",
            "Source",
            "CodeStarSourceConnection",
            configuration,
            &[],
            &["Sources"],
        );
        with(source, "/configuration/DetectChanges", detect)
    };
    let default = json!([{"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Git", "push": [{"branches": {"includes": ["main"]}}]}}]);
    let own = json!([{"providerType": "CodeStarSourceConnection", "gitConfiguration": {"sourceActionName": "Git", "push": [{"tags": {"includes": ["v*"]}}]}}]);
    let cases = [
        ("V2", Value::Null, Value::Null, default.clone()),
        ("V2", json!([]), Value::Null, default),
        ("V2", own.clone(), Value::Null, own),
        ("V2", Value::Null, json!("false"), Value::Null),
        ("V1", Value::Null, Value::Null, Value::Null),
    ];
    for (at, (kind, triggers, detect, expected)) in cases.into_iter().enumerate() {
        let mut declaration = with(pipeline(&format!("p{at}")), "/triggers", triggers);
        declaration["pipelineType"] = json!(kind);
        declaration["stages"][0]["actions"][0] = connection(detect);
        let answer = caller
            .ok("CreatePipeline", json!({"pipeline": declaration}))
            .await;
        assert_eq!(answer["pipeline"]["triggers"], expected, "case {at}");
    }
}

#[tokio::test]
async fn secrets_come_back_as_four_asterisks() {
    // contract codepipeline §3.7
    let caller = Caller::new(CODEPIPELINE).await;
    let body = json!({"pipeline": with_secret(pipeline("p"), "hush")});
    let answer = caller.ok("CreatePipeline", body).await;
    let configuration = &answer["pipeline"]["stages"][0]["actions"][0]["configuration"];
    assert_eq!(configuration["OAuthToken"], "****");
    let shown = caller
        .ok("GetPipeline", json!({"name": "p"}))
        .await
        .to_string();
    assert!(!shown.contains("hush"), "{shown}");
}

#[tokio::test]
async fn a_name_in_use_is_refused_before_anything_else_is_looked_at() {
    // contract codepipeline §3.1, M2; order of checks there
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let broken = with(pipeline("p"), "/stages", json!([]));
    let orphan = with(
        pipeline("p"),
        "/roleArn",
        json!("arn:aws:iam::000000000000:role/none"),
    );
    for declaration in [pipeline("p"), broken, orphan] {
        let body = json!({"pipeline": declaration});
        caller
            .expect_refusal("CreatePipeline", body, "PipelineNameInUseException", TAKEN)
            .await;
    }
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_refused_before_the_structure_is_judged() {
    // contract codepipeline §3.1, §4.2 rules 16 and 17
    let caller = Caller::new(CODEPIPELINE).await;
    let role = "arn:aws:iam::000000000000:role/none";
    let said = format!("CodePipeline is not authorized to perform AssumeRole on role {role}");
    let orphan = with(pipeline("p"), "/roleArn", json!(role));
    for declaration in [orphan.clone(), with(orphan, "/stages", json!([]))] {
        let body = json!({"pipeline": declaration});
        caller
            .expect_refusal("CreatePipeline", body, "InvalidStructureException", &said)
            .await;
    }
    let said = format!("{ROLE} is not authorized to perform AssumeRole on role {role}");
    let inner = with(pipeline("p"), "/stages/1/actions/0/roleArn", json!(role));
    let check = with(check("Check", "yes"), "/roleArn", json!(role));
    let ruled = gated("p", "beforeEntry", "FAIL", &[check]);
    for declaration in [inner, ruled] {
        let body = json!({"pipeline": declaration});
        caller
            .expect_refusal("CreatePipeline", body, "InvalidStructureException", &said)
            .await;
    }
}

#[tokio::test]
async fn a_role_that_trusts_somebody_else_is_refused() {
    // contract codepipeline §4.2 rule 16
    let caller = Caller::new(CODEPIPELINE).await;
    caller.make_role("other", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}"#).await;
    let role = "arn:aws:iam::000000000000:role/other";
    let said = format!("CodePipeline is not authorized to perform AssumeRole on role {role}");
    let body = json!({"pipeline": with(pipeline("p"), "/roleArn", json!(role))});
    caller
        .expect_refusal("CreatePipeline", body, "InvalidStructureException", &said)
        .await;
}

#[tokio::test]
async fn every_rule_of_a_declaration_is_told_in_the_services_words() {
    // contract codepipeline §4.2 to §4.4, F7, M6
    let caller = Caller::new(CODEPIPELINE).await;
    rules::each_is_told(&caller, "CreatePipeline", "p").await;
}

#[tokio::test]
async fn broken_constraints_come_before_every_rule_and_no_value_is_echoed() {
    // contract codepipeline §1.4, T3
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let mut declaration = with(pipeline("p"), "/stages/1/actions/0/runOrder", json!(1000));
    declaration["stages"][0]["actions"][0]["configuration"]["S3ObjectKey"] = json!("");
    let said = "2 validation errors detected: Value at 'pipeline.stages.1.member.actions.1.member.configuration' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]; Value at 'pipeline.stages.2.member.actions.1.member.runOrder' failed to satisfy constraint: Member must have value less than or equal to 999";
    let body = json!({"pipeline": declaration});
    caller
        .expect_refusal("CreatePipeline", body, "ValidationException", said)
        .await;
}

#[tokio::test]
async fn bad_tags_leave_no_pipeline_behind() {
    // contract codepipeline §2.2, M5
    let caller = Caller::new(CODEPIPELINE).await;
    let many: Vec<Value> = (0..51)
        .map(|at| json!({"key": format!("k{at}"), "value": "v"}))
        .collect();
    let cases = [
        (
            tags(&[("AWS:x", "1")]),
            "InvalidTagsException",
            "Not allowed to modify system tags. System tags start with 'aws:'. msg=[Caller is an end user and not allowed to mutate system tags]",
        ),
        (
            tags(&[("a", "1"), ("a", "2")]),
            "InvalidTagsException",
            "The tag key 'a' is given more than once",
        ),
        (
            json!(many),
            "TooManyTagsException",
            "Tag limit exceeded for resource [arn:aws:codepipeline:us-east-1:000000000000:p].",
        ),
    ];
    for (tags, code, said) in cases {
        let body = json!({"pipeline": pipeline("p"), "tags": tags});
        caller
            .expect_refusal("CreatePipeline", body, code, said)
            .await;
    }
}

#[tokio::test]
async fn the_thousand_and_first_pipeline_is_refused() {
    // contract codepipeline §4.5; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    created(&caller, "p").await;
    let app = &caller.server.app;
    let table = app.codepipeline.tables.pipelines.clone();
    let (key, row) = table.range(.., Direction::Forward, 1).remove(0);
    let fill = move |tx: &mut slipway::store::Txn| {
        for at in 1..1000 {
            tx.put(&table, (key.0.clone(), format!("q{at}")), (*row).clone());
        }
        Ok::<_, ()>(())
    };
    app.store.write(fill).await.unwrap();
    let body = json!({"pipeline": pipeline("one-more")});
    let said = "The account has reached the limit of 1000 pipelines in this region";
    caller
        .expect_refusal(
            "CreatePipeline",
            body.clone(),
            "LimitExceededException",
            said,
        )
        .await;
    caller
        .in_region("eu-west-1")
        .ok("CreatePipeline", body)
        .await;
}

#[tokio::test]
async fn three_hundred_pipelines_poll_at_most() {
    // contract codepipeline §4.5; the text is ours
    let caller = Caller::new(CODEPIPELINE).await;
    let poll = "/stages/0/actions/0/configuration/PollForSourceChanges";
    let polling = |name: &str| json!({"pipeline": with(pipeline(name), poll, Value::Null)});
    caller.ok("CreatePipeline", polling("p")).await;
    created(&caller, "quiet").await;
    let app = &caller.server.app;
    let table = app.codepipeline.tables.pipelines.clone();
    let (key, row) = table.range(.., Direction::Forward, 1).remove(0);
    let fill = move |tx: &mut slipway::store::Txn| {
        for at in 1..300 {
            tx.put(&table, (key.0.clone(), format!("q{at}")), (*row).clone());
        }
        Ok::<_, ()>(())
    };
    app.store.write(fill).await.unwrap();
    let said = "The account has reached the limit of 300 pipelines that poll for source changes in this region";
    for (operation, name) in [("CreatePipeline", "more"), ("UpdatePipeline", "quiet")] {
        caller
            .expect_refusal(operation, polling(name), "LimitExceededException", said)
            .await;
    }
    // One that polls already keeps its place, and those that do not poll need none.
    caller.ok("UpdatePipeline", polling("p")).await;
    created(&caller, "quieter").await;
}

#[tokio::test]
async fn a_custom_action_is_declared_with_its_own_keys_and_its_secret_is_hidden() {
    // contract codepipeline §3.3, §3.7, §4.2 rules 9 to 13
    let shown = both(CODEPIPELINE, async |caller| {
        caller
            .ok("CreateCustomActionType", custom_type("Forge"))
            .await;
        let body = json!({"pipeline": with_custom(pipeline("p"), "Forge", "hush")});
        let created = caller.ok("CreatePipeline", body).await;
        let got = caller.ok("GetPipeline", json!({"name": "p"})).await;
        assert_eq!(got["pipeline"], created["pipeline"]);
        created["pipeline"]["stages"][1]["actions"][1].clone()
    });
    let expected = json!({
        "name": "Custom", "runOrder": 1,
        "actionTypeId": {"category": "Build", "owner": "Custom", "provider": "Forge", "version": "1"},
        "configuration": {"Job": "nightly", "Token": "****"},
        "inputArtifacts": [{"name": "Sources"}], "outputArtifacts": [],
    });
    assert_eq!(shown.await, format!("{expected:#}\n"));
}

#[tokio::test]
async fn everything_a_stage_may_have_is_accepted_and_comes_back() {
    // contract codepipeline §3.7, §4.3, §4.4, §5.8
    let caller = Caller::new(CODEPIPELINE).await;
    let rule = |name: &str, provider: &str, configuration: Value| {
        let id = json!({"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"});
        json!({"name": name, "ruleTypeId": id, "configuration": configuration})
    };
    let check = json!({"Variable": "#{Src.ETag}", "Value": "#{variables.Y}", "Operator": "EQ"});
    let window = rule(
        "window",
        "DeploymentWindow",
        json!({"Cron": "* * 9-17 ? * MON-FRI"}),
    );
    let mut run = rule("run", "Commands", json!({}));
    run["commands"] = json!(["test #{Built.X}"]);
    run["inputArtifacts"] = json!([{"name": "Site"}]);
    let alarm = rule("alarm", "CloudWatchAlarm", json!({"AlarmName": "a"}));
    let skip = rule("same", "VariableCheck", check);
    let gate =
        |result: &str, rules: Value| json!({"conditions": [{"result": result, "rules": rules}]});
    let mut declaration = pipeline("p");
    declaration["pipelineType"] = json!("V2");
    declaration["variables"] = json!([{"name": "Y", "defaultValue": "1"}]);
    declaration["stages"][0]["actions"][0]["namespace"] = json!("Src");
    declaration["stages"][0]["onFailure"] =
        json!({"result": "RETRY", "retryConfiguration": {"retryMode": "ALL_ACTIONS"}});
    declaration["stages"][1]["actions"][0]["namespace"] = json!("Built");
    declaration["stages"][1]["beforeEntry"] = gate("SKIP", json!([skip]));
    declaration["stages"][1]["onSuccess"] = gate("ROLLBACK", json!([run]));
    declaration["stages"][2]["beforeEntry"] = gate("FAIL", json!([window]));
    declaration["stages"][2]["onFailure"] = gate("ROLLBACK", json!([alarm]));
    declaration["stages"][2]["blockers"] = json!([{"name": "b", "type": "Schedule"}]);
    let mut commands = action(
        "Run",
        "Compute",
        "Commands",
        json!({}),
        &["Sources"],
        &["Made"],
    );
    commands["commands"] = json!(["make"]);
    commands["outputVariables"] = json!(["X"]);
    commands["environmentVariables"] = json!([{"name": "A", "value": "1", "type": "PLAINTEXT"}]);
    commands["outputArtifacts"][0]["files"] = json!(["out/**"]);
    commands["runOrder"] = json!(1);
    declaration["stages"][1]["actions"]
        .as_array_mut()
        .unwrap()
        .push(commands);
    let mut approval = action("Ask", "Approval", "Manual", json!({}), &[], &[]);
    approval["timeoutInMinutes"] = json!(5);
    approval["runOrder"] = json!(1);
    declaration["stages"][2]["actions"]
        .as_array_mut()
        .unwrap()
        .push(approval);
    let answer = caller
        .ok("CreatePipeline", json!({"pipeline": declaration}))
        .await;
    for (at, stage) in declaration["stages"].as_array().unwrap().iter().enumerate() {
        for member in ["beforeEntry", "onSuccess", "onFailure", "blockers"] {
            let shown = &answer["pipeline"]["stages"][at];
            assert_eq!(shown.get(member), stage.get(member), "{member}");
        }
    }
    let shown = &answer["pipeline"]["stages"][1]["actions"][1];
    assert_eq!(*shown, declaration["stages"][1]["actions"][1]);
    let shown = &answer["pipeline"]["stages"][2]["actions"][1];
    assert_eq!(shown["timeoutInMinutes"], 5);
}

#[tokio::test]
async fn accounts_and_regions_have_their_own_pipelines_of_one_name() {
    // contract codepipeline §3.1: name taken in this region
    let caller = Caller::new(CODEPIPELINE).await;
    let other = caller.of_account("111111111111").await;
    created(&caller, "p").await;
    created(&caller.in_region("eu-west-1"), "p").await;
    let own = with(
        pipeline("p"),
        "/roleArn",
        json!("arn:aws:iam::111111111111:role/delivery"),
    );
    other.ok("CreatePipeline", json!({"pipeline": own})).await;
    for (caller, region, account) in [
        (&caller, "us-east-1", ACCOUNT),
        (&caller.in_region("eu-west-1"), "eu-west-1", ACCOUNT),
        (&other, "us-east-1", "111111111111"),
    ] {
        let got = caller.ok("GetPipeline", json!({"name": "p"})).await;
        let arn = format!("arn:aws:codepipeline:{region}:{account}:p");
        assert_eq!(got["metadata"]["pipelineArn"], arn);
        let listed = caller.ok("ListPipelines", json!({})).await;
        assert_eq!(texts(&listed["pipelines"], "name"), ["p"]);
    }
}
