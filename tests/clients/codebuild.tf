# Everything of CodeBuild that Terraform's provider knows: run by test_terraform_codebuild.py.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  s3_use_path_style = true
}

# Another word in place of the first changes something of every resource, in place.
variable "word" {
  default = "first"
}

# Without them, every optional block is taken away again.
variable "blocks" {
  default = true
}

locals {
  once  = var.blocks ? [1] : []
  first = var.word == "first"
}

resource "aws_iam_role" "build" {
  name = "build"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })
}

resource "aws_s3_bucket" "objects" {
  bucket        = "objects"
  force_destroy = true
}

resource "aws_secretsmanager_secret" "token" {
  name                    = "token"
  recovery_window_in_days = 0
}

resource "aws_codebuild_source_credential" "github" {
  auth_type   = "PERSONAL_ACCESS_TOKEN"
  server_type = "GITHUB"
  token       = "hush"
}

# The provider replaces a credential whose token changes.
resource "aws_codebuild_source_credential" "bitbucket" {
  auth_type   = "BASIC_AUTH"
  server_type = "BITBUCKET"
  token       = "hush-${var.word}"
  user_name   = "somebody"
}

resource "aws_codebuild_fleet" "pool" {
  name              = "pool"
  base_capacity     = local.first ? 1 : 2
  compute_type      = "BUILD_GENERAL1_SMALL"
  environment_type  = "LINUX_CONTAINER"
  overflow_behavior = local.first ? "QUEUE" : "ON_DEMAND"

  dynamic "scaling_configuration" {
    for_each = local.once
    content {
      max_capacity = 3
      scaling_type = "TARGET_TRACKING_SCALING"
      target_tracking_scaling_configs {
        metric_type  = "FLEET_UTILIZATION_RATE"
        target_value = local.first ? 80.5 : 60
      }
    }
  }
  tags = { Word = var.word }
}

resource "aws_codebuild_fleet" "attributes" {
  name              = "attributes"
  base_capacity     = 1
  compute_type      = "ATTRIBUTE_BASED_COMPUTE"
  environment_type  = "LINUX_CONTAINER"
  overflow_behavior = "QUEUE"
  compute_configuration {
    machine_type = "GENERAL"
    vcpu         = local.first ? 2 : 4
    memory       = 4
    disk         = 64
  }
}

resource "aws_codebuild_fleet" "private" {
  name               = "private"
  base_capacity      = 1
  compute_type       = "BUILD_GENERAL1_SMALL"
  environment_type   = "LINUX_CONTAINER"
  fleet_service_role = aws_iam_role.build.arn
  image_id           = "ami-0123456789abcdef0"
  vpc_config {
    security_group_ids = ["sg-0123456789abcdef0"]
    subnets            = ["subnet-0123456789abcdef0"]
    vpc_id             = "vpc-0123456789abcdef0"
  }
}

# The shortest project there is.
resource "aws_codebuild_project" "short" {
  name         = "short"
  service_role = aws_iam_role.build.arn
  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "busybox"
    type         = "LINUX_CONTAINER"
  }
  source {
    type      = "NO_SOURCE"
    buildspec = "version: 0.2\nphases:\n  build:\n    commands:\n      - echo ${var.word}\n"
  }
}

resource "aws_codebuild_project" "git" {
  name                   = "git"
  description            = "of the ${var.word} kind"
  service_role           = aws_iam_role.build.arn
  resource_access_role   = var.blocks ? aws_iam_role.build.arn : null
  project_visibility     = var.blocks ? "PUBLIC_READ" : "PRIVATE"
  badge_enabled          = var.blocks
  build_timeout          = local.first ? 20 : 25
  queued_timeout         = local.first ? 30 : 35
  concurrent_build_limit = var.blocks ? 2 : null
  source_version         = var.blocks ? var.word : null

  artifacts {
    type                   = "S3"
    location               = aws_s3_bucket.objects.bucket
    name                   = "git"
    namespace_type         = "BUILD_ID"
    packaging              = "ZIP"
    path                   = "out/${var.word}"
    encryption_disabled    = true
    override_artifact_name = true
    bucket_owner_access    = "READ_ONLY"
  }

  dynamic "secondary_artifacts" {
    for_each = var.blocks ? ["alpha", "beta"] : []
    content {
      artifact_identifier = secondary_artifacts.value
      type                = "S3"
      location            = aws_s3_bucket.objects.bucket
      name                = "${secondary_artifacts.value}-${var.word}"
    }
  }

  environment {
    compute_type                = local.first ? "BUILD_GENERAL1_SMALL" : "BUILD_GENERAL1_MEDIUM"
    image                       = "example.com/image:1"
    image_pull_credentials_type = "SERVICE_ROLE"
    privileged_mode             = true
    type                        = "LINUX_CONTAINER"
    certificate                 = "${aws_s3_bucket.objects.bucket}/certificate.pem"

    environment_variable {
      name  = "WORD"
      value = var.word
    }
    environment_variable {
      name  = "SECRET"
      type  = "SECRETS_MANAGER"
      value = "token:key"
    }
    environment_variable {
      name  = "PARAMETER"
      type  = "PARAMETER_STORE"
      value = "/a/b"
    }
    dynamic "registry_credential" {
      for_each = local.once
      content {
        credential          = aws_secretsmanager_secret.token.arn
        credential_provider = "SECRETS_MANAGER"
      }
    }
  }

  source {
    type                = "GITHUB"
    location            = "https://github.com/o/app.git"
    buildspec           = "ci/${var.word}.yml"
    git_clone_depth     = local.first ? 1 : 2
    insecure_ssl        = false
    report_build_status = true
    auth {
      type     = "SECRETS_MANAGER"
      resource = aws_secretsmanager_secret.token.arn
    }
    git_submodules_config {
      fetch_submodules = true
    }
    build_status_config {
      context    = "build/${var.word}"
      target_url = "https://example.com/status"
    }
  }

  dynamic "secondary_sources" {
    for_each = var.blocks ? ["left", "right"] : []
    content {
      source_identifier = secondary_sources.value
      type              = "GITHUB"
      location          = "https://github.com/o/${secondary_sources.value}.git"
      git_clone_depth   = 1
    }
  }
  dynamic "secondary_source_version" {
    for_each = local.once
    content {
      source_identifier = "left"
      source_version    = var.word
    }
  }

  dynamic "build_batch_config" {
    for_each = local.once
    content {
      service_role      = aws_iam_role.build.arn
      combine_artifacts = true
      timeout_in_mins   = local.first ? 60 : 70
      restrictions {
        compute_types_allowed  = ["BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_SMALL"]
        maximum_builds_allowed = 10
      }
    }
  }

  dynamic "cache" {
    for_each = local.once
    content {
      type  = "LOCAL"
      modes = local.first ? ["LOCAL_SOURCE_CACHE", "LOCAL_DOCKER_LAYER_CACHE"] : ["LOCAL_CUSTOM_CACHE"]
    }
  }

  dynamic "file_system_locations" {
    for_each = local.once
    content {
      identifier    = "shared"
      location      = "fs-0123456789abcdef0.efs.us-east-1.amazonaws.com:/${var.word}"
      mount_options = "nfsvers=4.1"
      mount_point   = "/mnt/shared"
      type          = "EFS"
    }
  }

  dynamic "logs_config" {
    for_each = local.once
    content {
      cloudwatch_logs {
        status      = "ENABLED"
        group_name  = "builds"
        stream_name = var.word
      }
      s3_logs {
        status              = "ENABLED"
        location            = "${aws_s3_bucket.objects.bucket}/logs/${var.word}"
        encryption_disabled = true
        bucket_owner_access = "FULL"
      }
    }
  }

  dynamic "vpc_config" {
    for_each = local.once
    content {
      vpc_id             = "vpc-0123456789abcdef0"
      subnets            = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]
      security_group_ids = ["sg-0123456789abcdef0"]
    }
  }

  tags = { Word = var.word }
}

resource "aws_codebuild_project" "objects" {
  name           = "objects"
  service_role   = aws_iam_role.build.arn
  encryption_key = "arn:aws:kms:us-east-1:000000000000:alias/builds"

  artifacts {
    type     = "S3"
    location = aws_s3_bucket.objects.bucket
  }
  cache {
    type     = "S3"
    location = "${aws_s3_bucket.objects.bucket}/cache-${var.word}"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
    fleet {
      fleet_arn = aws_codebuild_fleet.pool.arn
    }
  }
  source {
    type     = "S3"
    location = "${aws_s3_bucket.objects.bucket}/app-${var.word}.zip"
  }
}

resource "aws_codebuild_project" "lambda" {
  name         = "lambda"
  service_role = aws_iam_role.build.arn

  artifacts {
    type = "CODEPIPELINE"
  }
  environment {
    compute_type = local.first ? "BUILD_LAMBDA_1GB" : "BUILD_LAMBDA_2GB"
    image        = "aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.12"
    type         = "LINUX_LAMBDA_CONTAINER"
  }
  source {
    type = "CODEPIPELINE"
  }
}

resource "aws_codebuild_project" "enterprise" {
  name         = "enterprise"
  service_role = aws_iam_role.build.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "busybox"
    type         = "LINUX_CONTAINER"
  }
  source {
    type         = "GITHUB_ENTERPRISE"
    location     = "https://git.example.com/o/app.git"
    insecure_ssl = local.first
  }
}

resource "aws_codebuild_project" "organisation" {
  name         = "organisation"
  service_role = aws_iam_role.build.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }
  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "busybox"
    type         = "LINUX_CONTAINER"
  }
  source {
    type     = "GITHUB"
    location = "CODEBUILD_DEFAULT_WEBHOOK_SOURCE_LOCATION"
  }
}

resource "aws_codebuild_webhook" "git" {
  project_name = aws_codebuild_project.git.name
  build_type   = "BUILD"
  depends_on   = [aws_codebuild_source_credential.github]

  dynamic "filter_group" {
    for_each = local.once
    content {
      filter {
        type    = "EVENT"
        pattern = "PUSH"
      }
      filter {
        type                    = "HEAD_REF"
        pattern                 = "^refs/heads/${var.word}$"
        exclude_matched_pattern = true
      }
    }
  }
  dynamic "filter_group" {
    for_each = local.once
    content {
      filter {
        type    = "EVENT"
        pattern = "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED"
      }
      filter {
        type    = "BASE_REF"
        pattern = "^refs/heads/main$"
      }
    }
  }
}

resource "aws_codebuild_source_credential" "enterprise" {
  auth_type   = "PERSONAL_ACCESS_TOKEN"
  server_type = "GITHUB_ENTERPRISE"
  token       = "hush"
}

resource "aws_codebuild_webhook" "enterprise" {
  project_name  = aws_codebuild_project.enterprise.name
  branch_filter = var.blocks ? "^${var.word}$" : null
  depends_on    = [aws_codebuild_source_credential.enterprise]
}

resource "aws_codebuild_webhook" "organisation" {
  project_name    = aws_codebuild_project.organisation.name
  manual_creation = true
  depends_on      = [aws_codebuild_source_credential.github]

  filter_group {
    filter {
      type    = "EVENT"
      pattern = "WORKFLOW_JOB_QUEUED"
    }
    filter {
      type    = "REPOSITORY_NAME"
      pattern = var.word
    }
  }
  scope_configuration {
    name  = "o"
    scope = "GITHUB_ORGANIZATION"
  }
}

resource "aws_codebuild_report_group" "kept" {
  name           = "kept"
  type           = "TEST"
  delete_reports = true

  export_config {
    type = "S3"
    s3_destination {
      bucket              = aws_s3_bucket.objects.bucket
      encryption_disabled = true
      encryption_key      = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
      packaging           = local.first ? "NONE" : "ZIP"
      path                = "/${var.word}"
    }
  }
  tags = { Word = var.word }
}

resource "aws_codebuild_report_group" "dropped" {
  name = "dropped"
  type = "CODE_COVERAGE"
  export_config {
    type = "NO_EXPORT"
  }
  tags = { Word = var.word }
}

resource "aws_codebuild_resource_policy" "project" {
  resource_arn = aws_codebuild_project.short.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "default"
    Statement = [{
      Sid       = var.word
      Effect    = "Allow"
      Principal = { AWS = "111111111111" }
      Action    = ["codebuild:BatchGetProjects", "codebuild:BatchGetBuilds", "codebuild:ListBuildsForProject"]
      Resource  = aws_codebuild_project.short.arn
    }]
  })
}

resource "aws_codebuild_resource_policy" "report_group" {
  resource_arn = aws_codebuild_report_group.kept.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Id      = "default"
    Statement = [{
      Sid       = "default"
      Effect    = "Allow"
      Principal = { AWS = "111111111111" }
      Action = [
        "codebuild:BatchGetReportGroups", "codebuild:BatchGetReports", "codebuild:ListReportsForReportGroup", "codebuild:DescribeTestCases",
      ]
      Resource = aws_codebuild_report_group.kept.arn
    }]
  })
}
