# In 18 each node group makes a security group, with the rules it is given.
variable "create_security_group" { default = true }
variable "security_group_rules" { default = {} }
variable "vpc_id" { default = null }

locals {
  own_group = var.create && var.create_security_group ? [aws_security_group.this[0].id] : []
}

resource "aws_security_group" "this" {
  count = var.create && var.create_security_group ? 1 : 0

  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

resource "aws_security_group_rule" "this" {
  for_each = { for key, rule in var.security_group_rules : key => rule if var.create && var.create_security_group }

  security_group_id        = aws_security_group.this[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = each.value.protocol
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_security_group_id, null)
}

output "security_group_id" { value = try(aws_security_group.this[0].id, null) }
