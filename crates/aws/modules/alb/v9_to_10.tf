variable "create" { default = true }
variable "enable_deletion_protection" { default = true }
variable "drop_invalid_header_fields" { default = true }
variable "security_group_ingress_rules" { default = {} }
variable "security_group_egress_rules" { default = {} }
variable "target_groups" { default = {} }
variable "listeners" { default = {} }
variable "default_port" { default = 80 }
variable "default_protocol" { default = "HTTP" }
variable "associate_web_acl" { default = false }

locals {
  create          = var.create
  logs_by_default = true
  attaches_acl    = local.create && var.associate_web_acl
  listeners       = { for key, listener in merge({}, var.listeners) : key => listener if local.create }

  # The actions of a listener are its own attributes.
  listener_actions = {
    for key, listener in local.listeners : key => [
      for type, name in local.types : { type = type, is = try(listener[name], null) } if try(listener[name], null) != null
    ]
  }
  types = {
    authenticate-cognito = "authenticate_cognito"
    authenticate-oidc    = "authenticate_oidc"
    fixed-response       = "fixed_response"
    forward              = "forward"
    jwt-validation       = "jwt_validation"
    redirect             = "redirect"
    weighted-forward     = "weighted_forward"
  }

  listener_rules = merge([
    for key, listener in local.listeners : {
      for name, rule in merge({}, try(listener.rules, {})) : "${key}/${name}" => merge(rule, { listener = key })
    }
  ]...)
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for key, rule in merge({}, var.security_group_ingress_rules) : key => rule if local.makes_group }

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(coalesce(each.value.ip_protocol), "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(coalesce(each.value.to_port), each.value.from_port, null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.referenced_security_group_id, null)
  protocol                     = null
  cidr_blocks                  = null
  ipv6_cidr_blocks             = null
}

resource "aws_lb_target_group" "this" {
  for_each = { for key, group in merge({}, var.target_groups) : key => group if local.create }

  vpc_id      = try(coalesce(each.value.vpc_id), var.vpc_id)
  port        = try(each.value.port, null)
  protocol    = try(each.value.protocol, null)
  target_type = try(each.value.target_type, null)
}

resource "aws_lb_listener" "this" {
  for_each = local.listeners

  load_balancer_arn = aws_lb.this[0].arn
  port              = try(coalesce(each.value.port), var.default_port)
  protocol          = try(coalesce(each.value.protocol), var.default_protocol)
  certificate_arn   = try(each.value.certificate_arn, null)
  ssl_policy        = contains(["HTTPS", "TLS"], try(coalesce(each.value.protocol), var.default_protocol)) ? try(coalesce(each.value.ssl_policy), "ELBSecurityPolicy-TLS13-1-2-Res-2021-06") : try(each.value.ssl_policy, null)

  dynamic "mutual_authentication" {
    for_each = try(each.value.mutual_authentication, null) == null ? [] : [each.value.mutual_authentication]
    content {
      mode = try(mutual_authentication.value.mode, null)
    }
  }

  dynamic "default_action" {
    for_each = local.listener_actions[each.key]
    content {
      type = default_action.value.type == "weighted-forward" ? "forward" : default_action.value.type

      dynamic "redirect" {
        for_each = default_action.value.type == "redirect" ? [default_action.value.is] : []
        content {
          protocol    = try(redirect.value.protocol, null)
          port        = try(redirect.value.port, null)
          status_code = try(redirect.value.status_code, null)
        }
      }

      dynamic "authenticate_oidc" {
        for_each = default_action.value.type == "authenticate-oidc" ? [default_action.value.is] : []
        content {
          on_unauthenticated_request = try(authenticate_oidc.value.on_unauthenticated_request, null)
        }
      }

      dynamic "authenticate_cognito" {
        for_each = default_action.value.type == "authenticate-cognito" ? [default_action.value.is] : []
        content {
          on_unauthenticated_request = try(authenticate_cognito.value.on_unauthenticated_request, null)
        }
      }

      dynamic "jwt_validation" {
        for_each = default_action.value.type == "jwt-validation" ? [default_action.value.is] : []
        content {
          issuer = try(jwt_validation.value.issuer, null)
        }
      }
    }
  }
}

resource "aws_lb_listener_rule" "this" {
  for_each = local.listener_rules

  listener_arn = try(coalesce(each.value.listener_arn), aws_lb_listener.this[each.value.listener].arn)

  dynamic "action" {
    for_each = local.rule_actions[each.key]
    content {
      type = action.value.type == "weighted-forward" ? "forward" : action.value.type

      dynamic "redirect" {
        for_each = action.value.type == "redirect" ? [action.value.is] : []
        content {
          protocol = try(redirect.value.protocol, null)
        }
      }

      dynamic "authenticate_oidc" {
        for_each = action.value.type == "authenticate-oidc" ? [action.value.is] : []
        content {
          on_unauthenticated_request = try(authenticate_oidc.value.on_unauthenticated_request, null)
        }
      }

      dynamic "authenticate_cognito" {
        for_each = action.value.type == "authenticate-cognito" ? [action.value.is] : []
        content {
          on_unauthenticated_request = try(authenticate_cognito.value.on_unauthenticated_request, null)
        }
      }

      dynamic "jwt_validation" {
        for_each = action.value.type == "jwt-validation" ? [action.value.is] : []
        content {
          issuer = try(jwt_validation.value.issuer, null)
        }
      }
    }
  }
}

output "id" { value = try(aws_lb.this[0].id, null) }
output "arn" { value = try(aws_lb.this[0].arn, null) }
output "dns_name" { value = try(aws_lb.this[0].dns_name, null) }
output "zone_id" { value = try(aws_lb.this[0].zone_id, null) }
output "listeners" { value = aws_lb_listener.this }
output "target_groups" { value = aws_lb_target_group.this }
