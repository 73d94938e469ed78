"""Terraform makes a role, buckets, a build project and a pipeline, plans nothing on the second look, and removes it all."""

import os
import pathlib
import platform
import shutil

import pytest

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


def prepare(server, folder):
    """Initialises Terraform in the folder, or skips with the reason."""
    if not shutil.which("terraform"):
        pytest.skip("terraform is not installed")
    (folder / "main.tf").write_text(CONFIGURATION)
    (folder / "terraformrc").write_text("")
    plugins = [f"-plugin-dir={root}" for root in mirrors()]
    done = server.run("terraform", "init", "-input=false", *plugins, cwd=folder, check=False)
    if done.returncode != 0:
        pytest.skip(f"terraform has no aws provider here ({platform.machine()}): {done.stderr.strip().splitlines()[-1:]}")


def test_terraform_creates_plans_nothing_and_destroys(server, tmp_path):
    folder = tmp_path / "terraform"
    folder.mkdir()
    os.environ["TF_CLI_CONFIG_FILE"] = str(folder / "terraformrc")
    prepare(server, folder)
    server.run("terraform", "apply", "-auto-approve", "-input=false", "-no-color", cwd=folder)
    again = server.run("terraform", "plan", "-detailed-exitcode", "-input=false", "-no-color", cwd=folder, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    pipelines = server.client("codepipeline").list_pipelines()["pipelines"]
    assert [pipeline["name"] for pipeline in pipelines] == ["app"]
    server.run("terraform", "destroy", "-auto-approve", "-input=false", "-no-color", cwd=folder)
    assert server.client("codepipeline").list_pipelines()["pipelines"] == []
    assert server.client("codebuild").list_projects()["projects"] == []
    assert server.client("s3").list_buckets()["Buckets"] == []
    assert server.client("iam").list_roles()["Roles"] == []
