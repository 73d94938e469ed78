"""A server killed right after each transition of a pipeline that uses every feature comes to the same end.

The pipeline has variables, an entry condition, a build that fails once and is tried again by itself, output variables, an approval, a
deployment and a success condition. It runs once undisturbed, and its events tell its transitions; then it runs once for each of
them on a data folder of its own, with the server killed when that event was seen. What may differ is one thing only: a build
that was cut off has ended as a fault, which is told, and its stage is tried again.
"""

import concurrent.futures
import io
import json
import shutil
import urllib.request
import zipfile

import pytest
from conftest import Server
from test_pipeline import ROLE, action, archive, prepared

AT_ONCE = 4
SECONDS = 60
PIPELINE = "every"
BUILDSPEC = """
version: 0.2
env:
  exported-variables: [ANSWER]
phases:
  build:
    commands:
      - test "$WORD" = hello
      - |
        if [ ! -e "$MARKER" ]; then touch "$MARKER"; echo "the first try fails"; exit 3; fi
      - mkdir -p out/deep
      - cat name.txt > out/name.txt
      - echo "$WORD" > out/deep/word.txt
      - export ANSWER=42
artifacts:
  base-directory: out
  files: ['**/*']
"""


def declaration(marker):
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}
    environment = [{"name": "WORD", "value": "#{variables.Word}"}, {"name": "MARKER", "value": "#{variables.Marker}"}]
    build = {"ProjectName": "app", "EnvironmentVariables": json.dumps(environment)}
    approval = {"CustomData": "Publish #{variables.Word} #{B.ANSWER} of #{Src.VersionId}?"}
    deploy = {"BucketName": "site", "ObjectKey": "#{B.ANSWER}", "Extract": "true"}
    return {
        "name": PIPELINE,
        "roleArn": ROLE,
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "variables": [{"name": "Word", "defaultValue": "hello"}, {"name": "Marker", "defaultValue": str(marker)}],
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"], namespace="Src")]},
            {
                "name": "Build",
                "beforeEntry": condition("Known", "FAIL", "#{variables.Word}", "hello"),
                "onFailure": {"result": "RETRY", "retryConfiguration": {"retryMode": "FAILED_ACTIONS"}},
                "actions": [action("Make", "Build", "CodeBuild", build, ["App"], ["Made"], namespace="B")],
            },
            {"name": "Approve", "actions": [action("Look", "Approval", "Manual", approval)]},
            {
                "name": "Deploy",
                "onSuccess": condition("Answered", "FAIL", "#{B.ANSWER}", "42"),
                "actions": [action("Publish", "Deploy", "S3", deploy, ["Made"])],
            },
        ],
    }


def condition(rule, result, variable, value):
    kind = {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}
    configuration = {"Variable": variable, "Operator": "EQ", "Value": value}
    return {"conditions": [{"result": result, "rules": [{"name": rule, "ruleTypeId": kind, "configuration": configuration}]}]}


@pytest.fixture
def template(new_server):
    """A data folder with everything but the pipeline."""
    world = prepared(new_server("--builds", "host"))
    world.client("s3").put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="slipway\n"))
    world.client("codebuild").update_project(name="app", source={"type": "CODEPIPELINE", "buildspec": BUILDSPEC})
    world.stop()
    return world.folder / "data"


def test_a_kill_at_each_transition_changes_nothing(template, tmp_path):
    undisturbed = Run(template, tmp_path / "undisturbed").to_its_end()
    assert undisturbed.end["execution"] == "Succeeded"
    assert undisturbed.end["actions"]["Make"] == ["Failed", "Succeeded"]
    assert undisturbed.end["site"] == {"42/name.txt": b"slipway\n", "42/deep/word.txt": b"hello\n"}
    transitions = [name(event) for event in undisturbed.events]
    # Two each of the pipeline, four stages and five tries of four actions; and the pipeline and Build are resumed.
    assert len(transitions) == 22, transitions

    def killed_at(number):
        try:
            return Run(template, tmp_path / f"kill-{number}", number).to_its_end().differs_from(undisturbed)
        except Exception as problem:
            return repr(problem)

    numbers = range(1, len(transitions) + 1)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(numbers, pool.map(killed_at, numbers)))
    wrong = [f"killed after {number} {transitions[number - 1]}: {text}" for number, text in found.items() if text]
    assert not wrong, "\n".join(wrong)


class Run:
    """One life of the pipeline on a copy of the template; the server is killed right after event number `kill` was seen."""

    def __init__(self, template, folder, kill=None):
        shutil.copytree(template, folder / "data")
        self.kill, self.events = kill, []
        self.server = Server(folder, "--builds", "host")
        self.marker = folder / "marker"

    def to_its_end(self):
        self.server.start()
        try:
            self.codepipeline = self.server.client("codepipeline")
            self.codepipeline.create_pipeline(pipeline=declaration(self.marker))
            [run] = self.codepipeline.list_pipeline_executions(pipelineName=PIPELINE)["pipelineExecutionSummaries"]
            self.execution = run["pipelineExecutionId"]
            while not self._over():
                self._follow()
            self.end = self._look()
            return self
        finally:
            self.server.kill()

    def _over(self):
        return any(name(event) == "Pipeline SUCCEEDED" for event in self.events)

    def _follow(self):
        """Reads events until the pipeline has succeeded or the server was killed; it runs again afterwards."""
        last = self.events[-1]["sequence"] if self.events else 0
        with self._stream(after=last, follow="true") as lines:
            self._answer()
            for line in lines:
                event = json.loads(line)
                assert event["sequence"] > last, "events come in their order"
                last = event["sequence"]
                self.events.append(event)
                if len(self.events) == self.kill:
                    self.server.kill()
                    break
                if name(event) in ("Action STARTED Look", "Pipeline FAILED"):
                    self._answer()
                if self._over():
                    return
        assert not self.server.running(), f"the events ended after {[name(event) for event in self.events]}"
        self.server.start()
        with self._stream(limit=len(self.events)) as lines:
            assert [json.loads(line) for line in lines] == self.events, "what was told is kept"

    def _stream(self, **parameters):
        """The pipeline's own events; its build tells its phases beside them, more of them when it is run again."""
        parameters["source"] = "aws.codepipeline"
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return urllib.request.urlopen(f"{self.server.url}/_slipway/events?{query}", timeout=SECONDS)

    def _answer(self):
        """Approves what asks for it, and tries a stage again that failed for a build that was cut off."""
        stages = {stage["stageName"]: stage for stage in self.codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"]}
        token = stages["Approve"]["actionStates"][0].get("latestExecution", {}).get("token")
        if token:
            result = {"status": "Approved", "summary": "seen"}
            self.codepipeline.put_approval_result(
                pipelineName=PIPELINE, stageName="Approve", actionName="Look", result=result, token=token
            )
        if stages["Build"].get("latestExecution", {}).get("status") == "Failed":
            self._faults()
            self.codepipeline.retry_stage_execution(
                pipelineName=PIPELINE, stageName="Build", pipelineExecutionId=self.execution, retryMode="FAILED_ACTIONS"
            )

    def _builds(self):
        codebuild = self.server.client("codebuild")
        ids = codebuild.list_builds_for_project(projectName="app")["ids"]
        return {build["id"]: build for build in codebuild.batch_get_builds(ids=ids)["builds"]}

    def _faults(self):
        faults = [build for build in self._builds().values() if build["buildStatus"] == "FAULT"]
        assert len(faults) == 1, "a stage fails for good only when the one kill has cut off one of its two builds"

    def _look(self):
        """All that a client can see of the end."""
        got = self.codepipeline.get_pipeline_execution(pipelineName=PIPELINE, pipelineExecutionId=self.execution)
        got = got["pipelineExecution"]
        stages = self.codepipeline.get_pipeline_state(name=PIPELINE)["stageStates"]
        details = self.codepipeline.list_action_executions(pipelineName=PIPELINE)["actionExecutionDetails"][::-1]
        rules = self.codepipeline.list_rule_executions(pipelineName=PIPELINE)["ruleExecutionDetails"]
        self._builds_are_told(details)
        self._artifacts_are_whole(details)
        actions = {}
        for each in details:
            actions.setdefault(each["actionName"], []).append(each["status"])
        s3 = self.server.client("s3")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket="site")["Contents"]]
        [asked] = [each["input"]["resolvedConfiguration"] for each in details if each["actionName"] == "Look"]
        return {
            "execution": got["status"],
            "variables": {each["name"] for each in got["variables"]},
            "revisions": got["artifactRevisions"],
            "stages": {stage["stageName"]: stage["latestExecution"]["status"] for stage in stages},
            "actions": actions,
            "rules": sorted((rule["stageName"], rule["ruleName"], rule["status"]) for rule in rules),
            "asked": asked,
            "site": {key: s3.get_object(Bucket="site", Key=key)["Body"].read() for key in keys},
        }

    def _builds_are_told(self, details):
        """Each build belongs to one action execution and both tell the same."""
        builds = self._builds()
        self.statuses_of_builds = [build["buildStatus"] for build in builds.values()]
        made = [each for each in details if each["actionName"] == "Make"]
        told = {each["output"]["executionResult"].get("externalExecutionId"): each["status"] for each in made}
        assert len(told) == len(made) and set(told) == set(builds), f"{told} but {list(builds)}"
        for id, build in builds.items():
            assert build["buildComplete"], build
            assert (build["buildStatus"] == "SUCCEEDED") == (told[id] == "Succeeded"), f"{build['buildStatus']} {told[id]}"

    def _artifacts_are_whole(self, details):
        s3 = self.server.client("s3")
        for place in [artifact["s3location"] for each in details for artifact in each["output"]["outputArtifacts"]]:
            body = s3.get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read()
            assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None, place

    def differs_from(self, undisturbed):
        """What is not as it should be, or nothing."""
        end, wanted = self.end, undisturbed.end
        tries = end["actions"]["Make"]
        cut_off = sum(build == "FAULT" for build in self.statuses_of_builds)
        if cut_off > 1 or len(tries) > 2 + cut_off or tries[-1] != "Succeeded" or set(tries[:-1]) != {"Failed"}:
            return f"tries {tries} with {cut_off} builds cut off"
        end = end | {"actions": end["actions"] | {"Make": wanted["actions"]["Make"]}}
        return [f"{key}: {end[key]}, not {wanted[key]}" for key in wanted if end[key] != wanted[key]]


def name(event):
    """Such as `Action STARTED Look`."""
    kind, detail = event["detail-type"].split()[1], event["detail"]
    return " ".join([kind, detail["state"], detail.get("action", detail.get("stage", ""))]).rstrip()
