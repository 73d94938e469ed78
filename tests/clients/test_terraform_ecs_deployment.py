"""Terraform makes a service of ECS and all that CodeDeploy deploys it with, plans nothing on the second look, changes it, and removes it.

The service wants no tasks, so that no container engine is needed; a deployment still goes the whole way.
"""

from conftest import ACCOUNT, ROOT
from test_deployments import wait
from test_ecs_deployments import app_spec
from test_terraform import Terraform

CONFIGURATION = ROOT / "tests" / "clients" / "ecs_deployment.tf"


def test_a_service_and_its_deployment_group_are_made_used_changed_in_place_and_destroyed(server, tmp_path):
    """Witness: contract of CodeDeploy §3.4, §3.8, §7.2, §7.4, and check 9 of §10.4."""
    terraform = Terraform(server, tmp_path / "terraform", CONFIGURATION.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 16 added" in said, said
    codedeploy, elbv2 = server.client("codedeploy"), server.client("elbv2")

    def group(name):
        return codedeploy.get_deployment_group(applicationName="web", deploymentGroupName=name)["deploymentGroupInfo"]

    made = group("web-first")
    assert made["ecsServices"] == [{"serviceName": "web", "clusterName": "c"}]
    [pair] = made["loadBalancerInfo"]["targetGroupPairInfoList"]
    assert {each["name"] for each in pair["targetGroups"]} == {"blue", "green"}
    ports = {}
    for route in ("prodTrafficRoute", "testTrafficRoute"):
        [listener] = elbv2.describe_listeners(ListenerArns=pair[route]["listenerArns"])["Listeners"]
        ports[route] = listener["Port"]
    assert ports == {"prodTrafficRoute": 8095, "testTrafficRoute": 8096}
    assert made["alarmConfiguration"]["alarms"] == [{"name": "errors-first"}]
    [trigger] = made["triggerConfigurations"]
    assert trigger["triggerTargetArn"] == f"arn:aws:sns:us-east-1:{ACCOUNT}:news"

    definition = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/web:1"
    revision = {"revisionType": "AppSpecContent", "appSpecContent": {"content": app_spec(definition)}}
    deployment = codedeploy.create_deployment(applicationName="web", deploymentGroupName="web-first", revision=revision)
    wait(codedeploy, deployment["deploymentId"])
    [listener] = elbv2.describe_listeners(ListenerArns=pair["prodTrafficRoute"]["listenerArns"])["Listeners"]
    weights = [each["Weight"] for each in listener["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]]
    assert sorted(weights) == [0, 100]

    said = terraform.apply(word="second")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    changed = group("web-second")
    assert changed["deploymentGroupId"] == made["deploymentGroupId"] and changed["deploymentConfigName"] == "linear"
    waits = changed["blueGreenDeploymentConfiguration"]
    assert waits["deploymentReadyOption"] == {"actionOnTimeout": "STOP_DEPLOYMENT", "waitTimeInMinutes": 60}
    assert changed["lastSuccessfulDeployment"]["deploymentId"] == deployment["deploymentId"]

    terraform.apply()
    terraform.import_({"aws_codedeploy_deployment_group.web": "web:web-first", "aws_codedeploy_app.web": "web"})
    terraform.destroy()
    assert codedeploy.list_applications()["applications"] == []
    assert elbv2.describe_load_balancers()["LoadBalancers"] == []
