# Who may take the role: service accounts by the tokens of their cluster.
variable "oidc_providers" { default = {} }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "this" {
  count = local.create ? 1 : 0

  dynamic "statement" {
    for_each = merge({}, var.oidc_providers)
    content {
      effect  = "Allow"
      actions = ["sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = [statement.value.provider_arn]
      }

      condition {
        test     = local.condition_test
        variable = "${replace(statement.value.provider_arn, "/^(.*provider/)/", "")}:sub"
        values   = [for account in statement.value.namespace_service_accounts : "system:serviceaccount:${account}"]
      }

      condition {
        test     = local.condition_test
        variable = "${replace(statement.value.provider_arn, "/^(.*provider/)/", "")}:aud"
        values   = ["sts.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  count = local.create ? 1 : 0

  name                 = local.name
  permissions_boundary = local.boundary
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
  managed_policy_arns  = null
  inline_policy        = null
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for key, arn in local.policies : key => arn if local.create }

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}
