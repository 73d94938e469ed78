//! Variables whose values are in the Parameter Store and in Secrets Manager.

use super::house::{House, phases};
use super::plan;
use crate::engine::build::plan::{BuildPlan, Variable, VariableKind};
use crate::engine::build::state::BuildStatus;
use expect_test::expect;

fn furnished() -> House {
    let house = House::new();
    let mut contents = house.contents.lock().unwrap();
    let parameters = [("/app/pw", "hush hush"), ("/app/list", "a,b")];
    for (name, value) in parameters {
        contents.parameters.insert(name.into(), value.into());
    }
    let secrets = [
        (("db", None, None), r#"{"user":"scott","port":5432}"#),
        (("db", Some("AWSPREVIOUS"), None), r#"{"user":"anna"}"#),
        (("db", None, Some("v1")), "line one\nline two"),
    ];
    for ((id, stage, version), text) in secrets {
        let key = (
            id.into(),
            stage.map(str::to_owned),
            version.map(str::to_owned),
        );
        contents.secrets.insert(key, text.into());
    }
    drop(contents);
    house
}

fn variable(name: &str, value: &str, kind: VariableKind) -> Variable {
    Variable {
        name: name.to_owned(),
        value: value.to_owned(),
        kind,
    }
}

const SPEC: &str = r#"
version: 0.2
env:
  variables: {PLAIN: open}
  parameter-store: {PW: /app/pw, LIST: /app/list, OVER: /app/absent}
  secrets-manager: {USERNAME: 'db:user', PORT: 'db:port', OLD: 'db:user:AWSPREVIOUS', WHOLE: 'db:::v1'}
  exported-variables: [PLAIN, LIST, USERNAME, OVER]
phases:
  build:
    commands:
      - test "$PW" = "hush hush" && test "$USERNAME $PORT $OLD" = "scott 5432 anna" && echo same
      - echo "$PLAIN $PW $LIST $USERNAME $PORT $OLD $OVER"
      - echo "$WHOLE"
"#;

// Witness: behaviour contract 5.2, 5.7 (the line of the log, masking), 14.30; exported-variables.
#[tokio::test]
async fn values_reach_the_commands_and_not_the_log() {
    let house = furnished();
    let mut plan = plan(SPEC);
    plan.environment.variables = vec![variable("OVER", "/app/list", VariableKind::ParameterStore)];
    let build = house.run(plan).await;
    let log = house.log();
    assert_eq!(build.status, BuildStatus::Succeeded, "{log}");
    let announced = "[] Processing environment variables\n[] Decrypting parameter store environment variables\n";
    assert!(log.contains(announced), "{log}");
    for said in [
        "\nsame\n",
        "\nopen *** *** *** *** *** ***\n",
        "\n***\n***\n",
    ] {
        assert!(log.contains(said), "{log}");
    }
    let exported = [("PLAIN", "open"), ("LIST", "a,b")];
    let exported = exported.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(build.exported.as_deref(), Some(exported.as_slice()));
}

async fn failed(house: &House, plan: BuildPlan) -> String {
    let build = house.run(plan).await;
    assert_eq!(build.status, BuildStatus::Failed);
    house.emptied().await;
    phases(&build).remove(0)
}

// Witness: behaviour contract 4.4: the codes, and the text for parameters.
#[tokio::test]
async fn a_value_that_is_not_there_fails_download_source() {
    let house = furnished();
    let asks = |block: &str| {
        plan(&format!(
            "version: 0.2\nenv: {{{block}}}\nphases: {{build: {{commands: [c]}}}}\n"
        ))
    };
    let mut said = Vec::new();
    said.push(failed(&house, asks("parameter-store: {P: /absent}")).await);
    said.push(failed(&house, asks("secrets-manager: {S: 'absent:key'}")).await);
    said.push(failed(&house, asks("secrets-manager: {S: 'db:absent'}")).await);
    said.push(failed(&house, asks("secrets-manager: {S: 'db:a:b:c'}")).await);
    let mut of_project = asks("variables: {P: hidden}");
    of_project.environment.variables = vec![variable("P", "/absent", VariableKind::ParameterStore)];
    said.push(failed(&house, of_project).await);
    expect![[r#"
        DOWNLOAD_SOURCE FAILED Decrypted Variables Error parameter does not exist: /absent
        DOWNLOAD_SOURCE FAILED Secrets Manager Error ResourceNotFoundException: Secrets Manager can't find the specified secret.
        DOWNLOAD_SOURCE FAILED Secrets Manager Error the secret db has no key absent
        DOWNLOAD_SOURCE FAILED Secrets Manager Error version-stage and version-id exclude each other: db:a:b:c
        DOWNLOAD_SOURCE FAILED Decrypted Variables Error parameter does not exist: /absent"#]]
    .assert_eq(&said.join("\n"));
}
