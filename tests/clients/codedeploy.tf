# Everything of CodeDeploy that needs no instances, and no more of ECS than a service: run by test_terraform_codedeploy.py.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

# Another word in place of the first changes something of every resource that can change, in place.
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

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codedeploy.amazonaws.com" }
    }]
  })
}

resource "aws_sns_topic" "news" {
  for_each = toset(["first", "second"])
  name     = "news-${each.key}"
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  for_each            = toset(["first", "second"])
  alarm_name          = "errors-${each.key}"
  namespace           = "App"
  metric_name         = "Errors"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 60
  evaluation_periods  = 1
}

resource "aws_codedeploy_app" "functions" {
  name             = "functions"
  compute_platform = "Lambda"
  tags             = { Word = var.word }
}

resource "aws_codedeploy_app" "renamed" {
  name = "renamed-${var.word}"
}

resource "aws_codedeploy_app" "servers" {
  name = "servers"
}

resource "aws_codedeploy_app" "services" {
  name             = "services"
  compute_platform = "ECS"
}

resource "aws_codedeploy_deployment_config" "half" {
  deployment_config_name = "half"
  minimum_healthy_hosts {
    type  = "FLEET_PERCENT"
    value = 50
  }
}

resource "aws_codedeploy_deployment_config" "zones" {
  deployment_config_name = "zones"
  compute_platform       = "Server"
  minimum_healthy_hosts {
    type  = "HOST_COUNT"
    value = 2
  }
  zonal_config {
    first_zone_monitor_duration_in_seconds = 60
    monitor_duration_in_seconds            = 30
    minimum_healthy_hosts_per_zone {
      type  = "HOST_COUNT"
      value = 1
    }
  }
}

resource "aws_codedeploy_deployment_config" "canary" {
  deployment_config_name = "canary"
  compute_platform       = "Lambda"
  traffic_routing_config {
    type = "TimeBasedCanary"
    time_based_canary {
      interval   = 5
      percentage = 20
    }
  }
}

resource "aws_codedeploy_deployment_config" "linear" {
  deployment_config_name = "linear"
  compute_platform       = "Lambda"
  traffic_routing_config {
    type = "TimeBasedLinear"
    time_based_linear {
      interval   = 2
      percentage = 25
    }
  }
}

resource "aws_codedeploy_deployment_config" "at_once" {
  deployment_config_name = "at-once"
  compute_platform       = "ECS"
  traffic_routing_config {
    type = "AllAtOnce"
  }
}

resource "aws_codedeploy_deployment_group" "functions" {
  app_name                    = aws_codedeploy_app.functions.name
  deployment_group_name       = "live-${var.word}"
  deployment_config_name      = local.first ? aws_codedeploy_deployment_config.canary.id : aws_codedeploy_deployment_config.linear.id
  service_role_arn            = aws_iam_role.deploy.arn
  outdated_instances_strategy = "UPDATE"

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  dynamic "alarm_configuration" {
    for_each = local.once
    content {
      alarms                    = [aws_cloudwatch_metric_alarm.errors[var.word].alarm_name]
      enabled                   = true
      ignore_poll_alarm_failure = !local.first
    }
  }

  dynamic "auto_rollback_configuration" {
    for_each = local.once
    content {
      enabled = true
      events  = local.first ? ["DEPLOYMENT_FAILURE"] : ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
    }
  }

  dynamic "trigger_configuration" {
    for_each = local.once
    content {
      trigger_name       = "news"
      trigger_events     = local.first ? ["DeploymentStart", "DeploymentSuccess"] : ["DeploymentFailure"]
      trigger_target_arn = aws_sns_topic.news[var.word].arn
    }
  }

  tags = { Word = var.word }
}

# What is declared of instances is kept, whatever runs on them.
resource "aws_codedeploy_deployment_group" "servers" {
  app_name               = aws_codedeploy_app.servers.name
  deployment_group_name  = "fleet"
  deployment_config_name = aws_codedeploy_deployment_config.half.id
  service_role_arn       = aws_iam_role.deploy.arn

  dynamic "ec2_tag_set" {
    for_each = local.once
    content {
      ec2_tag_filter {
        key   = "Name"
        type  = "KEY_AND_VALUE"
        value = var.word
      }
      ec2_tag_filter {
        key  = "Team"
        type = "KEY_ONLY"
      }
    }
  }
  dynamic "alarm_configuration" {
    for_each = local.once
    content {
      alarms  = [for alarm in aws_cloudwatch_metric_alarm.errors : alarm.alarm_name]
      enabled = local.first
    }
  }
  dynamic "trigger_configuration" {
    for_each = local.once
    content {
      trigger_name       = "machines"
      trigger_events     = local.first ? ["InstanceStart", "InstanceFailure"] : ["InstanceReady", "DeploymentReady"]
      trigger_target_arn = aws_sns_topic.news[var.word].arn
    }
  }
  dynamic "on_premises_instance_tag_filter" {
    for_each = local.once
    content {
      key   = "Rack"
      type  = "KEY_AND_VALUE"
      value = var.word
    }
  }
}

resource "aws_codedeploy_deployment_group" "filtered" {
  app_name              = aws_codedeploy_app.servers.name
  deployment_group_name = "filtered"
  service_role_arn      = aws_iam_role.deploy.arn

  dynamic "ec2_tag_filter" {
    for_each = local.once
    content {
      key  = var.word
      type = "KEY_ONLY"
    }
  }
  dynamic "load_balancer_info" {
    for_each = local.once
    content {
      target_group_info {
        name = "group-${var.word}"
      }
    }
  }
  deployment_style {
    deployment_type   = "IN_PLACE"
    deployment_option = var.blocks ? "WITH_TRAFFIC_CONTROL" : "WITHOUT_TRAFFIC_CONTROL"
  }
}

resource "aws_codedeploy_deployment_group" "swapped" {
  app_name              = aws_codedeploy_app.servers.name
  deployment_group_name = "swapped"
  service_role_arn      = aws_iam_role.deploy.arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }
  load_balancer_info {
    elb_info {
      name = "balancer-${var.word}"
    }
  }
  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout    = "STOP_DEPLOYMENT"
      wait_time_in_minutes = local.first ? 60 : 70
    }
    green_fleet_provisioning_option {
      action = "DISCOVER_EXISTING"
    }
    terminate_blue_instances_on_deployment_success {
      action = "KEEP_ALIVE"
    }
  }
}

resource "aws_lb_target_group" "pair" {
  for_each    = toset(["blue", "green"])
  name        = each.key
  port        = 80
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = "vpc-1"
}

resource "aws_ecs_cluster" "cluster" {
  name = "cluster"
}

resource "aws_ecs_task_definition" "web" {
  family                = "web"
  container_definitions = jsonencode([{ name = "web", image = "web", memory = 64 }])
}

resource "aws_ecs_service" "web" {
  for_each        = toset(["first", "second"])
  name            = "web-${each.key}"
  cluster         = aws_ecs_cluster.cluster.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0

  deployment_controller {
    type = "CODE_DEPLOY"
  }
}

resource "aws_codedeploy_deployment_group" "services" {
  app_name               = aws_codedeploy_app.services.name
  deployment_group_name  = "web"
  deployment_config_name = aws_codedeploy_deployment_config.at_once.id
  service_role_arn       = aws_iam_role.deploy.arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }
  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout = "CONTINUE_DEPLOYMENT"
    }
    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = local.first ? 5 : 6
    }
  }
  ecs_service {
    cluster_name = aws_ecs_cluster.cluster.name
    service_name = aws_ecs_service.web[var.word].name
  }
  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route {
        listener_arns = ["arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/web/0123456789abcdef/0123456789abcdef"]
      }
      test_traffic_route {
        listener_arns = ["arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/web/0123456789abcdef/fedcba9876543210"]
      }
      target_group {
        name = aws_lb_target_group.pair["blue"].name
      }
      target_group {
        name = aws_lb_target_group.pair["green"].name
      }
    }
  }
}
