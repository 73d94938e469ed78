"""Lambda deployments with boto3: an alias that CodeDeploy shifts, watched by nobody's code but the SDK's.

The functions are real: hooks are invoked and judge for themselves, and what the alias points to is what answers.
"""

import json
import sysconfig

import botocore.exceptions
import pytest
from test_lambda import create, logged, with_role
from test_lambda import code as zipped
from test_pipeline import ROLE as DELIVERY
from test_pipeline import TRUST as DELIVERY_TRUST
from test_pipeline import action, archive
from waiting import execution_ends, until

ROLE = "arn:aws:iam::000000000000:role/deploy"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "codedeploy.amazonaws.com"},
        }
    ],
}
CODE = "def handler(event, context):\n    return {version}\n"
GROUP = {
    "applicationName": "app",
    "deploymentGroupName": "group",
    "serviceRoleArn": ROLE,
    "deploymentStyle": {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"},
}


def prepared(server):
    """The server with the function `f`, two versions of it, its alias `live` at the first, and a group that deploys it."""
    server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    create(with_role(server), "f", CODE.format(version=1), Publish=True)
    client = server.client("lambda")
    client.update_function_code(FunctionName="f", ZipFile=zipped(CODE.format(version=2)), Publish=True)
    client.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    codedeploy = server.client("codedeploy")
    codedeploy.create_application(applicationName="app", computePlatform="Lambda")
    codedeploy.create_deployment_group(**GROUP)
    return server


@pytest.fixture
def functions(server):
    """A client of Lambda."""
    return prepared(server).client("lambda")


@pytest.fixture
def codedeploy(server, functions):
    return server.client("codedeploy")


def answer(functions):
    """What users of the alias get."""
    return json.load(functions.invoke(FunctionName="f", Qualifier="live")["Payload"])


def app_spec(current, target, *hooks):
    properties = {"Name": "f", "Alias": "live", "CurrentVersion": current, "TargetVersion": target}
    resources = [{"f": {"Type": "AWS::Lambda::Function", "Properties": properties}}]
    return json.dumps({"version": 0.0, "Resources": resources, "Hooks": list(hooks)})


def deploy(codedeploy, current, target, **more):
    made = codedeploy.create_deployment(
        applicationName="app",
        deploymentGroupName="group",
        revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": app_spec(current, target)}},
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
    assert answer(functions) == 2
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


def test_a_canary_that_outlives_its_server_arrives(new_server):
    server = prepared(new_server("--builds", "host", "--time-scale", "60"))
    codedeploy, functions = server.client("codedeploy"), server.client("lambda")
    deployment = deploy(codedeploy, "1", "2", deploymentConfigName="CodeDeployDefault.LambdaCanary10Percent5Minutes")
    until(lambda: functions.get_alias(FunctionName="f", Name="live").get("RoutingConfig"), what="the canary")
    server.kill()
    server.start()
    wait(codedeploy, deployment)
    assert answer(functions) == 2
    info = codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
    assert (info["completeTime"] - info["startTime"]).total_seconds() >= 300, info


SAYS = """
import boto3

def handler(event, context):
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="{status}",
    )
    {ends}
"""

BY_ARN = """
version: 0.0
resources:
  - shift:
      type: AWS::Lambda::Function
      properties:
        name: arn:aws:lambda:us-east-1:000000000000:function:f
        alias: live
        currentversion: {current}
        targetversion: {target}
hooks:
  - BeforeAllowTraffic: {hook}
"""


def test_only_the_callback_of_a_hook_counts_and_functions_may_be_named_by_their_arns(server, codedeploy, functions):
    """Witness: contract of CodeDeploy §6.1 (YAML, either spelling, `Name`), §6.5, and check F6 of §10.1."""
    path = {"Variables": {"PYTHONPATH": sysconfig.get_path("purelib")}}
    create(server, "raises", SAYS.format(status="Succeeded", ends="raise ValueError('nobody hears')"), Timeout=60, Environment=path)
    create(server, "returns", SAYS.format(status="Failed", ends="return 'all is well'"), Timeout=60, Environment=path)
    hook = "arn:aws:lambda:us-east-1:000000000000:function:raises"
    for versions, hook, status in ((("1", "2"), hook, "Succeeded"), (("2", "1"), "returns", "Failed")):
        content = BY_ARN.format(current=versions[0], target=versions[1], hook=hook)
        made = codedeploy.create_deployment(
            applicationName="app",
            deploymentGroupName="group",
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )["deploymentId"]

        def ended():
            info = codedeploy.get_deployment(deploymentId=made)["deploymentInfo"]
            return info if "completeTime" in info else None

        info = until(ended, what=f"the end of {made}")
        assert info["status"] == status, (info, logged(server, hook.rsplit(":", 1)[-1]))
        assert codedeploy.list_deployment_targets(deploymentId=made)["targetIds"] == ["f:live"]
        assert functions.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"


JUDGE = """
import boto3, json

def handler(event, context):
    answer = json.load(boto3.client("lambda").invoke(FunctionName="f", Qualifier="live")["Payload"])
    print("judged", answer)
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status="Succeeded" if answer < 3 else "Failed",
    )
"""


def test_a_pipeline_deploys_a_function_and_a_hook_that_fails_rolls_it_back(server):
    """Witness: contract of CodePipeline §6.5, of CodeDeploy §5.5, §6.5, §6.6."""
    prepared(server).client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(DELIVERY_TRUST))
    functions, codedeploy, codepipeline = (server.client(name) for name in ("lambda", "codedeploy", "codepipeline"))
    create(server, "judge", JUDGE, Timeout=60, Environment={"Variables": {"PYTHONPATH": sysconfig.get_path("purelib")}})
    codedeploy.update_deployment_group(
        applicationName="app",
        currentDeploymentGroupName="group",
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    s3 = server.client("s3")
    for bucket in ("sources", "artifacts"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Enabled"})

    def push(current, target):
        body = archive(appspec__yml=app_spec(current, target, {"BeforeAllowTraffic": "judge"}, {"AfterAllowTraffic": "judge"}))
        s3.put_object(Bucket="sources", Key="app.zip", Body=body)

    def ended(execution):
        """The execution's status, and its deployment."""
        status = execution_ends(codepipeline, "app", execution)["status"]
        history = codepipeline.list_action_executions(pipelineName="app", filter={"pipelineExecutionId": execution})
        [shift] = [each for each in history["actionExecutionDetails"] if each["actionName"] == "Shift"]
        result = shift["output"]["executionResult"]
        return status, result, codedeploy.get_deployment(deploymentId=result["externalExecutionId"])["deploymentInfo"]

    push("1", "2")
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}
    group = {"ApplicationName": "app", "DeploymentGroupName": "group"}
    codepipeline.create_pipeline(
        pipeline={
            "name": "app",
            "roleArn": DELIVERY,
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"])]},
                {"name": "Deploy", "actions": [action("Shift", "Deploy", "CodeDeploy", group, ["App"])]},
            ],
        }
    )
    [first] = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"]
    status, result, info = ended(first["pipelineExecutionId"])
    assert (status, result["externalExecutionSummary"]) == ("Succeeded", "Deployment Succeeded"), (info, logged(server, "judge"))
    assert answer(functions) == 2
    alias = functions.get_alias(FunctionName="f", Name="live")
    assert alias["FunctionVersion"] == "2" and not alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"), alias
    judged = [line for line in logged(server, "judge").splitlines() if line.startswith("judged")]
    assert judged == ["judged 1", "judged 2"]

    functions.update_function_code(FunctionName="f", ZipFile=zipped(CODE.format(version=3)), Publish=True)
    push("2", "3")
    status, result, info = ended(codepipeline.start_pipeline_execution(name="app")["pipelineExecutionId"])
    assert status == "Failed" and info["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE", (info, logged(server, "judge"))
    rollback = info["rollbackInfo"]["rollbackDeploymentId"]
    wait(codedeploy, rollback)
    assert codedeploy.get_deployment(deploymentId=rollback)["deploymentInfo"]["creator"] == "codeDeployRollback"
    assert answer(functions) == 2
    assert functions.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "2"
    judged = [line for line in logged(server, "judge").splitlines() if line.startswith("judged")]
    assert judged == ["judged 1", "judged 2", "judged 2", "judged 3"]
