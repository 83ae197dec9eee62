variable "create" { default = true }
variable "name" { default = "" }
variable "use_name_prefix" { default = true }
variable "permissions_boundary" { default = null }
variable "policies" { default = {} }
variable "trust_condition_test" { default = "StringEquals" }

locals {
  create         = var.create
  name           = var.use_name_prefix ? null : var.name
  boundary       = var.permissions_boundary
  policies       = merge({}, var.policies)
  condition_test = var.trust_condition_test
}

output "arn" { value = try(aws_iam_role.this[0].arn, null) }
output "name" { value = try(aws_iam_role.this[0].name, null) }
