"""Deployments to containers in availability zones, one zone after the other, and to one that is stopped. Three shown minutes take nine
seconds."""

import json
import uuid

import pytest
from conftest import need_docker
from test_agent import bundle
from test_deployments import ROLE
from test_ec2 import boot, codedeploy, docker, tagged  # noqa: F401 (fixtures)
from waiting import until

FIRST, OTHERS = 180, 60


@pytest.fixture
def server(new_server):
    need_docker()
    return new_server("--builds", "host", "--time-scale", "20")


def revision(server, word, check=None):
    """A page with this word; `check` is a script that validates the service."""
    spec = {"version": 0.0, "os": "linux", "files": [{"source": "web", "destination": "/www"}]}
    files = {"web_SLASH_page": word}
    if check:
        spec["hooks"] = {"ValidateService": [{"location": "check.sh"}]}
        files["check__sh"] = f"#!/bin/sh\n{check}\n"
    content = bundle(appspec__yml=json.dumps(spec), **files)
    server.client("s3").put_object(Bucket="revisions", Key=f"{word}.zip", Body=content)
    return {"revisionType": "S3", "s3Location": {"bucket": "revisions", "key": f"{word}.zip", "bundleType": "zip"}}


class Group:
    """The instances with a mark, by zone, and deployments to them."""

    def __init__(self, server, codedeploy, machines, mark, config):
        self.server, self.codedeploy, self.machines = server, codedeploy, machines
        codedeploy.create_deployment_group(
            applicationName="site",
            deploymentGroupName="zoned",
            serviceRoleArn=ROLE,
            deploymentConfigName=config,
            ec2TagFilters=tagged("Mark", mark),
            autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
        )

    def deploy(self, revision):
        made = self.codedeploy.create_deployment(applicationName="site", deploymentGroupName="zoned", revision=revision)
        return made["deploymentId"]

    def info(self, deployment):
        return self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def ends(self, deployment, seconds=120):
        """The deployment when it is over, and the statuses that were seen."""
        seen = []

        def probe():
            info = self.info(deployment)
            seen.append(info["status"])
            return info if "completeTime" in info else None

        return until(probe, seconds, what=f"the end of {deployment}"), seen

    def targets(self, deployment):
        """By zone."""
        ids = self.codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
        found = self.codedeploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=ids)["deploymentTargets"]
        found = {target["instanceTarget"]["targetId"]: target["instanceTarget"] for target in found}
        zoned = {zone: [found[one.id] for one in machines if one.id in found] for zone, machines in self.machines.items()}
        assert sum(map(len, zoned.values())) == len(ids)
        return zoned

    def statuses(self, deployment):
        return {zone: [one["status"] for one in targets] for zone, targets in self.targets(deployment).items()}

    def pages(self):
        return {zone: [one.says("cat", "/www/page") for one in machines] for zone, machines in self.machines.items()}


def test_zones_are_deployed_to_one_after_the_other(server, codedeploy, boot):  # noqa: F811
    """Witness: contract codedeploy §8.3, "Zonal config"."""
    mark = uuid.uuid4().hex
    # The first zone's names come last.
    machines = {zone: [boot(zone=zone, Mark=mark).start_agent() for _ in range(2)] for zone in ("b", "a")}
    codedeploy.create_deployment_config(
        deploymentConfigName="by-zone",
        minimumHealthyHosts={"type": "HOST_COUNT", "value": 0},
        zonalConfig={"firstZoneMonitorDurationInSeconds": FIRST, "monitorDurationInSeconds": OTHERS},
    )
    group = Group(server, codedeploy, machines, mark, "by-zone")
    first = group.deploy(revision(server, "one"))
    until(lambda: group.info(first)["status"] == "Baking", what="the first zone")
    assert group.statuses(first) == {"a": ["Succeeded"] * 2, "b": ["Pending"] * 2}
    for machine in machines["b"]:
        assert "No such file" in machine.says("sh", "-c", "ls /www 2>&1 || true")
    info, seen = group.ends(first)
    assert info["status"] == "Succeeded", info
    assert "InProgress" in seen[seen.index("Baking") :]
    assert group.pages() == {"a": ["one"] * 2, "b": ["one"] * 2}
    targets = group.targets(first)

    def times(zone, of):
        return [event[of] for target in targets[zone] for event in target["lifecycleEvents"]]

    begins = {zone: sorted(target["lifecycleEvents"][0]["startTime"] for target in targets[zone]) for zone in targets}
    for zone, (one, other) in begins.items():
        assert (other - one).total_seconds() < 1, zone
    rest = (min(times("b", "startTime")) - max(times("a", "endTime"))).total_seconds()
    assert FIRST <= rest < FIRST + 60
    # Nothing is waited for after the last one.
    assert (info["completeTime"] - max(times("b", "endTime"))).total_seconds() < OTHERS

    # A zone that fails spares the next one; its rollback knows no zones.
    for machine in machines["a"]:
        machine.says("touch", "/bad")
    second = group.deploy(revision(server, "two", check="test ! -e /bad"))
    info, _ = group.ends(second)
    assert (info["status"], info["errorInformation"]["code"]) == ("Failed", "HEALTH_CONSTRAINTS")
    assert group.statuses(second) == {"a": ["Failed"] * 2, "b": ["Skipped"] * 2}
    back, seen = group.ends(info["rollbackInfo"]["rollbackDeploymentId"])
    assert back["status"] == "Succeeded" and "Baking" not in seen, back
    assert group.statuses(back["deploymentId"]) == {"a": ["Succeeded"] * 2, "b": []}
    assert group.pages() == {"a": ["one"] * 2, "b": ["one"] * 2}


def test_a_stopped_instance_is_deployed_to_and_fails(server, codedeploy, boot):  # noqa: F811
    """Witness: contract codedeploy §8.1, "EC2 states"; §8.8, "Agent silent for 5 minutes"; §10.1 F25."""
    mark = uuid.uuid4().hex
    machines = {"a": [boot(Mark=mark).start_agent(), boot(Mark=mark)]}
    gone = boot(Mark=mark)
    docker("stop", "-t", "0", machines["a"][1].container)
    gone.end()
    group = Group(server, codedeploy, machines, mark, "CodeDeployDefault.AllAtOnce")
    deployment = group.deploy(revision(server, "one"))
    info, _ = group.ends(deployment)
    assert info["status"] == "Succeeded", info
    overview = info["deploymentOverview"]
    assert (overview["Succeeded"], overview["Failed"]) == (1, 1)
    [running, stopped] = group.targets(deployment)["a"]
    assert (running["status"], stopped["status"]) == ("Succeeded", "Failed")
    diagnostics = stopped["lifecycleEvents"][0]["diagnostics"]
    assert diagnostics["errorCode"] == "UnknownError"
    assert diagnostics["message"].startswith("CodeDeploy agent was not able to receive the lifecycle event.")
