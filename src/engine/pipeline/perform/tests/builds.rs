//! CodeBuild and Commands: what is asked for, and what is refused before anything runs.

use super::*;
use crate::engine::pipeline::plan::ActionKind;
use crate::engine::world::BuildFault;

/// Witness: contract §6.4: several inputs and outputs, PrimarySource, variables with their types, overrides.
#[tokio::test]
async fn a_build_is_asked_for_with_all_that_is_configured() {
    let house = House::memory("src1 src2; build").await;
    for source in ["src1.zip", "src2.zip"] {
        let memory = &house.world.memory;
        memory.put("sources", source, b"zip", ObjectMeta::default());
    }
    house.change("build", |build| {
        build.inputs = vec!["src1-artifact".to_owned(), "src2-artifact".to_owned()];
        build.outputs = vec!["one".to_owned(), "two".to_owned()];
        let role = "arn:aws:iam::000000000000:role/other";
        let variables = r##"[{"name":"V","value":"#{src2-ns.ObjectKey}"},{"name":"P","value":"p","type":"PARAMETER_STORE"},{"name":"S","value":"s","type":"SECRETS_MANAGER"}]"##;
        for (key, value) in [
            ("PrimarySource", "src2-artifact"),
            ("EnvironmentVariables", variables),
            ("BuildspecOverride", "version: 0.2\n"),
            ("ServiceRoleArnOverride", role),
        ] {
            Arc::make_mut(&mut build.configuration).insert(key.to_owned(), value.to_owned());
        }
    });
    house.start().await;
    house.launched().await;
    let request = house.world.builds.lock().unwrap()[0].clone();
    assert_eq!(request.primary, "src2-artifact");
    let sources = request
        .sources
        .iter()
        .map(|source| source.artifact.as_str());
    assert_eq!(
        sources.collect::<Vec<_>>(),
        ["src1-artifact", "src2-artifact"]
    );
    let outputs = request
        .outputs
        .iter()
        .map(|output| output.artifact.as_str());
    assert_eq!(outputs.collect::<Vec<_>>(), ["one", "two"]);
    let variables = request.variables.iter();
    let variables = variables.map(|of| (of.name.as_str(), of.value.as_str(), of.kind));
    assert_eq!(
        variables.collect::<Vec<_>>(),
        [
            ("V", "src2.zip", VariableKind::Plaintext),
            ("P", "p", VariableKind::ParameterStore),
            ("S", "s", VariableKind::SecretsManager),
        ]
    );
    assert_eq!(request.buildspec.as_deref(), Some("version: 0.2\n"));
    assert!(request.service_role.unwrap().ends_with("/other"));

    let fault = BuildFault {
        status: "FAILED".to_owned(),
        phase: "BUILD".to_owned(),
        code: "COMMAND_EXECUTION_ERROR".to_owned(),
        message: "it broke".to_owned(),
    };
    house.end_build(0, BuildVerdict::Failed(fault)).await;
    let execution = house.end().await;
    let run = &execution.stages[1].actions[0];
    assert_eq!(run.result.external_id.as_deref(), Some("project:0"));
    assert_eq!(
        run.result.error,
        Some(ActionError::new(
            ErrorCode::JobFailed,
            "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: it broke"
        ))
    );
}

/// Witness: contract §6.4: BatchEnabled, CombineArtifacts.
#[tokio::test]
async fn a_batch_is_asked_for_where_it_is_wanted() {
    for (pairs, expected) in [
        (vec![], None),
        (vec![("BatchEnabled", "false")], None),
        (vec![("BatchEnabled", "true")], Some(false)),
        (
            vec![("BatchEnabled", "True"), ("CombineArtifacts", "true")],
            Some(true),
        ),
    ] {
        let house = House::memory("src; build").await;
        for (key, value) in pairs {
            house.configure("build", key, value);
        }
        house.upload(&zip(&[("page", "1")]));
        house.start().await;
        let builds = || house.world.builds.lock().unwrap().len() == 1;
        until("the build is launched", builds).await;
        let wish = house.world.builds.lock().unwrap()[0].batch;
        assert_eq!(wish.map(|wish| wish.combine), expected);
    }
}

/// Witness: contract §6.4: more than one input needs PrimarySource; the words are ours.
#[tokio::test]
async fn a_build_that_is_configured_wrongly_is_not_started() {
    let said = async |pairs: &[(&str, &str)]| {
        let house = House::memory("src; build").await;
        for (key, value) in pairs {
            house.configure("build", key, value);
        }
        let error = house.failure().await;
        assert!(house.world.builds.lock().unwrap().is_empty());
        assert_eq!(error.code, ErrorCode::ConfigurationError);
        error.message
    };
    assert_eq!(
        said(&[("CombineArtifacts", "True")]).await,
        "The action 'build' has CombineArtifacts without BatchEnabled; only a batch has artifacts to combine."
    );
    assert_eq!(
        said(&[("PrimarySource", "nobody")]).await,
        "The PrimarySource 'nobody' is not an input artifact of the action 'build'."
    );
    for variables in [
        "no json",
        r#"[{"name":"A"}]"#,
        r#"[{"name":"A","value":"1","type":"SECRET"}]"#,
    ] {
        let said = said(&[("EnvironmentVariables", variables)]).await;
        let begins = "The EnvironmentVariables of the action 'build' are not a JSON array of objects with name, value and type:";
        assert!(said.starts_with(begins), "{said}");
    }
}

/// Witness: contract §5.8: a CodeBuild rule succeeds when its build does.
#[tokio::test]
async fn a_rule_waits_for_its_build() {
    for (verdict, status) in [
        (success(), ExecutionStatus::Succeeded),
        (
            BuildVerdict::Failed(BuildFault {
                status: "STOPPED".to_owned(),
                phase: "BUILD".to_owned(),
                code: String::new(),
                message: String::new(),
            }),
            ExecutionStatus::Failed,
        ),
    ] {
        let house = House::memory("src; entry=fail:rcheck deploy").await;
        house.upload(&zip(&[("page", "1")]));
        house.start().await;
        let builds = || house.world.builds.lock().unwrap().len() == 1;
        until("the rule's build is launched", builds).await;
        let request = house.world.builds.lock().unwrap()[0].clone();
        assert_eq!(request.primary, "src-artifact");
        assert!(request.outputs.is_empty());
        house.end_build(0, verdict).await;
        assert_eq!(house.end().await.status, status);
    }
}

fn commands(action: &mut ActionPlan) {
    action.kind = ActionKind {
        category: Category::Compute,
        owner: "AWS".to_owned(),
        provider: "Commands".to_owned(),
        version: "1".to_owned(),
    };
    action.configuration = Arc::default();
    action.commands = vec!["make".to_owned()];
}

/// Witness: contract §6.8, EnvironmentType; the texts are ours.
#[tokio::test]
async fn commands_that_cannot_run_here_are_refused() {
    let said = async |pairs: &[(&str, &str)]| {
        let house = House::memory("src; steps").await;
        house.change("steps", commands);
        for (key, value) in pairs {
            house.configure("steps", key, value);
        }
        house.failure().await.message
    };
    assert_eq!(
        said(&[("EnvironmentType", "WINDOWS_SERVER_2022_CONTAINER")]).await,
        "The action 'steps' cannot run in the EnvironmentType WINDOWS_SERVER_2022_CONTAINER: slipway runs Linux environments."
    );
    assert_eq!(
        said(&[("EnvironmentType", "ARM_CONTAINER")]).await,
        "Invalid value for configuration property 'ARM_CONTAINER': 'EnvironmentType'. Edit your pipeline and set 'EnvironmentType' to one of LINUX_CONTAINER, WINDOWS_SERVER_2022_CONTAINER."
    );
    let refused = said(&[("ComputeType", "HUGE")]).await;
    assert!(
        refused.contains("one of BUILD_GENERAL1_SMALL,"),
        "{refused}"
    );
    // The world of these tests runs no commands and says the action's name.
    assert_eq!(
        said(&[("EnvironmentType", "LINUX_CONTAINER")]).await,
        "steps"
    );
}

/// Witness: contract §6.1, the keys; that they have no effect is ours, and so are the texts.
#[tokio::test]
async fn a_network_of_commands_is_whole_and_of_ids() {
    let said = async |pairs: &[(&str, &str)]| {
        let house = House::memory("src; steps").await;
        house.change("steps", commands);
        for (key, value) in pairs {
            house.configure("steps", key, value);
        }
        house.failure().await.message
    };
    for subnets in ["subnet-0a1,subnet-0b2", r#"["subnet-0a1", "subnet-0b2"]"#] {
        let whole = [
            ("VpcId", "vpc-0a1b"),
            ("Subnets", subnets),
            ("SecurityGroupIds", "sg-01"),
        ];
        // The world of these tests runs no commands and says the action's name.
        assert_eq!(said(&whole).await, "steps");
    }
    assert_eq!(
        said(&[("VpcId", "vpc-0a1b"), ("Subnets", "subnet-0a1")]).await,
        "The action 'steps' has no value for 'SecurityGroupIds': VpcId, Subnets and SecurityGroupIds are given together or not at all."
    );
    let odd = [
        ("VpcId", "vpc-0a1b"),
        ("Subnets", "subnet-0a1,10.0.0.0/8"),
        ("SecurityGroupIds", "sg-01"),
    ];
    assert_eq!(
        said(&odd).await,
        "Invalid value for configuration property 'subnet-0a1,10.0.0.0/8': 'Subnets'. Edit your pipeline and set 'Subnets' to at most 16 ids that begin with 'subnet-', separated by commas."
    );
}

/// Witness: contract §5.8: each rule has its own timeoutInMinutes; §5.14: commands have 55 minutes otherwise.
#[tokio::test]
async fn commands_of_a_rule_may_take_as_long_as_the_rule() {
    for (given, minutes) in [(None, 55), (Some(300), 300), (Some(5), 5)] {
        let house = House::memory("src; entry=fail:alarm approve").await;
        house.change("alarm", |rule| {
            commands(rule);
            rule.kind.category = Category::Rule;
            rule.timeout_minutes = given;
        });
        house.failure().await;
        let asked = house.world.commands.lock().unwrap()[0].commands.minutes;
        assert_eq!(asked, minutes);
    }
}

/// Witness: contract §4.2 rule 17, §5.8 role (default pipeline role): whoever acts, the pipeline's role stands behind.
#[tokio::test]
async fn an_action_acts_with_its_own_role() {
    let own = "arn:aws:iam::000000000000:role/own";
    let house = House::memory("src; steps").await;
    house.change("steps", |action| {
        commands(action);
        action.role_arn = Some(own.to_owned());
    });
    house.failure().await;
    let order = house.world.commands.lock().unwrap()[0]
        .commands
        .order
        .clone();
    assert_eq!(
        (order.actor(), order.assumed_by()),
        (own, order.role_arn.as_str())
    );

    house.world.memory.distrust(own);
    let error = house.failure().await;
    let said = format!(
        "{} is not authorized to perform AssumeRole on role {own}: role {own} does not trust {}",
        order.role_arn, order.role_arn
    );
    assert_eq!(
        (error.code, error.message),
        (ErrorCode::PermissionError, said)
    );
    assert_eq!(house.world.commands.lock().unwrap().len(), 1);
}

/// Witness: contract §4.2 rule 17: a role of another account works there; artifacts stay in the pipeline's.
#[tokio::test]
async fn an_action_works_in_the_account_of_its_role() {
    let house = House::memory("src; build").await;
    house.change("build", |build| {
        build.role_arn = Some("arn:aws:iam::111122223333:role/own".to_owned());
    });
    house.upload(b"1");
    house.start().await;
    house.launched().await;
    let request = house.world.builds.lock().unwrap()[0].clone();
    assert_eq!(request.scope.account.as_str(), "111122223333");
    assert_eq!(request.listener.pipeline, script::key());
}

/// Witness: contract §5.12, logStreamARN of CodeBuild: told with the launch or with the end, it stays.
#[tokio::test]
async fn where_a_builds_log_is_is_known_whoever_tells_it_first() {
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s";
    let house = House::memory("src; build").await;
    house.upload(b"1");
    house.start().await;
    house.launched().await;
    let token = house.world.builds.lock().unwrap()[0].listener.token.clone();
    let told = Event::Launched {
        token,
        id: "project:0".to_owned(),
        log_stream_arn: Some(arn.to_owned()),
    };
    house.world.tell_pipeline(&script::key(), told).await;
    house.end_build(0, success()).await;
    let execution = house.end().await;
    let run = &execution.stages[1].actions[0];
    assert_eq!(run.result.log_stream_arn.as_deref(), Some(arn));
}

/// Witness: issue of CodePipeline, part 3: what is offered later is accepted when it is declared and refused when it runs. The text
/// is ours.
#[tokio::test]
async fn providers_that_are_not_offered_say_so_when_they_run() {
    use Category::{Build, Deploy, Invoke, Source, Test};
    for (category, provider) in [
        (Deploy, "CloudFormation"),
        (Deploy, "CloudFormationStackSet"),
        (Deploy, "CloudFormationStackInstances"),
        (Source, "ECR"),
        (Source, "CodeCommit"),
        (Source, "CodeStarSourceConnection"),
        (Deploy, "AppConfig"),
        (Deploy, "ServiceCatalog"),
        (Invoke, "StepFunctions"),
        (Test, "DeviceFarm"),
        (Deploy, "EKS"),
        (Deploy, "EC2"),
        (Deploy, "ElasticBeanstalk"),
        (Deploy, "Lambda"),
        (Build, "ECRBuildAndPublish"),
        (Invoke, "InspectorScan"),
        (Deploy, "OpsWorks"),
    ] {
        let house = House::memory("src; steps").await;
        house.change("steps", |action| {
            action.kind.category = category;
            action.kind.provider = provider.to_owned();
        });
        let error = house.failure().await;
        let text = format!(
            "slipway does not offer the action type {category}/AWS/{provider}/1 yet, so the action 'steps' was not run."
        );
        assert_eq!(
            (error.code, error.message),
            (ErrorCode::ConfigurationError, text)
        );
    }
}

/// Witness: contract §6.5; who creates deployments says why there is none.
#[tokio::test]
async fn a_deployment_that_is_refused_fails_its_action() {
    let house = House::memory("src; deploy").await;
    house.change("deploy", |action| {
        action.kind.provider = "CodeDeploy".to_owned();
        let pairs = [("ApplicationName", "app"), ("DeploymentGroupName", "group")];
        let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
        action.configuration = Arc::new(pairs.into());
    });
    let error = house.failure().await;
    assert_eq!(error, ActionError::configuration("app"));
}

/// Witness: contract §5.14, row by row; §5.8 for Commands rules.
#[test]
fn every_kind_of_action_has_its_time() {
    use Category::{Approval, Build, Compute, Deploy, Invoke, Rule, Source, Test};
    let (hour, day) = (60, 24 * 60);
    for (category, owner, provider, minutes) in [
        (Approval, "AWS", "Manual", 7 * day),
        (Deploy, "AWS", "CloudFormation", 3 * day),
        (Deploy, "AWS", "CloudFormationStackSet", 3 * day),
        (Deploy, "AWS", "CloudFormationStackInstances", 3 * day),
        (Deploy, "AWS", "CodeDeploy", 5 * day),
        (Deploy, "AWS", "CodeDeployToECS", 5 * day),
        (Build, "AWS", "CodeBuild", 36 * hour),
        (Test, "AWS", "CodeBuild", 8 * hour),
        (Invoke, "AWS", "Lambda", day),
        (Build, "Custom", "Own", day),
        (Invoke, "AWS", "StepFunctions", 7 * day),
        (Deploy, "AWS", "S3", 90),
        (Compute, "AWS", "Commands", 55),
        (Rule, "AWS", "Commands", 55),
        (Source, "AWS", "S3", hour),
        (Invoke, "AWS", "CodePipeline", hour),
    ] {
        let plan = script::plan("src; steps", 1);
        let mut action = plan.stages[1].actions[0].clone();
        action.kind.category = category;
        action.kind.owner = owner.to_owned();
        action.kind.provider = provider.to_owned();
        let limit = Duration::from_secs(minutes * 60);
        assert_eq!(action.time_limit(), limit, "{category}/{owner}/{provider}");
    }
}
