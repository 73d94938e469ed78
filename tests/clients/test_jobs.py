"""A job worker on boto3 does a pipeline's custom action with the credentials of its job; what it made is deployed."""

import io
import json
import threading
import zipfile

import boto3
import botocore.config
import pytest
from conftest import REGION
from test_pipeline import ROLE, TRUST, action, archive
from waiting import execution_ends, until

MILL = {"category": "Build", "owner": "Custom", "provider": "Mill", "version": "1"}


@pytest.fixture
def world(server):
    """Role, buckets, the type and a source; gives the server."""
    server.client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps(TRUST))
    s3 = server.client("s3")
    for bucket in ("sources", "artifacts", "site"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="sources", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="sources", Key="app.zip", Body=archive(name__txt="slipway"))
    server.client("codepipeline").create_custom_action_type(
        category="Build",
        provider="Mill",
        version="1",
        settings={"executionUrlTemplate": "https://mill.example/{Config:Stone}/{ExternalExecutionId}"},
        configurationProperties=[
            {"name": "Stone", "required": True, "key": True, "secret": False, "queryable": True},
            {"name": "Password", "required": True, "key": False, "secret": True},
            {"name": "Greeting", "required": False, "key": False, "secret": False},
        ],
        inputArtifactDetails={"minimumCount": 1, "maximumCount": 1},
        outputArtifactDetails={"minimumCount": 0, "maximumCount": 1},
    )
    return server


def declaration(name, stone):
    source = {"S3Bucket": "sources", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false"}
    mill = {"Stone": stone, "Password": "hush", "Greeting": "hello from #{codepipeline.PipelineExecutionId}"}
    grind = action("Grind", "Build", "Mill", mill, ["App"], ["Site"], namespace="Mill") | {"actionTypeId": MILL}
    deploy = {"BucketName": "site", "ObjectKey": "#{Mill.Folder}", "Extract": "true"}
    return {
        "name": name,
        "roleArn": ROLE,
        "pipelineType": "V2",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {"name": "Source", "actions": [action("Zip", "Source", "S3", source, outputs=["App"])]},
            {"name": "Build", "actions": [grind]},
            {"name": "Deploy", "actions": [action("Publish", "Deploy", "S3", deploy, ["Site"])]},
        ],
    }


class Worker:
    """Polls for jobs of one stone, as AWS's sample workers do, until it is told to stop."""

    def __init__(self, server, stone, protocol=None):
        self.server, self.stone = server, stone
        self.codepipeline = server.client("codepipeline", protocol=protocol)
        self.jobs, self.errors, self.stop = [], [], threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        assert self.errors == []

    def run(self):
        while not self.stop.wait(0.05):
            try:
                polled = self.codepipeline.poll_for_jobs(
                    actionTypeId=MILL, maxBatchSize=1, queryParam={"Stone": self.stone}
                )
                for job in polled["jobs"]:
                    taken = self.codepipeline.acknowledge_job(jobId=job["id"], nonce=job["nonce"])
                    assert taken["status"] == "InProgress"
                    self.jobs.append(job)
                    self.work(job["id"], job["data"])
            except Exception as error:
                self.errors.append(error)
                return

    def work(self, job, data):
        """Greets at first; goes on with the greeting, and makes an artifact of it and of the input."""
        configuration = data["actionConfiguration"]["configuration"]
        assert configuration["Password"] == "hush"
        if "continuationToken" not in data:
            self.codepipeline.put_job_success_result(
                jobId=job,
                continuationToken=configuration["Greeting"],
                executionDetails={"summary": "grinding", "externalExecutionId": "grind-1", "percentComplete": 50},
            )
            return
        s3 = self.s3(data["artifactCredentials"])
        place = data["inputArtifacts"][0]["location"]["s3Location"]
        body = s3.get_object(Bucket=place["bucketName"], Key=place["objectKey"])["Body"].read()
        name = zipfile.ZipFile(io.BytesIO(body)).read("name.txt").decode()
        place = data["outputArtifacts"][0]["location"]["s3Location"]
        made = archive(hello__txt=f"{data['continuationToken']} to {name}")
        s3.put_object(Bucket=place["bucketName"], Key=place["objectKey"], Body=made)
        result = {
            "executionDetails": {"summary": "ground", "externalExecutionId": "grind-1", "percentComplete": 100},
            "outputVariables": {"Folder": "www"},
        }
        self.codepipeline.put_job_success_result(jobId=job, **result)
        self.codepipeline.put_job_success_result(jobId=job, **result)

    def s3(self, credentials):
        return boto3.client(
            "s3",
            endpoint_url=self.server.url,
            region_name=REGION,
            aws_access_key_id=credentials["accessKeyId"],
            aws_secret_access_key=credentials["secretAccessKey"],
            aws_session_token=credentials["sessionToken"],
            config=botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )


class Breaker(Worker):
    def work(self, job, data):
        self.codepipeline.put_job_failure_result(
            jobId=job,
            failureDetails={"type": "ConfigurationError", "message": "The stone broke.", "externalExecutionId": "b-1"},
        )


def started(codepipeline, name):
    return codepipeline.list_pipeline_executions(pipelineName=name)["pipelineExecutionSummaries"][0]["pipelineExecutionId"]


@pytest.mark.parametrize("protocol", ["json", "smithy-rpc-v2-cbor"])
def test_a_worker_makes_what_is_deployed(world, protocol):
    codepipeline = world.client("codepipeline", protocol=protocol)
    with Worker(world, "granite", protocol) as worker:
        codepipeline.create_pipeline(pipeline=declaration("app", "granite"))
        execution = started(codepipeline, "app")
        ended = execution_ends(codepipeline, "app", execution)
    assert ended["status"] == "Succeeded", (codepipeline.get_pipeline_state(name="app"), worker.errors)
    deployed = world.client("s3").get_object(Bucket="site", Key="www/hello.txt")["Body"].read()
    assert deployed.decode() == f"hello from {execution} to slipway"

    first, second = worker.jobs
    assert first["id"] != second["id"] and first["accountId"] == "000000000000"
    assert first["data"]["pipelineContext"] == second["data"]["pipelineContext"]
    assert first["data"]["pipelineContext"]["pipelineExecutionId"] == execution
    assert first["data"]["outputArtifacts"] == second["data"]["outputArtifacts"]
    details = codepipeline.list_action_executions(pipelineName="app")["actionExecutionDetails"]
    grind = next(each for each in details if each["actionName"] == "Grind")
    assert grind["actionExecutionId"] == first["data"]["pipelineContext"]["action"]["actionExecutionId"]
    assert grind["output"]["outputVariables"] == {"Folder": "www"}
    assert grind["output"]["executionResult"] == {
        "externalExecutionId": "grind-1",
        "externalExecutionSummary": "ground",
        "externalExecutionUrl": "https://mill.example/granite/grind-1",
    }
    assert grind["input"]["configuration"]["Password"] == "****"


def test_a_failing_job_fails_the_pipeline_where_it_stands(world):
    codepipeline = world.client("codepipeline")
    with Breaker(world, "chalk"):
        codepipeline.create_pipeline(pipeline=declaration("app", "chalk"))
        assert execution_ends(codepipeline, "app", started(codepipeline, "app"))["status"] == "Failed"
    state = {stage["stageName"]: stage for stage in codepipeline.get_pipeline_state(name="app")["stageStates"]}
    latest = state["Build"]["actionStates"][0]["latestExecution"]
    assert latest["errorDetails"] == {"code": "ConfigurationError", "message": "The stone broke."}
    assert latest["externalExecutionId"] == "b-1"
    assert "latestExecution" not in state["Deploy"]
    assert world.client("s3").list_objects_v2(Bucket="site")["KeyCount"] == 0


def test_a_job_survives_a_server_that_is_killed(world):
    codepipeline = world.client("codepipeline")
    codepipeline.create_pipeline(pipeline=declaration("app", "flint"))
    query = {"actionTypeId": MILL, "queryParam": {"Stone": "flint"}}
    job = until(lambda: codepipeline.poll_for_jobs(**query)["jobs"], what="a job")[0]
    world.kill()
    world.start()
    codepipeline.acknowledge_job(jobId=job["id"], nonce=job["nonce"])
    world.kill()
    world.start()
    assert codepipeline.poll_for_jobs(**query)["jobs"] == []
    Worker(world, "flint").work(job["id"], codepipeline.get_job_details(jobId=job["id"])["jobDetails"]["data"])
    with Worker(world, "flint"):
        ended = execution_ends(codepipeline, "app", started(codepipeline, "app"))
    assert ended["status"] == "Succeeded", codepipeline.get_pipeline_state(name="app")
