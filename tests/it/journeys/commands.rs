//! Commands actions, from a source to what they make.

use super::house::{House, commands, open, pipeline, publish, scope, source, stage, unzip};
use crate::support::caller::{CODEBUILD, CODEPIPELINE, Caller, ROLE, with};
use crate::support::{Server, wait_for};
use camino::Utf8Path;
use serde_json::json;
use slipway::config::{Config, Data};
use slipway::engine::EffectId;
use slipway::engine::pipeline::ActionToken;
use slipway::engine::pipeline::effect::{Order, RunCommands};
use slipway::engine::world::{BuildListener, CommandsRequest, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_make_a_site_of_two_sources() {
    // contract codepipeline §6.8, Commands: one shell session in the directory of the first input, outputs, files, variables,
    // where the log is; §5.13: where artifacts are
    let house = House::new().await;
    let sub = [("in.txt", "one"), ("sub/deep.txt", "deep")];
    house.put("incoming", "src.zip", &sub).await;
    house
        .put("incoming", "more.zip", &[("more.txt", "two")])
        .await;
    let lines = [
        "cd sub && LOCAL=$(cat deep.txt)",
        "cd ..",
        "mkdir site",
        "echo \"$(cat in.txt) $(cat $CODEBUILD_SRC_DIR_More/more.txt) $LOCAL $GREETING: #{Zip.ObjectKey}\" > site/index.html",
        "echo kept out > site/notes.md",
        "export RELEASE=v7",
        "echo said $PWD $CODEBUILD_INITIATOR",
    ];
    let make = commands("Make", &lines, &["Src", "More"]);
    let make = with(
        make,
        "/outputArtifacts",
        json!([{"name": "Site", "files": ["site/*.html"]}]),
    );
    let make = with(make, "/outputVariables", json!(["RELEASE", "UNSET"]));
    let make = with(
        make,
        "/environmentVariables",
        json!([{"name": "GREETING", "value": "hello #{Zip.BucketName}", "type": "PLAINTEXT"}]),
    );
    let make = with(make, "/namespace", json!("Made"));
    let stages = vec![
        stage("Make", vec![make]),
        stage(
            "Publish",
            vec![publish("Publish", "Site", "#{Made.RELEASE}")],
        ),
    ];
    let pipeline = pipeline("site", stages);
    let more = source("Extra", "more.zip", "More");
    house
        .create(with(pipeline, "/stages/0/actions/-", more))
        .await;
    let status = house.end("site").await;
    let made = house.history("site", "Make").await;
    assert_eq!(status, "Succeeded", "{made}");

    assert_eq!(house.keys("out").await, ["v7/site/index.html"]);
    assert_eq!(
        house.text("out", "v7/site/index.html").await,
        "one two deep hello incoming: src.zip\n"
    );
    assert_eq!(made["output"]["outputVariables"], json!({"RELEASE": "v7"}));
    let artifact = &made["output"]["outputArtifacts"][0];
    assert_eq!(artifact["name"], "Site");
    let key = artifact["s3location"]["key"].as_str().unwrap();
    assert!(key.starts_with("site/Site/"), "{key}");
    assert_eq!(
        unzip(house.get("store", key).await),
        [(
            "site/index.html".to_owned(),
            "one two deep hello incoming: src.zip\n".to_owned()
        )]
    );
    let result = &made["output"]["executionResult"];
    let log = result["logStreamARN"].as_str().unwrap();
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/codepipeline/site:log-stream:";
    assert!(log.starts_with(group), "{log}");
    let log = house.log(log).await;
    assert!(log.contains(" codepipeline/site\n"), "{log}");

    let codebuild = house.caller.to(CODEBUILD);
    let builds = codebuild.ok("ListBuilds", json!({})).await;
    assert_eq!(builds["ids"], json!([]), "nobody else sees the commands");
    let id = result["externalExecutionId"].clone();
    let got = codebuild.ok("BatchGetBuilds", json!({"ids": [id]})).await;
    assert_eq!(got["builds"], json!([]));
    let body = json!({"id": id});
    let said = codebuild.refused("StopBuild", body).await;
    assert_eq!(said.code, "ResourceNotFoundException");
    codebuild
        .ok("BatchDeleteBuilds", json!({"ids": [id]}))
        .await;
    let id = id.as_str().unwrap();
    assert!(house.app().codebuild.state(&scope(), id).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_fails_fails_the_action_and_the_rest_does_not_run() {
    // contract codepipeline §6.8, any non-zero exit fails; §6.4, the text of a failure
    let house = House::new().await;
    house.put("incoming", "src.zip", &[("in.txt", "one")]).await;
    let lines = ["echo first", "exit 3", "echo second"];
    let stages = vec![stage("Make", vec![commands("Make", &lines, &["Src"])])];
    house.create(pipeline("p", stages)).await;
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Make").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"];
    assert_eq!(error["code"], "JobFailed");
    assert_eq!(
        error["message"],
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: Error while executing command: exit 3. Reason: exit status 3"
    );
    let made = house.history("p", "Make").await;
    let log = made["output"]["executionResult"]["logStreamARN"].clone();
    let log = house.log(log.as_str().unwrap()).await;
    assert!(log.contains("\nfirst\n"), "{log}");
    assert!(!log.contains("\nsecond\n"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_cannot_be_had_fails_the_action() {
    // contract codebuild §4.4, Secrets Manager Error
    let house = House::new().await;
    house.put("incoming", "src.zip", &[("in.txt", "one")]).await;
    let make = commands("Make", &["true"], &["Src"]);
    let secret = json!([{"name": "TOKEN", "value": "vault:token", "type": "SECRETS_MANAGER"}]);
    let make = with(make, "/environmentVariables", secret);
    house
        .create(pipeline("p", vec![stage("Make", vec![make])]))
        .await;
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Make").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"]["message"];
    let said = "Code: Secrets Manager Error, Message: ResourceNotFoundException: Secrets Manager can't find the specified secret.";
    assert!(error.as_str().unwrap().ends_with(said), "{error}");
}

/// Commands of a pipeline that does not exist.
fn request(line: &str) -> CommandsRequest {
    let token = ActionToken("token".to_owned());
    CommandsRequest {
        effect: EffectId::new("pipeline", 7),
        commands: RunCommands {
            order: Order {
                token: token.clone(),
                scope: scope(),
                role_arn: ROLE.to_owned(),
                own_role_arn: None,
            },
            pipeline: "p".to_owned(),
            execution: "e".to_owned(),
            stage: "s".to_owned(),
            action: "a".to_owned(),
            commands: vec![line.to_owned()],
            sources: Vec::new(),
            output: None,
            files: Vec::new(),
            variables: Vec::new(),
            exported: Vec::new(),
            environment: None,
            compute: None,
            minutes: 55,
        },
        listener: BuildListener {
            pipeline: (scope(), "p".to_owned()),
            token,
        },
    }
}

async fn complete(house: &House, id: &str) {
    let build = async || {
        let state = house.app().codebuild.state(&scope(), id)?;
        state.is_complete().then_some(())
    };
    wait_for("the end of the commands", build).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_effect_runs_its_commands_once_even_after_a_restart() {
    // product.md §1.2
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let config = Config {
        data: Data::Folder(root.join("data")),
        ..Config::in_memory()
    };
    let mark = root.join("mark");
    let line = format!("echo ran >> {mark}");
    let house = House::with(config.clone()).await;
    let world = &house.app().world;
    let (one, two) = tokio::join!(
        world.launch_commands(request(&line)),
        world.launch_commands(request(&line))
    );
    let first = one.unwrap();
    assert_eq!(two.unwrap(), first);
    complete(&house, &first.id).await;
    assert_eq!(
        world.launch_commands(request(&line)).await,
        Ok(first.clone())
    );
    house.app().close().await.unwrap();

    let app = open(config).await;
    app.resume().await;
    assert_eq!(app.world.launch_commands(request(&line)).await, Ok(first));
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "ran\n");
    app.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_ran_when_the_server_ended_fail_truthfully_after_the_restart() {
    // product.md §1.2
    let folder = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let config = Config {
        data: Data::Folder(root.join("data")),
        ..Config::in_memory()
    };
    let mark = root.join("mark");
    let line = format!("echo ran >> {mark}; sleep 1000");
    let house = House::with(config.clone()).await;
    house.put("incoming", "src.zip", &[("in.txt", "one")]).await;
    let stages = vec![stage("Make", vec![commands("Make", &[&line], &["Src"])])];
    house.create(pipeline("p", stages)).await;
    wait_for("the command to run", async || mark.exists().then_some(())).await;
    house.app().close().await.unwrap();
    drop(house);

    let app = open(config).await;
    app.resume().await;
    let caller = Caller::again(Server::of(app).await, CODEPIPELINE);
    let house = House { caller };
    assert_eq!(house.end("p").await, "Failed");
    let state = house.stage("p", "Make").await;
    let error = &state["actionStates"][0]["latestExecution"]["errorDetails"]["message"];
    let said = "the server was restarted while the build was running";
    assert!(error.as_str().unwrap().ends_with(said), "{error}");
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "ran\n");
    house.app().close().await.unwrap();
}
