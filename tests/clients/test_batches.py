"""Batches of builds: a graph whose failing build stops what waits for it, on the host and in containers."""

import json

import pytest
from conftest import need_docker
from test_pipeline import ROLE, TRUST
from waiting import until

GRAPH = """
version: 0.2
batch:
  build-graph:
    - identifier: good
      env: {variables: {CODE: 0}}
    - identifier: bad
      depend-on: [good]
      env: {variables: {CODE: 3}}
    - identifier: never
      depend-on: [bad]
    - identifier: ignored
      ignore-failure: true
      env: {variables: {CODE: 4}}
phases:
  build:
    commands:
      - echo "I am $CODEBUILD_BATCH_BUILD_IDENTIFIER"
      - exit $CODE
"""


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
        source={"type": "NO_SOURCE", "buildspec": GRAPH},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "slipway-test/busybox:latest",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=ROLE,
        buildBatchConfig={"serviceRole": ROLE},
    )
    return client


def ends(codebuild, batch, seconds=120):
    def probe():
        got = codebuild.batch_get_build_batches(ids=[batch])["buildBatches"][0]
        return got if got["complete"] else None

    return until(probe, seconds, f"the end of {batch}")


def test_a_graph_with_a_failing_build(codebuild):
    started = codebuild.start_build_batch(projectName="app")["buildBatch"]
    assert (started["currentPhase"], started["buildBatchStatus"]) == ("SUBMITTED", "IN_PROGRESS")
    batch = ends(codebuild, started["id"])
    groups = {group["identifier"]: group["currentBuildSummary"] for group in batch["buildGroups"]}
    assert {name: summary["buildStatus"] for name, summary in groups.items()} == {
        "DOWNLOAD_SOURCE": "SUCCEEDED",
        "good": "SUCCEEDED",
        "bad": "FAILED",
        "never": "STOPPED",
        "ignored": "FAILED",
    }
    assert batch["buildBatchStatus"] == "FAILED"
    assert [phase["phaseType"] for phase in batch["phases"]] == [
        "SUBMITTED",
        "DOWNLOAD_BATCHSPEC",
        "IN_PROGRESS",
        "FAILED",
    ]
    assert "arn" not in groups["never"]

    good = codebuild.batch_get_builds(ids=[groups["good"]["arn"]])["builds"][0]
    assert good["buildBatchArn"] == batch["arn"]
    events = codebuild.logs.get_log_events(
        logGroupName="/aws/codebuild/app", logStreamName=good["logs"]["streamName"], startFromHead=True
    )
    assert any("I am good" in event["message"] for event in events["events"])

    pages = codebuild.get_paginator("list_build_batches_for_project").paginate(
        projectName="app", filter={"status": "FAILED"}
    )
    assert [each for page in pages for each in page["ids"]] == [batch["id"]]

    codebuild.retry_build_batch(id=batch["id"], retryType="RETRY_FAILED_BUILDS")
    again = ends(codebuild, batch["id"])
    assert again["buildBatchNumber"] == batch["buildBatchNumber"] == 1
    prior = {group["identifier"]: len(group.get("priorBuildSummaryList", [])) for group in again["buildGroups"]}
    assert prior == {"DOWNLOAD_SOURCE": 0, "good": 0, "bad": 1, "never": 1, "ignored": 1}

    deleted = codebuild.delete_build_batch(id=batch["id"])
    assert deleted["statusCode"] == "BATCH_DELETED" and deleted["buildsNotDeleted"] == []
    assert codebuild.batch_get_build_batches(ids=[batch["id"]])["buildBatchesNotFound"] == [batch["id"]]
