# A service behind a load balancer and everything that CodeDeploy deploys it with: run by test_terraform_ecs_deployment.py.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

# Another word in place of the first changes something of every block that can change, in place.
variable "word" {
  default = "first"
}

locals {
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

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  internal           = true
  subnets            = ["subnet-1", "subnet-2"]
}

resource "aws_lb_target_group" "pair" {
  for_each             = toset(["blue", "green"])
  name                 = each.key
  port                 = 80
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = "vpc-1"
  deregistration_delay = 5
}

resource "aws_lb_listener" "production" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8095
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.pair["blue"].arn
  }

  # Deployments weigh it.
  lifecycle {
    ignore_changes = [default_action]
  }
}

resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8096
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.pair["blue"].arn
  }

  lifecycle {
    ignore_changes = [default_action]
  }
}

resource "aws_ecs_cluster" "c" {
  name = "c"
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "web"
    image        = "web:first"
    essential    = true
    portMappings = [{ containerPort = 80 }]
  }])
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-1", "subnet-2"]
  }

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.pair["blue"].arn
    container_name   = "web"
    container_port   = 80
  }

  depends_on = [aws_lb_listener.production]

  lifecycle {
    ignore_changes = [task_definition, load_balancer]
  }
}

resource "aws_sns_topic" "news" {
  name = "news"
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

resource "aws_codedeploy_app" "web" {
  name             = "web"
  compute_platform = "ECS"
  tags             = { Word = var.word }
}

resource "aws_codedeploy_deployment_config" "canary" {
  deployment_config_name = "canary"
  compute_platform       = "ECS"
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
  compute_platform       = "ECS"
  traffic_routing_config {
    type = "TimeBasedLinear"
    time_based_linear {
      interval   = 2
      percentage = 25
    }
  }
}

resource "aws_codedeploy_deployment_group" "web" {
  app_name               = aws_codedeploy_app.web.name
  deployment_group_name  = "web-${var.word}"
  deployment_config_name = local.first ? "CodeDeployDefault.ECSAllAtOnce" : aws_codedeploy_deployment_config.linear.id
  service_role_arn       = aws_iam_role.deploy.arn

  deployment_style {
    deployment_type   = "BLUE_GREEN"
    deployment_option = "WITH_TRAFFIC_CONTROL"
  }

  ecs_service {
    cluster_name = aws_ecs_cluster.c.name
    service_name = aws_ecs_service.web.name
  }

  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route {
        listener_arns = [aws_lb_listener.production.arn]
      }
      test_traffic_route {
        listener_arns = [aws_lb_listener.test.arn]
      }
      target_group {
        name = aws_lb_target_group.pair["blue"].name
      }
      target_group {
        name = aws_lb_target_group.pair["green"].name
      }
    }
  }

  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout    = local.first ? "CONTINUE_DEPLOYMENT" : "STOP_DEPLOYMENT"
      wait_time_in_minutes = local.first ? 0 : 60
    }
    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = local.first ? 0 : 30
    }
  }

  alarm_configuration {
    alarms                    = [aws_cloudwatch_metric_alarm.errors[var.word].alarm_name]
    enabled                   = true
    ignore_poll_alarm_failure = !local.first
  }

  auto_rollback_configuration {
    enabled = true
    events  = local.first ? ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"] : ["DEPLOYMENT_FAILURE"]
  }

  trigger_configuration {
    trigger_name       = "news"
    trigger_events     = local.first ? ["DeploymentStart", "DeploymentSuccess", "DeploymentRollback"] : ["DeploymentFailure"]
    trigger_target_arn = aws_sns_topic.news.arn
  }

  tags = { Word = var.word }
}
