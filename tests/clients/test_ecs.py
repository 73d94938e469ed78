"""Services as people have them: made with boto3 and the aws CLI, rolled, waited for, reached, and removed, in containers."""

import json
import os
import urllib.request

import pytest
from conftest import need_docker
from waiting import until

IMAGE = os.environ.get("SLIPWAY_TEST_IMAGE", "slipway-test/busybox:latest")


@pytest.fixture
def containers(new_server):
    """A server whose tasks run in containers."""
    need_docker()
    return new_server("--builds", "docker")


def define(ecs, word):
    made = ecs.register_task_definition(
        family="web",
        containerDefinitions=[
            {
                "name": "web",
                "image": IMAGE,
                "memory": 64,
                "command": ["/bin/sh", "-c", f"mkdir -p /www && echo {word} > /www/index.html && exec httpd -f -p 80 -h /www"],
                "portMappings": [{"containerPort": 80}],
                "stopTimeout": 2,
            }
        ],
    )
    return made["taskDefinition"]["taskDefinitionArn"]


def page(ecs):
    """What the service's only task answers."""
    [arn] = ecs.list_tasks(cluster="c", serviceName="web")["taskArns"]
    [task] = ecs.describe_tasks(cluster="c", tasks=[arn])["tasks"]
    port = task["containers"][0]["networkBindings"][0]["hostPort"]

    def ask():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/index.html", timeout=5).read().decode().strip()
        except OSError:
            return None

    return until(ask, what="an answer of the task")


def test_boto3_makes_waits_for_rolls_and_removes_a_service(containers):
    ecs = containers.client("ecs")
    ecs.create_cluster(clusterName="c")
    first = define(ecs, "one")
    ecs.create_service(cluster="c", serviceName="web", taskDefinition="web", desiredCount=1)
    ecs.get_waiter("services_stable").wait(cluster="c", services=["web"], WaiterConfig={"Delay": 1})
    assert page(ecs) == "one"
    second = define(ecs, "two")
    ecs.update_service(cluster="c", service="web", taskDefinition=second)
    ecs.get_waiter("services_stable").wait(cluster="c", services=["web"], WaiterConfig={"Delay": 1})
    [service] = ecs.describe_services(cluster="c", services=["web"])["services"]
    assert service["taskDefinition"] == second != first
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert page(ecs) == "two"
    ecs.update_service(cluster="c", service="web", desiredCount=0)
    ecs.get_waiter("services_stable").wait(cluster="c", services=["web"], WaiterConfig={"Delay": 1})
    ecs.delete_service(cluster="c", service="web")
    ecs.get_waiter("services_inactive").wait(cluster="c", services=["web"], WaiterConfig={"Delay": 1})
    assert ecs.delete_cluster(cluster="c")["cluster"]["status"] == "INACTIVE"


def test_the_cli_runs_a_task_and_reads_its_log(containers):
    def aws(*words):
        said = containers.run("aws", *words, "--output", "json").stdout
        return json.loads(said) if said else None

    definition = [
        {
            "name": "job",
            "image": IMAGE,
            "memory": 64,
            "command": ["/bin/sh", "-c", "echo done; exit 4"],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/jobs", "awslogs-create-group": "true", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "j"},
            },
        }
    ]
    aws("ecs", "create-cluster")
    aws("ecs", "register-task-definition", "--family", "job", "--container-definitions", json.dumps(definition))
    ran = aws("ecs", "run-task", "--task-definition", "job")
    arn = ran["tasks"][0]["taskArn"]
    containers.run("aws", "ecs", "wait", "tasks-stopped", "--tasks", arn)
    [task] = aws("ecs", "describe-tasks", "--tasks", arn)["tasks"]
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 4)
    stream = f"j/job/{arn.rsplit('/', 1)[1]}"
    events = aws("logs", "get-log-events", "--log-group-name", "/jobs", "--log-stream-name", stream)["events"]
    assert [event["message"] for event in events] == ["done"]


def test_without_a_container_engine_a_task_says_so(server):
    ecs = server.client("ecs")
    ecs.create_cluster(clusterName="c")
    define(ecs, "one")
    [task] = ecs.run_task(cluster="c", taskDefinition="web")["tasks"]
    ecs.get_waiter("tasks_stopped").wait(cluster="c", tasks=[task["taskArn"]], WaiterConfig={"Delay": 1})
    [task] = ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"]
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotStartContainerError: no container engine answers"), task["stoppedReason"]
