# Until 19 the inputs `iam_role_…` are of the role of the nodes, and `irsa_…` of the controller's.
variable "create_irsa" { default = true }
variable "irsa_oidc_provider_arn" { default = "" }
variable "irsa_namespace_service_accounts" { default = ["karpenter:karpenter"] }
variable "irsa_assume_role_condition_test" { default = "StringEquals" }
variable "create_iam_role" { default = true }
variable "iam_role_arn" { default = null }
variable "iam_role_attach_cni_policy" { default = true }
variable "iam_role_additional_policies" { default = {} }

locals {
  makes_controller = var.create && var.create_irsa
  makes_role       = var.create && var.create_iam_role
  attaches_cni     = var.iam_role_attach_cni_policy
  node_policies    = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"]
  more_policies    = try({ for policy in tolist(var.iam_role_additional_policies) : policy => policy }, var.iam_role_additional_policies)
}

data "aws_iam_policy_document" "irsa_assume_role" {
  count = local.makes_controller ? 1 : 0

  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [var.irsa_oidc_provider_arn]
    }

    condition {
      test     = var.irsa_assume_role_condition_test
      variable = "${replace(var.irsa_oidc_provider_arn, "/^(.*provider/)/", "")}:sub"
      values   = [for account in var.irsa_namespace_service_accounts : "system:serviceaccount:${account}"]
    }

    condition {
      test     = var.irsa_assume_role_condition_test
      variable = "${replace(var.irsa_oidc_provider_arn, "/^(.*provider/)/", "")}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "irsa" {
  count = local.makes_controller ? 1 : 0

  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy   = data.aws_iam_policy_document.irsa_assume_role[0].json
}

resource "aws_iam_role_policy_attachment" "irsa" {
  count = local.makes_controller ? 1 : 0

  role       = aws_iam_role.irsa[0].name
  policy_arn = aws_iam_policy.controller[0].arn
}

resource "aws_iam_role" "this" {
  count = local.makes_role ? 1 : 0

  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for key, arn in local.attached : key => arn if local.makes_role }

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy_attachment" "additional" {
  for_each = { for key, arn in local.more_policies : key => arn if local.makes_role }

  role       = aws_iam_role.this[0].name
  policy_arn = each.value
}

output "irsa_arn" { value = try(aws_iam_role.irsa[0].arn, null) }
output "irsa_name" { value = try(aws_iam_role.irsa[0].name, null) }
output "role_arn" { value = try(aws_iam_role.this[0].arn, var.iam_role_arn) }
output "role_name" { value = try(aws_iam_role.this[0].name, null) }
