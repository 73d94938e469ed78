"""A source archive in S3 is built and deployed; every claim of the API is checked against the objects and logs it left."""

import io
import json
import subprocess
import zipfile

import pytest
from conftest import need_docker
from waiting import build_ends, execution_ends, until

ROLE = "arn:aws:iam::000000000000:role/delivery"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"]},
            "Action": "sts:AssumeRole",
        }
    ],
}
BUILDSPEC = """
version: 0.2
env:
  exported-variables: [ANSWER]
phases:
  build:
    commands:
      - mkdir -p out/deep
      - cat name.txt > out/hello.txt
      - echo "$CODEBUILD_INITIATOR" > out/deep/initiator.txt
      - export ANSWER=42
artifacts:
  base-directory: out
  files: ['**/*']
"""


def archive(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, text in files.items():
            zipped.writestr(name.replace("__", "."), text)
    return buffer.getvalue()


def action(name, category, provider, configuration, inputs=(), outputs=(), **more):
    return {
        "name": name,
        "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
        "configuration": configuration,
        "inputArtifacts": [{"name": each} for each in inputs],
        "outputArtifacts": [{"name": each} for each in outputs],
    } | more


def declaration(name, poll="false", deploy=None):
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": poll}
    deploy = deploy or {"BucketName": "site", "ObjectKey": "www", "Extract": "true"}
    return {
        "name": name,
        "roleArn": ROLE,
        "pipelineType": "V2",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"], namespace="Src")]},
            {
                "name": "Build",
                "actions": [action("Make", "Build", "CodeBuild", {"ProjectName": "app"}, ["App"], ["Made"], namespace="B")],
            },
            {"name": "Deploy", "actions": [action("Publish", "Deploy", "S3", deploy, ["Made"])]},
        ],
    }


@pytest.fixture
def world(server):
    """Role, buckets and build project; gives the server."""
    return prepared(server)


def prepared(server):
    server.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
    s3 = server.client("s3")
    for bucket in ("sources", "artifacts", "site"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Enabled"})
    server.client("codebuild").create_project(
        name="app",
        source={"type": "CODEPIPELINE", "buildspec": BUILDSPEC},
        artifacts={"type": "CODEPIPELINE"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "slipway-test/busybox:latest",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=ROLE,
    )
    return server


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_a_zip_is_built_and_deployed(world, protocol):
    s3, codepipeline = world.client("s3"), world.client("codepipeline", protocol=protocol)
    assert codepipeline.meta.service_model.resolved_protocol == protocol
    version = s3.put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="slipway\n"))["VersionId"]
    codepipeline.create_pipeline(pipeline=declaration("app"))
    runs = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"]
    assert [run["trigger"]["triggerType"] for run in runs] == ["CreatePipeline"]

    execution = execution_ends(codepipeline, "app", runs[0]["pipelineExecutionId"])
    assert execution["status"] == "Succeeded", codepipeline.get_pipeline_state(name="app")
    assert execution["artifactRevisions"] == [
        {"name": "App", "revisionId": version, "revisionSummary": f"Amazon S3 version id: {version}"}
    ]

    read = lambda key, bucket="site": s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert read("www/hello.txt") == b"slipway\n"
    assert read("www/deep/initiator.txt") == b"codepipeline/app\n"

    details = codepipeline.list_action_executions(pipelineName="app")["actionExecutionDetails"]
    by_name = {each["actionName"]: each for each in details}
    assert [each["status"] for each in details] == ["Succeeded"] * 3
    stored = by_name["Zip"]["output"]["outputArtifacts"][0]["s3location"]
    assert stored["bucket"] == "artifacts" and stored["key"].startswith("app/App/") and stored["key"].endswith(".zip")
    assert read(stored["key"], "artifacts") == s3.get_object(Bucket="sources", Key="app.zip")["Body"].read()
    assert by_name["Make"]["output"]["outputVariables"] == {"ANSWER": "42"}
    assert by_name["Publish"]["input"]["inputArtifacts"] == by_name["Make"]["output"]["outputArtifacts"]

    build = by_name["Make"]["output"]["executionResult"]["externalExecutionId"]
    build = world.client("codebuild", protocol=protocol).batch_get_builds(ids=[build])["builds"][0]
    assert build["buildStatus"] == "SUCCEEDED" and build["initiator"] == "codepipeline/app"
    stream = build["logs"]["streamName"]
    events = world.client("logs").get_log_events(logGroupName="/aws/codebuild/app", logStreamName=stream, startFromHead=True)
    assert any("Running command mkdir -p out/deep" in event["message"] for event in events["events"])


def test_a_failing_build_fails_the_pipeline_where_it_stands(world):
    s3, codepipeline = world.client("s3"), world.client("codepipeline")
    s3.put_object(Bucket="sources", Key="app.zip", Body=archive(other__txt="no name.txt in here"))
    codepipeline.create_pipeline(pipeline=declaration("app"))
    run = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"][0]
    assert execution_ends(codepipeline, "app", run["pipelineExecutionId"])["status"] == "Failed"
    state = {stage["stageName"]: stage for stage in codepipeline.get_pipeline_state(name="app")["stageStates"]}
    error = state["Build"]["actionStates"][0]["latestExecution"]["errorDetails"]
    assert error["code"] == "JobFailed"
    assert error["message"].startswith(
        "Build terminated with state: FAILED. Phase: BUILD, Code: COMMAND_EXECUTION_ERROR, Message: "
        "Error while executing command: cat name.txt > out/hello.txt. Reason: exit status 1"
    )
    assert "latestExecution" not in state["Deploy"]
    assert s3.list_objects_v2(Bucket="site")["KeyCount"] == 0


def test_an_upload_starts_a_polling_pipeline(world):
    s3, codepipeline = world.client("s3"), world.client("codepipeline")
    codepipeline.create_pipeline(pipeline=declaration("app", poll="true"))
    assert codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"] == []
    s3.put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="polled"))

    def started():
        return codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"]

    run = until(started, what="the start by an upload")[0]
    assert run["trigger"] == {"triggerType": "PollForSourceChanges", "triggerDetail": "Zip"}
    assert execution_ends(codepipeline, "app", run["pipelineExecutionId"])["status"] == "Succeeded"


@pytest.mark.parametrize("broken", ["bucket", "versioning", "key", "zip", "escape"])
def test_what_is_wrong_with_a_source_is_said(world, broken):
    s3, codepipeline = world.client("s3"), world.client("codepipeline")
    if broken == "bucket":
        s3.delete_bucket(Bucket="sources")
    if broken == "versioning":
        s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Suspended"})
    if broken in ("versioning", "escape"):
        s3.put_object(Bucket="sources", Key="app.zip", Body=archive(**{"../escape.txt": "out", "name__txt": "in"}))
    if broken == "zip":
        s3.put_object(Bucket="sources", Key="app.zip", Body=b"this is no zip")
    codepipeline.create_pipeline(pipeline=declaration("app"))
    run = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"][0]
    assert execution_ends(codepipeline, "app", run["pipelineExecutionId"])["status"] == "Failed"
    details = codepipeline.list_action_executions(pipelineName="app")["actionExecutionDetails"]
    failed = [each for each in details if each["status"] == "Failed"]
    assert len(failed) == 1
    error = failed[0]["output"]["executionResult"]
    text = error.get("externalExecutionSummary") or error["errorDetails"].get("message", "")
    state = codepipeline.get_pipeline_state(name="app")["stageStates"]
    text += json.dumps(state, default=str)
    expected = {
        "bucket": 'Could not access the Amazon S3 object: \\"sources/app.zip\\"',
        "versioning": "versioning",
        "key": 'Could not access the Amazon S3 object: \\"sources/app.zip\\"',
        "zip": "DOWNLOAD_SOURCE",
        "escape": "../escape.txt",
    }
    assert expected[broken] in text


def test_a_killed_server_leaves_a_truthful_finished_execution(world):
    """The build that was cut off ends as a fault; the pipeline says so; nothing stays in progress."""
    s3, codepipeline, codebuild = world.client("s3"), world.client("codepipeline"), world.client("codebuild")
    slow = BUILDSPEC.replace("- mkdir -p out/deep", "- mkdir -p out/deep\n      - sleep 600")
    codebuild.update_project(name="app", source={"type": "CODEPIPELINE", "buildspec": slow})
    s3.put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="slow"))
    codepipeline.create_pipeline(pipeline=declaration("app"))
    run = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"][0]

    def building():
        ids = codebuild.list_builds_for_project(projectName="app")["ids"]
        builds = codebuild.batch_get_builds(ids=ids)["builds"] if ids else []
        return next((build for build in builds if build["currentPhase"] == "BUILD"), None)

    build = until(building, what="the build's BUILD phase")
    world.kill()
    world.start()
    assert execution_ends(codepipeline, "app", run["pipelineExecutionId"])["status"] == "Failed"
    build = codebuild.batch_get_builds(ids=[build["id"]])["builds"][0]
    assert build["buildStatus"] in ("FAULT", "FAILED") and build["buildComplete"]
    assert s3.list_objects_v2(Bucket="site")["KeyCount"] == 0


def test_a_build_in_a_container_reaches_the_server(new_server):
    """The build's container has the endpoint, region and credentials of its role, and nothing of it is left afterwards."""
    need_docker()
    world = prepared(new_server("--builds", "docker"))
    codebuild = world.client("codebuild")
    spec = """
version: 0.2
phases:
  build:
    commands:
      - wget -q -O - "$AWS_ENDPOINT_URL/_slipway/health" | grep -q codebuild
      - test -n "$AWS_ACCESS_KEY_ID"
      - echo "region $AWS_REGION"
"""
    codebuild.update_project(
        name="app", source={"type": "NO_SOURCE", "buildspec": spec}, artifacts={"type": "NO_ARTIFACTS"}
    )
    build = build_ends(codebuild, codebuild.start_build(projectName="app")["build"]["id"])
    assert build["buildStatus"] == "SUCCEEDED", build["phases"]
    assert [phase["phaseType"] for phase in build["phases"]] == [
        "SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD", "BUILD", "POST_BUILD",
        "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED",
    ]  # fmt: skip
    uuid = build["id"].split(":")[1]
    until(lambda: not containers_of(uuid), what="the container's removal")


def test_a_killed_server_leaves_no_container_behind(new_server):
    need_docker()
    world = prepared(new_server("--builds", "docker"))
    codebuild = world.client("codebuild")
    spec = "version: 0.2\nphases: {build: {commands: [sleep 600]}}"
    codebuild.update_project(
        name="app", source={"type": "NO_SOURCE", "buildspec": spec}, artifacts={"type": "NO_ARTIFACTS"}
    )
    build = codebuild.start_build(projectName="app")["build"]["id"]

    def building():
        return codebuild.batch_get_builds(ids=[build])["builds"][0]["currentPhase"] == "BUILD"

    until(building, what="the build's BUILD phase")
    uuid = build.split(":")[1]
    assert len(containers_of(uuid)) == 1
    world.kill()
    world.start()
    assert containers_of(uuid) == []
    assert build_ends(codebuild, build)["buildStatus"] == "FAULT"


def containers_of(build):
    """Names of the containers that a build has now."""
    listed = ["docker", "ps", "-a", "--filter", "label=slipway.sandbox", "--format", "{{.Names}}"]
    names = subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in names if build in name]
