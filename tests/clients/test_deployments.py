"""Lambda deployments with boto3: an alias that CodeDeploy shifts, watched by nobody's code but the SDK's.

Where functions cannot be created yet, these tests are skipped and say so.
"""

import io
import json
import zipfile

import botocore.exceptions
import pytest

from waiting import until

ROLE = "arn:aws:iam::000000000000:role/deploy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": ["codedeploy.amazonaws.com", "lambda.amazonaws.com"]},
        }
    ],
}
CODE = "def handler(event, context):\n    return {version}\n"


def archive(version):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("index.py", CODE.format(version=version))
    return data.getvalue()


@pytest.fixture
def functions(server):
    """A client of Lambda with the function `f`, two versions of it, and the alias `live` at the first."""
    server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    client = server.client("lambda")
    try:
        client.create_function(
            FunctionName="f",
            Runtime="python3.12",
            Role=ROLE,
            Handler="index.handler",
            Code={"ZipFile": archive(1)},
            Publish=True,
        )
    except (botocore.exceptions.ClientError, ValueError) as error:
        pytest.skip(f"functions cannot be created yet: {error}")
    client.update_function_code(FunctionName="f", ZipFile=archive(2), Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    return client


@pytest.fixture
def codedeploy(server, functions):
    client = server.client("codedeploy")
    client.create_application(applicationName="app", computePlatform="Lambda")
    client.create_deployment_group(
        applicationName="app",
        deploymentGroupName="group",
        serviceRoleArn=ROLE,
        deploymentStyle={"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
    )
    return client


def deploy(codedeploy, current, target, **more):
    properties = {"Name": "f", "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
    spec = {"version": 0.0, "Resources": [{"f": {"Type": "AWS::Lambda::Function", "Properties": properties}}]}
    made = codedeploy.create_deployment(
        applicationName="app",
        deploymentGroupName="group",
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": json.dumps(spec)}},
        **more,
    )
    return made["deploymentId"]


def wait(codedeploy, deployment):
    waiter = codedeploy.get_waiter("deployment_successful")
    waiter.wait(deploymentId=deployment, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def test_the_waiter_sees_the_alias_arrive(codedeploy, functions):
    deployment = deploy(codedeploy, "1", "2")
    wait(codedeploy, deployment)
    assert functions.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"
    target = codedeploy.list_deployment_targets(deploymentId=deployment)["targetIds"]
    assert target == ["f:live"]
    shown = codedeploy.batch_get_deployment_targets(deploymentId=deployment, targetIds=target)
    info = shown["deploymentTargets"][0]["lambdaTarget"]["lambdaFunctionInfo"]
    assert info["targetVersionWeight"] == 100.0


def test_the_waiter_sees_a_failure(codedeploy):
    deployment = deploy(codedeploy, "2", "1")
    with pytest.raises(botocore.exceptions.WaiterError):
        wait(codedeploy, deployment)
    info = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
    assert info["errorInformation"]["code"] == "INVALID_LAMBDA_CONFIGURATION"


def test_a_killed_server_goes_on_with_its_canary(server, codedeploy, functions):
    config = "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    deployment = deploy(codedeploy, "1", "2", deploymentConfigName=config)

    def weights():
        alias = functions.get_alias(FunctionName="f", Name="live")
        return alias.get("RoutingConfig", {}).get("AdditionalVersionWeights")

    assert until(weights, what="the canary") == {"2": 0.1}
    server.kill()
    server.start()
    info = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
    assert info["status"] == "InProgress"
    stopped = codedeploy.stop_deployment(deploymentId=deployment)
    assert stopped["status"] == "Succeeded"
    assert weights() == {"2": 0.1}, "traffic stays where it is"
