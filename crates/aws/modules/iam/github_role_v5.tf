variable "create" { default = true }
variable "name" { default = null }
variable "permissions_boundary_arn" { default = null }
variable "policies" { default = {} }
variable "audience" { default = "sts.amazonaws.com" }
variable "subjects" { default = [] }
variable "provider_url" { default = "token.actions.githubusercontent.com" }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  url = replace(var.provider_url, "https://", "")
}

data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0

  statement {
    sid     = "GithubOidcAuth"
    effect  = "Allow"
    actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.url}"]
    }

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "${local.url}:aud"
      values   = [var.audience]
    }

    condition {
      test     = "StringLike"
      variable = "${local.url}:sub"
      values   = [for subject in var.subjects : "repo:${trimprefix(subject, "repo:")}"]
    }
  }
}

resource "aws_iam_role" "this" {
  count = var.create ? 1 : 0

  name                 = var.name
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
  managed_policy_arns  = null
  inline_policy        = null
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for key, arn in merge({}, var.policies) : key => arn if var.create }

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

output "arn" { value = try(aws_iam_role.this[0].arn, "") }
output "name" { value = try(aws_iam_role.this[0].name, "") }
