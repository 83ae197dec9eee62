# Rules of the VPC's own security group; lists in them are texts with commas.
variable "default_security_group_ingress" { default = [] }
variable "default_security_group_egress" { default = [] }

resource "aws_default_security_group" "this" {
  count = var.create_vpc && var.manage_default_security_group ? 1 : 0

  vpc_id = local.vpc_id

  dynamic "ingress" {
    for_each = var.default_security_group_ingress
    content {
      self             = try(ingress.value.self, null)
      cidr_blocks      = compact(split(",", try(ingress.value.cidr_blocks, "")))
      ipv6_cidr_blocks = compact(split(",", try(ingress.value.ipv6_cidr_blocks, "")))
      prefix_list_ids  = compact(split(",", try(ingress.value.prefix_list_ids, "")))
      security_groups  = compact(split(",", try(ingress.value.security_groups, "")))
      from_port        = try(ingress.value.from_port, 0)
      to_port          = try(ingress.value.to_port, 0)
      protocol         = try(ingress.value.protocol, "-1")
    }
  }

  dynamic "egress" {
    for_each = var.default_security_group_egress
    content {
      cidr_blocks      = compact(split(",", try(egress.value.cidr_blocks, "")))
      ipv6_cidr_blocks = compact(split(",", try(egress.value.ipv6_cidr_blocks, "")))
      from_port        = try(egress.value.from_port, 0)
      to_port          = try(egress.value.to_port, 0)
      protocol         = try(egress.value.protocol, "-1")
    }
  }
}
