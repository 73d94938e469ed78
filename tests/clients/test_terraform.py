"""Terraform makes what deliveries are made of, plans nothing on the second look, changes it in place, and removes it all.

`pipelines.tf` beside this file has everything that a V2 pipeline can have, and what belongs to pipelines.
"""

import os
import pathlib
import platform
import shutil

import pytest
from conftest import ACCOUNT, ROOT
from waiting import execution_ends

PIPELINES = ROOT / "tests" / "clients" / "pipelines.tf"

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  s3_use_path_style = true
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "delivery" {
  name               = "delivery"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "delivery" {
  name = "objects"
  role = aws_iam_role.delivery.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:*", "codebuild:*", "logs:*"], Resource = "*" }]
  })
}

resource "aws_s3_bucket" "sources" {
  bucket        = "sources"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "sources" {
  bucket = aws_s3_bucket.sources.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket" "artifacts" {
  bucket        = "artifacts"
  force_destroy = true
}

resource "aws_codebuild_project" "app" {
  name         = "app"
  service_role = aws_iam_role.delivery.arn

  artifacts {
    type = "CODEPIPELINE"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"

    environment_variable {
      name  = "GREETING"
      value = "hello"
    }
  }

  source {
    type      = "CODEPIPELINE"
    buildspec = "buildspec.yml"
  }

  tags = {
    Team = "delivery"
  }
}

resource "aws_codepipeline" "app" {
  name          = "app"
  role_arn      = aws_iam_role.delivery.arn
  pipeline_type = "V2"

  artifact_store {
    location = aws_s3_bucket.artifacts.bucket
    type     = "S3"
  }

  stage {
    name = "Source"
    action {
      name             = "Zip"
      category         = "Source"
      owner            = "AWS"
      provider         = "S3"
      version          = "1"
      output_artifacts = ["App"]
      configuration = {
        S3Bucket             = aws_s3_bucket.sources.bucket
        S3ObjectKey          = "app.zip"
        PollForSourceChanges = "false"
      }
    }
  }

  stage {
    name = "Build"
    action {
      name            = "Make"
      category        = "Build"
      owner           = "AWS"
      provider        = "CodeBuild"
      version         = "1"
      input_artifacts = ["App"]
      configuration = {
        ProjectName = aws_codebuild_project.app.name
      }
    }
  }

  tags = {
    Team = "delivery"
  }
}
"""


def mirrors():
    """Folders that may hold providers, laid out as Terraform lays out a mirror."""
    named = os.environ.get("SLIPWAY_TF_MIRROR")
    roots = [pathlib.Path(named)] if named else []
    roots += [pathlib.Path.home() / ".terraform.d/plugins", pathlib.Path("/usr/local/share/terraform/plugins")]
    roots += [path.parents[2] for path in pathlib.Path("/opt").glob("*/*/hashicorp/aws")]
    return [root for root in roots if list(root.glob("*/hashicorp/aws/*/*"))]


def prepare(server, folder, configuration=CONFIGURATION):
    """Initialises Terraform in the folder, or skips with the reason."""
    if not shutil.which("terraform"):
        pytest.skip("terraform is not installed")
    (folder / "main.tf").write_text(configuration)
    (folder / "terraformrc").write_text("")
    plugins = [f"-plugin-dir={root}" for root in mirrors()]
    done = server.run("terraform", "init", "-input=false", *plugins, cwd=folder, check=False)
    if done.returncode != 0:
        pytest.skip(f"terraform has no aws provider here ({platform.machine()}): {done.stderr.strip().splitlines()[-1:]}")


class Terraform:
    """Terraform in a folder of its own, with one configuration."""

    def __init__(self, server, folder, configuration=CONFIGURATION):
        folder.mkdir()
        self.server, self.folder = server, folder
        os.environ["TF_CLI_CONFIG_FILE"] = str(folder / "terraformrc")
        prepare(server, folder, configuration)

    def run(self, command, *flags, check=True):
        return self.server.run("terraform", command, "-input=false", "-no-color", *flags, cwd=self.folder, check=check)

    def apply(self, **variables):
        """Applies; a plan right afterwards has nothing to do. Gives what was said."""
        values = [f"-var={name}={value}" for name, value in variables.items()]
        said = self.run("apply", "-auto-approve", *values).stdout
        again = self.run("plan", "-detailed-exitcode", *values, check=False)
        assert again.returncode == 0, again.stdout + again.stderr
        return said

    def destroy(self):
        return self.run("destroy", "-auto-approve").stdout

    def import_(self, addresses):
        """Forgets resources and reads them anew by their ids; a plan right afterwards has nothing to do."""
        self.server.run("terraform", "state", "rm", "-no-color", *addresses, cwd=self.folder)
        for address, id in addresses.items():
            self.run("import", address, id)
        again = self.run("plan", "-detailed-exitcode", check=False)
        assert again.returncode == 0, again.stdout + again.stderr


def test_terraform_creates_plans_nothing_and_destroys(server, tmp_path):
    terraform = Terraform(server, tmp_path / "terraform")
    terraform.apply()
    pipelines = server.client("codepipeline").list_pipelines()["pipelines"]
    assert [pipeline["name"] for pipeline in pipelines] == ["app"]
    terraform.destroy()
    assert server.client("codepipeline").list_pipelines()["pipelines"] == []
    assert server.client("codebuild").list_projects()["projects"] == []
    assert server.client("s3").list_buckets()["Buckets"] == []
    assert server.client("iam").list_roles()["Roles"] == []


def test_everything_of_pipelines_is_made_changed_in_place_and_destroyed(server, tmp_path):
    """Witness: contract §3.7, §3.8."""
    terraform = Terraform(server, tmp_path / "terraform", PIPELINES.read_text())
    said = terraform.apply()
    assert "Apply complete! Resources: 12 added" in said, said
    pipelines, regional = server.client("codepipeline"), server.client("codepipeline", region="eu-west-1")

    git = pipelines.get_pipeline(name="git")["pipeline"]
    assert git["executionMode"] == "QUEUED" and git["variables"][0]["name"] == "Target"
    [trigger] = git["triggers"]
    assert trigger["gitConfiguration"]["push"][1] == {"tags": {"includes": ["v*"], "excludes": ["v0.*"]}}
    deploy = git["stages"][2]
    assert [rule["name"] for rule in deploy["beforeEntry"]["conditions"][0]["rules"]] == ["Hours", "Target", "Quiet", "Probe"]
    assert git["stages"][1]["onFailure"] == {"result": "RETRY", "retryConfiguration": {"retryMode": "ALL_ACTIONS"}}
    assert set(pipelines.get_pipeline(name="regions")["pipeline"]["artifactStores"]) == {"us-east-1", "eu-west-1"}
    assert regional.list_pipelines()["pipelines"] == []
    # Nothing here reaches a Git host: the execution that creating it began says so.
    [run] = pipelines.list_pipeline_executions(pipelineName="git")["pipelineExecutionSummaries"]
    assert execution_ends(pipelines, "git", run["pipelineExecutionId"])["status"] == "Failed"
    state = pipelines.get_pipeline_state(name="git")["stageStates"][0]["actionStates"][0]["latestExecution"]
    assert "CodeStarSourceConnection" in state["errorDetails"]["message"], state

    [mill] = pipelines.list_action_types(actionOwnerFilter="Custom")["actionTypes"]
    assert [each.get("queryable", False) for each in mill["actionConfigurationProperties"]] == [True, False]
    urls = {hook["definition"]["name"]: hook["url"] for hook in pipelines.list_webhooks()["webhooks"]}
    assert set(urls) == {"open", "office"}

    said = terraform.apply(mode="SUPERSEDED", target="production", branch="production", team="operations")
    assert "Resources: 0 added" in said and "0 destroyed" in said and "changed" in said, said
    git = pipelines.get_pipeline(name="git")["pipeline"]
    assert git["executionMode"] == "SUPERSEDED" and git["variables"][0]["defaultValue"] == "production"
    [office] = [hook for hook in pipelines.list_webhooks()["webhooks"] if hook["definition"]["name"] == "office"]
    assert office["definition"]["authenticationConfiguration"] == {"AllowedIPRange": "192.0.2.0/24"}
    assert {"jsonPath": "$.ref", "matchEquals": "refs/heads/production"} in office["definition"]["filters"]
    assert office["url"] == urls["office"]
    assert {"key": "Team", "value": "operations"} in office["tags"]

    terraform.apply()
    # The provider imports no triggers, whatever the service says, and fills in a property's type itself: so neither `git` nor `mill`.
    hook = f"arn:aws:codepipeline:us-east-1:{ACCOUNT}:webhook:office"
    terraform.import_({"aws_codepipeline.regions": "regions", "aws_codepipeline_webhook.office": hook})
    terraform.destroy()
    assert pipelines.list_pipelines()["pipelines"] == [] and pipelines.list_webhooks()["webhooks"] == []
    assert pipelines.list_action_types(actionOwnerFilter="Custom")["actionTypes"] == []
    assert server.client("sns").list_topics()["Topics"] == []
    assert server.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_a_webhooks_secret_is_not_told_to_terraform(server, tmp_path):
    """The service redacts a webhook's secret, the provider takes what it reads for a change and wants another webhook, on AWS too.

    Whoever ignores that change has peace. Witness: contract §8.1, §3.8; the provider's issue 41538.
    """
    hook = """
resource "aws_codepipeline_webhook" "signed" {
  name            = "signed"
  authentication  = "GITHUB_HMAC"
  target_action   = "Repository"
  target_pipeline = aws_codepipeline.git.name

  authentication_configuration {
    secret_token = "hush"
  }
  filter {
    json_path    = "$.ref"
    match_equals = "refs/heads/{BranchName}"
  }
%s}
"""
    ignoring = """
  lifecycle {
    ignore_changes = [authentication_configuration[0].secret_token]
  }
"""
    terraform = Terraform(server, tmp_path / "terraform", PIPELINES.read_text() + hook % "")
    terraform.run("apply", "-auto-approve")
    [told] = [hook for hook in server.client("codepipeline").list_webhooks()["webhooks"] if hook["definition"]["name"] == "signed"]
    assert told["definition"]["authenticationConfiguration"] == {"SecretToken": "****"}
    again = terraform.run("plan", "-detailed-exitcode", check=False)
    assert again.returncode == 2 and "1 to add, 0 to change, 1 to destroy" in again.stdout, again.stdout + again.stderr
    assert "secret_token     = (sensitive value) # forces replacement" in again.stdout
    (terraform.folder / "main.tf").write_text(PIPELINES.read_text() + hook % ignoring)
    terraform.apply()
    terraform.destroy()


def test_a_rules_timeout_is_not_sent_by_the_provider(server, tmp_path):
    """Version 5.100 of the provider knows `timeout_in_minutes` of a rule, but neither sends nor reads it: on AWS too it plans it anew.

    Whoever ignores that change has peace; without it there is none. A client that sends it reads it again. Witness: contract §3.7.
    """
    rule = """
    before_entry {
      condition {
        result = "FAIL"
        rule {
          name = "Check"
          %s
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "VariableCheck"
            version  = "1"
          }
          configuration = {
            Variable = "#{codepipeline.PipelineExecutionId}"
            Operator = "NE"
            Value    = "none"
          }
        }
      }
    }
"""
    ignoring = """
  lifecycle {
    ignore_changes = [stage[1].before_entry[0].condition[0].rule[0].timeout_in_minutes]
  }

  tags = {"""

    def configuration(timeout):
        return CONFIGURATION.replace('    name = "Build"\n', '    name = "Build"\n' + rule % timeout)

    terraform = Terraform(server, tmp_path / "terraform", configuration(""))
    terraform.apply()
    (terraform.folder / "main.tf").write_text(configuration("timeout_in_minutes = 60"))
    terraform.run("apply", "-auto-approve")
    pipelines = server.client("codepipeline")
    declared = pipelines.get_pipeline(name="app")["pipeline"]
    [check] = declared["stages"][1]["beforeEntry"]["conditions"][0]["rules"]
    assert "timeoutInMinutes" not in check
    again = terraform.run("plan", "-detailed-exitcode", check=False)
    assert again.returncode == 2 and "timeout_in_minutes = 0 -> 60" in again.stdout, again.stdout + again.stderr

    head, tail = configuration("timeout_in_minutes = 60").rsplit("\n  tags = {", 1)
    (terraform.folder / "main.tf").write_text(head + ignoring + tail)
    terraform.apply()
    check["timeoutInMinutes"] = 60
    pipelines.update_pipeline(pipeline=declared)
    [check] = pipelines.get_pipeline(name="app")["pipeline"]["stages"][1]["beforeEntry"]["conditions"][0]["rules"]
    assert check["timeoutInMinutes"] == 60
    terraform.destroy()


STORES = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  s3_use_path_style = true
}

variable "value" {
  default = "one"
}

resource "aws_ssm_parameter" "plain" {
  name        = "/app/plain"
  description = "of the app"
  type        = "String"
  value       = var.value
  tags        = { Team = "delivery" }
}

resource "aws_ssm_parameter" "secure" {
  name  = "/app/secure"
  type  = "SecureString"
  value = "hush"
}

resource "aws_secretsmanager_secret" "db" {
  name                    = "app/db"
  recovery_window_in_days = 0
  tags                    = { Team = "delivery" }
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ password = var.value })
}

data "aws_ssm_parameter" "secure" {
  name       = aws_ssm_parameter.secure.name
  depends_on = [aws_ssm_parameter.secure]
}

output "secure" {
  value     = data.aws_ssm_parameter.secure.value
  sensitive = true
}
"""


def test_parameters_and_secrets_are_made_changed_in_place_and_destroyed(server, tmp_path):
    terraform = Terraform(server, tmp_path / "terraform", STORES)
    said = terraform.apply()
    assert "Apply complete! Resources: 4 added" in said, said
    parameters, secrets = server.client("ssm"), server.client("secretsmanager")
    assert parameters.get_parameter(Name="/app/secure", WithDecryption=True)["Parameter"]["Value"] == "hush"
    assert secrets.get_secret_value(SecretId="app/db")["SecretString"] == '{"password":"one"}'
    terraform.apply(value="two")
    assert parameters.get_parameter(Name="/app/plain")["Parameter"]["Version"] == 2
    assert secrets.get_secret_value(SecretId="app/db")["SecretString"] == '{"password":"two"}'
    terraform.destroy()
    assert parameters.describe_parameters()["Parameters"] == []
    assert secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
