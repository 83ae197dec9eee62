variable "create_role" { default = true }
variable "role_name" { default = null }
variable "role_permissions_boundary_arn" { default = null }
variable "role_policy_arns" { default = {} }
variable "assume_role_condition_test" { default = "StringEquals" }

locals {
  create         = var.create_role
  name           = var.role_name
  boundary       = var.role_permissions_boundary_arn
  policies       = merge({}, var.role_policy_arns)
  condition_test = var.assume_role_condition_test
}

output "iam_role_arn" { value = try(aws_iam_role.this[0].arn, "") }
output "iam_role_name" { value = try(aws_iam_role.this[0].name, "") }
