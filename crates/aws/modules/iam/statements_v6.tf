# Policies that are written as inputs.
variable "create_policy" { default = true }
variable "permissions" { default = null }
variable "source_policy_documents" { default = [] }
variable "override_policy_documents" { default = [] }

locals {
  makes_policy = local.create && var.create_policy && (length(merge({}, var.permissions)) + length(var.source_policy_documents) + length(var.override_policy_documents) > 0)
}

data "aws_iam_policy_document" "permissions" {
  count = local.makes_policy ? 1 : 0

  source_policy_documents   = var.source_policy_documents
  override_policy_documents = var.override_policy_documents

  dynamic "statement" {
    for_each = merge({}, var.permissions)
    content {
      sid           = try(coalesce(statement.value.sid), statement.key)
      effect        = try(statement.value.effect, "Allow")
      actions       = try(statement.value.actions, null)
      not_actions   = try(statement.value.not_actions, null)
      resources     = try(statement.value.resources, null)
      not_resources = try(statement.value.not_resources, null)

      dynamic "condition" {
        for_each = try([for one in statement.value.condition : one], [])
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }
}

resource "aws_iam_policy" "this" {
  count = local.makes_policy ? 1 : 0

  policy = data.aws_iam_policy_document.permissions[0].json
}

resource "aws_iam_role_policy_attachment" "permissions" {
  count = local.makes_policy ? 1 : 0

  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.this[0].arn
}
