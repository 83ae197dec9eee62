variable "create_lb" { default = true }
variable "enable_deletion_protection" { default = false }
variable "drop_invalid_header_fields" { default = false }
variable "security_group_rules" { default = {} }
variable "listener_ssl_policy_default" { default = "ELBSecurityPolicy-2016-08" }
variable "target_groups" { default = [] }
variable "http_tcp_listeners" { default = [] }
variable "https_listeners" { default = [] }
variable "http_tcp_listener_rules" { default = [] }
variable "https_listener_rules" { default = [] }

locals {
  create          = var.create_lb
  logs_by_default = try(var.access_logs.bucket, null) != null
  attaches_acl    = local.create && var.web_acl_arn != null

  # A rule may send on by weights.
  action_types = { weighted-forward = "forward" }
}

resource "aws_security_group_rule" "this" {
  for_each = { for key, rule in merge({}, var.security_group_rules) : key => rule if local.makes_group }

  security_group_id        = aws_security_group.this[0].id
  type                     = each.value.type
  protocol                 = each.value.protocol
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_lb_target_group" "main" {
  count = local.create ? length(var.target_groups) : 0

  vpc_id      = var.vpc_id
  port        = try(var.target_groups[count.index].backend_port, null)
  protocol    = try(var.target_groups[count.index].backend_protocol, null)
  target_type = try(var.target_groups[count.index].target_type, null)
}

resource "aws_lb_listener" "frontend_http_tcp" {
  count = local.create ? length(var.http_tcp_listeners) : 0

  load_balancer_arn     = aws_lb.this[0].arn
  port                  = var.http_tcp_listeners[count.index].port
  protocol              = var.http_tcp_listeners[count.index].protocol
  certificate_arn       = null
  ssl_policy            = null
  mutual_authentication = null

  dynamic "default_action" {
    for_each = [var.http_tcp_listeners[count.index]]
    content {
      type = try(default_action.value.action_type, "forward")

      dynamic "redirect" {
        for_each = try([default_action.value.redirect], [])
        content {
          protocol    = try(redirect.value.protocol, null)
          port        = try(redirect.value.port, null)
          status_code = try(redirect.value.status_code, null)
        }
      }
    }
  }
}

resource "aws_lb_listener" "frontend_https" {
  count = local.create ? length(var.https_listeners) : 0

  load_balancer_arn     = aws_lb.this[0].arn
  port                  = var.https_listeners[count.index].port
  protocol              = try(var.https_listeners[count.index].protocol, "HTTPS")
  certificate_arn       = try(var.https_listeners[count.index].certificate_arn, null)
  ssl_policy            = try(var.https_listeners[count.index].ssl_policy, var.listener_ssl_policy_default)
  mutual_authentication = null

  dynamic "default_action" {
    for_each = [var.https_listeners[count.index]]
    content {
      type = try(default_action.value.action_type, "forward")

      dynamic "redirect" {
        for_each = try([default_action.value.redirect], [])
        content {
          protocol    = try(redirect.value.protocol, null)
          port        = try(redirect.value.port, null)
          status_code = try(redirect.value.status_code, null)
        }
      }

      dynamic "authenticate_cognito" {
        for_each = try([default_action.value.authenticate_cognito], [])
        content {
          # The module reads this name, which is not the provider's.
          on_unauthenticated_request = try(authenticate_cognito.value.on_authenticated_request, null)
        }
      }

      dynamic "authenticate_oidc" {
        for_each = try([default_action.value.authenticate_oidc], [])
        content {
          on_unauthenticated_request = try(authenticate_oidc.value.on_unauthenticated_request, null)
        }
      }
    }
  }

  # Who has logged in is sent on.
  dynamic "default_action" {
    for_each = contains(["authenticate-oidc", "authenticate-cognito"], try(var.https_listeners[count.index].action_type, "")) ? [1] : []
    content {
      type = "forward"
    }
  }
}

resource "aws_lb_listener_rule" "http_tcp_listener_rule" {
  count = local.create ? length(var.http_tcp_listener_rules) : 0

  listener_arn = aws_lb_listener.frontend_http_tcp[try(var.http_tcp_listener_rules[count.index].http_tcp_listener_index, count.index)].arn

  dynamic "action" {
    for_each = var.http_tcp_listener_rules[count.index].actions
    content {
      type = lookup(local.action_types, action.value.type, action.value.type)

      dynamic "redirect" {
        for_each = action.value.type == "redirect" ? [1] : []
        content {
          protocol = try(action.value.protocol, null)
        }
      }
    }
  }
}

resource "aws_lb_listener_rule" "https_listener_rule" {
  count = local.create ? length(var.https_listener_rules) : 0

  listener_arn = aws_lb_listener.frontend_https[try(var.https_listener_rules[count.index].https_listener_index, count.index)].arn

  dynamic "action" {
    for_each = var.https_listener_rules[count.index].actions
    content {
      type = lookup(local.action_types, action.value.type, action.value.type)

      dynamic "redirect" {
        for_each = action.value.type == "redirect" ? [1] : []
        content {
          protocol = try(action.value.protocol, null)
        }
      }

      dynamic "authenticate_oidc" {
        for_each = action.value.type == "authenticate-oidc" ? [1] : []
        content {
          on_unauthenticated_request = try(action.value.on_unauthenticated_request, null)
        }
      }

      dynamic "authenticate_cognito" {
        for_each = action.value.type == "authenticate-cognito" ? [1] : []
        content {
          on_unauthenticated_request = try(action.value.on_authenticated_request, null)
        }
      }
    }
  }
}

output "lb_id" { value = try(aws_lb.this[0].id, "") }
output "lb_arn" { value = try(aws_lb.this[0].arn, "") }
output "lb_dns_name" { value = try(aws_lb.this[0].dns_name, "") }
output "lb_zone_id" { value = try(aws_lb.this[0].zone_id, "") }
output "http_tcp_listener_arns" { value = aws_lb_listener.frontend_http_tcp[*].arn }
output "https_listener_arns" { value = aws_lb_listener.frontend_https[*].arn }
output "target_group_arns" { value = aws_lb_target_group.main[*].arn }
