variable "create_role" { default = false }
variable "provider_url" { default = "" }
variable "provider_urls" { default = [] }
variable "aws_account_id" { default = "" }
variable "role_name" { default = null }
variable "role_permissions_boundary_arn" { default = "" }
variable "role_policy_arns" { default = [] }
variable "inline_policy_statements" { default = [] }
variable "oidc_fully_qualified_subjects" { default = [] }
variable "oidc_subjects_with_wildcards" { default = [] }
variable "oidc_fully_qualified_audiences" { default = [] }
variable "provider_trust_policy_conditions" { default = [] }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  account = var.aws_account_id == "" ? data.aws_caller_identity.current.account_id : var.aws_account_id
  urls    = [for url in compact(distinct(concat(var.provider_urls, [var.provider_url]))) : replace(url, "https://", "")]
}

data "aws_iam_policy_document" "assume_role_with_oidc" {
  count = var.create_role ? 1 : 0

  dynamic "statement" {
    for_each = local.urls
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${local.account}:oidc-provider/${statement.value}"]
      }

      dynamic "condition" {
        for_each = length(var.oidc_fully_qualified_subjects) > 0 ? local.urls : []
        content {
          test     = "StringEquals"
          variable = "${statement.value}:sub"
          values   = var.oidc_fully_qualified_subjects
        }
      }

      dynamic "condition" {
        for_each = length(var.oidc_subjects_with_wildcards) > 0 ? local.urls : []
        content {
          test     = "StringLike"
          variable = "${statement.value}:sub"
          values   = var.oidc_subjects_with_wildcards
        }
      }

      dynamic "condition" {
        for_each = length(var.oidc_fully_qualified_audiences) > 0 ? local.urls : []
        content {
          test     = "StringLike"
          variable = "${statement.value}:aud"
          values   = var.oidc_fully_qualified_audiences
        }
      }

      dynamic "condition" {
        for_each = var.provider_trust_policy_conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count = var.create_role ? 1 : 0

  name                 = var.role_name
  permissions_boundary = var.role_permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.assume_role_with_oidc[0].json
  managed_policy_arns  = null
  inline_policy        = null
}

resource "aws_iam_role_policy_attachment" "custom" {
  count = var.create_role ? length(var.role_policy_arns) : 0

  role       = aws_iam_role.this[0].name
  policy_arn = var.role_policy_arns[count.index]
}

resource "aws_iam_role_policy" "inline" {
  count = var.create_role && length(var.inline_policy_statements) > 0 ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline[0].json
}

data "aws_iam_policy_document" "inline" {
  count = var.create_role && length(var.inline_policy_statements) > 0 ? 1 : 0

  dynamic "statement" {
    for_each = var.inline_policy_statements
    content {
      sid           = try(statement.value.sid, null)
      effect        = try(statement.value.effect, "Allow")
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)
    }
  }
}

output "iam_role_arn" { value = try(aws_iam_role.this[0].arn, "") }
output "iam_role_name" { value = try(aws_iam_role.this[0].name, "") }
