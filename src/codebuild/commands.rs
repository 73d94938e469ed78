//! Commands that a pipeline's action or rule asks for: a build without a project, which only the pipeline knows of.
//!
//! Source: contract, codepipeline section 6.8. The build has no settings, so no operation of this service shows it.

use super::CodeBuild;
use super::defaults;
use super::pipeline_build::uuid;
use super::plan::{PipelineSide, from_pipeline};
use crate::aws::Time;
use crate::engine::build::commands::start::start;
use crate::engine::build::logs;
use crate::engine::build::plan::{
    BuildPlan, Cache, CloudWatchLogs, Environment, LogDestinations, Purpose, Source,
};
use crate::engine::build::retry::AutoRetry;
use crate::engine::pipeline::effect::RunCommands;
use crate::engine::world::{CommandsRequest, LaunchRefused, LaunchedBuild};
use crate::store::WriteError;
use serde_json::{Value, json};

/// What the commands run in where there are containers.
const IMAGE: &str = "aws/codebuild/amazonlinux2-x86_64-standard:5.0";
const ENVIRONMENT: &str = "LINUX_CONTAINER";
const COMPUTE: &str = "BUILD_GENERAL1_SMALL";

/// Starts the commands, or finds those that the same effect started before.
pub async fn launch_commands(
    service: &CodeBuild,
    request: CommandsRequest,
) -> Result<LaunchedBuild, LaunchRefused> {
    let uuid = uuid(service.store.instance(), request.effect.as_str());
    let key = (
        request.commands.order.scope.clone(),
        format!("{}:{uuid}", project(&request.commands)),
    );
    let (tables, build) = (service.tables.clone(), key.clone());
    let started = service.engine.command(key, move |live, now, tx| {
        let known = live.or_else(|| tx.get_record(&tables.finished, &build));
        match known {
            Some(known) => Err(launched(&known.plan)),
            None => {
                let plan = plan(request, uuid, now);
                let answer = launched(&plan);
                let step = start(None, plan, now).expect("no build has this id");
                Ok((step, answer))
            }
        }
    });
    match started.await {
        Ok(build) | Err(WriteError::Refused(build)) => Ok(build),
        Err(WriteError::Storage(fault)) => Err(LaunchRefused::Refused(fault.to_string())),
    }
}

/// No project can have such a name, so no build of a project has such an id.
fn project(commands: &RunCommands) -> String {
    format!("codepipeline/{}", commands.pipeline)
}

/// Where the log will be is known before it is there.
pub(super) fn launched(plan: &BuildPlan) -> LaunchedBuild {
    LaunchedBuild {
        id: plan.id(),
        log_stream_arn: logs::locations(plan).stream_arn(&plan.scope),
    }
}

fn plan(request: CommandsRequest, uuid: String, now: Time) -> BuildPlan {
    let commands = request.commands;
    let project = project(&commands);
    let scope = commands.order.scope.clone();
    let mut plan = BuildPlan {
        purpose: Purpose::Commands,
        uuid,
        number: 1,
        initiator: project.clone(),
        service_role: commands.order.actor().to_owned(),
        assumed_by: (commands.order.own_role_arn.as_ref()).map(|_| commands.order.role_arn.clone()),
        source: Source::Nothing,
        source_version: None,
        secondary_sources: Vec::new(),
        buildspec: Some(buildspec(&commands)),
        environment: environment(&commands),
        artifacts: None,
        secondary_artifacts: Vec::new(),
        cache: Cache::Off,
        logs: LogDestinations {
            cloudwatch: Some(CloudWatchLogs {
                group: Some(format!("/aws/codepipeline/{}", commands.pipeline)),
                stream_prefix: None,
            }),
            s3: None,
        },
        timeout_minutes: commands.minutes,
        queued_timeout_minutes: commands.minutes,
        encryption_key: defaults::encryption_key(&scope),
        listener: None,
        retry: AutoRetry::default(),
        batch: None,
        until: None,
        debug: false,
        shard: None,
        source_cache: None,
        public_alias: None,
        start: now,
        project,
        scope,
    };
    let first = commands.sources.first();
    let side = PipelineSide {
        primary: first.map_or_else(String::new, |source| source.artifact.clone()),
        sources: commands.sources,
        outputs: commands.output.into_iter().collect(),
        listener: Some(request.listener),
    };
    from_pipeline(&mut plan, side);
    plan
}

fn environment(commands: &RunCommands) -> Environment {
    let or = |given: &Option<String>, absent: &str| {
        let given = given.clone();
        given.unwrap_or_else(|| absent.to_owned())
    };
    Environment {
        kind: or(&commands.environment, ENVIRONMENT),
        compute: or(&commands.compute, COMPUTE),
        image: IMAGE.to_owned(),
        privileged: false,
        variables: commands.variables.clone(),
        registry: None,
        file_systems: Vec::new(),
        reserved: false,
        certificate: None,
        layers: None,
    }
}

/// The commands as one phase. JSON is YAML too, and quotes every text.
fn buildspec(commands: &RunCommands) -> String {
    let mut spec = json!({
        "version": "0.2",
        "phases": { "build": { "commands": commands.commands } },
    });
    if !commands.exported.is_empty() {
        spec["env"] = json!({ "exported-variables": commands.exported });
    }
    if commands.output.is_some() {
        spec["artifacts"] = json!({ "files": files(commands) });
    }
    printable(&format!("{spec:#}"))
}

/// JSON may hold characters that YAML wants escaped; both know this way to do it.
fn printable(json: &str) -> String {
    let escaped = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    json.chars().map(escaped).collect()
}

/// An output that names no files has all.
fn files(commands: &RunCommands) -> Value {
    match commands.files.as_slice() {
        [] => json!(["**/*"]),
        files => json!(files),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::{Account, Region, Scope};
    use crate::engine::build::buildspec;
    use crate::engine::build::state::Phase;
    use crate::engine::pipeline::ActionToken;
    use crate::engine::pipeline::effect::Order;
    use crate::engine::world::BuildTarget;

    fn commands(lines: &[&str]) -> RunCommands {
        let account = Account::parse("000000000000").unwrap();
        RunCommands {
            order: Order {
                token: ActionToken("token".to_owned()),
                scope: Scope::new(account, Region::parse("us-east-1").unwrap()),
                role_arn: "role".to_owned(),
                own_role_arn: None,
            },
            pipeline: "p".to_owned(),
            execution: "e".to_owned(),
            stage: "s".to_owned(),
            action: "a".to_owned(),
            commands: lines.iter().map(|line| (*line).to_owned()).collect(),
            sources: Vec::new(),
            output: None,
            files: Vec::new(),
            variables: Vec::new(),
            exported: Vec::new(),
            environment: None,
            compute: None,
            minutes: 55,
        }
    }

    /// Witness: contract codepipeline §6.8; quotes, colons and the like are the shell's affair, not YAML's.
    #[test]
    fn lines_reach_the_shell_as_they_were_written() {
        let lines = [
            "echo \"a: b\" # c",
            "- {x: [1]}",
            "printf '\\t%s\\n' *é\u{7f}\u{1}\u{2028}<<",
            "\ttab",
            "yes",
            "1",
        ];
        let text = super::buildspec(&commands(&lines));
        assert!(matches!(
            buildspec::locate(Some(&text)),
            buildspec::Location::Inline(_)
        ));
        let spec = buildspec::parse(text.as_bytes()).unwrap();
        assert_eq!(spec.phase(Phase::Build).unwrap().commands, lines);
        assert_eq!(spec.artifacts, None);
    }

    /// Witness: contract codepipeline §6.8, output variables and files.
    #[test]
    fn outputs_are_exported_variables_and_artifacts() {
        let mut commands = commands(&["true"]);
        commands.exported = vec!["VERSION".to_owned()];
        commands.output = Some(BuildTarget {
            artifact: "out".to_owned(),
            bucket: "store".to_owned(),
            key: "key".to_owned(),
            kms_key: None,
        });
        let files = |commands: &RunCommands| {
            let spec = buildspec::parse(super::buildspec(commands).as_bytes()).unwrap();
            assert_eq!(spec.env.exported, ["VERSION"]);
            spec.artifacts.unwrap().primary.files
        };
        assert_eq!(files(&commands), ["**/*"]);
        commands.files = vec!["site/*.html".to_owned(), "a b".to_owned()];
        assert_eq!(files(&commands), ["site/*.html", "a b"]);
    }
}
