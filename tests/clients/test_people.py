"""What people type beside a running server: status, logs and pipeline run, and what their exit codes say."""

import json
import subprocess
import threading

import pytest
from conftest import BINARY, ROOT
from test_pipeline import archive, declaration, prepared
from waiting import until

WAITING = """
version: 0.2
phases:
  build:
    commands:
      - echo "waiting for %(gate)s"
      - while [ ! -e %(gate)s ]; do sleep 0.02; done
      - echo "gone on"
artifacts: {files: ['**/*']}
"""
FAILING = "version: 0.2\nphases: {build: {commands: ['echo about to fail', 'exit 3']}}"


def slipway(server, *arguments, check=None, **environment):
    done = subprocess.run(
        [str(BINARY), *arguments], cwd=server.folder, env=server.shell() | environment, capture_output=True, text=True, timeout=120
    )
    assert check is None or done.returncode == check, f"{done.returncode}: {done.stdout}{done.stderr}"
    return done


class Following:
    """A command that goes on by itself; its lines as they come."""

    def __init__(self, server, *arguments):
        self.process = subprocess.Popen(
            [str(BINARY), *arguments], env=server.shell(), cwd=server.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def sees(self, text):
        until(lambda: any(text in line for line in self.lines), what=f"'{text}' among {self.lines}")

    def ends(self):
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        return code, self.process.stderr.read()


@pytest.fixture
def world(server):
    """Role, buckets, sources and a build project; gives the server."""
    prepared(server).client("s3").put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="Ada\n"))
    return server


def builds_with(server, buildspec):
    server.client("codebuild").update_project(name="app", source={"type": "CODEPIPELINE", "buildspec": buildspec})


def write(server, name, **changes):
    path = server.folder / f"{name}.json"
    path.write_text(json.dumps({"pipeline": declaration(name) | changes, "metadata": {}}, indent=2))
    return str(path)


def executions(server, name):
    listed = server.client("codepipeline").list_pipeline_executions(pipelineName=name)
    return listed["pipelineExecutionSummaries"]


def test_a_server_that_is_not_there_is_named(tmp_path, shared):
    nowhere = "http://127.0.0.1:9"
    (tmp_path / "p.json").write_text(json.dumps(declaration("p")))
    for command in (["status"], ["logs", "app"], ["pipeline", "run", str(tmp_path / "p.json")]):
        done = slipway(shared, *command, check=2, AWS_ENDPOINT_URL=nowhere)
        assert done.stderr.count(f"cannot connect to {nowhere}") == 1 and "slipway serve" in done.stderr, done.stderr
    done = slipway(shared, "status", "--endpoint", "https://127.0.0.1", check=2)
    assert "https is not offered" in done.stderr


def test_the_server_is_found_as_serve_would_be(server):
    """Without AWS_ENDPOINT_URL the server's own settings say where it listens."""
    environment = {"AWS_ENDPOINT_URL": "", "SLIPWAY_LISTEN": f"127.0.0.1:{server.port}"}
    assert f"on {server.url}" in slipway(server, "status", check=0, **environment).stdout
    (server.folder / "slipway.toml").write_text(f"listen = '127.0.0.1:{server.port}'\n")
    assert f"on {server.url}" in slipway(server, "status", check=0, AWS_ENDPOINT_URL="").stdout


def test_an_empty_server_has_nothing(server):
    assert "no pipeline, no running build" in slipway(server, "status", check=0).stdout
    assert slipway(server, "status", "--quiet", check=0).stdout == ""
    assert slipway(server, "status", "--json", check=0).stdout == ""
    done = slipway(server, "status", "absent", check=2)
    assert "PipelineNotFoundException" in done.stderr
    done = slipway(server, "logs", "absent", check=2)
    assert "neither a project nor a pipeline" in done.stderr
    done = slipway(server, "logs", "absent:11111111-1111-4111-8111-111111111111", check=2)
    assert "there is no build" in done.stderr
    done = slipway(server, "logs", "11111111-1111-4111-8111-111111111111", check=2)
    assert "no pipeline in us-east-1 has an execution" in done.stderr


def test_a_declaration_is_created_run_and_run_again(world):
    file = write(world, "people")
    done = slipway(world, "pipeline", "run", file, check=0)
    for step in ("Source / Zip", "Build / Make", "Deploy / Publish"):
        assert f"{step}: succeeded" in done.stdout
    assert "people (created) runs as" in done.stdout
    # Creating it has begun the one execution that was followed.
    [first] = executions(world, "people")
    assert first["trigger"]["triggerType"] == "CreatePipeline" and first["pipelineExecutionId"] in done.stdout

    done = slipway(world, "pipeline", "run", file, "--json", "--logs", check=0)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"step": "Build / Make", "status": "succeeded", "detail": ""} in lines
    assert lines[0]["definition"] == "unchanged" and lines[-1]["succeeded"] is True
    assert any("Build/Make | " in line.get("log", "") for line in lines)
    assert len(executions(world, "people")) == 2

    changed = write(world, "people", executionMode="QUEUED")
    done = slipway(world, "pipeline", "run", changed, "--quiet", check=0)
    assert done.stdout == "" and done.stderr == ""
    got = world.client("codepipeline").get_pipeline(name="people")["pipeline"]
    assert got["version"] == 2 and got["executionMode"] == "QUEUED"


def test_variables_go_into_the_execution(world):
    greeting = [{"name": "Greeting", "defaultValue": "Hello"}]
    file = write(world, "people", variables=greeting)
    done = slipway(world, "pipeline", "run", file, "--variable", "Greeting=Good day", check=0)
    assert "gives way to one with them" in done.stdout
    runs = executions(world, "people")
    assert [run["trigger"]["triggerType"] for run in runs] == ["StartPipelineExecution", "CreatePipeline"]
    codepipeline = world.client("codepipeline")
    got = codepipeline.get_pipeline_execution(pipelineName="people", pipelineExecutionId=runs[0]["pipelineExecutionId"])
    assert got["pipelineExecution"]["variables"] == [{"name": "Greeting", "resolvedValue": "Good day"}]
    assert slipway(world, "pipeline", "run", file, "--variable", "Greeting").returncode == 2


def test_a_failing_execution_fails_the_command(world):
    builds_with(world, FAILING)
    done = slipway(world, "pipeline", "run", write(world, "people"), check=1)
    assert "Build / Make: failed" in done.stdout
    assert "Failed: Build / Make: Build terminated with state: FAILED" in done.stderr
    done = slipway(world, "logs", "app", "--follow", check=1)
    assert "about to fail" in done.stdout and "FAILED" in done.stdout
    done = slipway(world, "logs", "app", "--follow", "--quiet", check=1)
    assert done.stdout == "" and "exit status 3" in done.stderr
    assert "about to fail" in slipway(world, "logs", "app", check=0).stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p.json", '{\n  "name": }', "p.json:2:11: expected value"),
        ("p.yaml", "name: p\nstages: [", "p.yaml:"),
        ("p.yaml", "- a\n", "p.yaml: expected a pipeline's declaration"),
        ("absent.yaml", None, "cannot read absent.yaml"),
    ],
)
def test_a_file_that_is_none_is_told_with_its_place(shared, tmp_path, name, text, said):
    if text is not None:
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [str(BINARY), "pipeline", "run", name], cwd=tmp_path, env=shared.shell(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_a_declaration_that_the_server_refuses_cannot_be_run(world):
    file = write(world, "people", roleArn="arn:aws:iam::000000000000:role/absent")
    done = slipway(world, "pipeline", "run", file, check=2)
    assert "is not authorized to perform AssumeRole on role" in done.stderr
    assert "InvalidStructureException" in done.stderr


def test_what_runs_is_shown_and_followed_to_its_end(world, tmp_path):
    gate = tmp_path / "gate"
    builds_with(world, WAITING % {"gate": gate})
    done = slipway(world, "pipeline", "run", write(world, "people"), "--no-wait", check=0)
    [run] = executions(world, "people")
    execution = run["pipelineExecutionId"]
    assert f"runs as {execution}" in done.stdout and run["status"] == "InProgress"

    follower = Following(world, "logs", execution, "--follow")
    follower.sees(f"Build/Make     | waiting for {gate}")
    runner = Following(world, "pipeline", "run", write(world, "people"))
    runner.sees(f"waits in front of Build as number 1, behind {execution}")

    [build] = world.client("codebuild").list_builds()["ids"]
    shown = slipway(world, "status", check=0).stdout
    assert "people (V2, SUPERSEDED, version 1)" in shown
    assert "Build / Make runs" in shown and f"(CodeBuild, {build})" in shown, shown
    assert f"waits in front of Build as number 1, behind {execution}" in shown
    assert f"IN_PROGRESS {build}" in shown
    ids = slipway(world, "status", "--quiet", check=0).stdout.split()
    assert ids[-1] == build and execution in ids and len(ids) == 3
    lines = [json.loads(line) for line in slipway(world, "status", "--json", check=0).stdout.splitlines()]
    [older] = [of for of in lines[0]["pipeline"]["executions"] if of["pipelineExecutionId"] == execution]
    assert older["waits"][0]["for"] == "action" and older["waits"][0]["externalExecutionId"] == build
    assert lines[1]["build"]["id"] == build

    gate.touch()
    code, complaint = follower.ends()
    assert code == 0, complaint
    assert follower.lines[-1].endswith(f"people {execution} Succeeded")
    told = [line.split("| ", 1)[1] for line in follower.lines if line.startswith("Build/Make")]
    assert told[0] == "began" and told[-1] == "Succeeded" and "gone on" in told
    assert runner.ends()[0] == 0
    # Afterwards everything is still there, in the same order.
    again = slipway(world, "logs", execution, check=0).stdout.splitlines()
    assert again == follower.lines[:-1]
    lines = [json.loads(line) for line in slipway(world, "logs", execution, "--json", check=0).stdout.splitlines()]
    assert lines[-1] == {"pipeline": "people", "pipelineExecutionId": execution, "status": "Succeeded"}
    assert {"stage", "action", "time", "log"} == set(next(line for line in lines if "log" in line))


def test_the_logs_of_rules_are_among_those_of_actions(world):
    """Commands and builds of rules are logged as those of actions; a check that has no log is named when it begins and ends."""

    def rule(name, provider, **more):
        return {"name": name, "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": provider, "version": "1"}, **more}

    rules = [
        rule("Probe", "Commands", commands=["echo probed $((40 + 2))"], inputArtifacts=[{"name": "App"}]),
        rule("Tried", "CodeBuild", configuration={"ProjectName": "app"}, inputArtifacts=[{"name": "App"}]),
        rule("Same", "VariableCheck", configuration={"Variable": "a", "Operator": "EQ", "Value": "a"}),
    ]
    stages = declaration("people")["stages"]
    stages[1]["beforeEntry"] = {"conditions": [{"result": "FAIL", "rules": rules}]}
    builds_with(world, "version: 0.2\nphases: {build: {commands: ['echo tried $((6 * 7))']}}\nartifacts: {files: ['**/*']}\n")
    slipway(world, "pipeline", "run", write(world, "people", stages=stages), check=0)
    [run] = executions(world, "people")
    logged = slipway(world, "logs", run["pipelineExecutionId"], check=0).stdout.splitlines()

    def told(name):
        return [line.split("| ", 1)[1] for line in logged if line.startswith(f"Build/{name} ")]

    for name, said in (("Probe", "probed 42"), ("Tried", "tried 42")):
        assert told(name)[0] == "began" and told(name)[-1] == "Succeeded" and said in told(name), logged
    assert told("Same") == ["began", "Succeeded"], logged
    assert "tried 42" in told("Make"), logged
    lines = [json.loads(line) for line in slipway(world, "logs", "people", "--json", check=0).stdout.splitlines()]
    assert {line["rule"] for line in lines if "rule" in line} == {"Probe", "Tried", "Same"}


def test_a_builds_log_is_followed_from_its_beginning(world, tmp_path):
    gate = tmp_path / "gate"
    codebuild = world.client("codebuild")
    build = codebuild.start_build(
        projectName="app",
        sourceTypeOverride="NO_SOURCE",
        artifactsOverride={"type": "NO_ARTIFACTS"},
        buildspecOverride=WAITING % {"gate": gate},
    )["build"]["id"]
    follower = Following(world, "logs", build, "--follow", "--timestamps")
    follower.sees(f"Z waiting for {gate}")
    gate.touch()
    code, complaint = follower.ends()
    assert code == 0, complaint
    assert follower.lines[-1] == f"{build} SUCCEEDED"
    assert any(line.endswith("Z gone on") for line in follower.lines)


def test_a_server_that_ends_ends_those_who_follow(world, tmp_path):
    gate = tmp_path / "gate"
    builds_with(world, WAITING % {"gate": gate})
    follower = Following(world, "pipeline", "run", write(world, "people"), "--logs")
    follower.sees("waiting for")
    world.stop()
    code, complaint = follower.ends()
    # Whether the wait ends first or a question on the way is a matter of luck.
    gone = (f"the server at {world.url} is gone", f"cannot connect to {world.url}", f"the connection to {world.url}")
    assert code == 2 and any(words in complaint for words in gone), complaint
    gate.touch()


def test_a_closed_transition_is_told_with_its_reason_and_opened_by_what_is_printed(world):
    codepipeline = world.client("codepipeline")
    slipway(world, "pipeline", "run", write(world, "people"), check=0)
    codepipeline.disable_stage_transition(
        pipelineName="people", stageName="Deploy", transitionType="Inbound", reason="The shop is full (until 5)"
    )
    runner = Following(world, "pipeline", "run", write(world, "people"))
    runner.sees("the way into Deploy has been closed")
    shown = slipway(world, "status", "people", check=0).stdout
    [wait] = [line for line in shown.splitlines() if "→" in line]
    assert "by arn:aws:iam::000000000000:user/slipway: The shop is full (until 5)" in wait, shown
    [line] = [json.loads(line) for line in slipway(world, "status", "people", "--json", check=0).stdout.splitlines()]
    [execution] = line["pipeline"]["executions"]
    [wait] = execution["waits"]
    assert (wait["for"], wait["stage"], wait["outOf"]) == ("transition", "Deploy", None)
    # The way out of Build is closed as well before the way into Deploy is opened.
    codepipeline.disable_stage_transition(pipelineName="people", stageName="Build", transitionType="Outbound", reason="Not yet")
    world.run("sh", "-c", wait["command"])
    runner.sees("waits in front of Deploy: the way out of Build is closed")
    shown = slipway(world, "status", "people", check=0).stdout
    assert "→ waits in front of Deploy: the way out of Build is closed" in shown, shown
    world.run("sh", "-c", printed(shown, "enable-stage-transition"))
    code, complaint = runner.ends()
    assert code == 0, complaint


def test_a_deployment_window_that_is_shut_is_shown_until_somebody_overrides_it(world):
    # Open in one minute of a 29th of February: as good as never.
    shut = {
        "name": "OpenHours",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "DeploymentWindow", "version": "1"},
        "configuration": {"Cron": "* 0 0 29 2 ?", "TimeZone": "UTC"},
    }
    stages = declaration("people")["stages"]
    stages[2]["beforeEntry"] = {"conditions": [{"result": "FAIL", "rules": [shut]}]}
    runner = Following(world, "pipeline", "run", write(world, "people", stages=stages))
    runner.sees("Deploy waits for its condition beforeEntry, rule OpenHours (DeploymentWindow)")
    shown = slipway(world, "status", "people", check=0).stdout
    assert "→ Deploy waits for its condition beforeEntry, rule OpenHours (DeploymentWindow)" in shown, shown
    [line] = [json.loads(line) for line in slipway(world, "status", "people", "--json", check=0).stdout.splitlines()]
    [wait] = line["pipeline"]["executions"][0]["waits"]
    assert (wait["for"], wait["gate"], wait["rule"]) == ("condition", "beforeEntry", "OpenHours")
    assert wait["command"] == printed(shown, "override-stage-condition")
    world.run("sh", "-c", wait["command"])
    code, complaint = runner.ends()
    assert code == 0, complaint


def printed(text, command):
    """The line that somebody is told to type."""
    [line] = [line.strip() for line in text.splitlines() if command in line]
    return line


V2 = ROOT / "examples" / "v2-pipeline"


def test_the_v2_example_runs_to_its_end_and_rolls_back(server):
    codepipeline = server.client("codepipeline")
    page = lambda: server.client("s3").get_object(Bucket="v2-pipeline-staging", Key="www/index.html")["Body"].read().decode()
    server.run("sh", str(V2 / "prepare.sh"))

    # An approval, an open condition, a deployment.
    runner = Following(server, "pipeline", "run", str(V2 / "pipeline.yaml"))
    good = approved(server, runner, "Hello from build 1", "staging")
    code, complaint = runner.ends()
    assert code == 0, complaint
    assert "<h1>Hello from build 1</h1>" in page()
    shown = slipway(server, "status", "v2-pipeline", check=0).stdout
    assert f"Succeeded {good}" in shown, shown
    for stage, action in (("Source", "Zip"), ("Build", "Render"), ("Approve", "Look"), ("Deploy", "Publish")):
        assert any(line.split() == [stage, "Succeeded", action, "Succeeded"] for line in shown.splitlines()), shown
    logged = slipway(server, "logs", good, check=0).stdout
    assert "Build/Render" in logged and "The page says 'Hello from build 1'" in logged, logged
    assert any(line.startswith("Deploy/Publish") and line.endswith("| Succeeded") for line in logged.splitlines()), logged
    rules = codepipeline.list_rule_executions(pipelineName="v2-pipeline", filter={"pipelineExecutionId": good})
    assert {rule["ruleName"]: rule["status"] for rule in rules["ruleExecutionDetails"]} == {
        "OpenHours": "Succeeded",
        "KnownTarget": "Succeeded",
    }

    # A place that nobody knows is refused by the condition. No action has failed, and so nothing is rolled back.
    runner = Following(server, "pipeline", "run", str(V2 / "pipeline.yaml"), "--variable", "Target=moon")
    refused = approved(server, runner, "Hello from build 2", "moon")
    code, complaint = runner.ends()
    assert code == 1 and "KnownTarget" in complaint, f"{complaint} {runner.lines}"
    shown = slipway(server, "status", "v2-pipeline", check=0).stdout
    assert f"Failed {refused}" in shown and "KnownTarget" in shown, shown
    assert [run["status"] for run in executions(server, "v2-pipeline")] == ["Failed", "Succeeded"]

    # A place that has no bucket fails the deployment; the stage is rolled back.
    changed = ("--variable", "Target=production", "--variable", "Greeting=Good day")
    runner = Following(server, "pipeline", "run", str(V2 / "pipeline.yaml"), *changed)
    failed = approved(server, runner, "Good day from build 3", "production")
    code, complaint = runner.ends()
    assert code == 1 and "Deploy / Publish" in complaint, complaint
    assert "<h1>Hello from build 1</h1>" in page()
    assert_rolled_back(server, failed, good)


def approved(server, runner, title, target):
    """The execution that asks for its approval; the command that it prints has been typed."""
    runner.sees("Approve / Look waits for an approval")
    runner.sees(f'Publish a page that says "{title}" to {target}?')
    runner.sees("aws codepipeline put-approval-result")
    command = printed("\n".join(runner.lines), "put-approval-result")
    shown = slipway(server, "status", "v2-pipeline", check=0).stdout
    assert command in shown and "v2-pipeline (V2, QUEUED, version 1)" in shown, shown
    server.run("sh", "-c", command)
    # The execution that was asked about began before any rollback of it.
    begun = [run for run in executions(server, "v2-pipeline") if "executionType" not in run]
    return begun[0]["pipelineExecutionId"]


def assert_rolled_back(server, execution, good):
    """The execution failed, and another one of type ROLLBACK has deployed what `good` had made."""

    def rollback():
        newest = executions(server, "v2-pipeline")[0]
        return newest if newest["status"] not in ("InProgress", "Stopping") and newest.get("executionType") == "ROLLBACK" else None

    newest = until(rollback, what="the end of the rollback")
    assert newest["status"] == "Succeeded" and newest["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": good}
    assert newest["trigger"]["triggerType"] == "AutomatedRollback" and execution in newest["trigger"]["triggerDetail"], newest
    assert executions(server, "v2-pipeline")[1]["pipelineExecutionId"] == execution
    assert executions(server, "v2-pipeline")[1]["status"] == "Failed"
    shown = slipway(server, "status", "v2-pipeline", check=0).stdout
    assert f"Succeeded {newest['pipelineExecutionId']}" in shown and "by AutomatedRollback" in shown, shown
    logged = slipway(server, "logs", newest["pipelineExecutionId"], check=0).stdout
    assert "Deploy/Publish" in logged and "Build/Render" not in logged, logged
