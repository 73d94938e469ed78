"""Builds of Git repositories with values from the stores, as boto3 and the aws CLI see them."""

import json
import subprocess

import pytest
from botocore.exceptions import ClientError
from conftest import ACCOUNT
from waiting import build_ends

SPEC = """
version: 0.2
env:
  secrets-manager:
    PASSWORD: app/db:password
  parameter-store:
    COLOUR: /app/colour
phases:
  build:
    commands:
      - test "$PASSWORD" = opensesame && test "$COLOUR" = blue
      - echo "the password is $PASSWORD"
      - cat name.txt
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codebuild.amazonaws.com"}}],
}


def git(folder, *arguments):
    names = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    done = subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def hub(tmp_path):
    """A folder with a bare repository `o/app.git`; `main` and the tag `v1` are its first commit, `next` its second."""
    work = tmp_path / "hub" / "work"
    work.mkdir(parents=True)
    git(work, "init", "--quiet", "--initial-branch=main")
    for text in ["first", "second"]:
        (work / "buildspec.yml").write_text(SPEC)
        (work / "name.txt").write_text(f"the {text} one\n")
        git(work, "add", ".")
        git(work, "commit", "--quiet", "-m", text)
        git(work, *(["tag", "v1"] if text == "first" else ["branch", "next"]))
    git(work, "reset", "--quiet", "--hard", "v1")
    (tmp_path / "hub" / "o").mkdir()
    git(work, "clone", "--quiet", "--bare", ".", "../o/app.git")
    return tmp_path / "hub"


def test_a_tag_and_a_branch_of_a_repository_are_built_with_secrets(new_server, hub):
    server = new_server("--builds", "host", "--git-rewrite", f"https://github.com/={hub}/")
    role = server.client("iam").create_role(RoleName="build", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    server.client("ssm").put_parameter(Name="/app/colour", Value="blue", Type="String")
    builds = server.client("codebuild")
    builds.create_project(
        name="app",
        source={"type": "GITHUB", "location": "https://github.com/o/app.git"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={"type": "LINUX_CONTAINER", "image": "any", "computeType": "BUILD_GENERAL1_SMALL"},
        serviceRole=role,
    )

    def built(version):
        id = builds.start_build(projectName="app", sourceVersion=version)["build"]["id"]
        return build_ends(builds, id)

    failed = built("v1")
    assert failed["buildStatus"] == "FAILED"
    [context] = failed["phases"][3]["contexts"]
    assert context["statusCode"] == "Secrets Manager Error", context

    secret = json.dumps({"password": "opensesame"})
    server.aws("secretsmanager", "create-secret", "--name", "app/db", "--secret-string", secret)
    for version, text, name in [("v1", "first", "main"), ("next", "second", "next")]:
        build = built(version)
        logs = server.client("logs").get_log_events(
            logGroupName=build["logs"]["groupName"], logStreamName=build["logs"]["streamName"], startFromHead=True
        )
        log = "".join(event["message"] for event in logs["events"])
        assert build["buildStatus"] == "SUCCEEDED", log
        assert build["resolvedSourceVersion"] == git(hub / "o" / "app.git", "rev-parse", name)
        assert "the password is ***\n" in log and "opensesame" not in log, log
        assert f"the {text} one\n" in log, log


def test_parameters_and_secrets_by_the_command_line(server):
    server.aws("ssm", "put-parameter", "--name", "/a/b", "--value", "one", "--type", "SecureString")
    server.aws("ssm", "put-parameter", "--name", "/a/b", "--value", "two", "--type", "SecureString", "--overwrite")
    shown = json.loads(server.aws("ssm", "get-parameter", "--name", "/a/b", "--with-decryption"))["Parameter"]
    assert (shown["Value"], shown["Version"]) == ("two", 2)
    history = json.loads(server.aws("ssm", "get-parameter-history", "--name", "/a/b", "--with-decryption"))["Parameters"]
    assert [each["Value"] for each in history] == ["one", "two"]
    server.aws("ssm", "delete-parameter", "--name", "/a/b")

    secrets = server.client("secretsmanager")
    arn = secrets.create_secret(Name="s", SecretBinary=b"\x00\x01")["ARN"]
    assert arn.startswith(f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:s-")
    assert secrets.get_secret_value(SecretId=arn)["SecretBinary"] == b"\x00\x01"
    secrets.delete_secret(SecretId="s")
    with pytest.raises(ClientError) as refused:
        secrets.get_secret_value(SecretId="s")
    assert refused.value.response["Error"]["Code"] == "InvalidRequestException"
    secrets.restore_secret(SecretId="s")
    assert secrets.describe_secret(SecretId="s")["Name"] == "s"
