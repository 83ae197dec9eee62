# Since 20 the inputs `iam_role_…` are of the controller's role, and `node_iam_role_…` of the nodes'.
variable "create_iam_role" { default = true }
variable "iam_role_policies" { default = {} }
variable "enable_irsa" { default = false }
variable "irsa_oidc_provider_arn" { default = "" }
variable "irsa_namespace_service_accounts" { default = ["karpenter:karpenter"] }
variable "irsa_assume_role_condition_test" { default = "StringEquals" }
variable "create_node_iam_role" { default = true }
variable "node_iam_role_arn" { default = null }
variable "node_iam_role_attach_cni_policy" { default = true }
variable "node_iam_role_additional_policies" { default = {} }
variable "create_access_entry" { default = true }
variable "access_entry_type" { default = "EC2_LINUX" }
variable "create_instance_profile" { default = false }

locals {
  makes_controller = var.create && var.create_iam_role
  makes_role       = var.create && var.create_node_iam_role
  attaches_cni     = var.node_iam_role_attach_cni_policy
}

data "aws_iam_policy_document" "controller_assume_role" {
  count = local.makes_controller ? 1 : 0

  statement {
    sid     = "PodIdentity"
    effect  = "Allow"
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }

  dynamic "statement" {
    for_each = var.enable_irsa ? [1] : []
    content {
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
}

resource "aws_iam_role" "controller" {
  count = local.makes_controller ? 1 : 0

  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy   = data.aws_iam_policy_document.controller_assume_role[0].json
}

resource "aws_iam_role_policy_attachment" "controller" {
  count = local.makes_controller ? 1 : 0

  role       = aws_iam_role.controller[0].name
  policy_arn = aws_iam_policy.controller[0].arn
}

resource "aws_iam_role_policy_attachment" "controller_additional" {
  for_each = { for key, arn in merge({}, var.iam_role_policies) : key => arn if local.makes_controller }

  role       = aws_iam_role.controller[0].name
  policy_arn = each.value
}

resource "aws_iam_role" "node" {
  count = local.makes_role ? 1 : 0

  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = { for key, arn in local.attached : key => arn if local.makes_role }

  role       = aws_iam_role.node[0].name
  policy_arn = each.value
}

resource "aws_iam_role_policy_attachment" "node_additional" {
  for_each = { for key, arn in merge({}, var.node_iam_role_additional_policies) : key => arn if local.makes_role }

  role       = aws_iam_role.node[0].name
  policy_arn = each.value
}

resource "aws_eks_access_entry" "node" {
  count = var.create && var.create_access_entry ? 1 : 0

  cluster_name      = var.cluster_name
  principal_arn     = local.makes_role ? aws_iam_role.node[0].arn : var.node_iam_role_arn
  type              = var.access_entry_type
  kubernetes_groups = null
  user_name         = null
}

output "iam_role_arn" { value = try(aws_iam_role.controller[0].arn, null) }
output "iam_role_name" { value = try(aws_iam_role.controller[0].name, null) }
output "node_iam_role_arn" { value = try(aws_iam_role.node[0].arn, var.node_iam_role_arn) }
output "node_iam_role_name" { value = try(aws_iam_role.node[0].name, null) }
