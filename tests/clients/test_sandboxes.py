"""Sandboxes: commands run for real, on the host and in containers, with their output and exit codes."""

import json

import botocore.exceptions
import pytest
from conftest import need_docker
from test_pipeline import ROLE, TRUST
from waiting import until


@pytest.fixture(params=["host", "docker"])
def codebuild(request, new_server):
    if request.param == "docker":
        need_docker()
    server = new_server("--builds", request.param)
    server.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
    client = server.client("codebuild")
    client.logs = server.client("logs")
    client.create_project(
        name="app",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: ['exit 9']}}"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "slipway-test/busybox:latest",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=ROLE,
    )
    return client


def test_commands_run_in_a_sandbox(codebuild):
    sandbox = codebuild.start_sandbox(projectName="app")["sandbox"]
    assert sandbox["status"] == "QUEUED"
    sandbox = sandbox["id"]
    shown = lambda: codebuild.batch_get_sandboxes(ids=[sandbox])["sandboxes"][0]
    until(lambda: shown()["status"] == "RUNNING", 120, "the sandbox")

    def ran(command):
        run = codebuild.start_command_execution(sandboxId=sandbox, command=command)["commandExecution"]
        assert run["status"] == "SUBMITTED"

        def probe():
            got = codebuild.batch_get_command_executions(sandboxId=sandbox, commandExecutionIds=[run["id"]])
            got = got["commandExecutions"][0]
            return got if got["status"] in ("SUCCEEDED", "FAILED") else None

        return until(probe, 60, command)

    first = ran("echo out; echo err >&2; cd /tmp; export WORD=kept")
    assert (first["exitCode"], first["standardOutputContent"], first["standardErrContent"]) == ("0", "out\n", "err\n")
    second = ran('echo "$WORD $PWD"; exit 3')
    assert (second["status"], second["exitCode"]) == ("FAILED", "3")
    assert second["standardOutputContent"].startswith("kept ") and "standardErrContent" not in second

    listed = codebuild.list_command_executions_for_sandbox(sandboxId=sandbox)["commandExecutions"]
    assert [run["id"] for run in listed] == [second["id"], first["id"]]
    with pytest.raises(botocore.exceptions.ClientError, match="Session Manager"):
        codebuild.start_sandbox_connection(sandboxId=sandbox)

    stream = first["logs"]["streamName"]
    said = lambda: codebuild.logs.get_log_events(
        logGroupName="/aws/codebuild/app", logStreamName=stream, startFromHead=True
    )["events"]
    until(lambda: any("kept " in event["message"] for event in said()), 30, "the log")

    assert codebuild.stop_sandbox(id=sandbox)["sandbox"]["status"] == "STOPPED"
    assert codebuild.list_sandboxes()["ids"] == [sandbox] and codebuild.list_builds()["ids"] == []
