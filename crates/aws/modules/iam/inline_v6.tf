variable "create_inline_policy" { default = false }
variable "inline_policy_permissions" { default = null }
variable "source_inline_policy_documents" { default = [] }
variable "override_inline_policy_documents" { default = [] }

data "aws_iam_policy_document" "inline" {
  count = local.create && var.create_inline_policy ? 1 : 0

  source_policy_documents   = var.source_inline_policy_documents
  override_policy_documents = var.override_inline_policy_documents

  dynamic "statement" {
    for_each = merge({}, var.inline_policy_permissions)
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

resource "aws_iam_role_policy" "inline" {
  count = local.create && var.create_inline_policy ? 1 : 0

  role   = aws_iam_role.this[0].name
  policy = data.aws_iam_policy_document.inline[0].json
}
