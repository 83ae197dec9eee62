variable "egress_rules" { default = [] }
variable "egress_with_cidr_blocks" { default = [] }
variable "egress_with_ipv6_cidr_blocks" { default = [] }
variable "egress_with_source_security_group_id" { default = [] }
variable "egress_with_self" { default = [] }
variable "computed_egress_rules" { default = [] }
variable "number_of_computed_egress_rules" { default = 0 }
variable "computed_egress_with_cidr_blocks" { default = [] }
variable "number_of_computed_egress_with_cidr_blocks" { default = 0 }
variable "computed_egress_with_ipv6_cidr_blocks" { default = [] }
variable "number_of_computed_egress_with_ipv6_cidr_blocks" { default = 0 }
variable "computed_egress_with_source_security_group_id" { default = [] }
variable "number_of_computed_egress_with_source_security_group_id" { default = 0 }
variable "computed_egress_with_self" { default = [] }
variable "number_of_computed_egress_with_self" { default = 0 }
variable "egress_cidr_blocks" { default = ["0.0.0.0/0"] }
variable "egress_ipv6_cidr_blocks" { default = ["::/0"] }
variable "egress_prefix_list_ids" { default = [] }

resource "aws_security_group_rule" "egress_rules" {
  count = var.create ? length(var.egress_rules) : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = local.rules[var.egress_rules[count.index]][0]
  to_port                  = local.rules[var.egress_rules[count.index]][1]
  protocol                 = local.rules[var.egress_rules[count.index]][2]
  cidr_blocks              = var.egress_cidr_blocks
  ipv6_cidr_blocks         = var.egress_ipv6_cidr_blocks
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "egress_with_cidr_blocks" {
  count = var.create ? length(var.egress_with_cidr_blocks) : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.egress_with_cidr_blocks[count.index].from_port, local.rules[var.egress_with_cidr_blocks[count.index].rule][0])
  to_port                  = try(var.egress_with_cidr_blocks[count.index].to_port, local.rules[var.egress_with_cidr_blocks[count.index].rule][1])
  protocol                 = try(var.egress_with_cidr_blocks[count.index].protocol, local.rules[var.egress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks              = compact(split(",", try(var.egress_with_cidr_blocks[count.index].cidr_blocks, join(",", var.egress_cidr_blocks))))
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "egress_with_ipv6_cidr_blocks" {
  count = var.create ? length(var.egress_with_ipv6_cidr_blocks) : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.egress_with_ipv6_cidr_blocks[count.index].from_port, local.rules[var.egress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port                  = try(var.egress_with_ipv6_cidr_blocks[count.index].to_port, local.rules[var.egress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol                 = try(var.egress_with_ipv6_cidr_blocks[count.index].protocol, local.rules[var.egress_with_ipv6_cidr_blocks[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = compact(split(",", try(var.egress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks, join(",", var.egress_ipv6_cidr_blocks))))
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "egress_with_source_security_group_id" {
  count = var.create ? length(var.egress_with_source_security_group_id) : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.egress_with_source_security_group_id[count.index].from_port, local.rules[var.egress_with_source_security_group_id[count.index].rule][0])
  to_port                  = try(var.egress_with_source_security_group_id[count.index].to_port, local.rules[var.egress_with_source_security_group_id[count.index].rule][1])
  protocol                 = try(var.egress_with_source_security_group_id[count.index].protocol, local.rules[var.egress_with_source_security_group_id[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = var.egress_with_source_security_group_id[count.index].source_security_group_id
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "egress_with_self" {
  count = var.create ? length(var.egress_with_self) : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.egress_with_self[count.index].from_port, local.rules[var.egress_with_self[count.index].rule][0])
  to_port                  = try(var.egress_with_self[count.index].to_port, local.rules[var.egress_with_self[count.index].rule][1])
  protocol                 = try(var.egress_with_self[count.index].protocol, local.rules[var.egress_with_self[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = try(var.egress_with_self[count.index].self, true)
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "computed_egress_rules" {
  count = var.create ? var.number_of_computed_egress_rules : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = local.rules[var.computed_egress_rules[count.index]][0]
  to_port                  = local.rules[var.computed_egress_rules[count.index]][1]
  protocol                 = local.rules[var.computed_egress_rules[count.index]][2]
  cidr_blocks              = var.egress_cidr_blocks
  ipv6_cidr_blocks         = var.egress_ipv6_cidr_blocks
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "computed_egress_with_cidr_blocks" {
  count = var.create ? var.number_of_computed_egress_with_cidr_blocks : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.computed_egress_with_cidr_blocks[count.index].from_port, local.rules[var.computed_egress_with_cidr_blocks[count.index].rule][0])
  to_port                  = try(var.computed_egress_with_cidr_blocks[count.index].to_port, local.rules[var.computed_egress_with_cidr_blocks[count.index].rule][1])
  protocol                 = try(var.computed_egress_with_cidr_blocks[count.index].protocol, local.rules[var.computed_egress_with_cidr_blocks[count.index].rule][2])
  cidr_blocks              = compact(split(",", try(var.computed_egress_with_cidr_blocks[count.index].cidr_blocks, join(",", var.egress_cidr_blocks))))
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "computed_egress_with_ipv6_cidr_blocks" {
  count = var.create ? var.number_of_computed_egress_with_ipv6_cidr_blocks : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].from_port, local.rules[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][0])
  to_port                  = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].to_port, local.rules[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][1])
  protocol                 = try(var.computed_egress_with_ipv6_cidr_blocks[count.index].protocol, local.rules[var.computed_egress_with_ipv6_cidr_blocks[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = compact(split(",", try(var.computed_egress_with_ipv6_cidr_blocks[count.index].ipv6_cidr_blocks, join(",", var.egress_ipv6_cidr_blocks))))
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "computed_egress_with_source_security_group_id" {
  count = var.create ? var.number_of_computed_egress_with_source_security_group_id : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.computed_egress_with_source_security_group_id[count.index].from_port, local.rules[var.computed_egress_with_source_security_group_id[count.index].rule][0])
  to_port                  = try(var.computed_egress_with_source_security_group_id[count.index].to_port, local.rules[var.computed_egress_with_source_security_group_id[count.index].rule][1])
  protocol                 = try(var.computed_egress_with_source_security_group_id[count.index].protocol, local.rules[var.computed_egress_with_source_security_group_id[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = null
  source_security_group_id = var.computed_egress_with_source_security_group_id[count.index].source_security_group_id
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}

resource "aws_security_group_rule" "computed_egress_with_self" {
  count = var.create ? var.number_of_computed_egress_with_self : 0

  security_group_id        = local.group_id
  type                     = "egress"
  from_port                = try(var.computed_egress_with_self[count.index].from_port, local.rules[var.computed_egress_with_self[count.index].rule][0])
  to_port                  = try(var.computed_egress_with_self[count.index].to_port, local.rules[var.computed_egress_with_self[count.index].rule][1])
  protocol                 = try(var.computed_egress_with_self[count.index].protocol, local.rules[var.computed_egress_with_self[count.index].rule][2])
  cidr_blocks              = null
  ipv6_cidr_blocks         = null
  prefix_list_ids          = var.egress_prefix_list_ids
  self                     = try(var.computed_egress_with_self[count.index].self, true)
  source_security_group_id = null
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
}
