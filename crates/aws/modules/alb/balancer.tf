variable "name" { default = null }
variable "load_balancer_type" { default = "application" }
variable "internal" { default = null }
variable "subnets" { default = null }
variable "vpc_id" { default = null }
variable "security_groups" { default = [] }
variable "create_security_group" { default = true }
variable "enable_waf_fail_open" { default = null }
variable "access_logs" { default = null }
variable "web_acl_arn" { default = null }

locals {
  makes_group = local.create && var.create_security_group
  logs        = try(length(var.access_logs), 0) > 0 ? [var.access_logs] : []
}

resource "aws_lb" "this" {
  count = local.create ? 1 : 0

  name                       = var.name
  load_balancer_type         = var.load_balancer_type
  internal                   = var.internal
  subnets                    = var.subnets
  security_groups            = local.makes_group ? concat([aws_security_group.this[0].id], var.security_groups) : var.security_groups
  enable_deletion_protection = var.enable_deletion_protection
  enable_waf_fail_open       = var.enable_waf_fail_open
  drop_invalid_header_fields = var.drop_invalid_header_fields

  dynamic "access_logs" {
    for_each = local.logs
    content {
      enabled = try(coalesce(access_logs.value.enabled), local.logs_by_default)
      bucket  = try(access_logs.value.bucket, null)
      prefix  = try(access_logs.value.prefix, null)
    }
  }
}

resource "aws_security_group" "this" {
  count = local.makes_group ? 1 : 0

  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

resource "aws_wafv2_web_acl_association" "this" {
  count = local.attaches_acl ? 1 : 0

  resource_arn = aws_lb.this[0].arn
  web_acl_arn  = var.web_acl_arn
}

output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, null) }
