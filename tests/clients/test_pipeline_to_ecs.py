"""A source is built into what a deployment needs, and users of a load balancer go from the old to the new without losing a request.

The build writes AppSpec, task definition and images as customers' builds do; images are real, tasks are real, and traffic is plain HTTP.
"""

import json
import subprocess
import sys
import sysconfig
import threading

import pytest
from conftest import need_docker
from test_deployments import answer as function_answer
from test_deployments import prepared as with_function
from test_ecs_deployments import IMAGE, House
from test_pipeline import ROLE, TRUST, action, archive
from waiting import execution_ends, until

ROLLING = 8094
TASK = {
    "family": "web",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "<IMAGE1_NAME>",
            "memory": 64,
            "command": ["/bin/sh", "-c", "exec httpd -f -p 80 -h /www"],
            "portMappings": [{"containerPort": 80}],
            "stopTimeout": 2,
        }
    ],
}
APP_SPEC = """\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 80
"""
BUILDSPEC = """\
version: 0.2
phases:
  build:
    commands:
      - image=$(cat image.txt)
      - printf '{"ImageURI":"%s"}' "$image" > imageDetail.json
      - printf '[{"name":"web","imageUri":"%s"}]' "$image" > imagedefinitions.json
artifacts:
  files: [appspec.yaml, taskdef.json, imageDetail.json, imagedefinitions.json]
"""


@pytest.fixture
def site():
    """Makes an image whose `/www` answers with a word; gives its name."""
    need_docker()
    made = []

    def docker(*arguments):
        return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def make(word):
        name = f"slipway-test/site:{word}"
        container = docker("create", IMAGE, "/bin/sh", "-c", f"mkdir -p /www && echo {word} > /www/index.html")
        docker("start", "-a", container)
        docker("commit", container, name)
        docker("rm", container)
        made.append(name)
        return name

    yield make
    for name in made:
        subprocess.run(["docker", "rmi", "-f", name], capture_output=True)


class Users:
    """Somebody asks for the page again and again, one request after the other, until the block ends."""

    def __init__(self, ask):
        self.ask, self.got, self.over = ask, [], threading.Event()
        self.thread = threading.Thread(target=self.go_on)

    def go_on(self):
        while not self.over.is_set():
            self.got.append(self.ask())
            self.over.wait(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def words(self):
        """What was answered, without repetitions."""
        return [word for at, word in enumerate(self.got) if at == 0 or word != self.got[at - 1]]


def delivery(server, buildspec, image=IMAGE):
    """Role, buckets and the build project `app`."""
    server.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
    s3 = server.client("s3")
    for bucket in ("sources", "artifacts"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Enabled"})
    server.client("codebuild").create_project(
        name="app",
        source={"type": "CODEPIPELINE", "buildspec": buildspec},
        artifacts={"type": "CODEPIPELINE"},
        environment={"type": "LINUX_CONTAINER", "image": image, "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=ROLE,
    )


def push(server, **files):
    server.client("s3").put_object(Bucket="sources", Key="app.zip", Body=archive(**files))


def deliver(server, name, provider, configuration):
    """Makes the pipeline and waits for its first run; gives the last action's record."""
    codepipeline = server.client("codepipeline")
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}
    stages = [
        ("Source", action("Zip", "Source", "S3", source, outputs=["App"])),
        ("Build", action("Make", "Build", "CodeBuild", {"ProjectName": "app"}, ["App"], ["Made"])),
        ("Deploy", action("Ship", "Deploy", provider, configuration, ["Made"])),
    ]
    codepipeline.create_pipeline(
        pipeline={
            "name": name,
            "roleArn": ROLE,
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [{"name": stage, "actions": [does]} for stage, does in stages],
        }
    )
    [run] = codepipeline.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"]
    ended = execution_ends(codepipeline, name, run["pipelineExecutionId"], 180)
    assert ended["status"] == "Succeeded", codepipeline.get_pipeline_state(name=name)
    records = codepipeline.list_action_executions(pipelineName=name)["actionExecutionDetails"]
    [ship] = [record for record in records if record["actionName"] == "Ship"]
    return ship["output"]["executionResult"]


def test_a_source_becomes_a_task_set_that_users_reach(new_server, site):
    """Witness: contract of CodePipeline §6.5, of CodeDeploy §7.4, §7.5."""
    need_docker()
    house = House(new_server("--builds", "docker"))
    delivery(house.server, BUILDSPEC)
    push(house.server, image__txt=site("two"), appspec__yaml=APP_SPEC, taskdef__json=json.dumps(TASK))
    with Users(house.answer) as users:
        result = deliver(
            house.server,
            "site",
            "CodeDeployToECS",
            {
                "ApplicationName": "AppECS-c-web",
                "DeploymentGroupName": "DgpECS-c-web",
                "TaskDefinitionTemplateArtifact": "Made",
                "AppSpecTemplateArtifact": "Made",
                "Image1ArtifactName": "Made",
                "Image1ContainerName": "IMAGE1_NAME",
            },
        )
        until(lambda: users.got[-1] == "two", what="the new page")
    assert users.words() == ["one", "two"], users.words()
    assert result["externalExecutionSummary"] == "Deployment Succeeded"
    info = house.info(result["externalExecutionId"])
    assert info["status"] == "Succeeded" and info["creator"] == "user"
    [image] = [
        container["image"]
        for container in house.ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"]
    ]
    assert image == "slipway-test/site:two"
    assert house.sets() == [("PRIMARY", "web:2")] and house.weights() == {"blue": 0, "green": 100}


def test_a_source_becomes_images_of_a_service_that_ecs_rolls(new_server, site):
    """Witness: contract of CodePipeline §6.5: a new revision, UpdateService, and the wait for a steady state."""
    need_docker()
    house = House(new_server("--builds", "docker"))
    [balancer] = house.elbv2.create_load_balancer(Name="rolling", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"]
    group, service = house.group("rolling"), json.loads(json.dumps(TASK))
    house.elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=ROLLING,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    service["family"], service["containerDefinitions"][0]["image"] = "rolling", site("one")
    house.ecs.register_task_definition(**service)
    house.ecs.create_service(
        cluster="c",
        serviceName="rolling",
        taskDefinition="rolling",
        desiredCount=2,
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 80}],
    )
    ask = lambda: house.answer(balancer["DNSName"], ROLLING)
    house.ecs.get_waiter("services_stable").wait(cluster="c", services=["rolling"], WaiterConfig={"Delay": 1})
    assert ask() == "one"
    delivery(house.server, BUILDSPEC)
    push(house.server, image__txt=site("two"), appspec__yaml=APP_SPEC, taskdef__json=json.dumps(TASK))
    with Users(ask) as users:
        deliver(house.server, "site", "ECS", {"ClusterName": "c", "ServiceName": "rolling"})
        until(lambda: users.got[-1] == "two", what="the new page")
    assert None not in users.got and set(users.got) == {"one", "two"}, users.words()
    [rolled] = house.ecs.describe_services(cluster="c", services=["rolling"])["services"]
    assert rolled["taskDefinition"].endswith(":task-definition/rolling:2")
    assert [each["rolloutState"] for each in rolled["deployments"]] == ["COMPLETED"]
    assert rolled["runningCount"] == 2


PUBLISH = f"""\
version: 0.2
phases:
  build:
    commands:
      - PYTHONPATH={sysconfig.get_path("purelib")} {sys.executable} publish.py
artifacts:
  files: [appspec.yml]
"""
PUBLISHER = """
import io, json, zipfile
import boto3

lambdas = boto3.client("lambda")
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as zipped:
    zipped.write("app.py")
target = lambdas.update_function_code(FunctionName="f", ZipFile=buffer.getvalue(), Publish=True)["Version"]
current = lambdas.get_alias(FunctionName="f", Name="live")["FunctionVersion"]
properties = {"Name": "f", "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
spec = {"version": 0.0, "Resources": [{"f": {"Type": "AWS::Lambda::Function", "Properties": properties}}]}
open("appspec.yml", "w").write(json.dumps(spec))
"""


def test_a_source_becomes_a_version_of_a_function_that_the_alias_is_shifted_to(server):
    """Witness: contract of CodePipeline §6.5, of CodeDeploy §6.3; the build publishes the version under its service role."""
    functions = with_function(server).client("lambda")
    delivery(server, PUBLISH)
    push(server, publish__py=PUBLISHER, app__py="def handler(event, context):\n    return 'built'\n")
    result = deliver(server, "app", "CodeDeploy", {"ApplicationName": "app", "DeploymentGroupName": "group"})
    assert result["externalExecutionSummary"] == "Deployment Succeeded"
    assert function_answer(functions) == "built"
    alias = functions.get_alias(FunctionName="f", Name="live")
    assert alias["FunctionVersion"] == "3" and not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"), alias
