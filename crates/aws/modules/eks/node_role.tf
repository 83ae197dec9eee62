# Role of the nodes of one group.
variable "create_iam_role" { default = true }
variable "iam_role_arn" { default = null }
variable "iam_role_name" { default = null }
variable "iam_role_use_name_prefix" { default = true }
variable "iam_role_attach_cni_policy" { default = true }
variable "iam_role_additional_policies" { default = {} }
variable "iam_role_permissions_boundary" { default = null }
variable "cluster_ip_family" { default = null }

data "aws_caller_identity" "current" {}

locals {
  policies   = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  cni_policy = var.cluster_ip_family == "ipv6" ? "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/AmazonEKS_CNI_IPv6_Policy" : "${local.policies}/AmazonEKS_CNI_Policy"
  attached = merge(
    { for name in local.node_policies : name => "${local.policies}/${name}" },
    var.iam_role_attach_cni_policy ? { AmazonEKS_CNI_Policy = local.cni_policy } : {},
  )
  # Until 18 these were a list.
  more_policies = try({ for policy in tolist(var.iam_role_additional_policies) : policy => policy }, var.iam_role_additional_policies)
}

resource "aws_iam_role" "this" {
  count = local.makes_role ? 1 : 0

  name                 = var.iam_role_use_name_prefix ? null : var.iam_role_name
  permissions_boundary = var.iam_role_permissions_boundary
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = local.service }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for key, arn in local.attached : key => arn if local.makes_role }

  policy_arn = each.value
  role       = aws_iam_role.this[0].name
}

resource "aws_iam_role_policy_attachment" "additional" {
  for_each = { for key, arn in local.more_policies : key => arn if local.makes_role }

  policy_arn = each.value
  role       = aws_iam_role.this[0].name
}

output "iam_role_name" { value = try(aws_iam_role.this[0].name, null) }
output "iam_role_arn" { value = try(aws_iam_role.this[0].arn, var.iam_role_arn) }
