"""Terraform makes what CodeDeploy deploys with, plans nothing on the second look, changes it in place, clears it, and removes it all.

`codedeploy.tf` beside this file has every resource of CodeDeploy that the provider knows, for every compute platform.
"""

from conftest import ACCOUNT, ROOT
from test_terraform import Terraform

CODEDEPLOY = ROOT / "tests" / "clients" / "codedeploy.tf"
NEWS = f"arn:aws:sns:us-east-1:{ACCOUNT}:news"


def test_everything_of_codedeploy_is_made_changed_in_place_cleared_and_destroyed(server, tmp_path):
    """Witness: contract §3.2, §3.3, §3.4, §3.8, and check 9 of §10.4."""
    terraform = Terraform(server, tmp_path / "terraform", CODEDEPLOY.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 25 added" in said, said
    codedeploy = server.client("codedeploy")

    def group(name, application="functions"):
        got = codedeploy.get_deployment_group(applicationName=application, deploymentGroupName=name)
        return got["deploymentGroupInfo"]

    live = group("live-first")
    assert (live["computePlatform"], live["deploymentConfigName"]) == ("Lambda", "canary")
    assert live["alarmConfiguration"] == {"enabled": True, "ignorePollAlarmFailure": False, "alarms": [{"name": "errors-first"}]}
    assert live["autoRollbackConfiguration"] == {"enabled": True, "events": ["DEPLOYMENT_FAILURE"]}
    [trigger] = live["triggerConfigurations"]
    assert (trigger["triggerName"], trigger["triggerTargetArn"]) == ("news", f"{NEWS}-first")
    assert set(trigger["triggerEvents"]) == {"DeploymentStart", "DeploymentSuccess"}
    zones = codedeploy.get_deployment_config(deploymentConfigName="zones")["deploymentConfigInfo"]
    assert zones["zonalConfig"]["minimumHealthyHostsPerZone"] == {"type": "HOST_COUNT", "value": 1}
    canary = codedeploy.get_deployment_config(deploymentConfigName="canary")["deploymentConfigInfo"]
    assert canary["trafficRoutingConfig"]["timeBasedCanary"] == {"canaryPercentage": 20, "canaryInterval": 5}
    renamed = codedeploy.get_application(applicationName="renamed-first")["application"]["applicationId"]

    said = terraform.apply(word="second")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    changed = group("live-second")
    assert changed["deploymentGroupId"] == live["deploymentGroupId"] and changed["deploymentConfigName"] == "linear"
    assert changed["alarmConfiguration"] == {"enabled": True, "ignorePollAlarmFailure": True, "alarms": [{"name": "errors-second"}]}
    assert [trigger["triggerEvents"] for trigger in changed["triggerConfigurations"]] == [["DeploymentFailure"]]
    assert codedeploy.get_application(applicationName="renamed-second")["application"]["applicationId"] == renamed
    tagged = f"arn:aws:codedeploy:us-east-1:{ACCOUNT}:deploymentgroup:functions/live-second"
    assert codedeploy.list_tags_for_resource(ResourceArn=tagged)["Tags"] == [{"Key": "Word", "Value": "second"}]

    said = terraform.apply(word="second", blocks="false")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    cleared = group("live-second")
    assert cleared["alarmConfiguration"] == {"enabled": False, "ignorePollAlarmFailure": False, "alarms": []}
    assert cleared["autoRollbackConfiguration"] == {"enabled": False, "events": []}
    assert cleared["triggerConfigurations"] == []
    assert "loadBalancerInfo" not in group("filtered", "servers") and group("filtered", "servers")["ec2TagFilters"] == []

    terraform.apply()
    terraform.import_(
        {
            "aws_codedeploy_app.functions": "functions",
            "aws_codedeploy_deployment_config.canary": "canary",
            "aws_codedeploy_deployment_config.zones": "zones",
            "aws_codedeploy_deployment_group.functions": "functions:live-first",
            "aws_codedeploy_deployment_group.servers": "servers:fleet",
            "aws_codedeploy_deployment_group.services": "services:web",
        }
    )
    terraform.destroy()
    assert codedeploy.list_applications()["applications"] == []
    configs = codedeploy.list_deployment_configs()["deploymentConfigsList"]
    assert all(name.startswith("CodeDeployDefault.") for name in configs), configs
