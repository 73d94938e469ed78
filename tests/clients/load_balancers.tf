# Load balancers as delivery uses them: a pair of target groups behind weighted listeners and rules, and a network load balancer.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  skip_requesting_account_id = true
}

variable "green" {
  default = 0
}

variable "team" {
  default = "delivery"
}

resource "aws_lb" "web" {
  name               = "web"
  load_balancer_type = "application"
  internal           = true
  subnets            = ["subnet-1", "subnet-2"]
  security_groups    = ["sg-1"]
  idle_timeout       = 30
  tags               = { Team = var.team }
}

resource "aws_lb_target_group" "pair" {
  for_each             = toset(["blue", "green"])
  name                 = each.key
  port                 = 80
  protocol             = "HTTP"
  target_type          = "ip"
  vpc_id               = "vpc-1"
  deregistration_delay = 5

  health_check {
    path                = "/up"
    matcher             = "200-299"
    interval            = 10
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "web" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8090
  protocol          = "HTTP"

  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.pair["blue"].arn
        weight = 100 - var.green
      }
      target_group {
        arn    = aws_lb_target_group.pair["green"].arn
        weight = var.green
      }
    }
  }
}

resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.web.arn
  port              = 8091
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.pair["green"].arn
  }
}

resource "aws_lb_listener_rule" "old" {
  listener_arn = aws_lb_listener.web.arn
  priority     = 10

  condition {
    path_pattern {
      values = ["/old/*"]
    }
  }

  condition {
    host_header {
      values = ["*.example.com"]
    }
  }

  action {
    type = "redirect"
    redirect {
      path        = "/new"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener_rule" "closed" {
  listener_arn = aws_lb_listener.web.arn
  priority     = 20

  condition {
    http_header {
      http_header_name = "X-Team"
      values           = [var.team]
    }
  }

  condition {
    query_string {
      key   = "v"
      value = "1"
    }
  }

  condition {
    http_request_method {
      values = ["GET"]
    }
  }

  condition {
    source_ip {
      values = ["127.0.0.0/8"]
    }
  }

  action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "closed"
      status_code  = "200"
    }
  }
}

resource "aws_lb_target_group_attachment" "blue" {
  target_group_arn = aws_lb_target_group.pair["blue"].arn
  target_id        = "127.0.0.1"
  port             = 9
}

resource "aws_lb" "raw" {
  name               = "raw"
  load_balancer_type = "network"
  internal           = true
  subnets            = ["subnet-1"]
}

resource "aws_lb_target_group" "raw" {
  name        = "raw"
  port        = 5432
  protocol    = "TCP"
  target_type = "ip"
  vpc_id      = "vpc-1"
}

resource "aws_lb_listener" "raw" {
  load_balancer_arn = aws_lb.raw.arn
  port              = 8092
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.raw.arn
  }
}

output "address" {
  value = aws_lb.web.dns_name
}
