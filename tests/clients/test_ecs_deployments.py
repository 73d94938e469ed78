"""Deployments to ECS with boto3 and the aws CLI: real tasks behind a real load balancer, and what its users get meanwhile."""

import collections
import http.client
import json
import os
import sysconfig
import threading
import urllib.request

import pytest
from conftest import need_docker
from test_deployments import ROLE, TRUST, wait
from test_lambda import create, with_role
from waiting import until

IMAGE = os.environ.get("SLIPWAY_TEST_IMAGE", "slipway-test/busybox:latest")
PORT = 8089
ALL = {"enabled": True, "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]}


def definition(word):
    """What RegisterTaskDefinition takes: a server that answers with a word."""
    page = f"mkdir -p /www && echo {word} > /www/index.html && exec httpd -f -p 80 -h /www"
    web = {
        "name": "web",
        "image": IMAGE,
        "memory": 64,
        "command": ["/bin/sh", "-c", page],
        "portMappings": [{"containerPort": 80}],
        "stopTimeout": 2,
    }
    return {"family": "web", "containerDefinitions": [web]}


class House:
    """A cluster with the service `web` behind a load balancer, and the group that deploys it."""

    def __init__(self, server):
        self.server = server
        self.ecs, self.elbv2, self.codedeploy = (server.client(name) for name in ("ecs", "elbv2", "codedeploy"))
        server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
        [balancer] = self.elbv2.create_load_balancer(Name="web", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"]
        self.host = balancer["DNSName"]
        self.groups = {name: self.group(name) for name in ("blue", "green")}
        forward = [{"Type": "forward", "TargetGroupArn": self.groups["blue"]}]
        [listener] = self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=PORT, DefaultActions=forward
        )["Listeners"]
        self.listener = listener["ListenerArn"]
        self.ecs.create_cluster(clusterName="c")
        self.ecs.create_service(
            cluster="c",
            serviceName="web",
            taskDefinition=self.register("one"),
            desiredCount=1,
            loadBalancers=[{"targetGroupArn": self.groups["blue"], "containerName": "web", "containerPort": 80}],
            deploymentController={"type": "CODE_DEPLOY"},
        )
        self.codedeploy.create_application(applicationName="AppECS-c-web", computePlatform="ECS")
        self.codedeploy.create_deployment_group(
            applicationName="AppECS-c-web",
            deploymentGroupName="DgpECS-c-web",
            serviceRoleArn=ROLE,
            deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
            ecsServices=[{"serviceName": "web", "clusterName": "c"}],
            loadBalancerInfo={
                "targetGroupPairInfoList": [
                    {
                        "targetGroups": [{"name": "blue"}, {"name": "green"}],
                        "prodTrafficRoute": {"listenerArns": [self.listener]},
                    }
                ]
            },
            blueGreenDeploymentConfiguration={
                "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 0},
                "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
            },
            autoRollbackConfiguration=ALL,
        )
        until(lambda: self.answer() == "one", what="the first task")

    def group(self, name):
        [group] = self.elbv2.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=80,
            VpcId="vpc-1",
            TargetType="instance",
            HealthCheckIntervalSeconds=5,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
        )["TargetGroups"]
        self.elbv2.modify_target_group_attributes(
            TargetGroupArn=group["TargetGroupArn"],
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}],
        )
        return group["TargetGroupArn"]

    def register(self, word):
        return self.ecs.register_task_definition(**definition(word))["taskDefinition"]["taskDefinitionArn"]

    def answer(self, host=None, port=PORT):
        """What a user of the load balancer gets; nothing when nobody answers well."""
        try:
            return urllib.request.urlopen(f"http://{host or self.host}:{port}/index.html", timeout=5).read().decode().strip()
        except OSError:
            return None

    def deploy(self, word, hooks=(), **more):
        content = app_spec(self.register(word), hooks)
        names = {"applicationName": "AppECS-c-web", "deploymentGroupName": "DgpECS-c-web"} | more
        revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": content}}
        return self.codedeploy.create_deployment(revision=revision, **names)["deploymentId"]

    def info(self, deployment):
        return self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]

    def target(self, deployment):
        got = self.codedeploy.get_deployment_target(deploymentId=deployment, targetId="c:web")
        return got["deploymentTarget"]["ecsTarget"]

    def weights(self):
        """What the listener forwards to, by the names of target groups."""
        [listener] = self.elbv2.describe_listeners(ListenerArns=[self.listener])["Listeners"]
        groups = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
        names = {arn: name for name, arn in self.groups.items()}
        return {names[group["TargetGroupArn"]]: group["Weight"] for group in groups}

    def sets(self):
        [service] = self.ecs.describe_services(cluster="c", services=["web"])["services"]
        return [(each["status"], each["taskDefinition"].rsplit("/", 1)[1]) for each in service["taskSets"]]

    def ends(self, deployment):
        def probe():
            info = self.info(deployment)
            return info if info["status"] in ("Succeeded", "Failed", "Stopped") else None

        return until(probe, 120, f"the end of {deployment}")


def app_spec(task_definition, hooks=()):
    properties = {"TaskDefinition": task_definition, "LoadBalancerInfo": {"ContainerName": "web", "ContainerPort": 80}}
    resources = [{"TargetService": {"Type": "AWS::ECS::Service", "Properties": properties}}]
    return json.dumps({"version": 0.0, "Resources": resources, "Hooks": list(hooks)})


@pytest.fixture
def new_house(new_server):
    def build(*flags):
        need_docker()
        return House(new_server("--builds", "docker", *flags))

    return build


def test_users_get_the_old_tasks_and_then_the_new_ones(new_house):
    """Witness: contract of CodeDeploy §7.4 to §7.6."""
    house = new_house()
    deployment = house.deploy("two", deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes")
    until(lambda: house.weights() == {"blue": 90, "green": 10}, what="the canary")
    answers = [house.answer() for _ in range(20)]
    assert answers.count("two") == 2 and answers.count("one") == 18, answers
    shown = house.target(deployment)["taskSetsInfo"]
    assert [(each["taskSetLabel"], each["trafficWeight"]) for each in shown] == [("Blue", 90.0), ("Green", 10.0)]
    assert house.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)["status"] == "Succeeded"
    assert house.ends(deployment)["status"] == "Stopped"

    deployment = house.deploy("three")
    wait(house.codedeploy, deployment)
    assert {house.answer() for _ in range(10)} == {"three"}
    assert house.weights() == {"blue": 0, "green": 100}
    assert house.sets() == [("PRIMARY", "web:3")]
    events = house.target(deployment)["lifecycleEvents"]
    assert [event["status"] for event in events] == ["Succeeded"] * 8


def test_tasks_that_do_not_answer_well_get_no_traffic(new_house):
    """Witness: contract of CodeDeploy §7.4 row 2; of ECS, tasks that a load balancer finds unhealthy are replaced."""
    house = new_house()
    empty = definition("nothing")
    empty["containerDefinitions"][0]["command"][2] = "mkdir -p /www && exec httpd -f -p 80 -h /www"
    registered = house.ecs.register_task_definition(**empty)["taskDefinition"]["taskDefinitionArn"]
    house.register = lambda word: registered
    deployment = house.deploy("nothing")

    def service():
        return house.ecs.describe_services(cluster="c", services=["web"])["services"][0]

    failed = "Task failed ELB health checks in (target-group"
    until(lambda: any(failed in event["message"] for event in service()["events"]), 120, "a task that is given up")
    [green] = [each for each in service()["taskSets"] if each["status"] != "PRIMARY"]
    assert green["stabilityStatus"] == "STABILIZING", green
    assert house.info(deployment)["status"] == "InProgress"
    events = {each["lifecycleEventName"]: each["status"] for each in house.target(deployment)["lifecycleEvents"]}
    assert (events["BeforeInstall"], events["Install"], events["AfterInstall"]) == ("Succeeded", "InProgress", "Pending")
    assert house.weights() == {"blue": 100, "green": 0} and {house.answer() for _ in range(10)} == {"one"}
    house.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
    assert house.ends(deployment)["status"] == "Stopped"
    until(lambda: house.sets() == [("PRIMARY", "web:1")], what="the end of the replacement")


def test_a_network_load_balancer_swaps_and_finds_the_new_tasks_healthy_before_they_are_primary(new_house):
    """Witness: contract of CodeDeploy §7.5 (NLB), §7.4 row 2 (all at once), §7.2 row 5."""
    house = new_house("--time-scale", "60")
    ecs, elbv2, codedeploy = house.ecs, house.elbv2, house.codedeploy
    [balancer] = elbv2.create_load_balancer(Name="tcp", Type="network", Subnets=["subnet-1"])["LoadBalancers"]
    groups = {}
    for name in ("tcp-blue", "tcp-green"):
        [made] = elbv2.create_target_group(
            Name=name,
            Protocol="TCP",
            Port=80,
            VpcId="vpc-1",
            TargetType="instance",
            HealthCheckProtocol="HTTP",
            HealthCheckPath="/index.html",
        )["TargetGroups"]
        groups[name] = made["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": groups["tcp-blue"]}]
    [listener] = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="TCP", Port=PORT, DefaultActions=forward
    )["Listeners"]
    ecs.create_service(
        cluster="c",
        serviceName="tcp",
        taskDefinition=house.register("one"),
        desiredCount=1,
        loadBalancers=[{"targetGroupArn": groups["tcp-blue"], "containerName": "web", "containerPort": 80}],
        deploymentController={"type": "CODE_DEPLOY"},
    )
    pair = {
        "targetGroups": [{"name": name} for name in groups],
        "prodTrafficRoute": {"listenerArns": [listener["ListenerArn"]]},
    }
    group = dict(
        applicationName="AppECS-c-web",
        deploymentGroupName="tcp",
        serviceRoleArn=ROLE,
        deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
        ecsServices=[{"serviceName": "tcp", "clusterName": "c"}],
        loadBalancerInfo={"targetGroupPairInfoList": [pair]},
        blueGreenDeploymentConfiguration={
            "terminateBlueInstancesOnDeploymentSuccess": {"action": "TERMINATE", "terminationWaitTimeInMinutes": 0},
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
        },
        autoRollbackConfiguration=ALL,
    )
    with pytest.raises(codedeploy.exceptions.InvalidTrafficRoutingConfigurationException) as caught:
        codedeploy.create_deployment_group(**group, deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes")
    assert "Only ALB supports gradual traffic routing" in str(caught.value)
    codedeploy.create_deployment_group(**group)
    host = balancer["DNSName"]
    until(lambda: house.answer(host) == "one", what="the first task")

    def leads():
        [shown] = elbv2.describe_listeners(ListenerArns=[listener["ListenerArn"]])["Listeners"]
        return shown["DefaultActions"][0]["TargetGroupArn"]

    def primary():
        [service] = ecs.describe_services(cluster="c", services=["tcp"])["services"]
        [found] = [each for each in service["taskSets"] if each["status"] == "PRIMARY"]
        return found["taskDefinition"].rsplit("/", 1)[1]

    def target(deployment):
        got = codedeploy.get_deployment_target(deploymentId=deployment, targetId="c:tcp")
        return got["deploymentTarget"]["ecsTarget"]

    wait(codedeploy, house.deploy("two", deploymentGroupName="tcp"))
    assert house.answer(host) == "two" and leads() == groups["tcp-green"]
    good = primary()
    # Its container runs and answers nobody.
    deaf = definition("deaf")
    deaf["containerDefinitions"][0]["command"][2] = "sleep 600"
    registered = ecs.register_task_definition(**deaf)["taskDefinition"]["taskDefinitionArn"]
    house.register = lambda word: registered
    deployment = house.deploy("deaf", deploymentGroupName="tcp")
    until(lambda: leads() == groups["tcp-blue"], 120, "the swap")
    info = house.ends(deployment)
    assert info["status"] == "Failed" and info["errorInformation"]["code"] in ("ECS_UPDATE_ERROR", "TIMEOUT"), info
    events = {each["lifecycleEventName"]: each["status"] for each in target(deployment)["lifecycleEvents"]}
    assert (events["Install"], events["AllowTraffic"], events["AfterAllowTraffic"]) == ("Succeeded", "Failed", "Skipped")
    wait(codedeploy, info["rollbackInfo"]["rollbackDeploymentId"])
    assert leads() == groups["tcp-green"] and primary() == good
    until(lambda: house.answer(host) == "two", what="the tasks of before")


class Crowd:
    """Four users who ask for the page without a pause, on connections that they keep for fifty requests."""

    def __init__(self, house, enough):
        self.house, self.enough = house, enough
        self.got, self.lost, self.over = collections.Counter(), [], threading.Event()
        self.threads = [threading.Thread(target=self.ask) for _ in range(4)]

    def ask(self):
        while not self.over.is_set():
            connection = http.client.HTTPConnection(self.house.host, PORT, timeout=10)
            for _ in range(50):
                try:
                    connection.request("GET", "/index.html")
                    answer = connection.getresponse()
                    word = answer.read().decode().strip()
                    if answer.status != 200:
                        self.lost.append((answer.status, word))
                    self.got[word] += 1
                    if answer.will_close:
                        break
                except (OSError, http.client.HTTPException) as error:
                    self.lost.append(repr(error))
                    break
            connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def waits(self):
        """Until there were enough requests."""
        until(lambda: sum(self.got.values()) >= self.enough, 300, f"{self.enough} requests")


def test_no_request_is_lost_while_task_sets_are_switched(new_house):
    """Ten thousand requests and two deployments, one after the other, all at once: every request is answered well."""
    house = new_house()
    with Crowd(house, 10_000) as crowd:
        for word in ("two", "three"):
            wait(house.codedeploy, house.deploy(word))
        until(lambda: crowd.got["three"], what="the last page")
        crowd.waits()
    assert not crowd.lost, (crowd.lost[:5], crowd.got)
    assert set(crowd.got) == {"one", "two", "three"}, crowd.got
    assert house.weights() == {"blue": 100, "green": 0} and house.sets() == [("PRIMARY", "web:3")]


CHECK = """
import boto3

def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Failed",
    )
"""


def test_a_hook_that_fails_brings_the_old_tasks_back(new_house):
    """Witness: contract of CodeDeploy §7.7."""
    house = new_house()
    create(
        with_role(house.server),
        "check",
        CHECK,
        Timeout=60,
        Environment={"Variables": {"PYTHONPATH": sysconfig.get_path("purelib")}},
    )
    wait(house.codedeploy, house.deploy("two"))
    assert house.answer() == "two"
    deployment = house.deploy("three", [{"AfterAllowTraffic": "check"}])
    info = house.ends(deployment)
    assert info["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE", info
    rollback = info["rollbackInfo"]["rollbackDeploymentId"]
    wait(house.codedeploy, rollback)
    assert {house.answer() for _ in range(10)} == {"two"}
    assert house.sets() == [("PRIMARY", "web:2")]


def test_the_cli_deploys_by_its_own_names(new_house, tmp_path):
    """Witness: `aws ecs deploy`, which looks for AppECS-… and DgpECS-…, registers, fills in, creates and waits."""
    house = new_house()
    (tmp_path / "taskdef.json").write_text(json.dumps(definition("two")))
    (tmp_path / "appspec.json").write_text(app_spec("filled in by the CLI"))
    said = house.server.aws(
        "ecs",
        "deploy",
        "--cluster",
        "c",
        "--service",
        "web",
        "--task-definition",
        "taskdef.json",
        "--codedeploy-appspec",
        "appspec.json",
        cwd=tmp_path,
    )
    assert "Successfully deployed" in said, said
    assert house.answer() == "two"


def test_a_killed_server_goes_on_where_it_was(new_house):
    """Killed during Install and during AllowTraffic: the deployment ends truthfully, with one new task set."""
    house = new_house()
    deployment = house.deploy("two", deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes")
    until(lambda: len(house.sets()) == 2, what="the replacement")
    house.server.kill()
    house.server.start()
    until(lambda: house.weights() == {"blue": 90, "green": 10}, what="the canary")
    house.server.kill()
    house.server.start()
    assert house.info(deployment)["status"] == "InProgress"
    assert len(house.sets()) == 2
    until(lambda: house.answer() == "one", what="the original tasks")
    house.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=False)
    assert house.ends(deployment)["status"] == "Stopped"
    wait(house.codedeploy, house.deploy("three"))
    until(lambda: house.answer() == "three", what="the new tasks")
    assert house.sets() == [("PRIMARY", "web:3")]
