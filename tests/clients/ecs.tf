# A cluster, a task definition and a service: run by test_terraform_ecs.py.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

# Another word in place of the first makes a new revision, which the service rolls to.
variable "word" {
  default = "first"
}

resource "aws_ecs_cluster" "c" {
  name = "c"
  tags = { Word = var.word }

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

resource "aws_ecs_cluster_capacity_providers" "c" {
  cluster_name       = aws_ecs_cluster.c.name
  capacity_providers = ["FARGATE"]

  default_capacity_provider_strategy {
    capacity_provider = "FARGATE"
    weight            = 1
  }
}

resource "aws_ecs_task_definition" "web" {
  family                   = "web"
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = 256
  memory                   = 512
  container_definitions = jsonencode([{
    name         = "web"
    image        = "web:${var.word}"
    essential    = true
    portMappings = [{ containerPort = 80 }]
    environment  = [{ name = "WORD", value = var.word }]
  }])
  tags = { Word = var.word }
}

resource "aws_ecs_service" "web" {
  name            = "web"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-1"]
  }

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  tags = { Word = var.word }
}

resource "aws_ecs_service" "shifted" {
  name            = "shifted"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.web.arn
  desired_count   = 0
  launch_type     = "FARGATE"

  network_configuration {
    subnets = ["subnet-1"]
  }

  deployment_controller {
    type = "CODE_DEPLOY"
  }

  lifecycle {
    ignore_changes = [task_definition]
  }
}
