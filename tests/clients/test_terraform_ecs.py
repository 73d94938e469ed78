"""Terraform makes a cluster, a task definition and services, plans nothing on the second look, changes them, and removes it all.

Nothing runs: the services want no tasks. What runs is in test_ecs.py.
"""

from conftest import ROOT
from test_terraform import Terraform

ECS = ROOT / "tests" / "clients" / "ecs.tf"


def test_what_services_need_is_made_changed_and_destroyed(server, tmp_path):
    terraform = Terraform(server, tmp_path / "terraform", ECS.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 5 added" in said, said
    ecs = server.client("ecs")

    def shown(name):
        [service] = ecs.describe_services(cluster="c", services=[name], include=["TAGS"])["services"]
        return service

    assert shown("web")["launchType"] == "FARGATE" and shown("web")["tags"] == [{"key": "Word", "value": "first"}]
    assert shown("web")["deploymentConfiguration"]["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    [blue] = shown("shifted")["taskSets"]
    assert (blue["status"], blue["stabilityStatus"]) == ("PRIMARY", "STEADY_STATE")

    terraform.apply(word="second")
    assert shown("web")["taskDefinition"].endswith(":task-definition/web:2")
    assert shown("shifted")["taskDefinition"].endswith(":task-definition/web:1")
    terraform.apply()
    terraform.destroy()
    assert ecs.list_clusters()["clusterArns"] == []
    assert ecs.list_task_definitions()["taskDefinitionArns"] == []
