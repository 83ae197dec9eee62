# Since 21 a node group makes a security group when it is given rules.
variable "create_security_group" { default = true }
variable "security_group_ingress_rules" { default = {} }
variable "security_group_egress_rules" { default = {} }

locals {
  ingress_rules = merge({}, var.security_group_ingress_rules)
  egress_rules  = merge({}, var.security_group_egress_rules)
  makes_group   = var.create && var.create_security_group && length(local.ingress_rules) + length(local.egress_rules) > 0
  own_group     = local.makes_group ? [aws_security_group.this[0].id] : []
}

resource "aws_security_group" "this" {
  count = local.makes_group ? 1 : 0

  ingress = null
  egress  = null
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  for_each = { for key, rule in local.ingress_rules : key => rule if local.makes_group }

  security_group_id            = aws_security_group.this[0].id
  ip_protocol                  = try(each.value.ip_protocol, "tcp")
  from_port                    = try(each.value.from_port, null)
  to_port                      = try(coalesce(each.value.to_port, each.value.from_port), null)
  cidr_ipv4                    = try(each.value.cidr_ipv4, null)
  cidr_ipv6                    = try(each.value.cidr_ipv6, null)
  prefix_list_id               = try(each.value.prefix_list_id, null)
  referenced_security_group_id = try(each.value.self, false) ? aws_security_group.this[0].id : try(each.value.referenced_security_group_id, null)
  protocol                     = null
  cidr_blocks                  = null
  ipv6_cidr_blocks             = null
}

output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
