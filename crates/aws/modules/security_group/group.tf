variable "create" { default = true }
variable "create_sg" { default = true }
variable "security_group_id" { default = null }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "vpc_id" { default = null }

locals {
  group_id = var.create_sg ? try(aws_security_group.this[0].id, aws_security_group.this_name_prefix[0].id, "") : var.security_group_id
}

resource "aws_security_group" "this" {
  count = var.create && var.create_sg && !var.use_name_prefix ? 1 : 0

  name    = var.name
  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

resource "aws_security_group" "this_name_prefix" {
  count = var.create && var.create_sg && var.use_name_prefix ? 1 : 0

  name    = null
  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

output "security_group_id" { value = local.group_id }
output "security_group_arn" { value = try(aws_security_group.this[0].arn, aws_security_group.this_name_prefix[0].arn, "") }
output "security_group_vpc_id" { value = try(aws_security_group.this[0].vpc_id, aws_security_group.this_name_prefix[0].vpc_id, "") }
output "security_group_name" { value = try(aws_security_group.this[0].name, aws_security_group.this_name_prefix[0].name, "") }
