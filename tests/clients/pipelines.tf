# Everything that a V2 pipeline can have, and what belongs to pipelines: run by test_terraform.py.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  s3_use_path_style = true

  default_tags {
    tags = { Team = var.team }
  }
}

variable "mode" {
  default = "QUEUED"
}

variable "target" {
  default = "staging"
}

variable "branch" {
  default = "main"
}

variable "team" {
  default = "delivery"
}

resource "aws_iam_role" "delivery" {
  name = "delivery"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"] }
    }]
  })
}

resource "aws_s3_bucket" "artifacts" {
  bucket        = "artifacts"
  force_destroy = true
}

resource "aws_s3_bucket" "abroad" {
  bucket        = "abroad"
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
  }
  source {
    type = "CODEPIPELINE"
  }
}

resource "aws_sns_topic" "approvals" {
  name         = "approvals"
  display_name = "Approvals"
}

resource "aws_sns_topic" "alarms" {
  name = "alarms"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "errors"
  alarm_description   = "Too many errors"
  namespace           = "App"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 60
  evaluation_periods  = 2
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  dimensions          = { Service = "app" }
}

resource "aws_codepipeline_custom_action_type" "mill" {
  category      = "Build"
  provider_name = "Mill"
  version       = "1"

  settings {
    entity_url_template    = "https://mill.example/{Config:Stone}"
    execution_url_template = "https://mill.example/{Config:Stone}/{ExternalExecutionId}"
    revision_url_template  = "https://mill.example/revisions"
  }
  configuration_property {
    name        = "Stone"
    description = "Which stone grinds"
    key         = true
    required    = true
    secret      = false
    queryable   = true
    type        = "String"
  }
  configuration_property {
    name     = "Password"
    key      = false
    required = false
    secret   = true
  }
  input_artifact_details {
    minimum_count = 1
    maximum_count = 1
  }
  output_artifact_details {
    minimum_count = 0
    maximum_count = 1
  }
}

resource "aws_codepipeline" "git" {
  name           = "git"
  role_arn       = aws_iam_role.delivery.arn
  pipeline_type  = "V2"
  execution_mode = var.mode

  artifact_store {
    location = aws_s3_bucket.artifacts.bucket
    type     = "S3"
  }

  variable {
    name          = "Target"
    default_value = var.target
    description   = "staging or production"
  }
  variable {
    name          = "Greeting"
    default_value = "hello"
  }

  trigger {
    provider_type = "CodeStarSourceConnection"
    git_configuration {
      source_action_name = "Repository"
      push {
        branches {
          includes = ["main", "release/**"]
          excludes = ["release/old"]
        }
        file_paths {
          includes = ["src/**"]
        }
      }
      push {
        tags {
          includes = ["v*"]
          excludes = ["v0.*"]
        }
      }
      pull_request {
        events = ["OPEN", "UPDATED"]
        branches {
          includes = ["main"]
        }
      }
    }
  }

  stage {
    name = "Source"
    action {
      name             = "Repository"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      namespace        = "Src"
      output_artifacts = ["App"]
      configuration = {
        ConnectionArn    = "arn:aws:codestar-connections:us-east-1:000000000000:connection/7c4b0c9e-5e0e-4e0c-9b0a-0d1f6f0a2c11"
        FullRepositoryId = "example/app"
        BranchName       = "main"
      }
    }
  }

  stage {
    name = "Build"
    on_failure {
      result = "RETRY"
      retry_configuration {
        retry_mode = "ALL_ACTIONS"
      }
    }
    on_success {
      condition {
        result = "FAIL"
        rule {
          name = "Answered"
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "VariableCheck"
            version  = "1"
          }
          configuration = {
            Variable = "#{B.ANSWER}"
            Operator = "EQ"
            Value    = "42"
          }
        }
      }
    }
    action {
      name             = "Make"
      category         = "Build"
      owner            = "AWS"
      provider         = "CodeBuild"
      version          = "1"
      run_order        = 2
      namespace        = "B"
      input_artifacts  = ["App"]
      output_artifacts = ["Made"]
      configuration = {
        ProjectName          = aws_codebuild_project.app.name
        EnvironmentVariables = jsonencode([{ name = "GREETING", value = "#{variables.Greeting}", type = "PLAINTEXT" }])
      }
    }
    action {
      name            = "Grind"
      category        = aws_codepipeline_custom_action_type.mill.category
      owner           = "Custom"
      provider        = aws_codepipeline_custom_action_type.mill.provider_name
      version         = "1"
      input_artifacts = ["App"]
      configuration = {
        Stone = "granite"
      }
    }
  }

  stage {
    name = "Deploy"
    before_entry {
      condition {
        result = "FAIL"
        rule {
          name = "Hours"
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "DeploymentWindow"
            version  = "1"
          }
          configuration = {
            Cron     = "* * 9-17 ? * 2-6"
            TimeZone = "Europe/Berlin"
          }
        }
        rule {
          name = "Target"
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "VariableCheck"
            version  = "1"
          }
          configuration = {
            Variable = "#{variables.Target}"
            Operator = "MATCHES"
            Value    = "staging|production"
          }
        }
        rule {
          name     = "Quiet"
          role_arn = aws_iam_role.delivery.arn
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "CloudWatchAlarm"
            version  = "1"
          }
          configuration = {
            AlarmName   = aws_cloudwatch_metric_alarm.errors.alarm_name
            AlarmStates = "ALARM"
            WaitTime    = "1"
          }
        }
        rule {
          name            = "Probe"
          commands        = ["test -e index.html"]
          input_artifacts = ["Made"]
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "Commands"
            version  = "1"
          }
        }
      }
    }
    on_failure {
      condition {
        result = "ROLLBACK"
        rule {
          name = "Alarmed"
          rule_type_id {
            category = "Rule"
            owner    = "AWS"
            provider = "CloudWatchAlarm"
            version  = "1"
          }
          configuration = {
            AlarmName   = aws_cloudwatch_metric_alarm.errors.alarm_name
            AlarmStates = "ALARM"
            WaitTime    = "1"
          }
        }
      }
    }
    action {
      name               = "Approve"
      category           = "Approval"
      owner              = "AWS"
      provider           = "Manual"
      version            = "1"
      timeout_in_minutes = 60
      configuration = {
        NotificationArn = aws_sns_topic.approvals.arn
        CustomData      = "Publish to #{variables.Target}?"
      }
    }
    action {
      name            = "Publish"
      category        = "Deploy"
      owner           = "AWS"
      provider        = "S3"
      version         = "1"
      run_order       = 2
      input_artifacts = ["Made"]
      configuration = {
        BucketName = aws_s3_bucket.artifacts.bucket
        ObjectKey  = "www"
        Extract    = "true"
      }
    }
  }
}

resource "aws_codepipeline" "regions" {
  name          = "regions"
  role_arn      = aws_iam_role.delivery.arn
  pipeline_type = "V2"

  artifact_store {
    location = aws_s3_bucket.artifacts.bucket
    region   = "us-east-1"
    type     = "S3"
  }
  artifact_store {
    location = aws_s3_bucket.abroad.bucket
    region   = "eu-west-1"
    type     = "S3"

    encryption_key {
      id   = "arn:aws:kms:eu-west-1:000000000000:key/7c4b0c9e-5e0e-4e0c-9b0a-0d1f6f0a2c11"
      type = "KMS"
    }
  }

  stage {
    name = "Source"
    action {
      name             = "Repository"
      category         = "Source"
      owner            = "AWS"
      provider         = "CodeStarSourceConnection"
      version          = "1"
      output_artifacts = ["App"]
      configuration = {
        ConnectionArn    = "arn:aws:codestar-connections:us-east-1:000000000000:connection/7c4b0c9e-5e0e-4e0c-9b0a-0d1f6f0a2c11"
        FullRepositoryId = "example/app"
        BranchName       = "main"
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
      region          = "eu-west-1"
      input_artifacts = ["App"]
      configuration = {
        ProjectName = aws_codebuild_project.app.name
      }
    }
  }
}

resource "aws_codepipeline_webhook" "open" {
  name            = "open"
  authentication  = "UNAUTHENTICATED"
  target_action   = "Repository"
  target_pipeline = aws_codepipeline.git.name

  filter {
    json_path    = "$.ref"
    match_equals = "refs/heads/{BranchName}"
  }
}

resource "aws_codepipeline_webhook" "office" {
  name            = "office"
  authentication  = "IP"
  target_action   = "Repository"
  target_pipeline = aws_codepipeline.git.name

  authentication_configuration {
    allowed_ip_range = "192.0.2.0/24"
  }
  filter {
    json_path    = "$.ref"
    match_equals = "refs/heads/${var.branch}"
  }
  filter {
    json_path    = "$.repository.name"
    match_equals = "app"
  }
}
