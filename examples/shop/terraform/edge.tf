resource "aws_security_group" "alb" {
  name   = "${var.cluster}-alb"
  vpc_id = aws_vpc.shop.id

  ingress {
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }
}

resource "aws_lb" "admin" {
  name               = "shop-admin"
  load_balancer_type = "application"
  subnets            = aws_subnet.public[*].id
  security_groups    = [aws_security_group.alb.id]

  # enabled を書き忘れている
  access_logs {
    bucket = "shop-prod-logs"
  }
}

resource "aws_lb_target_group" "admin" {
  name        = "shop-admin"
  port        = 8080
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = aws_vpc.shop.id
}

resource "aws_lb_listener" "admin_http" {
  load_balancer_arn = aws_lb.admin.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.admin.arn
  }
}

resource "aws_lb_listener" "admin" {
  load_balancer_arn = aws_lb.admin.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-2016-08"
  certificate_arn   = "arn:aws:acm:ap-northeast-1:111122223333:certificate/00000000-0000-4000-8000-000000000009"

  # 未認証でもそのまま通る
  default_action {
    type  = "authenticate-oidc"
    order = 1

    authenticate_oidc {
      issuer                     = "https://login.shop.example.com"
      authorization_endpoint     = "https://login.shop.example.com/oauth2/authorize"
      token_endpoint             = "https://login.shop.example.com/oauth2/token"
      user_info_endpoint         = "https://login.shop.example.com/oauth2/userInfo"
      client_id                  = "shop-admin"
      client_secret              = data.aws_ssm_parameter.oidc.value
      on_unauthenticated_request = "allow"
    }
  }

  default_action {
    type             = "forward"
    order            = 2
    target_group_arn = aws_lb_target_group.admin.arn
  }
}

data "aws_ssm_parameter" "oidc" {
  name = "/shop/admin/oidc"
}

# 新しいルールを試すために count にして、そのまま
resource "aws_wafv2_web_acl" "shop" {
  name  = "shop-prod"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "common"
    priority = 0

    override_action {
      count {}
    }

    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesCommonRuleSet"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "common"
      sampled_requests_enabled   = false
    }
  }

  rule {
    name     = "rate"
    priority = 1

    action {
      count {}
    }

    statement {
      rate_based_statement {
        limit = 2000
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "rate"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "shop-prod"
    sampled_requests_enabled   = false
  }
}

# 取引先向けの API。API キーだけで守っている
resource "aws_apigatewayv2_api" "partners" {
  name          = "shop-partners"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "partners" {
  api_id             = aws_apigatewayv2_api.partners.id
  integration_type   = "HTTP_PROXY"
  integration_method = "ANY"
  integration_uri    = "https://shop.example.com/api"
}

resource "aws_apigatewayv2_route" "partners" {
  api_id    = aws_apigatewayv2_api.partners.id
  route_key = "POST /orders"
  target    = "integrations/${aws_apigatewayv2_integration.partners.id}"
}

resource "aws_cloudfront_distribution" "images" {
  enabled = true
  comment = "商品画像"

  origin {
    origin_id   = "catalog"
    domain_name = "shop.example.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "http-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "catalog"
    viewer_protocol_policy = "allow-all"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
