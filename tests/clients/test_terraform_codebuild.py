"""Terraform makes everything of CodeBuild, plans nothing on the second look, changes it in place, clears it, and removes it all.

`codebuild.tf` beside this file has every resource of CodeBuild that the provider knows, with every block.
"""

import json

from conftest import ACCOUNT, ROOT
from test_terraform import Terraform
from waiting import build_ends

CODEBUILD = ROOT / "tests" / "clients" / "codebuild.tf"
ARN = f"arn:aws:codebuild:us-east-1:{ACCOUNT}"
OPTIONAL = [
    "sourceVersion",
    "secondarySources",
    "secondarySourceVersions",
    "secondaryArtifacts",
    "fileSystemLocations",
    "buildBatchConfig",
    "concurrentBuildLimit",
    "vpcConfig",
    "resourceAccessRole",
    "publicProjectAlias",
]


def test_everything_of_codebuild_is_made_changed_in_place_cleared_and_destroyed(server, tmp_path):
    """Witness: contract §3.1.1, §3.1.2, §3.5, §3.6, §3.7, and check 42 of §14."""
    terraform = Terraform(server, tmp_path / "terraform", CODEBUILD.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 22 added" in said, said
    codebuild = server.client("codebuild")

    def project(name):
        return codebuild.batch_get_projects(names=[name])["projects"][0]

    def fleet(name):
        return codebuild.batch_get_fleets(names=[name])["fleets"][0]

    def policy(arn):
        return json.loads(codebuild.get_resource_policy(resourceArn=arn)["policy"])["Statement"][0]["Sid"]

    git = project("git")
    assert [each for each in OPTIONAL if each not in git] == []
    assert git["badge"]["badgeEnabled"] and git["badge"]["badgeRequestUrl"]
    assert git["cache"]["modes"] == ["LOCAL_SOURCE_CACHE", "LOCAL_DOCKER_LAYER_CACHE"]
    assert git["buildBatchConfig"]["restrictions"]["computeTypesAllowed"] == ["BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_SMALL"]
    assert [each["type"] for each in git["environment"]["environmentVariables"]] == ["PLAINTEXT", "SECRETS_MANAGER", "PARAMETER_STORE"]
    assert project("objects")["environment"]["fleet"] == {"fleetArn": fleet("pool")["arn"]}
    hooks = {name: project(name)["webhook"] for name in ("git", "enterprise", "organisation")}
    assert all("secret" not in hook for hook in hooks.values()), hooks
    head = {"type": "HEAD_REF", "pattern": "^refs/heads/first$", "excludeMatchedPattern": True}
    assert head in [each for group in hooks["git"]["filterGroups"] for each in group]
    assert "url" in hooks["git"] and "url" not in hooks["enterprise"]
    assert (hooks["organisation"]["manualCreation"], hooks["organisation"]["scopeConfiguration"]["name"]) == (True, "o")
    assert fleet("pool")["scalingConfiguration"]["targetTrackingScalingConfigs"] == [
        {"metricType": "FLEET_UTILIZATION_RATE", "targetValue": 80.5}
    ]
    build = codebuild.start_build(projectName="short")["build"]["id"]
    assert build_ends(codebuild, build)["buildStatus"] == "SUCCEEDED"

    # The credential whose token changes is another one; everything else stays.
    said = terraform.apply(word="second")
    assert "Resources: 1 added" in said and "1 destroyed" in said, said
    assert "aws_codebuild_source_credential.bitbucket: Destroying" in said, said
    assert (project("git")["description"], project("git")["timeoutInMinutes"]) == ("of the second kind", 25)
    assert {"key": "Word", "value": "second"} in project("git")["tags"]
    assert project("enterprise")["webhook"]["branchFilter"] == "^second$"
    assert project("git")["webhook"]["payloadUrl"] == hooks["git"]["payloadUrl"]
    assert (fleet("pool")["baseCapacity"], fleet("pool")["status"]["statusCode"]) == (2, "ACTIVE")
    assert fleet("attributes")["computeConfiguration"]["vCpu"] == 4
    [kept] = codebuild.batch_get_report_groups(reportGroupArns=[f"{ARN}:report-group/kept"])["reportGroups"]
    assert kept["exportConfig"]["s3Destination"]["packaging"] == "ZIP" and kept["tags"] == [{"key": "Word", "value": "second"}]
    assert policy(f"{ARN}:project/short") == "second"

    said = terraform.apply(word="second", blocks="false")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    cleared = project("git")
    assert [each for each in OPTIONAL if cleared.get(each)] == []
    assert cleared["cache"]["type"] == "NO_CACHE" and "registryCredential" not in cleared["environment"]
    assert (cleared["projectVisibility"], cleared["badge"]["badgeEnabled"]) == ("PRIVATE", False)
    assert not fleet("pool").get("scalingConfiguration")
    left = [(name, member) for name in ("git", "enterprise") for member in ("filterGroups", "branchFilter") if member in project(name)["webhook"]]
    assert left == [], left

    terraform.apply()
    # That the group `kept` is deleted with its reports is known to the provider's state alone: so it is not imported.
    terraform.import_(
        {
            "aws_codebuild_project.git": "git",
            "aws_codebuild_project.objects": f"{ARN}:project/objects",
            "aws_codebuild_webhook.git": "git",
            "aws_codebuild_report_group.dropped": f"{ARN}:report-group/dropped",
            "aws_codebuild_fleet.pool": fleet("pool")["arn"],
            "aws_codebuild_resource_policy.project": f"{ARN}:project/short",
        }
    )
    terraform.destroy()
    assert codebuild.list_projects()["projects"] == []
    assert codebuild.list_report_groups()["reportGroups"] == []
    assert codebuild.list_fleets()["fleets"] == []
    assert codebuild.list_source_credentials()["sourceCredentialsInfos"] == []


def test_the_last_tag_of_a_fleet_stays_until_somebody_sends_none(server, tmp_path):
    """The provider leaves `tags` out when none are left, and what is left out stays as it is: it plans to remove them for ever.

    A client that sends an empty list has them removed. Witness: contract §3.1 and §3.7, a member that is absent is unchanged.
    """
    text = CODEBUILD.read_text()
    head = text[: text.index('resource "aws_s3_bucket"')]
    fleet = """
resource "aws_codebuild_fleet" "app" {
  name             = "app"
  base_capacity    = 1
  compute_type     = "BUILD_GENERAL1_SMALL"
  environment_type = "LINUX_CONTAINER"
%s}
"""
    terraform = Terraform(server, tmp_path / "terraform", head + fleet % "  tags = { Team = \"one\", Word = \"two\" }\n")
    terraform.apply()
    codebuild = server.client("codebuild")

    def made():
        return codebuild.batch_get_fleets(names=["app"])["fleets"][0]

    (terraform.folder / "main.tf").write_text(head + fleet % "  tags = { Word = \"two\" }\n")
    terraform.apply()
    assert made()["tags"] == [{"key": "Word", "value": "two"}]
    (terraform.folder / "main.tf").write_text(head + fleet % "")
    terraform.run("apply", "-auto-approve")
    again = terraform.run("plan", "-detailed-exitcode", check=False)
    assert again.returncode == 2 and "0 to add, 1 to change, 0 to destroy" in again.stdout, again.stdout + again.stderr
    codebuild.update_fleet(arn=made()["arn"], tags=[])
    assert made()["tags"] == []
    terraform.apply()
    terraform.destroy()


def test_artifacts_are_not_given_up_in_place(server, tmp_path):
    """The provider keeps the artifacts' name when they become none, and the service refuses it, on AWS too.

    Whoever has the project replaced has peace. Witness: issue 63 of cloudposse/terraform-aws-codebuild.
    """
    text = CODEBUILD.read_text()
    head = text[: text.index('resource "aws_s3_bucket"')]
    project = """
resource "aws_codebuild_project" "app" {
  name         = "app"
  service_role = aws_iam_role.build.arn
  artifacts {
    type = "%s"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "busybox"
    type         = "LINUX_CONTAINER"
  }
  source {
    type      = "%s"
    buildspec = "version: 0.2"
  }
}
"""
    terraform = Terraform(server, tmp_path / "terraform", head + project % ("CODEPIPELINE", "CODEPIPELINE"))
    terraform.apply()
    (terraform.folder / "main.tf").write_text(head + project % ("NO_ARTIFACTS", "NO_SOURCE"))
    refused = terraform.run("apply", "-auto-approve", check=False)
    assert refused.returncode != 0 and "artifact type NO_ARTIFACTS should have null output name" in refused.stderr, refused.stderr
    said = terraform.run("apply", "-auto-approve", "-replace=aws_codebuild_project.app").stdout
    assert "1 added, 0 changed, 1 destroyed" in said, said
    terraform.apply()
    terraform.destroy()
