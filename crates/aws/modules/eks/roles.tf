variable "create_iam_role" { default = true }
variable "iam_role_arn" { default = null }
variable "iam_role_name" { default = null }
variable "iam_role_use_name_prefix" { default = true }
variable "iam_role_additional_policies" { default = {} }
variable "iam_role_permissions_boundary" { default = null }
variable "create_node_iam_role" { default = true }
variable "node_iam_role_additional_policies" { default = {} }

locals {
  policies         = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  cluster_role_arn = var.create_iam_role ? aws_iam_role.this[0].arn : var.iam_role_arn
  role_policies    = try({ for policy in tolist(var.iam_role_additional_policies) : policy => policy }, var.iam_role_additional_policies)
  auto_node_role   = var.create && var.create_node_iam_role && local.auto_mode && try(length(local.compute.node_pools), 0) > 0
}

resource "aws_iam_role" "this" {
  count = var.create && var.create_iam_role ? 1 : 0

  name                 = var.iam_role_use_name_prefix ? null : var.iam_role_name
  permissions_boundary = var.iam_role_permissions_boundary
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each = { for name in local.cluster_policies : name => name if var.create && var.create_iam_role }

  policy_arn = "${local.policies}/${each.value}"
  role       = aws_iam_role.this[0].name
}

resource "aws_iam_role_policy_attachment" "additional" {
  for_each = { for key, arn in local.role_policies : key => arn if var.create && var.create_iam_role }

  policy_arn = each.value
  role       = aws_iam_role.this[0].name
}

resource "aws_iam_role" "eks_auto" {
  count = local.auto_node_role ? 1 : 0

  name                 = null
  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "eks_auto" {
  for_each = { for name in ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"] : name => name if local.auto_node_role }

  policy_arn = "${local.policies}/${each.value}"
  role       = aws_iam_role.eks_auto[0].name
}

resource "aws_iam_role_policy_attachment" "eks_auto_additional" {
  for_each = { for key, arn in var.node_iam_role_additional_policies : key => arn if local.auto_node_role }

  policy_arn = each.value
  role       = aws_iam_role.eks_auto[0].name
}

output "cluster_iam_role_name" { value = try(aws_iam_role.this[0].name, null) }
output "cluster_iam_role_arn" { value = local.cluster_role_arn }
output "node_iam_role_name" { value = try(aws_iam_role.eks_auto[0].name, null) }
output "node_iam_role_arn" { value = try(aws_iam_role.eks_auto[0].arn, null) }
