variable "create" { default = true }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "permissions_boundary" { default = null }
variable "policies" { default = {} }
variable "create_instance_profile" { default = false }
variable "source_trust_policy_documents" { default = [] }
variable "override_trust_policy_documents" { default = [] }
variable "trust_policy_permissions" { default = null }
variable "trust_policy_conditions" { default = [] }
variable "enable_oidc" { default = false }
variable "oidc_provider_urls" { default = [] }
variable "oidc_account_id" { default = null }
variable "oidc_subjects" { default = [] }
variable "oidc_wildcard_subjects" { default = [] }
variable "oidc_audiences" { default = [] }
variable "enable_github_oidc" { default = false }
variable "github_provider" { default = "token.actions.githubusercontent.com" }
variable "enable_bitbucket_oidc" { default = false }
variable "enable_saml" { default = false }
variable "saml_provider_ids" { default = [] }
variable "saml_endpoints" { default = ["https://signin.aws.amazon.com/saml"] }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  create   = var.create
  account  = data.aws_caller_identity.current.account_id
  urls     = [for url in var.oidc_provider_urls : replace(url, "https://", "")]
  subjects = [for subject in var.oidc_subjects : "repo:${trimprefix(subject, "repo:")}"]
  patterns = [for subject in var.oidc_wildcard_subjects : "repo:${trimprefix(subject, "repo:")}"]

  # One entry for each issuer whose tokens are taken.
  issuers = concat(
    var.enable_oidc ? [for url in local.urls : { url = url, account = coalesce(var.oidc_account_id, local.account), subjects = var.oidc_subjects, patterns = var.oidc_wildcard_subjects, audiences = var.oidc_audiences, test = "StringEquals" }] : [],
    var.enable_github_oidc ? [{ url = var.github_provider, account = local.account, subjects = local.subjects, patterns = local.patterns, audiences = coalescelist(var.oidc_audiences, ["sts.amazonaws.com"]), test = "ForAllValues:StringEquals" }] : [],
    var.enable_bitbucket_oidc ? [{ url = try(local.urls[0], ""), account = local.account, subjects = var.oidc_subjects, patterns = var.oidc_wildcard_subjects, audiences = coalescelist(var.oidc_audiences, ["sts.amazonaws.com"]), test = "ForAllValues:StringEquals" }] : [],
  )
}

data "aws_iam_policy_document" "this" {
  count = var.create ? 1 : 0

  source_policy_documents   = var.source_trust_policy_documents
  override_policy_documents = var.override_trust_policy_documents

  dynamic "statement" {
    for_each = local.issuers
    content {
      effect  = "Allow"
      actions = ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]

      principals {
        type        = "Federated"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${statement.value.account}:oidc-provider/${statement.value.url}"]
      }

      dynamic "condition" {
        for_each = length(statement.value.subjects) > 0 ? [1] : []
        content {
          test     = "StringEquals"
          variable = "${statement.value.url}:sub"
          values   = statement.value.subjects
        }
      }

      dynamic "condition" {
        for_each = length(statement.value.patterns) > 0 ? [1] : []
        content {
          test     = "StringLike"
          variable = "${statement.value.url}:sub"
          values   = statement.value.patterns
        }
      }

      dynamic "condition" {
        for_each = length(statement.value.audiences) > 0 ? [1] : []
        content {
          test     = statement.value.test
          variable = "${statement.value.url}:aud"
          values   = statement.value.audiences
        }
      }

      dynamic "condition" {
        for_each = var.trust_policy_conditions
        content {
          test     = condition.value.test
          variable = condition.value.variable
          values   = condition.value.values
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.enable_saml ? [1] : []
    content {
      effect  = "Allow"
      actions = ["sts:TagSession", "sts:AssumeRoleWithSAML"]

      principals {
        type        = "Federated"
        identifiers = var.saml_provider_ids
      }

      condition {
        test     = "StringEquals"
        variable = "SAML:aud"
        values   = var.saml_endpoints
      }
    }
  }

  dynamic "statement" {
    for_each = merge({}, var.trust_policy_permissions)
    content {
      sid         = try(coalesce(statement.value.sid), statement.key)
      effect      = try(statement.value.effect, "Allow")
      actions     = try(statement.value.actions, null)
      not_actions = try(statement.value.not_actions, null)

      dynamic "principals" {
        for_each = try([for one in statement.value.principals : one], [])
        content {
          type        = principals.value.type
          identifiers = principals.value.identifiers
        }
      }

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

resource "aws_iam_role" "this" {
  count = var.create ? 1 : 0

  name                 = var.use_name_prefix ? null : var.name
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = data.aws_iam_policy_document.this[0].json
  managed_policy_arns  = null
  inline_policy        = null
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for key, arn in merge({}, var.policies) : key => arn if var.create }

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

resource "aws_iam_instance_profile" "this" {
  count = var.create && var.create_instance_profile ? 1 : 0

  role = aws_iam_role.this[0].name
}

output "arn" { value = try(aws_iam_role.this[0].arn, null) }
output "name" { value = try(aws_iam_role.this[0].name, null) }
output "instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, null) }
