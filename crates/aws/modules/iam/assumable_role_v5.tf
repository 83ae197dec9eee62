variable "create_role" { default = false }
variable "role_name" { default = null }
variable "role_permissions_boundary_arn" { default = "" }
variable "role_requires_mfa" { default = true }
variable "mfa_age" { default = 86400 }
variable "role_sts_externalid" { default = [] }
variable "trusted_role_actions" { default = ["sts:AssumeRole", "sts:TagSession"] }
variable "trusted_role_arns" { default = [] }
variable "trusted_role_services" { default = [] }
variable "custom_role_trust_policy" { default = "" }
variable "create_custom_role_trust_policy" { default = false }
variable "custom_role_policy_arns" { default = [] }
variable "attach_admin_policy" { default = false }
variable "admin_role_policy_arn" { default = "arn:aws:iam::aws:policy/AdministratorAccess" }
variable "attach_poweruser_policy" { default = false }
variable "poweruser_role_policy_arn" { default = "arn:aws:iam::aws:policy/PowerUserAccess" }
variable "attach_readonly_policy" { default = false }
variable "readonly_role_policy_arn" { default = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
variable "create_instance_profile" { default = false }

locals {
  external_ids = compact(flatten([var.role_sts_externalid]))
  has_own      = var.create_custom_role_trust_policy || var.custom_role_trust_policy != ""
  attached = concat(
    var.custom_role_policy_arns,
    var.attach_admin_policy ? [var.admin_role_policy_arn] : [],
    var.attach_poweruser_policy ? [var.poweruser_role_policy_arn] : [],
    var.attach_readonly_policy ? [var.readonly_role_policy_arn] : [],
  )
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    effect  = "Allow"
    actions = var.trusted_role_actions

    principals {
      type        = "AWS"
      identifiers = var.trusted_role_arns
    }

    principals {
      type        = "Service"
      identifiers = var.trusted_role_services
    }

    dynamic "condition" {
      for_each = var.role_requires_mfa ? [1] : []
      content {
        test     = "Bool"
        variable = "aws:MultiFactorAuthPresent"
        values   = ["true"]
      }
    }

    dynamic "condition" {
      for_each = var.role_requires_mfa ? [1] : []
      content {
        test     = "NumericLessThan"
        variable = "aws:MultiFactorAuthAge"
        values   = [var.mfa_age]
      }
    }

    dynamic "condition" {
      for_each = length(local.external_ids) > 0 ? [1] : []
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = local.external_ids
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count = var.create_role ? 1 : 0

  name                 = var.role_name
  permissions_boundary = var.role_permissions_boundary_arn
  assume_role_policy   = local.has_own ? var.custom_role_trust_policy : data.aws_iam_policy_document.assume_role.json
  managed_policy_arns  = null
  inline_policy        = null
}

resource "aws_iam_role_policy_attachment" "custom" {
  count = var.create_role ? length(local.attached) : 0

  role       = aws_iam_role.this[0].name
  policy_arn = local.attached[count.index]
}

resource "aws_iam_instance_profile" "this" {
  count = var.create_role && var.create_instance_profile ? 1 : 0

  role = aws_iam_role.this[0].name
}

output "iam_role_arn" { value = try(aws_iam_role.this[0].arn, "") }
output "iam_role_name" { value = try(aws_iam_role.this[0].name, "") }
output "iam_instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, "") }
