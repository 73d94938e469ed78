"""Functions as people have them: made with boto3 and the aws CLI, run for real, and invoked by pipelines for a job each."""

import base64
import io
import json
import shutil
import sysconfig
import zipfile

import pytest
from conftest import need_docker
from test_pipeline import ROLE, TRUST, action, archive
from test_terraform import Terraform
from waiting import execution_ends, until

FUNCTIONS = "arn:aws:iam::000000000000:role/functions"
LAMBDA_TRUST = json.dumps(TRUST).replace("codebuild.amazonaws.com", "lambda.amazonaws.com")
ECHO = "def handler(event, context):\n    print('got', event)\n    return event\n"

pytestmark = pytest.mark.skipif(not shutil.which("python3"), reason="no python3 on the PATH, which functions would run with")


def code(text, name="app.py"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = 0o755 << 16
        zipped.writestr(entry, text)
    return buffer.getvalue()


def with_role(server):
    server.client("iam").create_role(RoleName="functions", AssumeRolePolicyDocument=LAMBDA_TRUST)
    return server


def create(server, name, text, **more):
    return server.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Role=FUNCTIONS, Handler="app.handler", Code={"ZipFile": code(text)}, **more
    )


def test_boto3_makes_runs_publishes_shares_and_removes_a_function(server):
    lambdas = with_role(server).client("lambda")
    create(server, "f", ECHO, Publish=True, Tags={"team": "a"})
    lambdas.get_waiter("function_active_v2").wait(FunctionName="f")
    answer = lambdas.invoke(FunctionName="f", Payload=json.dumps({"a": 1}), LogType="Tail")
    assert json.load(answer["Payload"]) == {"a": 1} and answer["ExecutedVersion"] == "$LATEST"
    assert "got {'a': 1}\n" in base64.b64decode(answer["LogResult"]).decode()
    lambdas.update_function_code(FunctionName="f", ZipFile=code("def handler(e, c):\n    return 'two'\n"), Publish=True)
    lambdas.get_waiter("function_updated_v2").wait(FunctionName="f")
    versions = [version["Version"] for page in lambdas.get_paginator("list_versions_by_function").paginate(FunctionName="f") for version in page["Versions"]]
    assert versions == ["$LATEST", "1", "2"]
    lambdas.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    shared = lambdas.update_alias(FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"2": 1.0}})
    answer = lambdas.invoke(FunctionName="f", Qualifier="live")
    assert json.load(answer["Payload"]) == "two" and answer["ExecutedVersion"] == "2"
    with pytest.raises(lambdas.exceptions.PreconditionFailedException):
        lambdas.update_alias(FunctionName="f", Name="live", FunctionVersion="2", RevisionId="another")
    assert lambdas.get_alias(FunctionName="f", Name="live")["RevisionId"] == shared["RevisionId"]
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException) as absent:
        lambdas.invoke(FunctionName="g")
    assert "Function not found: arn:aws:lambda:us-east-1:000000000000:function:g" in str(absent.value)
    with pytest.raises(lambdas.exceptions.ResourceNotFoundException):
        lambdas.get_policy(FunctionName="f")
    lambdas.delete_function(FunctionName="f")
    assert lambdas.list_functions()["Functions"] == []


def test_a_function_works_with_the_server_as_its_role(server):
    with_role(server)
    text = "import boto3\ndef handler(event, context):\n    boto3.client('s3', config=boto3.session.Config(s3={'addressing_style': 'path'})).create_bucket(Bucket='made')\n    return boto3.client('sts').get_caller_identity()['Arn']\n"
    create(server, "f", text, Timeout=60, Environment={"Variables": {"PYTHONPATH": sysconfig.get_path("purelib")}})
    answer = server.client("lambda").invoke(FunctionName="f")
    said = json.load(answer["Payload"])
    assert said == "arn:aws:sts::000000000000:assumed-role/functions/f", said
    assert [bucket["Name"] for bucket in server.client("s3").list_buckets()["Buckets"]] == ["made"]


@pytest.mark.parametrize("end", ["kill", "stop"])
def test_events_and_functions_outlive_the_server(server, end):
    lambdas = with_role(server).client("lambda")
    mark = server.folder / "went"
    create(server, "f", f"import os, time\ndef handler(event, context):\n    while not os.path.exists({str(mark)!r}):\n        time.sleep(0.05)\n    open({str(mark)!r} + event['name'], 'w').close()\n", Timeout=60)
    assert lambdas.invoke(FunctionName="f", InvocationType="Event", Payload=b'{"name": "-on"}')["StatusCode"] == 202
    getattr(server, end)()
    server.start()
    mark.touch()
    until((server.folder / "went-on").exists, what="the event of before")


def test_the_aws_cli_makes_and_invokes_a_function(server, tmp_path):
    with_role(server)
    (tmp_path / "f.zip").write_bytes(code("def handler(event, context):\n    raise ValueError('no ' + event['what'])\n"))
    server.aws(
        "lambda", "create-function", "--function-name", "f", "--runtime", "python3.12", "--role", FUNCTIONS,
        "--handler", "app.handler", "--zip-file", "fileb://f.zip", cwd=tmp_path,
    )
    server.aws("lambda", "wait", "function-active-v2", "--function-name", "f")
    said = server.aws(
        "lambda", "invoke", "--function-name", "f", "--payload", '{"what": "way"}',
        "out.json", cwd=tmp_path,
    )
    assert json.loads(said) == {"StatusCode": 200, "FunctionError": "Unhandled", "ExecutedVersion": "$LATEST"}
    out = json.loads((tmp_path / "out.json").read_text())
    assert (out["errorType"], out["errorMessage"]) == ("ValueError", "no way")
    logged = server.aws("logs", "filter-log-events", "--log-group-name", "/aws/lambda/f", "--query", "events[].message", "--output", "text")
    assert "[ERROR] ValueError: no way" in logged and "REPORT RequestId" in logged
    refused = server.run("aws", "lambda", "publish-layer-version", "--layer-name", "l", "--zip-file", "fileb://f.zip", cwd=tmp_path, check=False)
    assert refused.returncode != 0 and "PublishLayerVersion" in refused.stderr


BUSYBOX = """#!/bin/sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime
cd /tmp
while :; do
  wget -q -S -O event "$api/invocation/next" 2> head || exit 1
  id=$(grep -i lambda-runtime-aws-request-id head | tr -d '\\r' | awk '{print $2}')
  echo "doing it in $LAMBDA_TASK_ROOT"
  wget -q -O /dev/null --post-data "{\\"root\\": \\"$LAMBDA_TASK_ROOT\\", \\"event\\": $(cat event)}" "$api/invocation/$id/response"
done
"""


def test_functions_run_in_containers_of_the_image_that_the_settings_name(new_server, tmp_path):
    need_docker()
    settings = tmp_path / "slipway.toml"
    settings.write_text('[images]\n"lambda/provided.al2023" = "slipway-test/busybox:latest"\n')
    server = with_role(new_server("--builds", "docker", "--config", str(settings)))
    lambdas = server.client("lambda")
    lambdas.create_function(
        FunctionName="f", Runtime="provided.al2023", Role=FUNCTIONS, Handler="h", Code={"ZipFile": code(BUSYBOX, "bootstrap")}, Timeout=30
    )
    for number in (1, 2):
        answer = lambdas.invoke(FunctionName="f", Payload=json.dumps({"n": number}))
        assert json.load(answer["Payload"]) == {"root": "/var/task", "event": {"n": number}}, logged(server, "f")
    assert logged(server, "f").count("doing it in /var/task") == 2


# What a pipeline's functions do: with boto3 of the tests' own environment, and with nothing but the standard library.
JOB = """
import boto3, json

def handler(event, context):
    job = event["CodePipeline.job"]
    data, codepipeline = job["data"], boto3.client("codepipeline")
    what = data["actionConfiguration"]["configuration"]["UserParameters"]
    print("job", job["id"], what, data.get("continuationToken"))
    if what == "fail":
        codepipeline.put_job_failure_result(jobId=job["id"], failureDetails={"type": "JobFailed", "message": "It would not."})
    elif what == "silence":
        pass
    elif what == "steps" and "continuationToken" not in data:
        codepipeline.put_job_success_result(jobId=job["id"], continuationToken=json.dumps({"step": 2}))
    else:
        place = data["inputArtifacts"][0]["location"]["s3Location"] if data["inputArtifacts"] else None
        step = json.loads(data.get("continuationToken", '{"step": 1}'))["step"]
        codepipeline.put_job_success_result(jobId=job["id"], outputVariables={"Step": str(step), "Account": job["accountId"]})
"""
PLAIN = """
import json, os, urllib.request

def handler(event, context):
    body = json.dumps({"jobId": event["CodePipeline.job"]["id"]}).encode()
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], body, {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "CodePipeline_20150709.PutJobSuccessResult",
    })
    urllib.request.urlopen(request).read()
"""


@pytest.fixture
def pipelines(new_server):
    """A server on which minutes pass in moments, with a source and the functions `job` and `plain`."""
    server = with_role(new_server("--builds", "host", "--time-scale", "60"))
    server.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
    s3 = server.client("s3")
    for bucket in ("sources", "artifacts"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="slipway"))
    create(server, "job", JOB, Timeout=60, Environment={"Variables": {"PYTHONPATH": sysconfig.get_path("purelib")}})
    create(server, "plain", PLAIN, Timeout=60)
    return server


def run(server, function, parameters=None, **more):
    """Makes a pipeline that invokes the function; gives the pipeline's client, the execution that ended, and the action's history."""
    codepipeline = server.client("codepipeline")
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}
    configuration = {"FunctionName": function} | ({"UserParameters": parameters} if parameters else {})
    codepipeline.create_pipeline(
        pipeline={
            "name": "app",
            "roleArn": ROLE,
            "pipelineType": "V2",
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"])]},
                {"name": "Invoke", "actions": [action("Call", "Invoke", "Lambda", configuration, ["App"], namespace="Fn")]} | more,
            ],
        }
    )
    execution = codepipeline.list_pipeline_executions(pipelineName="app")["pipelineExecutionSummaries"][0]["pipelineExecutionId"]
    ended = execution_ends(codepipeline, "app", execution)
    actions = codepipeline.list_action_executions(pipelineName="app", filter={"pipelineExecutionId": execution})
    call = [each for each in actions["actionExecutionDetails"] if each["actionName"] == "Call"]
    return ended["status"], call[0] if call else None


def logged(server, function):
    events = server.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
    return "".join(event["message"] for event in events)


def test_a_function_of_the_standard_library_ends_its_job(pipelines):
    status, call = run(pipelines, "plain")
    assert status == "Succeeded", (call, logged(pipelines, "plain"))
    assert call["output"]["executionResult"]["externalExecutionId"] == "plain"


def test_a_job_goes_on_with_its_continuation_token(pipelines):
    status, call = run(pipelines, "job", "steps")
    assert status == "Succeeded", (call, logged(pipelines, "job"))
    assert call["output"]["outputVariables"] == {"Step": "2", "Account": "000000000000"}
    jobs = [line.split() for line in logged(pipelines, "job").splitlines() if line.startswith("job ")]
    assert len(jobs) == 2 and jobs[0][1] != jobs[1][1], jobs


def test_a_function_fails_its_job(pipelines):
    status, call = run(pipelines, "job", "fail")
    assert status == "Failed"
    assert call["output"]["executionResult"]["externalExecutionSummary"] == "It would not."


def test_a_function_that_never_answers_times_out(pipelines):
    """Witness: contract §6.7, the 20-minute silence limit."""
    status, call = run(pipelines, "job", "silence")
    assert status == "Failed", call
    assert "job " in until(lambda: logged(pipelines, "job"), what="the log of the silent function")


def test_a_function_that_is_not_there_is_named(pipelines):
    status, call = run(pipelines, "absent")
    assert status == "Failed"
    assert call["output"]["executionResult"]["externalExecutionSummary"] == "The AWS Lambda function absent does not exist."


@pytest.mark.parametrize(("parameters", "expected"), [("go", "Succeeded"), ("fail", "Failed")])
def test_a_rule_asks_a_function(pipelines, parameters, expected):
    rule = {
        "name": "Ask",
        "ruleTypeId": {"category": "Rule", "owner": "AWS", "provider": "LambdaInvoke", "version": "1"},
        "configuration": {"FunctionName": "job", "UserParameters": parameters},
    }
    entry = {"beforeEntry": {"conditions": [{"result": "FAIL", "rules": [rule]}]}}
    status, call = run(pipelines, "plain", **entry)
    assert status == expected, (call, logged(pipelines, "job"))


TERRAFORM = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

variable "timeout" { default = 5 }

resource "aws_iam_role" "functions" {
  name = "functions"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_lambda_function" "f" {
  function_name    = "f"
  role             = aws_iam_role.functions.arn
  runtime          = "python3.12"
  handler          = "app.handler"
  filename         = "f.zip"
  source_code_hash = filebase64sha256("f.zip")
  timeout          = var.timeout
  publish          = true
  environment {
    variables = { COLOUR = "blue" }
  }
  tags = { Team = "a" }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.f.function_name
  function_version = "1"
}

resource "aws_lambda_permission" "events" {
  statement_id  = "events"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "events.amazonaws.com"
  source_arn    = "arn:aws:events:us-east-1:000000000000:rule/r"
}
"""


def test_terraform_makes_changes_and_removes_functions(server, tmp_path):
    folder = tmp_path / "terraform"
    terraform = Terraform(server, folder, TERRAFORM)
    (folder / "f.zip").write_bytes(code(ECHO))
    said = terraform.apply()
    assert "Apply complete! Resources: 4 added" in said, said
    lambdas = server.client("lambda")
    assert json.load(lambdas.invoke(FunctionName="f", Qualifier="live", Payload=b'{"a":1}')["Payload"]) == {"a": 1}
    said = terraform.apply(timeout=9)
    assert "0 destroyed" in said and "0 added" in said, said
    shown = lambdas.get_function(FunctionName="f")
    assert shown["Configuration"]["Timeout"] == 9 and shown["Tags"] == {"Team": "a"}
    terraform.destroy()
    assert lambdas.list_functions()["Functions"] == []
