"""Deployments to instances: what `aws deploy push` has uploaded is installed by an agent that trusts nothing but the server's certificate.

The agent is written after AWS's own: it polls by TLS, has OpenSSL open the signed specification, fetches the bundle from S3, copies
its files, runs its scripts, and tells of a failure twice.
"""

import io
import json
import pathlib
import ssl
import stat
import subprocess
import threading
import traceback
import urllib.error
import urllib.request
import zipfile

import pytest
import yaml
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import ACCOUNT, REGION
from test_deployments import ROLE, TRUST
from waiting import until

USER = f"arn:aws:iam::{ACCOUNT}:user/AWS/CodeDeploy/web-1"
TARGET = "CodeDeployCommandService_v20141006"


class Agent:
    """The agent of one host; `root` is where bundles are unpacked, `place` where the application is installed."""

    def __init__(self, server, root):
        self.server, self.root = server, pathlib.Path(root)
        told = json.load(urllib.request.urlopen(f"{server.url}/_slipway/info"))["agents"]
        self.endpoint, self.certificate = told["endpoint"], told["certificate"]
        self.trust = ssl.create_default_context(cafile=self.certificate)
        self.done, self.ended = [], threading.Event()
        self.installed = None

    def probe(self):
        """What AWS's agent does first: any status is fine, an error of TLS is not."""
        try:
            return urllib.request.urlopen(f"{self.endpoint}/", context=self.trust).status
        except urllib.error.HTTPError as error:
            return error.code

    def call(self, operation, body, timeout=80):
        request = AWSRequest("POST", f"{self.endpoint}/", data=json.dumps(body))
        request.headers["X-Amz-Target"] = f"{TARGET}.{operation}"
        request.headers["Content-Type"] = "application/x-amz-json-1.1"
        request.headers["x-amz-codedeploy-agent-version"] = "1.8.1"
        SigV4Auth(Credentials(ACCOUNT, "any"), "codedeploy-commands", REGION).add_auth(request)
        sent = urllib.request.Request(request.url, request.data.encode(), dict(request.headers.items()))
        answer = urllib.request.urlopen(sent, context=self.trust, timeout=timeout).read()
        return json.loads(answer) if answer else None

    def work(self):
        """Polls until it is told to end."""
        try:
            while not self.ended.is_set():
                command = self.call("PollHostCommand", {"HostIdentifier": USER}).get("HostCommand")
                if command:
                    self.carry_out(command)
        except Exception:
            if not self.ended.is_set():
                traceback.print_exc()
                raise

    def carry_out(self, command):
        assert command["HostIdentifier"] in USER
        specification = self.specification(command["DeploymentExecutionId"])
        identifier = {"HostCommandIdentifier": command["HostCommandIdentifier"]}
        noop = {"Format": "JSON", "Payload": json.dumps({"IsCommandNoop": False})}
        confirmed = self.call("PutHostCommandAcknowledgement", identifier | {"Diagnostics": noop})
        if confirmed["CommandStatus"] in ("Succeeded", "Failed"):
            return
        self.done.append((specification["DeploymentId"], command["CommandName"]))
        try:
            self.run(command["CommandName"], specification)
        except subprocess.CalledProcessError as error:
            script = str(error.cmd[-1])
            message = f"Script at specified location: {script} failed with exit code {error.returncode}"
            for code, log in ((4, f"LifecycleEvent - {command['CommandName']}\n[stderr]{error.stderr}"), (5, "")):
                self.complete(identifier, "Failed", code, script, message, log)
        else:
            self.complete(identifier, "Succeeded", 0, "", "Succeeded: ", "")

    def complete(self, identifier, status, code, script, message, log):
        report = {"error_code": code, "script_name": script, "message": message, "log": log}
        diagnostics = {"Format": "JSON", "Payload": json.dumps(report)}
        said = self.call("PutHostCommandComplete", identifier | {"CommandStatus": status, "Diagnostics": diagnostics})
        assert said is None

    def specification(self, execution):
        told = self.call("GetDeploymentSpecification", {"DeploymentExecutionId": execution, "HostIdentifier": USER})
        assert told["DeploymentSystem"] == "CodeDeploy"
        envelope = told["DeploymentSpecification"]["GenericEnvelope"]
        assert envelope["Format"] == "PKCS7/JSON"
        opened = subprocess.run(
            ["openssl", "smime", "-verify", "-noverify", "-inform", "PEM"],
            input=envelope["Payload"],
            text=True,
            capture_output=True,
        )
        assert opened.returncode == 0, opened.stderr
        return json.loads(opened.stdout)

    def run(self, event, specification):
        archive = self.root / specification["DeploymentId"]
        if event == "DownloadBundle":
            self.download(specification["Revision"], archive)
        elif event == "Install":
            for file in read(archive)["files"]:
                target = pathlib.Path(file["destination"])
                target.mkdir(parents=True, exist_ok=True)
                source = archive / file["source"]
                (target / source.name).write_bytes(source.read_bytes())
            self.installed = archive
        else:
            of = self.installed if event == "ApplicationStop" and not archive.exists() else archive
            for hook in read(of).get("hooks", {}).get(event, []) if of else []:
                subprocess.run([of / hook["location"]], check=True, text=True, capture_output=True)

    def download(self, revision, archive):
        assert revision["RevisionType"] == "S3"
        at = revision["S3Revision"]
        assert at["BundleType"] == "zip"
        got = self.server.client("s3").get_object(Bucket=at["Bucket"], Key=at["Key"])
        assert got["ETag"].strip('"') == at["ETag"].strip('"')
        with zipfile.ZipFile(io.BytesIO(got["Body"].read())) as bundle:
            bundle.extractall(archive)
        for script in archive.glob("scripts/*"):
            script.chmod(script.stat().st_mode | stat.S_IXUSR)


def read(archive):
    return yaml.safe_load((archive / "appspec.yml").read_text())


def bundle(folder, place, version, check):
    """A revision as a folder."""
    (folder / "scripts").mkdir(parents=True)
    (folder / "version.txt").write_text(version)
    (folder / "scripts" / "check.sh").write_text(f"#!/bin/sh\n{check}\n")
    app_spec = {
        "version": 0.0,
        "os": "linux",
        "files": [{"source": "version.txt", "destination": str(place)}],
        "hooks": {"ValidateService": [{"location": "scripts/check.sh", "timeout": 60}]},
    }
    (folder / "appspec.yml").write_text(yaml.safe_dump(app_spec))
    return folder


@pytest.fixture
def server(new_server):
    server = new_server("--builds", "host", "--agent-listen", "127.0.0.1:0")
    server.client("iam").create_role(RoleName="deploy", AssumeRolePolicyDocument=json.dumps(TRUST))
    server.client("s3").create_bucket(Bucket="bundles")
    return server


@pytest.fixture
def codedeploy(server):
    client = server.client("codedeploy")
    client.register_on_premises_instance(instanceName="web-1", iamUserArn=USER)
    client.add_tags_to_on_premises_instances(instanceNames=["web-1"], tags=[{"Key": "role", "Value": "web"}])
    client.create_application(applicationName="site", computePlatform="Server")
    client.create_deployment_group(
        applicationName="site",
        deploymentGroupName="production",
        serviceRoleArn=ROLE,
        onPremisesInstanceTagFilters=[{"Key": "role", "Value": "web", "Type": "KEY_AND_VALUE"}],
        autoRollbackConfiguration={"enabled": True, "events": ["DEPLOYMENT_FAILURE"]},
    )
    return client


@pytest.fixture
def agent(server, codedeploy, tmp_path):
    agent = Agent(server, tmp_path / "agent")
    thread = threading.Thread(target=agent.work, daemon=True)
    thread.start()
    yield agent
    agent.ended.set()


def pushed(server, folder, key):
    """What `aws deploy push` says, as the option of create-deployment that it recommends."""
    at = f"s3://bundles/{key}"
    said = server.aws("deploy", "push", "--application-name", "site", "--s3-location", at, "--source", str(folder))
    return next(word for word in said.split("--s3-location ")[1].split() if word.startswith("bucket="))


def created(server, location):
    said = server.aws(
        "deploy", "create-deployment", "--application-name", "site", "--deployment-group-name", "production",
        "--s3-location", location, "--output", "json",
    )  # fmt: skip
    return json.loads(said)["deploymentId"]


def test_an_agent_installs_what_was_pushed_and_a_failed_hook_rolls_it_back(server, codedeploy, agent, tmp_path):
    assert agent.probe() > 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{agent.endpoint}/")
    place = tmp_path / "www"

    first = created(server, pushed(server, bundle(tmp_path / "v1", place, "one", "exit 0"), "v1.zip"))
    server.aws("deploy", "wait", "deployment-successful", "--deployment-id", first)
    assert (place / "version.txt").read_text() == "one"
    target = codedeploy.get_deployment_target(deploymentId=first, targetId="web-1")["deploymentTarget"]
    events = [event["lifecycleEventName"] for event in target["instanceTarget"]["lifecycleEvents"]]
    assert events == [event for deployment, event in agent.done if deployment == first]
    assert {event["status"] for event in target["instanceTarget"]["lifecycleEvents"]} == {"Succeeded"}

    second = created(server, pushed(server, bundle(tmp_path / "v2", place, "two", "echo no >&2; exit 3"), "v2.zip"))
    waited = server.run("aws", "deploy", "wait", "deployment-successful", "--deployment-id", second, check=False)
    assert waited.returncode != 0
    info = codedeploy.get_deployment(deploymentId=second)["deploymentInfo"]
    assert info["status"] == "Failed"
    assert info["errorInformation"]["code"] == "HEALTH_CONSTRAINTS"
    target = codedeploy.get_deployment_target(deploymentId=second, targetId="web-1")["deploymentTarget"]
    diagnostics = target["instanceTarget"]["lifecycleEvents"][-1]["diagnostics"]
    assert diagnostics["errorCode"] == "ScriptFailed"
    assert diagnostics["message"].endswith("failed with exit code 3")
    assert "[stderr]no" in diagnostics["logTail"]

    rollback = info["rollbackInfo"]["rollbackDeploymentId"]
    server.aws("deploy", "wait", "deployment-successful", "--deployment-id", rollback)
    assert (place / "version.txt").read_text() == "one"
    shown = codedeploy.get_deployment(deploymentId=rollback)["deploymentInfo"]
    assert shown["creator"] == "codeDeployRollback"
    assert shown["revision"]["s3Location"]["key"] == "v1.zip"


def test_a_killed_server_loses_no_command(server, codedeploy, tmp_path):
    # The agent's port is chosen anew, as its certificate is not.
    key = pushed(server, bundle(tmp_path / "v1", tmp_path / "www", "one", "exit 0"), "v1.zip")
    before = Agent(server, tmp_path / "agent")
    deployment = created(server, key)
    command = until(
        lambda: before.call("PollHostCommand", {"HostIdentifier": USER}).get("HostCommand"), what="the first command"
    )
    assert command["CommandName"] == "ApplicationStop"
    server.kill()
    server.start()
    agent = Agent(server, tmp_path / "agent")
    assert agent.certificate == before.certificate
    agent.carry_out(command)
    threading.Thread(target=agent.work, daemon=True).start()
    server.aws("deploy", "wait", "deployment-successful", "--deployment-id", deployment)
    agent.ended.set()
    assert (tmp_path / "www" / "version.txt").read_text() == "one"


def test_the_cli_deregisters_an_instance_without_tags(server):
    """Witness: contract codedeploy §3.6 and check 8 of §10.4: the CLI reads `tags` and `iamUserArn` without asking whether they are there."""
    client = server.client("codedeploy")
    client.register_on_premises_instance(instanceName="bare", iamUserArn=USER)
    said = server.aws("deploy", "deregister", "--instance-name", "bare", "--no-delete-iam-user", "--region", REGION)
    assert "DONE" in said
    assert "deregisterTime" in client.get_on_premises_instance(instanceName="bare")["instanceInfo"]
    assert client.list_on_premises_instances(registrationStatus="Registered")["instanceNames"] == []
