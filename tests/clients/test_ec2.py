"""Labelled containers as instances of EC2: seen and tagged by boto3 and the aws CLI, deployed to by `slipway agent`, and replaced by
others behind a load balancer."""

import json
import subprocess
import urllib.request
import uuid

import botocore.exceptions
import pytest
from conftest import ACCOUNT, BINARY, REGION, START_SECONDS, need_docker
from test_agent import bundle
from test_deployments import ROLE, TRUST
from test_ecs import IMAGE
from waiting import until

PAGE_PORT = 8080


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], text=True, capture_output=True)
    assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
    return done.stdout.strip()


class Machine:
    """A container that is an instance, and perhaps its agent."""

    def __init__(self, server, folder, zone=None, **tags):
        self.server, self.folder, self.agent = server, folder, None
        labels = [f"--label=slipway.ec2.tag.{key}={value}" for key, value in tags.items()]
        labels += [f"--label=slipway.ec2.zone={zone}"] if zone else []
        self.container = docker("run", "-d", "--label=slipway.ec2=true", *labels, IMAGE, "sleep", "100000")
        self.id = f"i-{self.container[:17]}"
        self.arn = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{self.id}"

    def start_agent(self):
        command = [str(BINARY), "agent", "--container", self.container, "--root", str(self.folder / self.id), "--json"]
        self.agent = subprocess.Popen(
            command, env=self.server.shell(), cwd=self.server.folder, stdout=subprocess.PIPE, text=True
        )
        assert self.arn in self.agent.stdout.readline()
        return self

    def says(self, *command):
        return docker("exec", self.container, *command)

    def is_there(self):
        return subprocess.run(["docker", "inspect", self.container], capture_output=True).returncode == 0

    def end(self):
        if self.agent:
            self.agent.terminate()
            self.agent.wait(timeout=START_SECONDS)
            self.agent.stdout.close()
        subprocess.run(["docker", "rm", "-f", self.container], capture_output=True)


@pytest.fixture
def boot(server, tmp_path):
    """Starts instances with the tags given, in a zone."""
    need_docker()
    started = []

    def start(zone=None, **tags):
        started.append(Machine(server, tmp_path, zone, **tags))
        return started[-1]

    yield start
    for machine in started:
        machine.end()


def ids(described):
    return [one["InstanceId"] for reservation in described["Reservations"] for one in reservation["Instances"]]


def test_labelled_containers_are_instances(server, boot):
    mark = uuid.uuid4().hex
    one, two = boot(Mark=mark, Name="web-1"), boot(Mark=mark, Name="web-2")
    docker("stop", "-t", "0", two.container)
    ec2 = server.client("ec2")

    def found(*filters):
        every = [{"Name": "tag:Mark", "Values": [mark]}, *filters]
        pages = ec2.get_paginator("describe_instances").paginate(Filters=every)
        return sorted(id for page in pages for id in ids(page))

    assert found() == sorted([one.id, two.id])
    assert found({"Name": "instance-state-name", "Values": ["running"]}) == [one.id]
    assert found({"Name": "tag:Name", "Values": ["web-2", "db-*"]}) == [two.id]
    ec2.get_waiter("instance_running").wait(InstanceIds=[one.id])
    ec2.get_waiter("instance_status_ok").wait(InstanceIds=[one.id])
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidInstanceID.NotFound"):
        ec2.describe_instances(InstanceIds=["i-00000000000000000"])

    server.aws("ec2", "create-tags", "--resources", one.id, two.id, "--tags", "Key=Team,Value=delivery")
    server.aws("ec2", "delete-tags", "--resources", two.id, "--tags", "Key=Team")
    shown = json.loads(server.aws("ec2", "describe-tags", "--filters", "Name=key,Values=Team", f"Name=resource-id,Values={one.id},{two.id}"))
    assert shown["Tags"] == [{"Key": "Team", "ResourceId": one.id, "ResourceType": "instance", "Value": "delivery"}]
    named = server.aws(
        "ec2", "describe-instances", "--instance-ids", one.id, "--output", "text",
        "--query", "Reservations[].Instances[].[State.Name,Placement.AvailabilityZone,Tags[?Key=='Team'].Value|[0]]",
    )  # fmt: skip
    assert named.split() == ["running", f"{REGION}a", "delivery"]

    with pytest.raises(botocore.exceptions.ClientError, match="DryRunOperation"):
        ec2.terminate_instances(InstanceIds=[one.id], DryRun=True)
    assert one.is_there()
    server.aws("ec2", "terminate-instances", "--instance-ids", one.id)
    server.aws("ec2", "wait", "instance-terminated", "--instance-ids", one.id)
    assert not one.is_there()
    assert two.is_there()


@pytest.fixture
def codedeploy(server):
    server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    server.client("s3").create_bucket(Bucket="revisions")
    client = server.client("codedeploy")
    client.create_application(applicationName="site", computePlatform="Server")
    return client


def revision(server, word):
    """A site that says this word, served from its container."""
    hook = [{"location": "start.sh", "timeout": 60}]
    spec = {
        "version": 0.0,
        "os": "linux",
        "files": [{"source": "web", "destination": "/www"}],
        "hooks": {"ApplicationStart": hook},
    }
    start = f"#!/bin/sh\nhttpd -p {PAGE_PORT} -h /www >/dev/null 2>&1 </dev/null\n"
    content = bundle(appspec__yml=json.dumps(spec), start__sh=start, web_SLASH_index__html=word)
    server.client("s3").put_object(Bucket="revisions", Key=f"{word}.zip", Body=content)
    return {"revisionType": "S3", "s3Location": {"bucket": "revisions", "key": f"{word}.zip", "bundleType": "zip"}}


def tagged(key, value):
    return [{"Key": key, "Value": value, "Type": "KEY_AND_VALUE"}]


def test_deployments_find_instances_by_their_tags(server, codedeploy, boot):
    mark = uuid.uuid4().hex
    one, other = boot(Mark=mark, Role="web").start_agent(), boot(Mark=mark, Role="db")
    codedeploy.create_deployment_group(
        applicationName="site",
        deploymentGroupName="web",
        serviceRoleArn=ROLE,
        ec2TagSet={"ec2TagSetList": [tagged("Mark", mark), tagged("Role", "web")]},
    )
    made = codedeploy.create_deployment(applicationName="site", deploymentGroupName="web", revision=revision(server, "one"))
    deployment = made["deploymentId"]
    codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment, WaiterConfig={"Delay": 1})
    assert codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"] == [one.id]
    target = codedeploy.get_deployment_target(deploymentId=deployment, targetId=one.id)["deploymentTarget"]["instanceTarget"]
    assert target["targetArn"] == one.arn
    assert one.says("wget", "-q", "-O", "-", f"http://127.0.0.1:{PAGE_PORT}/") == "one"
    assert other.id != one.id


def test_instances_take_the_place_of_others_behind_a_load_balancer(server, codedeploy, boot):
    mark = uuid.uuid4().hex
    elbv2 = server.client("elbv2")
    [web] = elbv2.create_load_balancer(Name="web", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"]
    [group] = elbv2.create_target_group(
        Name="front", Protocol="HTTP", Port=PAGE_PORT, VpcId="vpc-1", TargetType="instance"
    )["TargetGroups"]
    front = group["TargetGroupArn"]
    attribute = {"Key": "deregistration_delay.timeout_seconds", "Value": "1"}
    elbv2.modify_target_group_attributes(TargetGroupArn=front, Attributes=[attribute])
    elbv2.create_listener(
        LoadBalancerArn=web["LoadBalancerArn"], Protocol="HTTP", Port=8088, DefaultActions=[{"Type": "forward", "TargetGroupArn": front}]
    )

    def page():
        return urllib.request.urlopen(f"http://{web['DNSName']}:8088/", timeout=10).read().decode()

    def registered():
        health = elbv2.describe_target_health(TargetGroupArn=front)["TargetHealthDescriptions"]
        return {one["Target"]["Id"]: one["TargetHealth"]["State"] for one in health}

    def wait(deployment):
        codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment, WaiterConfig={"Delay": 1})

    blue, green = boot(Mark=mark, Fleet="blue").start_agent(), boot(Mark=mark, Fleet="green").start_agent()
    balanced = {"targetGroupInfoList": [{"name": "front"}]}
    of_group = {"applicationName": "site", "deploymentGroupName": "production"}
    codedeploy.create_deployment_group(
        **of_group,
        serviceRoleArn=ROLE,
        loadBalancerInfo=balanced,
        ec2TagSet={"ec2TagSetList": [tagged("Mark", mark), tagged("Fleet", "blue")]},
        deploymentStyle={"deploymentType": "IN_PLACE", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
    )
    wait(codedeploy.create_deployment(**of_group, revision=revision(server, "one"))["deploymentId"])
    assert page() == "one"
    assert registered() == {blue.id: "healthy"}

    codedeploy.update_deployment_group(
        applicationName="site",
        currentDeploymentGroupName="production",
        deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        blueGreenDeploymentConfiguration={
            "greenFleetProvisioningOption": {"action": "DISCOVER_EXISTING"},
            "deploymentReadyOption": {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60},
            "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 60},
        },
    )
    deployment = codedeploy.create_deployment(
        **of_group,
        revision=revision(server, "two"),
        targetInstances={"ec2TagSet": {"ec2TagSetList": [tagged("Mark", mark), tagged("Fleet", "green")]}},
    )["deploymentId"]

    def info():
        return codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    until(lambda: info()["status"] == "Ready", what="the replacement to be installed")
    assert green.says("wget", "-q", "-O", "-", f"http://127.0.0.1:{PAGE_PORT}/") == "two"
    assert page() == "one"
    server.aws("deploy", "continue-deployment", "--deployment-id", deployment, "--deployment-wait-type", "READY_WAIT")
    until(lambda: info()["instanceTerminationWaitTimeStarted"], what="the wait for the end of the original")
    assert page() == "two"
    assert registered() == {green.id: "healthy"}
    labels = {}
    for id in codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]:
        target = codedeploy.get_deployment_target(deploymentId=deployment, targetId=id)["deploymentTarget"]["instanceTarget"]
        labels[id] = (target["instanceLabel"], target["status"], len(target["lifecycleEvents"]))
    assert labels == {blue.id: ("Blue", "Succeeded", 3), green.id: ("Green", "Succeeded", 10)}
    assert blue.is_there()
    server.aws("deploy", "continue-deployment", "--deployment-id", deployment, "--deployment-wait-type", "TERMINATION_WAIT")
    wait(deployment)
    assert not blue.is_there() and green.is_there()
    assert page() == "two"
